"""The personal link: made with the invitation, sent again at will; the last one sent is the only one that opens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from .. import jetons
from ..models import Adhesion, LienSignature

DUREE = timedelta(days=30)
# A shared address must not be flooded by a button pressed twice.
DELAI_RENVOI = timedelta(minutes=10)


def preparer_lien(adhesion: Adhesion, *, acteur: Acteur, maintenant: datetime) -> Effet:
    """Replaces the open link of an invitation by a new one, and gives the effect that mails it."""
    LienSignature.objects.filter(adhesion=adhesion, utilise_le__isnull=True, annule_le__isnull=True).update(
        annule_le=maintenant
    )
    sel = jetons.nouveau_sel()
    lien = LienSignature.objects.create(
        dossier_id=adhesion.dossier_id,
        adhesion=adhesion,
        sel=sel,
        empreinte=jetons.empreinte(jetons.jeton(sel)),
        courriel=adhesion.courriel,
        cree_le=maintenant,
        expire_le=maintenant + DUREE,
    )
    adhesion.invitee_le = maintenant
    adhesion.save(update_fields=("invitee_le",))
    return Effet(
        type="lien_adhesion", cle=f"lien_adhesion:{lien.pk}", charge={"lien": lien.pk, "invite_par": acteur.nom}
    )


@transaction.atomic
def envoyer_lien(*, numero: str, adhesion: int, acteur: Acteur, maintenant: datetime, courriel: str = "") -> Adhesion:
    """Sends annexe 3 to sign, to the known address or to a new one. Raises Conflit once signed, ErreurMetier without address."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.etat != Adhesion.Etat.INVITEE:
        raise Conflit("etat", "Cette adhésion est déjà signée, ou l’invitation est sans suite.")
    if (
        ligne.invitee_le
        and maintenant - ligne.invitee_le < DELAI_RENVOI
        and (not courriel or courriel == ligne.courriel)
    ):
        raise ErreurMetier("renvoi", "Le lien vient d’être envoyé\u00a0: attendez dix minutes avant de le renvoyer.")
    if courriel:
        ligne.courriel = courriel.strip().lower()
        ligne.save(update_fields=("courriel",))
    if not ligne.courriel:
        phrase = "Indiquez une adresse électronique."
        raise ErreurMetier("courriel", phrase, {"courriel": phrase})
    effet = preparer_lien(ligne, acteur=acteur, maintenant=maintenant)
    consigner(
        type="envoyer_lien_adhesion",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"adhesion": ligne.pk},
        effets=[effet],
    )
    return ligne
