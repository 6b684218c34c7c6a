"""The gates of a signature (§3): those of the criteria, and those that only the money side knows."""

from __future__ import annotations

from datetime import date

from dossiers import faits, grille
from dossiers.models import Association, Dossier
from dossiers.regles.statuts import Statut
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr

from ..regles.dotation import date_effet
from ..regles.transitoire import alerte_chevauchement
from ..selectors import argent
from . import dates


def franchir(dossier: Dossier, acte: str, jour: date, *, anonyme: bool = False) -> list[dict[str, str]]:
    """The warnings the act passes with. Raises ErreurMetier naming what blocks: a criterion, the FINESS, a credit still due."""
    avertissements = grille.franchir(dossier, acte, jour, anonyme=anonyme)
    if acte != "signer_dotation":
        return avertissements
    association = Association.objects.filter(dossier=dossier).first()
    if association is None or not association.finess:
        raise ErreurMetier("finess", "Le numéro FINESS n’est pas enregistré\u00a0: il précède le contrat de dotation.")
    if dossier.statut == Statut.FINESS_ATTRIBUE and not faits.externes(dossier, jour).amorcage_solde:
        raise ErreurMetier(
            "amorcage_solde",
            "Le crédit d’amorçage n’est pas soldé\u00a0: la dotation se signe à son issue, une fois le solde payé.",
        )
    ars = argent(dossier).financement_ars
    if ars is not None and ars.date_fin is not None and _chevauche(dossier, jour, ars.date_fin):
        message = (
            f"Le financement de l’ARS court jusqu’au {date_fr(ars.date_fin)}\u00a0: la dotation prend effet le lendemain, "
            "sauf jour plus tôt écrit au contrat\u00a0; l’ARS peut récupérer la part qui se chevauche."
        )
        avertissements.append({"code": "TRA-6", "message": message})
    return avertissements


def _chevauche(dossier: Dossier, jour: date, fin_ars: date) -> bool:
    """By the set of the contract that is signed; by that of the day while it is being proposed (TRA-6)."""
    propose = argent(dossier).propose
    p = dates.parametres(propose) if propose is not None else parametres_du_jour(dossier.region, jour)
    anticipe = propose.effet_prevu if propose is not None else None
    effet = max(jour, anticipe) if anticipe else date_effet(jour, fin_ars, p.effet_contrats_minimum)
    return alerte_chevauchement(p.declencheur_chevauchement, jour, effet, fin_ars)
