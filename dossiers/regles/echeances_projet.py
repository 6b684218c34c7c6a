"""Deadlines of the projet (DL-3, DL-4, DL-6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from . import explication as x
from .apres_decision import suites
from .echeance import Contexte, EcheanceCalculee, avis, pieces, simple, tacite
from .explication import Etape
from .tacite import opposition_arrete, silence


def projet(c: Contexte) -> Iterator[EcheanceCalculee]:
    s = silence(c.f, c.p, "projet")
    oppose = opposition_arrete(c.f, c.p)
    decision = c.f.projet_decision
    validation = c.validation(decision, None if oppose else s, c.p.fait_foi_projet)
    if s is not None:
        texte = "Projet de santé complet, reçu par l’ARS compétente."
        e = tacite(c, "DL-3", "projet", s, "delai_instruction_projet", texte)
        yield _arreter(e, c.f.opposition_caisse_le) if oppose and c.f.opposition_caisse_le else e
        if oppose and c.f.opposition_caisse_le:
            yield _expresse(c, c.f.opposition_caisse_le)
        yield avis(c, "projet", s.reception)
        yield from pieces(c, "projet", s)
        if decision is None or decision.est_favorable:
            depot = c.f.projet_depose or s.reception
            yield from _apres(
                c,
                "DL-4",
                *(
                    (validation, "Validation du projet de santé.")
                    if c.p.depart_1_an == "validation_projet"
                    else (depot, "Dépôt du projet de santé.")
                ),
                "depart_1_an",
                "delai_mission_complete",
                "Délai pour mettre en place les deux activités de la mission socle",
            )
    yield from _apres(
        c,
        "DL-6",
        *(
            (c.f.effet_dotation, x.EFFET_DOTATION)
            if c.p.depart_5_ans == "date_effet"
            else (validation, "Validation du projet de santé.")
        ),
        "depart_5_ans",
        "delai_cible",
        "Délai pour atteindre la cible d’adhérents et la consultation des acteurs",
    )
    yield from suites(c, "projet", decision, None if oppose else s)


def _apres(
    c: Contexte, regle: str, jour: date | None, texte: str, origine: str, delai: str, libelle: str
) -> Iterator[EcheanceCalculee]:
    """`origine` names the setting that gives the starting day, `delai` the one that gives the length."""
    if jour is not None:
        yield simple(
            c,
            regle,
            "projet",
            "equipe",
            depart=jour,
            etapes=[x.depart(jour, texte, regle, origine)],
            delai=c.delai(delai),
            libelle=libelle,
            source=x.CDC,
            reglage=delai,
        )


def _arreter(e: EcheanceCalculee, oppose_le: date) -> EcheanceCalculee:
    """AVI-2: silence decides nothing any more; the ARS owes an express decision."""
    texte = f"Acte défavorable motivé de la caisse, le {x.jour_ecrit(oppose_le)}\u00a0: le silence ne vaut plus validation, l’ARS décide expressément."
    arret = Etape(
        "Opposition de la caisse", x.typographie(texte), "sans date", "AVI-2", x.CDC, "opposition_caisse_bloque"
    )
    return replace(
        e,
        dernier_jour=None,
        acquise_le=None,
        instant=None,
        suspendue=False,
        explication=(*(e.explication if e.suspendue else e.explication[:-1]), arret),
    )


def _expresse(c: Contexte, oppose_le: date) -> EcheanceCalculee:
    """AVI-2: from the opposition, the day after which the express decision is late; nothing is implied then."""
    return simple(
        c,
        "AVI-2",
        "projet",
        "ars",
        depart=oppose_le,
        etapes=[x.depart(oppose_le, "Acte défavorable motivé de la caisse.", "AVI-2")],
        delai=c.p.delai_apres_opposition,
        libelle="Délai donné à l’ARS pour décider expressément",
        source=x.PORTAIL,
        reglage="delai_apres_opposition",
        fin="Décision expresse attendue au plus tard",
    )
