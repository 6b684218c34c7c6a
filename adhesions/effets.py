"""The mails of a signature: the personal link and its codes. Registered in `settings.EFFETS` as `lien_adhesion` and `code_adhesion`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from ess_portal.journal.courriel import envoyer

from . import jetons
from .models import LienSignature


def _lien(lien_id: int) -> LienSignature | None:
    """The link, when it still opens: a mail about a dead one is not sent."""
    liens = LienSignature.objects.select_related("adhesion", "dossier").filter(
        utilise_le__isnull=True, annule_le__isnull=True
    )
    return liens.filter(pk=lien_id).first()


def lien_adhesion(charge: Mapping[str, Any], cle: str) -> None:
    lien = _lien(charge["lien"])
    if lien is None:
        return
    adresse = settings.ADRESSE_PUBLIQUE + reverse("adhesion_signer", args=[jetons.jeton(lien.sel)])
    contexte = {
        "destinataire": lien.adhesion.nom_complet,
        "nom": lien.dossier.nom,
        "invite_par": charge.get("invite_par", ""),
        "adresse": adresse,
        "expire_le": lien.expire_le,
        "fuseau": lien.dossier.fuseau,
    }
    envoyer({"gabarit": "lien_adhesion", "adresses": [lien.courriel], "contexte": contexte}, cle)


def code_adhesion(charge: Mapping[str, Any], cle: str) -> None:
    lien = _lien(charge["lien"])
    if lien is None or lien.code_rang != charge["rang"]:
        return
    contexte = {"code": jetons.code(lien.sel, lien.code_rang), "nom": lien.dossier.nom}
    envoyer({"gabarit": "code_adhesion", "adresses": [lien.courriel], "contexte": contexte}, cle)
