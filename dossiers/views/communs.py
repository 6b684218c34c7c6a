"""What every page of a dossier starts with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..actions import statut_lu
from ..models import Dossier
from ..regles.cycle import Statut
from ..services.projet import peut_ecrire

# (words, URL name, states in which the page has something to say; none = always). Pages of the apps above go by their names.
AVANT_CONTRAT = frozenset({Statut.BROUILLON, Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE, Statut.LETTRE_REFUSEE})
APRES_LETTRE = frozenset(Statut) - AVANT_CONTRAT
MENU = (
    ("Vie du dossier", "dossier", frozenset(Statut)),
    ("Échéances", "echeances", frozenset(Statut) - {Statut.BROUILLON}),
    ("Contrats", "contrats_dossier", APRES_LETTRE),
    ("Versements", "versements_dossier", APRES_LETTRE),
    ("Dotation", "dotation_dossier", frozenset({Statut.DOTATION_ACTIVE, Statut.RESILIE, Statut.CLOS})),
    ("Comptes", "comptes_dossier", APRES_LETTRE),
    ("Adhérents", "adherents", frozenset(Statut)),
    ("Seuils", "seuils", frozenset(Statut)),
    ("Critères", "grille", frozenset(Statut)),
    ("Gouvernance", "gouvernance", frozenset(Statut) - {Statut.BROUILLON}),
    ("Mission", "mission", APRES_LETTRE),
    ("Dérogations", "derogations", frozenset(Statut) - {Statut.BROUILLON}),
    ("Rapports d’activité", "rapports", APRES_LETTRE),
    ("Documents", "documents", frozenset(Statut)),
    ("Messages", "messages", frozenset(Statut) - {Statut.BROUILLON}),
    ("Journal", "journal", frozenset(Statut)),
    ("À une date passée", "dossier_au", frozenset(Statut) - {Statut.BROUILLON}),
)


def dossier_ou_404(request: HttpRequest, numero: str, *relations: str) -> Dossier:
    """The dossier of this number, if this person may see it, with its effective state. Raises Introuvable."""
    dossier = (
        Dossier.objects.pour(request.acteur)
        .au(horloge.maintenant())
        .select_related("ars", "caisse", "equipe", *relations)
        .filter(numero=numero)
        .first()
    )
    if dossier is None:
        raise Introuvable
    return dossier


def menu(dossier: Dossier, acteur: Acteur, actif: str) -> list[dict[str, Any]]:
    """The side menu of a dossier for this reader; a page that is not installed, or empty at this step, is left out."""
    statut = Statut(statut_lu(dossier))
    liens = []
    for libelle, nom, statuts in MENU:
        if statut in statuts:
            try:
                liens.append({"libelle": libelle, "url": reverse(nom, args=[dossier.numero]), "actif": nom == actif})
            except NoReverseMatch:
                continue
    if acteur.est_porteur and statut is Statut.BROUILLON:
        url = reverse("lettre_recapitulatif", args=[dossier.numero])
        liens.insert(1, {"libelle": "Lettre d’intention", "url": url, "actif": actif == "lettre"})
    elif acteur.est_porteur and peut_ecrire(dossier):
        url = reverse("projet_rubrique", args=[dossier.numero, "diagnostic"])
        liens.insert(1, {"libelle": "Projet de santé", "url": url, "actif": actif == "projet"})
    return liens


def fil(dossier: Dossier, acteur: Acteur, *suite: str) -> list[dict[str, str]]:
    """The breadcrumb down to a page of the dossier."""
    liens = [] if acteur.est_porteur else [{"libelle": "Dossiers", "url": reverse("dossiers")}]
    if not suite:
        return [*liens, {"libelle": dossier.nom}]
    return [*liens, {"libelle": dossier.nom, "url": reverse("dossier", args=[dossier.numero])}, {"libelle": suite[0]}]


def cadre(request: HttpRequest, dossier: Dossier, actif: str, titre: str = "") -> dict[str, Any]:
    """What the templates of a dossier read: the dossier, its breadcrumb, its menu."""
    return {
        "dossier": dossier,
        "fil": fil(dossier, request.acteur, *([titre] if titre else [])),
        "menu_dossier": menu(dossier, request.acteur, actif),
        "titre_page": titre,
    }


@contextmanager
def saisie(request: HttpRequest, form: Any, *, conflit_ecrit: bool = False) -> Iterator[None]:
    """An act tried with what a form brought: what it refuses of it is said at its fields, and nothing is written. A conflict keeps its
    own page unless `conflit_ecrit`; what is forbidden or unknown always does. What follows the act
    inside the block, its redirection, happens once it is done.
    """
    try:
        yield
    except ErreurMetier as refus:
        if refus.statut_http != 422 and not (conflit_ecrit and refus.statut_http == 409):
            raise
        request.annuler = True
        reporter(form, refus)


def reporter(form: Any, echec: ErreurMetier) -> None:
    """Puts a refused act's sentences on the fields they are about, the rest above the form."""
    pose = False
    for champ, textes in echec.champs.items():
        form.add_error(champ if champ in form.fields else None, textes)
        pose = True
    if not pose:
        form.add_error(None, echec.message)
