"""The payments of a dossier with their conditions, and the list across dossiers (tabs, filters, pages of 50)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from dossiers import dates
from dossiers.models import Dossier
from dossiers.regles.cycle import Statut
from dossiers.regles.statuts import CONFORMITE_ACQUISE
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle import horloge
from ess_portal.socle.typographie import date_fr, euros, instant_fr

from ..echeancier import Ligne, echeancier
from ..models import CompteBancaire, Contrat, Versement
from .instantane import argent

PAR_PAGE = 50
ONGLETS = (("a_proposer", "À proposer"), ("propose", "À valider"), ("valide", "À payer"), ("paye", "Payés"))
ETATS = {
    "propose": ("info", "Proposé, à valider"),
    "valide": ("info", "Validé, à payer"),
    "paye": ("succes", "Payé"),
    "annule": ("neutre", "Annulé"),
}


def lignes(dossier: Dossier, acteur: Acteur, jour: date, possibles: set[str]) -> list[dict[str, Any]]:
    """One block per expected payment: amount, state, conditions, the two people, what one may do. What waits stands first, then
    what was paid, the last one first.
    """
    attendues, payees = [], []
    for ligne in echeancier(dossier, jour):
        est_payee = ligne.versement is not None and ligne.versement.statut == "paye"
        (payees if est_payee else attendues).append(_bloc(dossier, ligne, acteur, possibles))
    return attendues + payees[::-1]


def _bloc(dossier: Dossier, ligne: Ligne, acteur: Acteur, possibles: set[str]) -> dict[str, Any]:
    v = ligne.versement
    manques = [c for c in ligne.conditions if c["etat"] in ("alerte", "erreur", "attente")]
    sans_objet = sum(c["etat"] == "neutre" for c in ligne.conditions)
    remplies = len(ligne.conditions) - len(manques) - sans_objet
    resume = [f"{remplies} remplie{'s' if remplies > 1 else ''}"]
    if manques:
        resume.append(f"{len(manques)} à remplir")
    if sans_objet:
        resume.append(f"{sans_objet} sans objet")
    return {
        "ligne": ligne,
        "versement": v,
        "etat": _etat(ligne, len(manques)),
        "resume": " · ".join(resume),
        "etapes": _etapes(dossier, v, acteur),
        "peut_proposer": v is None and "proposer_versement" in possibles and ligne.est_proposable,
        "peut_valider": v is not None and v.statut == "propose" and "valider_versement" in possibles,
        "a_propose": v is not None and v.propose_par_id == acteur.utilisateur_id,
        "peut_payer": v is not None and v.statut == "valide" and "marquer_paye" in possibles,
        "iban": v.compte.iban_lisible if v is not None and v.compte is not None else "",
        "peut_annuler": v is not None and v.statut in ("propose", "valide") and "annuler_versement" in possibles,
        "manques": [c["libelle"] for c in manques],
        # Year n is paid at anniversary n - 1 (DL-7).
        "anniversaire": dates.adresse_regle(dossier.numero, "DL-7", "dotation", ligne.annee - 1)
        if ligne.nature == "dotation" and ligne.annee > 1
        else "",
    }


def _etat(ligne: Ligne, manques: int) -> tuple[str, str]:
    v = ligne.versement
    if v is None:
        if ligne.est_nulle:
            return ("neutre", "Rien à verser")
        if manques:
            return ("attente", "Pas encore possible")
        return ("info", "Prêt à proposer")
    if v.statut == "propose" and manques:
        return ("alerte", f"Proposé, {manques} condition{'s' if manques > 1 else ''} à remplir")
    return ETATS[v.statut]


def _etapes(dossier: Dossier, v: Versement | None, acteur: Acteur) -> list[dict[str, Any]]:
    """The two people and the payment, each with its day."""
    if v is None:
        return []
    soi = " (vous)"
    etapes = [
        {
            "etat": "succes",
            "titre": "1. Proposé",
            "qui": f"{v.propose_par or 'Hors du portail'}{soi if v.propose_par_id == acteur.utilisateur_id else ''}",
            "quand": instant_fr(v.propose_le, dossier.fuseau),
        }
    ]
    if v.valide_le:
        qui = f"{v.valide_par}{soi if v.valide_par_id == acteur.utilisateur_id else ''}"
        etapes.append(
            {"etat": "succes", "titre": "2. Validé", "qui": qui, "quand": instant_fr(v.valide_le, dossier.fuseau)}
        )
    elif v.statut == "propose":
        etapes.append(
            {"etat": "attente", "titre": "2. Validation", "qui": "Par une autre personne de la caisse", "quand": ""}
        )
    if v.paye_le:
        etapes.append({"etat": "succes", "titre": "3. Payé", "qui": v.reference, "quand": date_fr(v.paye_le)})
    else:
        etapes.append(
            {"etat": "attente", "titre": "3. Paiement", "qui": "Ordre de versement transmis à la caisse", "quand": ""}
        )
    return etapes


def compte(dossier: Dossier, acteur: Acteur) -> dict[str, Any] | None:
    """The current account and the one before it, masked for everybody."""
    courant = argent(dossier).compte
    if courant is None:
        return None
    anciens = [c for c in argent(dossier).comptes if c.pk != courant.pk]
    return {
        "courant": courant,
        "ancien": anciens[-1] if anciens else None,
        "saisi": f"{courant.saisi_par}, {instant_fr(courant.saisi_le, dossier.fuseau)}",
        "confirme": f"{courant.confirme_par}, {instant_fr(courant.confirme_le, dossier.fuseau)}"
        if courant.confirme_le
        else "",
        "a_saisi": courant.saisi_par_id == acteur.utilisateur_id,
    }


def liste(acteur: Acteur, parametres: Mapping[str, str]) -> dict[str, Any]:
    """The agents' list: one tab per step, the counts of all, filters kept in the URL."""
    onglet = parametres.get("onglet", "")
    onglet = onglet if onglet in dict(ONGLETS) else "a_proposer" if acteur.type == "caisse" else "propose"
    recherche, nature = parametres.get("recherche", "").strip(), parametres.get("nature", "")
    nature = nature if nature in Versement.Nature.values else ""
    filtre = Q(dossier__recherche__contains=recherche.lower()) if recherche else Q()
    visibles = Versement.objects.pour(acteur).filter(filtre)
    a_proposer = _a_proposer(acteur).filter(filtre)
    if nature:
        visibles, a_proposer = visibles.filter(nature=nature), a_proposer.filter(type=_type(nature))
    comptes = dict(visibles.order_by().values_list("statut").annotate(n=Count("pk")))
    comptes["a_proposer"] = a_proposer.count()
    if onglet == "a_proposer":
        lignes_base: QuerySet = a_proposer.select_related("dossier__caisse").order_by("signe_le", "pk")
    else:
        confirmes = CompteBancaire.objects.filter(
            dossier=OuterRef("dossier"), remplace_le__isnull=True, confirme_le__isnull=False
        )
        ordre = ("-paye_le", "-pk") if onglet == "paye" else ("propose_le", "pk")
        lignes_base = (
            visibles.filter(statut=onglet)
            .annotate(iban_confirme=Exists(confirmes))
            .select_related("dossier", "caisse", "propose_par")
            .order_by(*ordre)
        )
    page = Paginator(lignes_base, PAR_PAGE).get_page(parametres.get("page"))
    base = {c: v for c, v in (("recherche", recherche), ("nature", nature)) if v}
    return {
        "onglets": [
            {
                "libelle": "À venir" if acteur.est_porteur and code == "a_proposer" else libelle,
                "url": f"?{urlencode({**base, 'onglet': code})}",
                "actif": code == onglet,
                "nombre": comptes.get(code, 0),
            }
            for code, libelle in ONGLETS
        ],
        "onglet": onglet,
        "titre_onglet": dict(ONGLETS)[onglet],
        "page": page,
        "rangees": [_rangee_contrat(r) if onglet == "a_proposer" else _rangee(r) for r in page],
        "recherche": recherche,
        "nature": nature,
        "natures": [{"code": c, "libelle": n, "choisie": c == nature} for c, n in Versement.Nature.choices],
        "filtres": _filtres(onglet, recherche, nature),
        "effacer": f"?{urlencode({'onglet': onglet})}" if base else "",
    }


def _filtres(onglet: str, recherche: str, nature: str) -> list[dict[str, str]]:
    actifs = []
    if recherche:
        reste = {"onglet": onglet, **({"nature": nature} if nature else {})}
        actifs.append({"libelle": f"«\u00a0{recherche}\u00a0»", "url": f"?{urlencode(reste)}"})
    if nature:
        reste = {"onglet": onglet, **({"recherche": recherche} if recherche else {})}
        actifs.append({"libelle": dict(Versement.Nature.choices)[nature], "url": f"?{urlencode(reste)}"})
    return actifs


def _type(nature: str) -> str:
    return {"dotation": "dotation", "regularisation": "dotation", "transitoire": "transitoire"}.get(nature, "amorcage")


def _a_proposer(acteur: Acteur) -> QuerySet[Contrat]:
    """Signed contracts whose next payment nobody has proposed: the conditions themselves are judged on the dossier's page."""
    vivants = Versement.objects.exclude(statut="annule").filter(dossier=OuterRef("dossier"))
    jour = horloge.aujourdhui()
    rien, second = vivants.filter(contrat=OuterRef("pk")), vivants.filter(nature="amorcage_2")
    unique = vivants.filter(nature="amorcage_unique")
    return (
        Contrat.objects.pour(acteur)
        .filter(statut=Contrat.Statut.SIGNE)
        .filter(
            dossier__statut__in=[
                s.value for s in Statut if s not in (Statut.CLOS, Statut.RESILIE, Statut.LETTRE_REFUSEE)
            ]
        )
        .filter(
            (Q(type="amorcage") & ~Exists(rien))
            | (
                Q(type="amorcage")
                & Exists(rien)
                & ~Exists(second)
                & ~Exists(unique)
                & Q(dossier__statut__in=CONFORMITE_ACQUISE)
            )
            | (Q(type="transitoire") & ~Exists(rien))
            | (Q(type="dotation", date_effet__lte=jour) & ~Exists(rien))
        )
        .annotate(a_commence=Exists(rien))
    )


def _rangee_contrat(contrat: Contrat) -> dict[str, Any]:
    libelles = {"dotation": "Dotation annuelle, première année", "transitoire": "Crédit transitoire"}
    libelle = libelles.get(contrat.type) or (
        "Crédit d’amorçage, solde" if contrat.a_commence else "Crédit d’amorçage, premier versement"
    )
    d = contrat.dossier
    return {
        "url": reverse("versements_dossier", args=[d.numero]),
        "nom": d.nom,
        "numero": d.numero,
        "libelle": libelle,
        "caisse": d.caisse.nom if d.caisse else "",
        "montant": "",
        "etat": ("attente", "Conditions à vérifier"),
        "precision": f"contrat signé le {instant_fr(contrat.signe_le, d.fuseau)}",
    }


def _rangee(v: Versement) -> dict[str, Any]:
    precisions = {
        "propose": f"proposé par {v.propose_par} le {instant_fr(v.propose_le, v.dossier.fuseau)}",
        "valide": f"validé le {instant_fr(v.valide_le, v.dossier.fuseau)}" if v.valide_le else "",
        "paye": f"le {date_fr(v.paye_le)}" if v.paye_le else "",
    }
    etat = ETATS[v.statut]
    if v.statut in ("propose", "valide") and not v.iban_confirme:
        etat = ("alerte", "IBAN à confirmer")
    return {
        "url": f"{reverse('versements_dossier', args=[v.dossier.numero])}#{v.numero}",
        "nom": v.dossier.nom,
        "numero": v.dossier.numero,
        "libelle": v.libelle,
        "caisse": v.caisse.nom if v.caisse else "",
        "reference": v.numero,
        "montant": euros(v.montant, centimes=True),
        "etat": etat,
        "precision": precisions.get(v.statut, ""),
    }
