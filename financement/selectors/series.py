"""The pages of the series: how far each is, and what became of each row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi
from ess_portal.socle.erreurs import Introuvable

from ..models import LigneSerie, Serie

PAR_PAGE = 50
E, D = LigneSerie.Etat, Document.Etat
# A row is over once its PDF is there, or once there will be none.
FINIES = Q(lignes__etat=E.REFUSEE) | Q(lignes__contrat__document__etat__in=(D.PRODUIT, D.ECHEC, D.EFFACE))
COMPTES = {
    "nombre": Count("lignes"),
    "finies": Count("lignes", filter=FINIES),
    "refusees": Count("lignes", filter=Q(lignes__etat=E.REFUSEE)),
}
ETATS = {
    E.A_FAIRE: ("attente", "En attente"),
    E.PROPOSEE: ("succes", "Proposé, à signer"),
    E.REFUSEE: ("alerte", "Non proposé"),
}


def liste(acteur: Acteur, page: str) -> Any:
    lignes = Serie.objects.pour(acteur).select_related("creee_par").annotate(**COMPTES)
    return Paginator(lignes.order_by("-creee_le", "-pk"), PAR_PAGE).get_page(page)


def une(acteur: Acteur, pk: int, page: str) -> dict[str, Any]:
    """A series with its count and one page of its rows."""
    serie = Serie.objects.pour(acteur).select_related("creee_par").annotate(**COMPTES).filter(pk=pk).first()
    if serie is None:
        raise Introuvable
    lignes = serie.lignes.select_related("dossier", "contrat__document").defer(
        "contrat__contenu", "contrat__document__donnees"
    )
    lue = Paginator(lignes.order_by("rang"), PAR_PAGE).get_page(page)
    reprises = {x.pk for x in a_reprendre(serie.lignes.filter(etat__in=(E.A_FAIRE, E.REFUSEE)))}
    finies = serie.finies + len(reprises) - serie.refusees
    return {
        "serie": serie,
        "page": lue,
        "lignes": [_ligne(x, x.etat == E.A_FAIRE and x.pk in reprises) for x in lue],
        "en_cours": finies < serie.nombre,
        "a_reprendre": len(reprises),
        "pourcent": 100 * finies // serie.nombre if serie.nombre else 100,
    }


def a_reprendre(lignes: Iterable[LigneSerie]) -> list[LigneSerie]:
    """Those that may be asked for again: refused, or waiting for an effect that was given up."""
    lues = list(lignes)
    attendues = [x.cle for x in lues if x.etat == E.A_FAIRE]
    arretees = set(Envoi.objects.filter(cle__in=attendues, statut=Envoi.Statut.REBUT).values_list("cle", flat=True))
    return [x for x in lues if x.etat == E.REFUSEE or x.cle in arretees]


def _ligne(x: LigneSerie, est_arretee: bool) -> dict[str, Any]:
    document = x.contrat.document if x.contrat else None
    etat = ("erreur", "Échec technique") if est_arretee else ETATS[E(x.etat)]
    motif = "L’administration du portail est prévenue." if est_arretee else x.motif
    if document is not None and document.etat == D.ECHEC:
        etat, motif = ("erreur", "PDF non produit"), "Le contrat est proposé\u00a0; son PDF sera produit de nouveau."
    return {
        "rang": x.rang,
        "dossier": x.dossier,
        "contrat": x.contrat,
        "etat": etat,
        "motif": motif,
        "document": document.pk if document is not None and document.est_produit else None,
        "en_preparation": document is not None and document.etat == D.A_PRODUIRE,
    }
