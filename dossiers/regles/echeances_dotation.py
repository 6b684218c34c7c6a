"""Deadlines of the dotation (DL-7, DUR-1), and of its reports put off (IND-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ess_portal.referentiel.regles.delai import Delai

from . import explication as x
from .au_droit import RAPPORT
from .delais import ajouter, borne, entre
from .echeance import Contexte, EcheanceCalculee, simple
from .explication import Etape
from .faits_delais import DotationFait, ProrogationFait


def dotation(c: Contexte) -> Iterator[EcheanceCalculee]:
    """The anniversaries of each contract, then the last one's end: a renewal leaves those of the contract before it where they are."""
    if c.f.effet_dotation is None:
        return
    contrats = c.f.dotations or (DotationFait(c.f.effet_dotation, None),)
    for rang, contrat in enumerate(contrats, 1):
        yield from _anniversaires(c, contrat, renouvele=rang < len(contrats))
    yield _fin_du_contrat(c, contrats[-1])
    for p in c.f.prorogations:
        yield _rapport_proroge(c, p)


def _duree(c: Contexte, contrat: DotationFait) -> Delai:
    """The duration that the contract itself was signed for; the set's while there is none."""
    return c.p.duree_contrat_dotation if contrat.fin is None else entre(contrat.effet, contrat.fin)


def _anniversaires(c: Contexte, contrat: DotationFait, *, renouvele: bool) -> Iterator[EcheanceCalculee]:
    """Anniversaries always from the original day, never chained (29 Feb → 28 Feb → 29 Feb), as many as the contract has years.

    The term of a renewed contract is one, whatever its duration: the next one's first year is paid after its check too.
    """
    duree = _duree(c, contrat)
    delais = [Delai(mois=12 * rang) for rang in range(1, duree.mois // 12 + 1)]
    if renouvele and duree not in delais:
        delais.append(duree)
    for rang, delai in enumerate(delais, 1):
        yield simple(
            c,
            "DL-7",
            "dotation",
            "caisse",
            depart=contrat.effet,
            etapes=[x.depart(contrat.effet, x.EFFET_DOTATION, "FIN-6")],
            delai=delai,
            libelle=f"Anniversaire n°\u00a0{rang}, compté du premier jour",
            source=x.CONVENTION,
            rang=contrat.premiere - 1 + rang,
            fin="Contrôle de la caisse et versement",
        )


def _rapport_proroge(c: Contexte, p: ProrogationFait) -> EcheanceCalculee:
    """A day that the ARS gave, whatever the setting said: nothing is added to it. It outlives the contract, as the report does."""
    accord = f"Par l’ARS, le {x.jour_ecrit(p.accordee_le)}, au lieu de ce jour."
    return EcheanceCalculee(
        regle=RAPPORT,
        objet="dotation",
        qui="equipe",
        rang=p.annee,
        dernier_jour=p.au,
        instant=borne(p.au, c.f.fuseau),
        explication=(
            x.depart(p.attendu_le, f"Rapport de l’année {p.annee} attendu ce jour.", RAPPORT, "echeance_rapport"),
            Etape("Report accordé", accord, x.jour_ecrit(p.au), RAPPORT),
            x.resultat("Dernier jour pour le rapport", p.au, c.f.fuseau, "CAL-2"),
        ),
    )


def _fin_du_contrat(c: Contexte, contrat: DotationFait) -> EcheanceCalculee:
    """The contract ends the day before its last anniversary."""
    duree = _duree(c, contrat)
    fin = ajouter(contrat.effet, duree) - timedelta(days=1)
    return EcheanceCalculee(
        regle="DUR-1",
        objet="dotation",
        qui="ars",
        dernier_jour=fin,
        instant=borne(fin, c.f.fuseau),
        explication=(
            x.depart(contrat.effet, x.EFFET_DOTATION, "FIN-6"),
            x.duree("Durée du contrat", duree, x.CONTRAT, "duree_contrat_dotation" if contrat.fin is None else ""),
            Etape(
                "Fin la veille", "Le contrat prend fin la veille de son anniversaire.", "−\u00a01\u00a0jour", "DUR-1"
            ),
            x.resultat("Dernier jour du contrat", fin, c.f.fuseau, "DUR-1"),
        ),
    )
