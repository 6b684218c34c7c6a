"""The columns of the list of dossiers: those that everybody has, those that one may add, and how each reads in a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from . import selectors


class Colonne(NamedTuple):
    """`tri`: the order that its heading gives, if any; `cellule`: the HTML of a row's cell, escaped."""

    titre: str
    cellule: Callable[[Any], str]
    tri: str = ""


def _acte(d: Any) -> str:
    style = "" if d.est_premier else " fr-btn--tertiary"
    return f'<a class="fr-btn fr-btn--sm{style}" href="{d.url}">{d.acte}<span class="fr-sr-only"> : {escape(d.nom)}</span></a>'


def _depuis(d: Any) -> str:
    """Since what silence decided has been true, where it has (CAL-9)."""
    instant = d.bascule_le if d.statut_effectif != d.statut and d.bascule_le else d.statut_depuis
    return date_fr(jour_local(instant, d.fuseau))


COLONNES = {
    "etape": Colonne("Étape", lambda d: d.etape, "etape"),
    "echeance": Colonne("Échéance", lambda d: d.delai, "echeance"),
    "avis": Colonne("Avis de la caisse", lambda d: d.avis_lu, "avis"),
    "suivi": Colonne("Suivi par", lambda d: escape(d.suivi_nom or ""), "suivi"),
    "specialites": Colonne("Spécialité", lambda d: escape(d.libelle_specialites), "specialites"),
    "departements": Colonne("Départements", lambda d: escape(", ".join(_departements(d))), "departements"),
    "commune": Colonne("Commune du siège", lambda d: escape(d.siege_commune), "commune"),
    "ars": Colonne("ARS", lambda d: escape(d.ars_nom or ""), "ars"),
    "caisse": Colonne("Caisse", lambda d: escape(d.caisse_nom or ""), "caisse"),
    "regime": Colonne("Régime", lambda d: escape(d.get_regime_display()), "regime"),
    "depose_le": Colonne(
        "Lettre déposée le", lambda d: date_fr(jour_local(d.depose_le, d.fuseau)) if d.depose_le else "", "depot"
    ),
    "depuis": Colonne("À cette étape depuis le", _depuis, "depuis"),
    "acte": Colonne("Prochain acte", _acte),
}
DEFAUT = ("etape", "echeance", "avis", "suivi", "acte")


def _departements(d: Any) -> Iterable[str]:
    noms = selectors.libelles_departements()
    return (f"{noms.get(code, '')} ({code})".strip() for code in d.departements)


def connues(codes: Sequence[str]) -> tuple[str, ...]:
    """Those of these columns that exist, in the list's order; the usual ones when there are none."""
    return tuple(c for c in COLONNES if c in codes) or DEFAUT


def verifier(codes: Sequence[str]) -> list[str]:
    """The same, refused when one does not exist. Raises ErreurMetier."""
    if inconnues := [c for c in codes if c not in COLONNES]:
        texte = f"La colonne «\u00a0{inconnues[0][:40]}\u00a0» n’existe pas dans cette liste. Choisissez parmi les colonnes proposées."
        raise ErreurMetier("colonne", texte, {"colonnes": texte})
    return list(connues(codes))


def cellules(d: Any, codes: Sequence[str]) -> str:
    """The cells of a row after its name."""
    return "".join(f'<td role="cell" data-titre="{COLONNES[c].titre}">{COLONNES[c].cellule(d)}</td>' for c in codes)


def entetes(codes: Sequence[str], tri: str, adresse: Callable[[str], str]) -> str:
    """The headings after the first, each a link to its order where it has one: again, to the opposite."""
    return "".join(_entete(COLONNES[c], tri, adresse) for c in codes)


def premier_entete(tri: str, adresse: Callable[[str], str]) -> str:
    return _entete(Colonne("Équipe et dossier", str, "nom"), tri, adresse)


def _entete(c: Colonne, tri: str, adresse: Callable[[str], str]) -> str:
    if not c.tri:
        return f'<th scope="col">{c.titre}</th>'
    sens = "ascending" if tri == c.tri else "descending" if tri == f"-{c.tri}" else ""
    marque = f' aria-sort="{sens}"' if sens else ""
    suite = f"-{c.tri}" if sens == "ascending" else c.tri
    return f'<th scope="col"{marque}><a href="{escape(adresse(suite))}">{c.titre}</a></th>'
