"""The list of dossiers as the API filters it: an ill-formed filter is refused, an unknown code gives an empty list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from dossiers.models import Dossier
from dossiers.onglets import prochaine
from dossiers.regles.statuts import Statut
from dossiers.services.creation import normaliser
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.regles.saisie import jour
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import fin_de_journee

TRIS = {
    "numero": "numero",
    "nom": "nom",
    "statut": "statut_effectif",
    "depose_le": "depose_le",
    "cree_le": "cree_le",
    "echeance": "prochaine_lue",
}
LONGUEUR_RECHERCHE = 200


def lister(acteur: Acteur, maintenant: datetime, parametres: Mapping[str, str]) -> QuerySet[Dossier]:
    """Raises ErreurMetier with the parameters to correct."""
    erreurs: dict[str, str] = {}
    lignes = Dossier.objects.pour(acteur).au(maintenant).select_related("equipe", "ars", "caisse", "suivi_par")
    if mots := normaliser(parametres.get("recherche", "")[:LONGUEUR_RECHERCHE]).split():
        for mot in mots:
            lignes = lignes.filter(recherche__contains=mot)
    if statut := parametres.get("statut"):
        if statut not in list(Statut):
            erreurs["statut"] = "Ce statut n’existe pas."
        lignes = lignes.filter(statut_effectif=statut)
    if specialite := parametres.get("specialite"):
        lignes = lignes.filter(Q(specialites__contains=[specialite]) | Q(groupes__contains=[specialite]))
    if departement := parametres.get("departement"):
        lignes = lignes.filter(departements__contains=[departement])
    if avant := parametres.get("echeance_avant"):
        limite = _jour(avant, erreurs)
        if limite is not None:
            lignes = lignes.annotate(prochaine_lue=prochaine(maintenant))
            lignes = lignes.filter(prochaine_lue__lt=fin_de_journee(limite, "Europe/Paris"))
    tri = parametres.get("ordering") or parametres.get("tri") or "-cree_le"
    ordre = _ordre(tri, erreurs)
    if tri.removeprefix("-") == "echeance":
        lignes = lignes.annotate(prochaine_lue=prochaine(maintenant))
    if erreurs:
        raise ErreurMetier("contenu", "Certains filtres sont à corriger.", erreurs)
    return lignes.order_by(*ordre)


def _jour(brut: str, erreurs: dict[str, str]) -> date | None:
    lu = jour(brut)
    if lu is None or not 1900 <= lu.year <= 2200:
        erreurs["echeance_avant"] = "Indiquez une date AAAA-MM-JJ."
        return None
    return lu


def _ordre(brut: str, erreurs: dict[str, str]) -> list[Any]:
    nom = brut.removeprefix("-")
    if nom not in TRIS:
        erreurs["ordering"] = "Triez par " + ", ".join(TRIS) + ", précédé d’un tiret pour l’ordre inverse."
        return ["pk"]
    cle = F(TRIS[nom])
    descendant = brut.startswith("-")
    return [cle.desc(nulls_last=True) if descendant else cle.asc(nulls_last=True), "-pk" if descendant else "pk"]
