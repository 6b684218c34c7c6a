"""Reads shaped for the report pages."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from dossiers import dates
from dossiers.actions import statut_lu, toutes
from dossiers.forms.lettre import OBJECTIFS
from dossiers.models import Dossier, Message
from dossiers.services.fiche_mission import en_vigueur
from dossiers.seuils import Seuils, seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.composants import delai, etat
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, nombre

from . import pieces
from .compteurs import de_l_annee
from .emploi import compte
from .models import Campagne, Rapport
from .periodes import Periode, periode, periodes
from .regles.indicateurs import INDICATEURS
from .regles.repartition import MEDIANE, quantile
from .regles.secret import SEUIL
from .regles.versions import VIDES, Ecart, differences

LIBELLES = {d.code: d.libelle for d in INDICATEURS} | {
    "montant_depense": "Montant dépensé dans l’année",
    "debut": "Premier jour de l’année",
    "fin": "Dernier jour de l’année",
    "pieces": "Pièces jointes",
}
JOURS = frozenset({"debut", "fin", "outil_le"})
NOMS_OBJECTIFS = dict(OBJECTIFS)
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
    suit = "proroger_rapport" in _permis(dossier, acteur)
    lignes = [_ligne(dossier, p, faits.get(p.annee), jour, acteur, seuils, suit) for p in periodes(dossier, jour)]
    deposes = [r for _, r in sorted(faits.items()) if r.depose_le]
    region = _mediane_regionale(dossier, deposes[-1]) if deposes else None
    indicateurs = [
        {
            "definition": d,
            "valeurs": [getattr(r, d.code) for r in deposes],
            "mediane": region and region["valeurs"][d.code],
        }
        for d in INDICATEURS
    ]
    return {
        "dossier": dossier,
        "lignes": lignes[::-1],
        "indicateurs": indicateurs,
        "region": region,
        "annees": [f"Année {a}" for a, r in sorted(faits.items()) if r.depose_le],
    }


def _mediane_regionale(dossier: Dossier, dernier: Rapport) -> dict[str, Any]:
    """The median of the region's reports of the last campaign that this ESS answered, told from SEUIL équipes on. One query, read as the
    portal: an équipe sees no other's figures, only the middle of them.
    """
    with comme_portail():
        remis = Rapport.objects.filter(
            dossier__region=dossier.region, depose_le__isnull=False, fin__year=dernier.fin.year
        ).order_by("dossier", "annee")
        lus = {r["dossier"]: r for r in remis.values("dossier", *Rapport.INDICATEURS)}
    medianes = {
        code: quantile(Counter(r[code] for r in lus.values() if r[code] is not None), MEDIANE)
        if len(lus) >= SEUIL
        else None
        for code in Rapport.INDICATEURS
    }
    return {
        "campagne": dernier.fin.year,
        "equipes": len(lus) if len(lus) >= SEUIL else 0,
        "valeurs": medianes,
        "seuil": SEUIL,
    }


def _ligne(
    dossier: Dossier, p: Periode, rapport: Rapport | None, jour: date, acteur: Acteur, seuils: Seuils, suit: bool
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
        "ouvrable": acteur.est_porteur or depose or suit,
        "lien": "Remplir" if a_remplir else "Lire",
    }


def _permis(dossier: Dossier, acteur: Acteur) -> set[str]:
    """The acts that this role may do at this step."""
    return {nom for nom, a in toutes().items() if a.role_permis(acteur.role) and a.etat_permis(statut_lu(dossier))}


def page_rapport(numero: str, annee: int, *, acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """One year: its report if any, last year's values, what this person may do. An agent reads what was filed, nothing before; the ARS
    may put off the day of one that is not.
    """
    dossier = dossier_lu(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    annee_contrat, connues = periode(dossier, annee, jour), periodes(dossier, jour)
    faits = {
        r.annee: r
        for r in Rapport.objects.pour(acteur)
        .filter(dossier=dossier, annee__in=(annee - 1, annee))
        .select_related("valide_par", "outil_piece")
    }
    rapport, precedent = faits.get(annee), faits.get(annee - 1)
    permis = _permis(dossier, acteur)
    if rapport is None and not (acteur.est_porteur or "proroger_rapport" in permis):
        raise Introuvable
    modifiable = "enregistrer_rapport" in permis and (rapport is None or rapport.est_modifiable)
    return {
        "dossier": dossier,
        "periode": annee_contrat,
        "rapport": rapport,
        **(pieces.lues(rapport, acteur) if rapport else {"pieces": [], "outil_piece": None}),
        "enregistre_le": rapport.enregistre_le if rapport else None,
        "precedent": precedent if precedent and precedent.depose_le else None,
        "compte": compte(dossier, annee, rapport),
        "compteurs": de_l_annee(dossier, annee_contrat, connues),
        "campagne": Campagne.objects.pour(acteur)
        .filter(dossier=dossier, annee=annee)
        .select_related("prorogee_par")
        .first(),
        "peut_proroger": "proroger_rapport" in permis
        and (rapport is None or rapport.statut == Rapport.Statut.A_CORRIGER),
        "peut_ecrire": not acteur.portee,
        "jour": jour,
        "poursuivis": objectifs_poursuivis(dossier, jour) if modifiable else [],
        "modifiable": modifiable,
        "peut_deposer": modifiable and jour >= annee_contrat.ouverture,
        "a_examiner": "valider_rapport" in permis and rapport is not None and rapport.statut == Rapport.Statut.DEPOSE,
        "etat": etat(*ETATS[Rapport.Statut(rapport.statut)]) if rapport else etat("neutre", "Pas commencé"),
    }


def versions(rapport: Rapport | None) -> list[dict[str, Any]]:
    """The filings of a report, the last one first, each with what it changed of the one before, in words."""
    if rapport is None:
        return []
    lues = list(rapport.versions.select_related("deposee_par").order_by("numero"))
    suite = []
    for avant, v in zip([None, *lues], lues, strict=False):
        ecarts = _entre(avant.contenu, v.contenu) if avant is not None else ()
        suite.append({"version": v, "ecarts": [ecart_lu(e) for e in ecarts]})
    return suite[::-1]


def _entre(avant: dict[str, Any], apres: dict[str, Any]) -> tuple[Ecart, ...]:
    """A filing made before a field was kept says nothing of it."""
    return differences(avant, apres, tuple(champ for champ in apres if champ in avant))


def ecart_lu(e: Ecart) -> dict[str, str]:
    """A change as a person reads it."""
    nom = LIBELLES.get(e.champ) or str(Rapport._meta.get_field(e.champ).verbose_name).capitalize()
    lire = _jour_lu if e.champ in JOURS else valeur_lue
    return {"champ": nom, "avant": lire(e.avant), "apres": lire(e.apres)}


def _jour_lu(v: Any) -> str:
    return "–" if v in VIDES else date_fr(v if isinstance(v, date) else date.fromisoformat(v))


def valeur_lue(v: Any) -> str:
    if v in VIDES:
        return "–"
    if isinstance(v, dict) and "sha256" in v:
        return f"{v['libelle']} ({v['nom']})"
    if isinstance(v, dict):
        return "\u00a0; ".join(
            f"{NOMS_OBJECTIFS.get(k) or LIBELLES.get(k, k)}\u00a0: {valeur_lue(x)}" for k, x in v.items()
        )
    if isinstance(v, list):
        return "\u00a0; ".join(valeur_lue(x) for x in v)
    return nombre(v) if isinstance(v, int) else str(v)


def questions(dossier: Dossier, annee: int, acteur: Acteur) -> list[Message]:
    """What was asked and answered about a year's report on the shared thread, the oldest first."""
    fil = Message.objects.pour(acteur).filter(
        dossier=dossier, fil=Message.Fil.PARTAGE, texte__startswith=entete_question(annee)
    )
    return list(fil.select_related("organisation").order_by("ecrit_le", "pk"))


def entete_question(annee: int) -> str:
    """How a message of the dossier says that it is about a year's report."""
    return f"Rapport d’activité, année {annee}\u00a0: "


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
