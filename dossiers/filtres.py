"""The list's filters between an address, what is kept of them, and words: read once for the page, its views, its exports and its series."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Protocol
from urllib.parse import urlencode

from django.utils.dateparse import parse_date

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.socle.typographie import accord, date_fr

from . import selectors
from .onglets import PERSONNE, Filtres, plusieurs
from .regles.statuts import LIBELLES

ORDRES = {
    "echeance": "par échéance",
    "-echeance": "de l’échéance la plus lointaine à la plus proche",
    "-depot": "les derniers déposés d’abord",
    "depot": "les premiers déposés d’abord",
    "nom": "par nom",
    "numero": "par numéro",
    "etape": "par étape",
    "depuis": "les plus anciens à leur étape d’abord",
    "avis": "par avis de la caisse",
    "suivi": "par personne qui suit",
    "specialites": "par spécialité",
    "departements": "par département",
    "commune": "par commune du siège",
    "ars": "par ARS",
    "caisse": "par caisse",
    "regime": "par régime",
}
ORDRES |= {
    f"-{tri}": f"{mots}, ordre inverse"
    for tri, mots in ORDRES.items()
    if f"-{tri}" not in ORDRES and not tri.startswith("-")
}
TITRES = {
    "recherche": "Recherche",
    "statut": "Étape",
    "specialite": "Spécialité",
    "departement": "Département",
    "echeance_avant": "Échéance jusqu’au",
    "depose_du": "Lettre déposée depuis le",
    "depose_au": "Lettre déposée jusqu’au",
    "suivi_par": "Suivi par",
    "numero": "Choisis",
}
DATES = ("echeance_avant", "depose_du", "depose_au")
# Of each filter, so many values at most: an address is no data base.
VALEURS_MAX = 40
NUMEROS_MAX = 500
_NUMERO = re.compile(r"^[0-9A-Z]{2,3}-[0-9]{4}-[0-9]{1,6}$", re.ASCII)
_GROUPE = re.compile(r"^\w{1,48}$", re.ASCII)


class Champs(Protocol):
    def get(self, nom: str, defaut: str = "") -> Any: ...

    def getlist(self, nom: str) -> list[Any]: ...


def lire(champs: Champs, acteur: Acteur) -> tuple[Filtres, list[str]]:
    """The filters, and a sentence for each one that means nothing: it is left out."""
    refus: list[str] = []

    def valeurs(nom: str, permis) -> tuple[str, ...]:
        lues = [v for v in champs.getlist(nom)[: NUMEROS_MAX if nom == "numero" else VALEURS_MAX] if v]
        refus.extend(_refus(nom, v) for v in lues if not permis(v))
        return tuple(dict.fromkeys(v for v in lues if permis(v)))

    def jour(nom: str) -> date | None:
        texte = champs.get(nom, "")
        try:
            lu = parse_date(texte)
        except ValueError:
            lu = None
        if texte and lu is None:
            refus.append(_refus(nom, texte))
        return lu

    onglets = {nom for nom, _ in selectors.ONGLETS}
    defaut = "tous" if acteur.est_porteur or acteur.role.startswith("admin") else "a_traiter"
    page = str(champs.get("page", ""))
    f = Filtres(
        onglet=champs.get("onglet", "") if champs.get("onglet", "") in onglets else defaut,
        recherche=champs.get("recherche", "")[:80].replace("\x00", "").strip(),
        texte=champs.get("texte", "") == "1",
        statut=valeurs("statut", LIBELLES.__contains__),
        specialite=valeurs("specialite", lambda v: bool(_GROUPE.match(v))),
        departement=valeurs("departement", lambda v: v in selectors.libelles_departements()),
        echeance_avant=jour("echeance_avant"),
        depose_du=jour("depose_du"),
        depose_au=jour("depose_au"),
        suivi_par=valeurs("suivi_par", lambda v: v == PERSONNE or (v.isdigit() and len(v) < 10)),
        numero=valeurs("numero", lambda v: bool(_NUMERO.match(v))),
        tri=champs.get("tri", "") if champs.get("tri", "") in ORDRES else "echeance",
        page=int(page) if page.isdigit() and len(page) < 6 else 1,
    )
    if f.depose_du and f.depose_au and f.depose_au < f.depose_du:
        refus.append(
            "La lettre ne peut être déposée jusqu’à un jour qui précède le premier\u00a0: corrigez ces deux dates."
        )
    return f, refus


def _refus(nom: str, valeur: str) -> str:
    lu = "".join(c for c in str(valeur)[:40] if c.isprintable())
    return f"Le filtre «\u00a0{TITRES[nom]}\u00a0» ne connaît pas «\u00a0{lu}\u00a0»\u00a0: il n’est pas appliqué."


def en_champs(f: Filtres) -> dict[str, list[str]]:
    """What is kept of the filters, as an address would carry it: the tab and the order always, the page never."""
    lus: dict[str, list[str]] = {"onglet": [f.onglet], "tri": [f.tri]}
    if f.recherche:
        lus["recherche"] = [f.recherche]
        if f.texte:
            lus["texte"] = ["1"]
    for nom in ("statut", "specialite", "departement", "suivi_par", "numero"):
        if valeurs := plusieurs(getattr(f, nom)):
            lus[nom] = list(valeurs)
    for nom in DATES:
        if jour := getattr(f, nom):
            lus[nom] = [jour.isoformat()]
    return lus


def adresse(f: Filtres) -> str:
    """The same as the query of an address."""
    return urlencode(en_champs(f), doseq=True)


def dire(f: Filtres) -> list[tuple[str, str, str]]:
    """(name, value in the address, words) of each value in force; dossiers chosen by their number are said together, without a value.
    A query when people are named.
    """
    ou = ", lettres comprises" if f.texte else ""
    lus = [("recherche", f.recherche, f"{f.recherche}{ou}")] if f.recherche else []
    noms = _noms(plusieurs(f.suivi_par))
    mots = {
        "statut": LIBELLES,
        "specialite": selectors.libelles_specialites(),
        "departement": dict(selectors.choix_departements()) if f.departement else {},
        "suivi_par": noms,
    }
    for champ, libelles in mots.items():
        lus += [(champ, v, libelles.get(v, v)) for v in plusieurs(getattr(f, champ))]
    if numeros := plusieurs(f.numero):
        lus.append(("numero", "", ", ".join(numeros) if len(numeros) < 4 else accord(len(numeros), "dossier")))
    lus += [(champ, j.isoformat(), date_fr(j)) for champ in DATES if (j := getattr(f, champ))]
    return lus


def _noms(cles: tuple[str, ...]) -> dict[str, str]:
    """Names of the people who follow, by their key; one that is nobody's stays a number."""
    lus = (
        {str(u.pk): u.nom_complet for u in Utilisateur.objects.filter(pk__in=[c for c in cles if c.isdigit()])}
        if cles
        else {}
    )
    return lus | {PERSONNE: "personne"}
