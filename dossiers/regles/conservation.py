"""How long a dossier is kept (RET-1): a draft after its last word, a dossier that has ended after its end, never while anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres

from .delais import ajouter
from .statuts import FINAUX, Statut


@dataclass(frozen=True, kw_only=True, slots=True)
class Vie:
    """A dossier on a day. `depuis`: since when it has been at its step, a legal day of its zone; `est_verse`: money was paid on it;
    `contrat_vivant`, `procedure_ouverte`: a contract in force, or a recovery, a résiliation or a recours that waits.
    """

    statut: Statut
    depuis: date
    est_verse: bool = False
    contrat_vivant: bool = False
    procedure_ouverte: bool = False


@dataclass(frozen=True, slots=True)
class Conservation:
    """`terme`: from that day it is kept no longer; None while nothing says when. `motif`: why it is kept, in a sentence."""

    terme: date | None
    motif: str

    def est_echue(self, jour: date) -> bool:
        return self.terme is not None and self.terme <= jour


def conservation(v: Vie, p: Parametres) -> Conservation:
    """Of a dossier that was filed. The elimination of what has ended is an act of people, after the visa of the public archives."""
    if v.contrat_vivant:
        return Conservation(None, "Un contrat court encore.")
    if v.procedure_ouverte:
        return Conservation(None, "Une procédure est ouverte.")
    if v.statut not in FINAUX:
        return Conservation(None, "Le dossier est en cours.")
    if v.est_verse:
        return Conservation(*_terme(v.depuis, p.conservation_verse, "Des sommes ont été versées"))
    return Conservation(*_terme(v.depuis, p.conservation_refuse, "Rien n’a été versé"))


def _terme(fin: date, delai: Delai, pourquoi: str) -> tuple[date, str]:
    return ajouter(fin, delai), f"{pourquoi}\u00a0: {delai} après la fin."


def brouillon(ecrit_le: date, annonce_le: date | None, p: Parametres) -> tuple[date, date | None]:
    """(the day from which its porteurs are told, the day from which it is erased) of a draft last written on `ecrit_le`. It is erased at
    its term, and never before the longest reminder's days have passed since they were told (REL-1); None until they are.
    """
    preavis = timedelta(days=max(p.paliers_relance, default=0))
    terme = ajouter(ecrit_le, p.conservation_brouillon)
    return terme - preavis, max(terme, annonce_le + preavis) if annonce_le else None
