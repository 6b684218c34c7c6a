"""The clauses of an annexe: a national text, a région's own on top of it, the variables that it may and must cite (§9)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ess_portal.documents.mise_en_forme import VOYELLES

_CITATION = re.compile(r"\{\{(.*?)\}\}", re.S)
_DE_TRIBUNAL = re.compile(r"\b(d)e[ \u00a0]\{\{\s*tribunal\s*\}\}", re.I)
_RESTE = re.compile(r"\{\{|\}\}|\{%|%\}")


@dataclass(frozen=True)
class Variable:
    """What an article may cite: `forme` is how it is written (texte, jour, montant, nombre), `exemple` a sample, already written."""

    libelle: str
    forme: str
    exemple: str
    obligatoire: bool = False


@dataclass(frozen=True)
class Article:
    """`origine`: the text is the `national` one, a `region`'s own wording of it, or an article the région added (`ajout`)."""

    code: str
    titre: str
    html: str
    origine: str = "national"


_LIEU = {
    "equipe": Variable("nom de l’équipe", "texte", "ESS Pneumologie Rouergue-Quercy", obligatoire=True),
    "specialite": Variable("spécialité", "texte", "Pneumologie", obligatoire=True),
    "territoire": Variable("territoire", "texte", "Aveyron (12) et Lot (46)", obligatoire=True),
    "delai_contradictoire": Variable("délai pour présenter des observations", "texte", "deux mois", obligatoire=True),
    "tribunal": Variable("siège du tribunal administratif", "texte", "Montpellier"),
}
VARIABLES: Mapping[str, Mapping[str, Variable]] = {
    "amorcage": _LIEU
    | {
        "montant_total": Variable("montant du crédit", "montant", "80\u00a0000\u00a0€", obligatoire=True),
        "premiere_part": Variable("première part", "montant", "40\u00a0000\u00a0€", obligatoire=True),
        "seconde_part": Variable("seconde part", "montant", "40\u00a0000\u00a0€", obligatoire=True),
        "date_depot_lettre": Variable("dépôt de la lettre d’intention", "jour", "17\u00a0février\u00a02026"),
        "date_limite_projet": Variable(
            "dernier jour pour le projet", "jour", "17\u00a0août\u00a02026", obligatoire=True
        ),
        "date_limite_socle": Variable(
            "dernier jour pour la mission socle", "jour", "17\u00a0août\u00a02027", obligatoire=True
        ),
    },
    "transitoire": _LIEU
    | {
        "montant_total": Variable("montant versé", "montant", "24\u00a0000\u00a0€", obligatoire=True),
        "credit_reference": Variable("crédit d’amorçage de référence", "montant", "80\u00a0000\u00a0€"),
        "taux": Variable("part du crédit, en pour cent", "nombre", "30"),
        "date_engagement": Variable("engagement écrit de l’équipe", "jour", "2\u00a0mars\u00a02026", obligatoire=True),
        "date_limite_projet": Variable(
            "limite pour le projet, en toutes lettres",
            "texte",
            "au plus tard le 2\u00a0septembre\u00a02026",
            obligatoire=True,
        ),
    },
    "dotation": _LIEU
    | {
        "finess": Variable("numéro FINESS", "texte", "120000007", obligatoire=True),
        "prise_effet": Variable(
            "prise d’effet, en toutes lettres",
            "texte",
            "à la date de la troisième signature, et au plus tôt le 1er janvier 2025",
            obligatoire=True,
        ),
        "terme": Variable(
            "terme, en toutes lettres",
            "texte",
            "5\u00a0ans après sa prise d’effet, le jour anniversaire inclus",
            obligatoire=True,
        ),
        "montant_initial": Variable(
            "montant de la première année", "montant", "53\u00a0888,89\u00a0€", obligatoire=True
        ),
        "effectif": Variable("médecins comptés à la proposition", "nombre", "17", obligatoire=True),
        "minimum": Variable("minimum du barème", "montant", "50\u00a0000\u00a0€"),
        "maximum": Variable("maximum du barème", "montant", "100\u00a0000\u00a0€"),
    },
}


def fondre(national: Sequence[Mapping[str, str]], region: Sequence[Mapping[str, str]] | None) -> tuple[Article, ...]:
    """The text as the région reads it: her order and wording; what she did not touch is the national text of the day.

    A national article that she does not list yet follows the one it follows nationally; one that went is gone, unless reworded.
    """
    de_base = {a["code"]: Article(a["code"], a["titre"], a["html"]) for a in national}
    if region is None:
        return tuple(de_base.values())
    lus: list[Article] = []
    for a in region:
        code = a["code"]
        if "html" in a:
            lus.append(Article(code, a["titre"], a["html"], "region" if code in de_base else "ajout"))
        elif code in de_base:
            lus.append(de_base[code])
    precedent = ""
    for code, article in de_base.items():
        codes = [a.code for a in lus]
        if code not in codes:
            lus.insert(codes.index(precedent) + 1 if precedent in codes else 0, article)
        precedent = code
    return tuple(lus)


def citees(texte: str) -> list[str]:
    """The names between double braces, in order."""
    return [nom.strip() for nom in _CITATION.findall(texte)]


def fautes_article(annexe: str, titre: str, riche: str) -> dict[str, str]:
    """What is wrong with one article, a sentence per field."""
    fautes = {}
    if not titre.strip():
        fautes["titre"] = "Donnez un titre à l’article."
    if not riche.strip():
        fautes["texte"] = "Écrivez le texte de l’article."
    for champ, texte in (("titre", titre), ("texte", riche)):
        inconnues = [nom for nom in citees(texte) if nom not in VARIABLES[annexe]]
        if inconnues:
            lues = ", ".join(dict.fromkeys(f"«\u00a0{re.sub(r'<[^>]*>', '', nom)}\u00a0»" for nom in inconnues))
            fautes[champ] = (
                f"Variable inconnue\u00a0: {lues}. Prenez un nom de la liste des variables, sans mise en forme."
            )
        elif _RESTE.search(_CITATION.sub("", texte)):
            fautes[champ] = (
                "Une variable s’écrit entre deux accolades ouvrantes et deux fermantes, {{ equipe }} par exemple."
            )
    return fautes


def a_des_accolades(texte: str) -> bool:
    """Would it read as a variable, in a text that has none?"""
    return _RESTE.search(texte) is not None


def manquantes(annexe: str, articles: Sequence[Article]) -> list[str]:
    """The mandatory variables that no article cites any more."""
    presentes = {nom for a in articles for texte in (a.titre, a.html) for nom in citees(texte)}
    return [nom for nom, v in VARIABLES[annexe].items() if v.obligatoire and nom not in presentes]


@dataclass(frozen=True)
class Lacune:
    """A mandatory variable that a région's text would not cite, and her own wordings of the national articles that cite it."""

    variable: str
    articles: tuple[str, ...]


def lacunes(
    annexe: str, national: Sequence[Mapping[str, str]], region: Sequence[Mapping[str, str]]
) -> tuple[Lacune, ...]:
    """What a région's contracts would lack over this national text: it moved a variable into an article that she wrote herself."""
    fondus = fondre(national, region)
    siens = {a.code: a.titre for a in fondus if a.origine == "region"}
    return tuple(
        Lacune(nom, tuple(siens[a["code"]] for a in national if a["code"] in siens and nom in citees(f"{a['titre']} {a['html']}")))
        for nom in manquantes(annexe, fondus)
    )  # fmt: skip


def remplacer(texte: str, valeurs: Mapping[str, str]) -> str:
    """The text with its variables. One pass: a value that holds braces stays the text it is; « de » before a court is elided."""
    if valeurs.get("tribunal", "").startswith(VOYELLES):
        texte = _DE_TRIBUNAL.sub(r"\1’{{ tribunal }}", texte)
    return _CITATION.sub(lambda trouve: valeurs[trouve[1].strip()], texte)


def deplacer(articles: Sequence[Mapping[str, str]], code: str, pas: int) -> list[Mapping[str, str]]:
    """The list with `code` one place up (-1) or down (1); as it was at the ends."""
    suite = list(articles)
    rang = next((i for i, a in enumerate(suite) if a["code"] == code), None)
    if rang is not None and 0 <= rang + pas < len(suite):
        suite.insert(rang + pas, suite.pop(rang))
    return suite
