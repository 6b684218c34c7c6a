"""Reads of the bank side, shaped for its pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Introuvable

from ..banque.fichiers import NOMS
from ..banque.lots import changements
from ..banque.phrases import TITRES
from ..banque.rapprochements import bilan, empreinte, examiner
from ..models import CompteCaisse, FichierLot, LotPaiement, ReleveBancaire, Versement

PAR_PAGE = 50
ETATS = {"prepare": ("info", "À valider"), "valide": ("succes", "Validé"), "annule": ("neutre", "Annulé")}
ETATS_RELEVE = {
    "a_confirmer": ("info", "À confirmer"),
    "confirme": ("succes", "Confirmé"),
    "ecarte": ("neutre", "Écarté"),
}


def lots(acteur: Acteur, page: str) -> Page:
    lignes = LotPaiement.objects.pour(acteur).select_related("prepare_par", "valide_par")
    rendue = Paginator(lignes, PAR_PAGE).get_page(page)
    for lot in rendue.object_list:
        lot.etat = ETATS[lot.statut]
    return rendue


def un_lot(acteur: Acteur, numero: str) -> dict[str, Any]:
    """A batch with its lines, what changed since, its files and its history. Raises Introuvable."""
    lot = (
        LotPaiement.objects.pour(acteur)
        .filter(numero=numero)
        .select_related("caisse", "compte", "prepare_par", "valide_par", "annule_par")
        .first()
    )
    if lot is None:
        raise Introuvable
    lignes = list(lot.lignes.select_related("versement__dossier", "versement__compte").order_by("rang"))
    vivantes = [x for x in lignes if x.sortie_le is None]
    ecarts = changements(vivantes)
    for x in lignes:
        x.etat = _etat(x, ecarts)
    produits = FichierLot.objects.pour(acteur).filter(lot=lot).defer("octets")
    return {
        "lot": lot,
        "etat": ETATS[lot.statut],
        "lignes": lignes,
        "ecarts": [(x, ecarts[x.reference]) for x in vivantes if x.reference in ecarts],
        "payes": sum(x.versement.statut == Versement.Statut.PAYE for x in vivantes),
        "fichiers": [{"fichier": f, "nom": NOMS[f.type], "libelle": f.get_type_display()} for f in produits],
    }


def _etat(ligne: Any, ecarts: dict[str, str]) -> tuple[str, str]:
    if ligne.sortie_le is not None:
        return ("neutre", f"Sorti\u00a0: {ligne.sortie_motif}")
    if ligne.reference in ecarts:
        return ("erreur", ecarts[ligne.reference].capitalize())
    if ligne.versement.statut == Versement.Statut.PAYE:
        return ("succes", "Payé")
    return ("info", "À payer")


def comptes_confirmes(acteur: Acteur) -> list[CompteCaisse]:
    """The accounts that the caisse pays or paid from, the current one first."""
    return list(CompteCaisse.objects.pour(acteur).filter(confirme_le__isnull=False).order_by("-saisi_le", "-pk"))


def releves(acteur: Acteur, page: str) -> Page:
    lignes = (
        ReleveBancaire.objects.pour(acteur)
        .select_related("importe_par", "confirme_par", "caisse")
        .annotate(ecritures=Count("mouvements"))
        .order_by("-importe_le", "-pk")
        .defer("octets")
    )
    rendue = Paginator(lignes, PAR_PAGE).get_page(page)
    for ligne in rendue.object_list:
        ligne.etat = ETATS_RELEVE[ligne.statut]
    return rendue


def un_releve(acteur: Acteur, pk: int) -> dict[str, Any]:
    """A statement with its outcome: as things stand while it waits, as it was confirmed afterwards. Raises Introuvable."""
    ligne = (
        ReleveBancaire.objects.pour(acteur)
        .filter(pk=pk)
        .select_related("importe_par", "confirme_par", "caisse")
        .defer("octets")
        .first()
    )
    if ligne is None:
        raise Introuvable
    attend = ligne.statut == ReleveBancaire.Statut.A_CONFIRMER
    resultat = examiner(ligne, acteur) if attend else None
    lu = bilan(resultat) if resultat else ligne.bilan
    for e in lu.get("ecarts", ()):
        e["titre"] = TITRES[e["code"]]
        e["variante"] = "alerte" if e["code"] in ("retard", "groupe", "reference") else "erreur"
    for a in lu.get("accords", ()):
        a["jour"], a["montant"] = date.fromisoformat(a["jour"]), Decimal(a["montant"])
    numeros = [x["reference"] for cle in ("accords", "ecarts") for x in lu.get(cle, ())]
    dossiers = dict(Versement.objects.pour(acteur).filter(numero__in=numeros).values_list("numero", "dossier__numero"))
    for cle in ("accords", "ecarts"):
        for x in lu.get(cle, ()):
            x["dossier"] = dossiers.get(x["reference"], "")
    return {
        "releve": ligne,
        "etat": ETATS_RELEVE[ligne.statut],
        "attend": attend,
        "empreinte": empreinte(resultat) if resultat else "",
        "accords": lu.get("accords", []),
        "ecarts": lu.get("ecarts", []),
        "etrangers": lu.get("etrangers", 0),
        "ecritures": ligne.mouvements.count(),
        "deja_lues": [
            {**x, "jour": date.fromisoformat(x["jour"]), "montant": Decimal(x["montant"])}
            for x in ligne.deja_lues[:PAR_PAGE]
        ],
        "total": sum((a["montant"] for a in lu.get("accords", ())), Decimal(0)),
    }
