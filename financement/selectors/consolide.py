"""A contract as it stands on a day: its own text, and the signed avenants that had taken effect."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date
from typing import Any

from dossiers.models import Dossier
from ess_portal.documents.texte_riche import vers_lecture, vers_saisie

from ..models import Contrat
from ..regles.avenant import Changement, Clause, appliquer
from ..regles.comparaison import Ecart, Passage, ecarts
from .instantane import argent


@dataclass(frozen=True)
class Consolide:
    """`avenants`: those in effect, in the order of their numbers; `a_venir`: signed, not yet in effect."""

    articles: tuple[Clause, ...]
    avenants: tuple[Contrat, ...]
    a_venir: tuple[Contrat, ...]


def avenants(dossier: Dossier, contrat: Contrat) -> list[Contrat]:
    """The signed avenants of a contract, by their numbers; one that ended with its contract counts."""
    lus = [c for c in argent(dossier).contrats if c.modifie_id == contrat.pk and c.signe_le is not None]
    return sorted(lus, key=lambda c: c.rang)


def est_sur_papier(contrat: Contrat) -> bool:
    """Signed out of the portal, its text is its scan: only what avenants write of it is here."""
    return not contrat.contenu.get("clauses")


def modifiable(dossier: Dossier, jour: date) -> Contrat | None:
    """The contract that an avenant of today changes: the dotation that runs, or the last one signed; before it, the credit."""
    dotations = argent(dossier).signees()
    courants = [c for c in dotations if c.date_effet <= jour]
    suivants = (courants or dotations)[-1:]
    return suivants[0] if suivants else argent(dossier).signe(*Contrat.CREDITS)


def consolider(dossier: Dossier, contrat: Contrat, jour: date) -> Consolide:
    """The text in force on `jour`. Numbers and days of effect go the same way: the avenants in effect are the first ones."""
    signes = avenants(dossier, contrat)
    en_effet = [c for c in signes if c.date_effet <= jour]
    return Consolide(texte(contrat, en_effet), tuple(en_effet), tuple(signes[len(en_effet) :]))


def texte(contrat: Contrat, signes: list[Contrat]) -> tuple[Clause, ...]:
    articles = clauses(contrat.contenu)
    for avenant in signes:
        articles = appliquer(articles, changements(avenant.contenu), source=avenant.rang)
    return articles


def clauses(contenu: dict[str, Any]) -> tuple[Clause, ...]:
    """The frozen articles; one frozen before articles had codes and rich text goes by its title."""
    return tuple(
        Clause(c.get("code") or c["titre"], c["titre"], c.get("html") or _riche(c["paragraphes"]))
        for c in contenu.get("clauses", ())
    )


def changements(contenu: dict[str, Any]) -> tuple[Changement, ...]:
    """The frozen changes of an avenant."""
    return tuple(
        Changement(c["geste"], c["code"], c["titre"], c["html"], c["numero"], c["apres"])
        for c in contenu["changements"]
    )


def ecarts_de(dossier: Dossier, avenant: Contrat) -> list[Ecart]:
    """What an avenant changes in the text that stood before it."""
    contrat = next(c for c in argent(dossier).contrats if c.pk == avenant.modifie_id)
    avant = texte(contrat, [c for c in avenants(dossier, contrat) if c.rang < avenant.rang])
    apres = appliquer(avant, changements(avenant.contenu), source=avenant.rang)
    return ecarts(_passages(avant), _passages(apres))


def ecarts_depuis_l_origine(contrat: Contrat, c: Consolide) -> list[Ecart]:
    """What all the avenants in effect changed in the text that was signed first."""
    return ecarts(_passages(clauses(contrat.contenu)), _passages(c.articles))


def _passages(articles: tuple[Clause, ...]) -> list[Passage]:
    return [Passage(a.code, a.titre, vers_saisie(a.html), vers_lecture(a.html)) for a in articles]


def _riche(paragraphes: list[str]) -> str:
    return "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in paragraphes)
