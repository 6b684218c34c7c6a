"""Reads shaped for the report pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dossiers import dates
from dossiers.actions import statut_lu, toutes
from dossiers.forms.lettre import OBJECTIFS
from dossiers.models import Dossier
from dossiers.services.fiche_mission import en_vigueur
from dossiers.seuils import Seuils, seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.composants import delai, etat
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local

from .models import Rapport
from .periodes import Periode, periode, periodes
from .regles.indicateurs import INDICATEURS

ETATS = {
    Rapport.Statut.BROUILLON: ("info", "En préparation"),
    Rapport.Statut.DEPOSE: ("attente", "Déposé, en attente d’examen"),
    Rapport.Statut.A_CORRIGER: ("alerte", "À corriger"),
    Rapport.Statut.VALIDE: ("succes", "Validé"),
}


def dossier_lu(numero: str, acteur: Acteur, maintenant: datetime) -> Dossier:
    """Raises Introuvable."""
    dossier = Dossier.objects.pour(acteur).au(maintenant).filter(numero=numero).first()
    if dossier is None:
        raise Introuvable
    return dossier


def page_rapports(numero: str, *, acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """The years of the contract with what is filed of each, the last one first."""
    dossier = dossier_lu(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    faits = {r.annee: r for r in Rapport.objects.pour(acteur).filter(dossier=dossier)}
    seuils = seuils_de(acteur, maintenant)
    lignes = [_ligne(dossier, p, faits.get(p.annee), jour, acteur, seuils) for p in periodes(dossier, jour)]
    indicateurs = [
        {"definition": d, "valeurs": [getattr(r, d.code) for _, r in sorted(faits.items()) if r.depose_le]}
        for d in INDICATEURS
    ]
    return {
        "dossier": dossier,
        "lignes": lignes[::-1],
        "indicateurs": indicateurs,
        "annees": [f"Année {a}" for a, r in sorted(faits.items()) if r.depose_le],
    }


def _ligne(
    dossier: Dossier, p: Periode, rapport: Rapport | None, jour: date, acteur: Acteur, seuils: Seuils
) -> dict[str, Any]:
    depose = rapport is not None and rapport.depose_le is not None
    if rapport is None:
        badge = etat("neutre", "Pas commencé" if acteur.est_porteur else "Pas encore déposé")
    else:
        badge = etat(*ETATS[Rapport.Statut(rapport.statut)])
    lu = delai(p.due_le, jour, fait=depose, tacite=False, rouge=seuils.rouge, proche=seuils.proche)
    url = dates.adresse_regle(dossier.numero, "DL-7", "dotation", p.annee) if p.echeance == "anniversaire" else ""
    a_remplir = acteur.est_porteur and (rapport is None or rapport.est_modifiable)
    return {
        "periode": p,
        "rapport": rapport,
        "etat": badge,
        "echeance": dates.lier_a(url, lu) if url else lu,
        "ouvrable": acteur.est_porteur or depose,
        "lien": "Remplir" if a_remplir else "Lire",
    }


def page_rapport(numero: str, annee: int, *, acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """One year: its report if any, last year's values, what this person may do. An agent reads what was filed, nothing before."""
    dossier = dossier_lu(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    annee_contrat = periode(dossier, annee, jour)
    faits = {
        r.annee: r
        for r in Rapport.objects.pour(acteur)
        .filter(dossier=dossier, annee__in=(annee - 1, annee))
        .select_related("valide_par")
    }
    rapport, precedent = faits.get(annee), faits.get(annee - 1)
    if rapport is None and not acteur.est_porteur:
        raise Introuvable
    permis = {nom for nom, a in toutes().items() if a.role_permis(acteur.role) and a.etat_permis(statut_lu(dossier))}
    modifiable = "enregistrer_rapport" in permis and (rapport is None or rapport.est_modifiable)
    return {
        "dossier": dossier,
        "periode": annee_contrat,
        "rapport": rapport,
        "enregistre_le": rapport.enregistre_le if rapport else None,
        "precedent": precedent if precedent and precedent.depose_le else None,
        "jour": jour,
        "poursuivis": objectifs_poursuivis(dossier, jour) if modifiable else [],
        "modifiable": modifiable,
        "peut_deposer": modifiable and jour >= annee_contrat.ouverture,
        "a_examiner": "valider_rapport" in permis and rapport is not None and rapport.statut == Rapport.Statut.DEPOSE,
        "etat": etat(*ETATS[Rapport.Statut(rapport.statut)]) if rapport else etat("neutre", "Pas commencé"),
    }


def indicateurs_definis(dossier: Dossier) -> list[str]:
    """The qualitative indicators of the last projet filed, or the letter's (IND-2)."""
    projet = dossier.projets.filter(depose_le__isnull=False).order_by("-version").first()
    if projet is not None and projet.indicateurs_qualitatifs:
        return [str(i.get("libelle", "") if isinstance(i, dict) else i) for i in projet.indicateurs_qualitatifs]
    lettre = getattr(dossier, "lettre", None)
    return [lettre.indicateur_qualitatif] if lettre is not None and lettre.indicateur_qualitatif else []


def objectifs_poursuivis(dossier: Dossier, jour: date) -> list[str]:
    """The objectives of the mission sheet in force, or those that the letter ticked (MIS-3), in words."""
    fiche = en_vigueur(list(dossier.fiches_mission.all()), jour)
    lettre = getattr(dossier, "lettre", None)
    codes = fiche.objectifs if fiche is not None else lettre.objectifs if lettre is not None else ()
    return [libelle for code, libelle in OBJECTIFS if code in codes]


def objectifs_decrits(rapport: Rapport) -> list[tuple[str, str]]:
    """(objective, what was done of it in the year), in the order of the list."""
    return [(libelle, rapport.objectifs[code]) for code, libelle in OBJECTIFS if code in rapport.objectifs]


def lignes_indicateurs(rapport: Rapport, precedent: Rapport | None) -> list[dict[str, Any]]:
    return [
        {
            "definition": d,
            "valeur": getattr(rapport, d.code),
            "precedente": getattr(precedent, d.code) if precedent else None,
        }
        for d in INDICATEURS
    ]
