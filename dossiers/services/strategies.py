"""The acts on a regional strategy: recorded and corrected by its ARS, each an event of its journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from ..models import StrategieRegionale
from ..regles.gouvernance import manques_periode
from .cycle import ROLES_ARS

CHAMPS = ("titre", "debut", "fin", "groupes", "departements", "orientations", "document")


@transaction.atomic
def enregistrer(
    *, acteur: Acteur, maintenant: datetime, strategie: int | None = None, **champs: Any
) -> StrategieRegionale:
    """A new one, or a correction of one's own. Raises ErreurMetier on the fields."""
    if acteur.role not in ROLES_ARS:
        raise Interdit
    ligne = (
        StrategieRegionale(ars_id=acteur.organisation_id)
        if strategie is None
        else StrategieRegionale.objects.select_for_update().filter(ars_id=acteur.organisation_id, pk=strategie).first()
    )
    if ligne is None:
        raise Introuvable
    avant = {nom: getattr(ligne, nom) for nom in CHAMPS} if strategie else {}
    for nom in CHAMPS:
        setattr(ligne, nom, champs[nom])
    ligne.enregistree_le = maintenant
    _verifier(ligne, champs["debut"], champs["fin"])
    ligne.save()
    consigner(
        type="strategie",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"strategie": ligne.pk, "avant": avant, **{nom: getattr(ligne, nom) for nom in CHAMPS}},
    )
    return ligne


def _verifier(ligne: StrategieRegionale, debut: date, fin: date | None) -> None:
    erreurs = manques_periode(debut, fin)
    memes = StrategieRegionale.objects.filter(ars_id=ligne.ars_id, titre=ligne.titre, debut=debut).exclude(pk=ligne.pk)
    if memes.exists():
        erreurs["titre"] = "Cette stratégie est déjà enregistrée."
    if erreurs:
        raise ErreurMetier("strategie", "Certaines informations sont à corriger.", erreurs)
