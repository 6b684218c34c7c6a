"""ARS and Assurance maladie do not fund the same days (TRA-6): an earlier effect is an override, whose recovery is proposed to the ARS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dossiers.models import Dossier, Tache
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import Effet, consigner
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import accord, date_fr, euros

from ..models import Contrat
from ..regles.transitoire import jours_de_chevauchement, recuperation_proposee
from ..selectors import argent
from .courriels import avertir, page_contrat
from .dates import parametres


@dataclass(frozen=True)
class Chevauchement:
    """`montant` None where the setting proposes none, or where the ARS's amount or first day is not known."""

    jours: int
    fin_ars: date
    montant: Decimal | None
    calcul: str


def calculer(dossier: Dossier, contrat: Contrat) -> Chevauchement | None:
    """The days that both fund once the dotation has its day of effect; None without any."""
    ars = argent(dossier).financement_ars
    if contrat.type != Contrat.Type.DOTATION or contrat.date_effet is None or ars is None or ars.date_fin is None:
        return None
    jours = jours_de_chevauchement(contrat.date_effet, ars.date_fin)
    if not jours:
        return None
    if not parametres(contrat).proposition_prorata or ars.montant is None or ars.date_debut is None:
        return Chevauchement(jours, ars.date_fin, None, "")
    finances = (ars.date_fin - ars.date_debut).days + 1
    montant = recuperation_proposee(ars.montant, ars.date_debut, ars.date_fin, contrat.date_effet)
    calcul = f"{euros(ars.montant)} × {min(jours, finances)} ÷ {accord(finances, 'jour')} financés"
    return Chevauchement(jours, ars.date_fin, montant, calcul)


def admettre(dossier: Dossier, effet: date, p: Parametres) -> list[dict[str, str]]:
    """The warning that an earlier effect is proposed with. Raises ErreurMetier where it is not earlier than FIN-6, or too early (FIN-3)."""
    ars = argent(dossier).financement_ars
    if argent(dossier).signe(Contrat.Type.DOTATION) is not None or ars is None or ars.date_fin is None:
        phrase = "Aucun financement de l’ARS ne retarde cette dotation\u00a0: laissez ce jour vide."
        raise ErreurMetier("chevauchement", phrase, {"effet_anticipe": phrase})
    if not p.effet_contrats_minimum <= effet <= ars.date_fin:
        phrase = (
            f"Choisissez un jour du {date_fr(p.effet_contrats_minimum)} au {date_fr(ars.date_fin)}, ou laissez vide."
        )
        raise ErreurMetier("chevauchement", phrase, {"effet_anticipe": phrase})
    message = f"La dotation prendrait effet le {date_fr(effet)} au plus tôt, avant la fin du financement de l’ARS, le {date_fr(ars.date_fin)}\u00a0: la part qui se chevauche sera proposée en récupération à l’ARS."
    return [{"code": "TRA-6", "message": message}]


def proposer(dossier: Dossier, contrat: Contrat, *, acteur: Acteur, maintenant: datetime) -> None:
    """At the third signature: the overlap as a task of the ARS, never an order. It closes it saying what it decided."""
    lu = calculer(dossier, contrat)
    if lu is None:
        return
    Tache.objects.get_or_create(
        dossier=dossier,
        type=Tache.Type.CHEVAUCHEMENT,
        cle=f"{Tache.Type.CHEVAUCHEMENT}:{contrat.pk}",
        defaults={"qui": "ars", "ouverte_le": maintenant, **Tache.colonnes(dossier)},
    )
    consigner(
        type="chevauchement_propose",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "contrat": contrat.pk,
            "jours": lu.jours,
            "fin_ars": lu.fin_ars,
            "montant": lu.montant,
            "calcul": lu.calcul,
        },
        effets=_prevenir(dossier, contrat, lu),
    )


def _prevenir(dossier: Dossier, contrat: Contrat, lu: Chevauchement) -> list[Effet]:
    somme = (
        f"Récupération proposée\u00a0: {euros(lu.montant, centimes=True)} ({lu.calcul})."
        if lu.montant is not None
        else ""
    )
    return avertir(
        dossier,
        f"chevauchement:{contrat.pk}",
        "Financements qui se chevauchent",
        f"La dotation prend effet le {date_fr(contrat.date_effet)}\u00a0; le financement de l’ARS court jusqu’au {date_fr(lu.fin_ars)}, soit {accord(lu.jours, 'jour')} en commun.",
        *filter(None, [somme]),
        "L’ARS dit la suite qu’elle y donne en clôturant la tâche.",
        organisations=(dossier.ars_id,),
        chemin=page_contrat(contrat),
    )
