"""Cooperations with their conventions: recorded, corrected, and told before they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner, programmer_par_dossier
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local

from .. import faits
from ..models import Cooperation, Dossier
from ..regles.gouvernance import manques_periode
from ..regles.relances import palier_atteint
from ..regles.statuts import FINAUX
from . import cycle
from .courriels import courriel
from .gouvernance import exiger
from .jointes import joindre

CHAMPS = ("type", "partenaire", "objet", "debut", "fin")


@transaction.atomic
def ajouter_cooperation(*, numero: str, acteur: Acteur, maintenant: datetime, **champs: Any) -> Dossier:
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Cooperation(dossier=dossier)
    _poser(ligne, champs, acteur, maintenant)
    _consigner(ligne, "ajouter_cooperation", acteur, maintenant)
    return dossier


@transaction.atomic
def corriger_cooperation(
    *, numero: str, cooperation: int, raison: str, acteur: Acteur, maintenant: datetime, **champs: Any
) -> Dossier:
    """A convention renewed, ended or wrongly typed; another end is told anew."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Cooperation.objects.select_for_update().filter(dossier=dossier, pk=cooperation).first()
    if ligne is None:
        raise Introuvable
    avant = {nom: getattr(ligne, nom) for nom in CHAMPS}
    _poser(ligne, champs, acteur, maintenant)
    if ligne.fin != avant["fin"]:
        Cooperation.objects.filter(pk=ligne.pk).update(alerte_palier=None)
    _consigner(ligne, "corriger_cooperation", acteur, maintenant, avant=avant, motif=raison.strip())
    return dossier


def _poser(ligne: Cooperation, champs: dict[str, Any], acteur: Acteur, maintenant: datetime) -> None:
    for nom in CHAMPS:
        if nom in champs:
            setattr(ligne, nom, champs[nom])
    exiger(manques_periode(ligne.debut, ligne.fin))
    piece = joindre(
        ligne.dossier,
        champs.get("convention"),
        "convention",
        type_="convention",
        libelle=f"Convention\u00a0: {ligne.partenaire}",
        objet="association",
        acteur=acteur,
        maintenant=maintenant,
    )
    ligne.convention = piece or ligne.convention
    ligne.save()


def _consigner(ligne: Cooperation, type_: str, acteur: Acteur, maintenant: datetime, **dit: Any) -> None:
    donnees = {"cooperation": ligne.pk, **{nom: getattr(ligne, nom) for nom in CHAMPS}, **dit}
    consigner(type=type_, acteur=acteur, maintenant=maintenant, dossier=ligne.dossier, donnees=donnees)


def alerter_fins(au: datetime, horizon: timedelta, apres: int, lot: int) -> tuple[int, int | None]:
    """The équipe is told of a convention that ends, at the steps of REL-1, the nearest only, once each. Run as the portal, on up to
    `lot` rows beyond the key `apres`: gives the count told, and the last key read (None when nothing is left). `horizon`: how far
    ahead any set of parameters reminds.
    """
    proches = list(
        Cooperation.objects.filter(
            fin__gte=au.date() - timedelta(days=1),
            fin__lte=au.date() + horizon,
            dossier__ars__isnull=False,
            pk__gt=apres,
        )
        .exclude(dossier__statut__in=FINAUX)
        .select_related("dossier")
        .select_for_update(of=("self",))
        .order_by("pk")[:lot]
    )
    dites, effets = [], []
    for ligne in proches:
        jour = jour_local(au, ligne.dossier.fuseau)
        reste = (ligne.fin - jour).days
        palier = palier_atteint(reste, faits.parametres(ligne.dossier, jour).paliers_relance) if reste >= 0 else None
        # Once per step: the row, locked, says which was told.
        if palier is None or (ligne.alerte_palier is not None and ligne.alerte_palier <= palier):
            continue
        ligne.alerte_palier = palier
        dites.append(ligne)
        mail = courriel(
            ligne.dossier,
            "fin_convention",
            f"cooperation:{ligne.pk}:{ligne.fin}:{palier}",
            organisation=ligne.dossier.equipe_id,
            partenaire=ligne.partenaire,
            fin=ligne.fin,
            reste=reste,
        )
        effets.append((ligne.dossier_id, mail))
    Cooperation.objects.bulk_update(dites, ["alerte_palier"])
    programmer_par_dossier(effets, maintenant=au)
    return len(dites), proches[-1].pk if len(proches) == lot else None
