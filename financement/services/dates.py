"""The days of a contract: its limits in the text, its effect and its term (FIN-3, FIN-6, DUR-1, REC-2)."""

from __future__ import annotations

from datetime import date, timedelta

from dossiers.models import Dossier, Echeance
from dossiers.regles.delais import ajouter
from dossiers.regles.relances import jours_avant
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import parametres_epingles
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr

from ..models import Contrat
from ..selectors import argent


def parametres(contrat: Contrat) -> Parametres:
    """The set the contract is pinned to."""
    return parametres_epingles(contrat.jeu_national_id, contrat.jeu_regional_id)


def depot_lettre(dossier: Dossier) -> date:
    """The day of the first filing of the letter."""
    depots = dossier.depots.filter(objet="lettre").order_by("version")
    premier = depots.first()
    if premier is None:
        raise ErreurMetier("depot", "La lettre d’intention n’a pas de date de dépôt.")
    return premier.date_depot


def limites_projet_et_socle(dossier: Dossier, p: Parametres) -> tuple[date, date]:
    """Last days of DL-2 and DL-5 as the portal shows them; counted from the filing where a setting leaves them undated."""
    calculees = dict(
        Echeance.objects.filter(dossier=dossier, regle__in=("DL-2", "DL-5"), dernier_jour__isnull=False).values_list(
            "regle", "dernier_jour"
        )
    )
    depart = depot_lettre(dossier)
    return (
        calculees.get("DL-2") or ajouter(depart, p.delai_depot_projet),
        calculees.get("DL-5") or ajouter(depart, p.delai_premiere_activite),
    )


def effet_au_plus_tot(dossier: Dossier, p: Parametres, dotation: Contrat | None = None) -> date:
    """The first day a dotation may take effect, whenever it is signed: after the ARS's funding, never before 2025 (FIN-6).

    A renewal starts where the contract in force ends. `dotation`: one already signed, for which the same is said again.
    """
    signees = argent(dossier).signees()
    anterieures = [c for c in signees if dotation is None or c.date_effet < dotation.date_effet]
    if anterieures and anterieures[-1].date_fin is not None:
        return anterieures[-1].date_fin
    ars = argent(dossier).financement_ars
    apres_ars = ars.date_fin + timedelta(days=1) if ars and ars.date_fin else p.effet_contrats_minimum
    return max(apres_ars, p.effet_contrats_minimum)


def effet_et_terme(dossier: Dossier, contrat: Contrat, signe_le: date) -> tuple[date, date | None]:
    """Effect and term given by the third signature: FIN-3 for a credit, FIN-6 and DUR-1 for a dotation."""
    p = parametres(contrat)
    if contrat.est_credit:
        return max(signe_le, p.effet_contrats_minimum), None
    effet = max(signe_le, contrat.effet_prevu or effet_au_plus_tot(dossier, p))
    return effet, ajouter(effet, p.duree_contrat_dotation)


def renouvelable_des(contrat: Contrat, p: Parametres) -> date | None:
    """The day from which another dotation may be proposed after this one: the first alert of its term (DUR-1); None without a term."""
    if contrat.date_fin is None:
        return None
    return contrat.date_fin - timedelta(days=max(jours_avant(contrat.date_fin, p.alertes_fin_contrat), default=0))


def fin_de_preavis(contrat: Contrat, partie: str, jour: date, demandee: date | None) -> date:
    """The day a contract ends early: at once for the ARS and the caisse, after its notice for the équipe (REC-2)."""
    minimum = ajouter(jour, parametres(contrat).preavis) if partie == "equipe" else jour
    if demandee is not None and demandee < minimum:
        texte = f"La résiliation prend effet au plus tôt le {date_fr(minimum)}."
        raise ErreurMetier("preavis", texte, {"date_fin": texte})
    return demandee or minimum
