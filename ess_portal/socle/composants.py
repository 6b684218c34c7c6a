"""Data of the components made regular: a page gives dicts or objects, a template finds every name it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from . import typographie

ICONES = {
    "succes": "checkbox-circle-fill",
    "info": "information-fill",
    "attente": "time-line",
    "alerte": "warning-fill",
    "erreur": "error-fill",
    "neutre": "subtract-line",
}
VARIANTES = frozenset(ICONES)


def vue(element: Any, **defauts: Any) -> dict[str, Any]:
    """Reads the named values of a dict or an object; a value that is absent or None takes its default."""
    if isinstance(element, Mapping):
        valeurs = {nom: element.get(nom) for nom in defauts}
        inconnus = set(element) - set(defauts)
        if inconnus:
            raise ValueError(f"clés inconnues d’un composant : {', '.join(sorted(inconnus))}")
    else:
        valeurs = {nom: getattr(element, nom, None) for nom in defauts}
    return {nom: defauts[nom] if valeurs[nom] is None else valeurs[nom] for nom in defauts}


def vues(elements: Iterable[Any] | None, **defauts: Any) -> list[dict[str, Any]]:
    return [vue(element, **defauts) for element in elements or ()]


def valeur_fr(valeur: Any) -> str:
    """How a raw value reads on a page: days, instants, booleans and figures get their French form."""
    match valeur:
        case None | "":
            return ""
        case bool():
            return "oui" if valeur else "non"
        case datetime():
            return typographie.instant_fr(valeur)
        case date():
            return typographie.date_fr(valeur)
        case int() | Decimal():
            return typographie.nombre(valeur)
        case SafeString():
            return valeur
        case _:
            return str(valeur)


def pas(element: Any) -> dict[str, Any]:
    """One line of an addition. Rules may say more than a page shows: unknown keys are left aside."""
    if isinstance(element, Mapping):
        element = {
            nom: element[nom]
            for nom in ("libelle", "detail", "valeur", "regle", "source", "parametre")
            if nom in element
        }
    ligne = vue(element, libelle="", detail="", valeur="", regle="", source="", parametre="")
    return ligne | {
        "valeur": valeur_fr(ligne["valeur"]),
        "detail": valeur_fr(ligne["detail"]),
    }


@lru_cache(maxsize=8192)
def etat(variante: str, texte: str, precision: str = "", icone: str = "") -> SafeString:
    """Icon and words, never the colour alone. Built without a template: a list of fifty rows shows two hundred."""
    if variante not in VARIANTES:
        raise ValueError(f"variante d’état inconnue : {variante}")
    marque = format_html(
        '<span class="ess-etat ess-etat--{} fr-icon-{}">{}</span>',
        variante,
        icone or ICONES[variante],
        texte,
    )
    return format_html('{}<span class="ess-mini">{}</span>', marque, precision) if precision else marque


def delai(
    jour: date,
    reference: date,
    precision: str = "",
    arrete: bool = False,
    fait: bool = False,
    tacite: bool = True,
    *,
    rouge: int,
    proche: int,
) -> SafeString:
    """« dans 12 jours · 10 mai 2026 » with the icon of its urgency, and its precision under it.

    Red under `rouge` days, orange up to `proche`: settings, which the page gives.
    """
    ecart = (jour - reference).days
    texte = f"{typographie.dans(jour, reference)} · {typographie.date_fr(jour)}"
    if fait:
        return etat("neutre", typographie.date_fr(jour), precision, "check-line")
    if arrete:
        return etat("info", texte, precision, "lock-line")
    if ecart < 0:
        return etat("erreur", texte, precision)
    if ecart < rouge:
        return etat(
            "erreur",
            texte,
            precision,
            "alarm-warning-fill" if tacite else "calendar-line",
        )
    if ecart <= proche:
        return etat(
            "alerte",
            texte,
            precision,
            "alarm-warning-fill" if tacite else "calendar-line",
        )
    return etat("neutre", texte, precision, "calendar-line")


@lru_cache(maxsize=1024)
def options(choix: tuple[tuple[str, str], ...], choisie: str) -> SafeString:
    """The options of a select; a list of a hundred départements is the same on every page."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, mark_safe(" selected") if code == choisie else "", libelle) for code, libelle in choix),
    )


ROLES = {
    "thead": "rowgroup",
    "tbody": "rowgroup",
    "tfoot": "rowgroup",
    "tr": "row",
    "td": "cell",
}
_BALISE = re.compile(r"<(thead|tbody|tfoot|tr|td|th)(\s[^>]*)?>")


def avec_roles(contenu: str) -> SafeString:
    """Writes the ARIA roles of a table's parts: shown as cards on a phone, `display` would take them away."""

    def role(balise: re.Match[str]) -> str:
        nom, attributs = balise[1], balise[2] or ""
        if " role=" in attributs:
            return balise[0]
        valeur = ROLES.get(nom) or ("rowheader" if 'scope="row' in attributs else "columnheader")
        return f'<{nom} role="{valeur}"{attributs}>'

    return mark_safe(_BALISE.sub(role, contenu))


@dataclass(frozen=True)
class Jauge:
    """The three thresholds of CRI-4 on an axis of 0 to 60 %, where 10, 30 and 50 stand in the middle of a third."""

    numerateur: int
    denominateur: int
    maximum: int = 60

    @property
    def largeur(self) -> str:
        """Width in units of the axis, cut to the tenth, at most the axis."""
        if self.denominateur <= 0:
            return "0"
        dixiemes = min(1000 * self.numerateur // self.denominateur, self.maximum * 10)
        return f"{dixiemes // 10}.{dixiemes % 10}"

    def seuils(self, libelles: Mapping[int, str]) -> list[dict[str, Any]]:
        lignes = []
        for pourcent, libelle in libelles.items():
            requis = -(-self.denominateur * pourcent // 100)
            atteint = self.denominateur > 0 and self.numerateur >= requis
            lignes.append(
                {
                    "pourcent": pourcent,
                    "libelle": libelle,
                    "atteint": atteint,
                    "manque": max(requis - self.numerateur, 0),
                }
            )
        return lignes
