"""The yearly cycle (DL-7, FIN-6): anniversary, items to provide, the caisse's check; what is due, what is suspended, and for want of what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .dotation import exigible


@dataclass(frozen=True, kw_only=True, slots=True)
class FaitsCycle:
    """One anniversary. Days are legal days; `controle_conforme` is that of the last check, None before any."""

    jour: date
    anniversaire: date
    rapport_recu_le: date | None = None
    controle_le: date | None = None
    controle_conforme: bool | None = None
    paye_le: date | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """`code`: a_venir, suspendu, exigible or paye. `exigible_le`: the latest of the three days. `manques`: (who must act, what is missing)."""

    code: str
    exigible_le: date | None
    manques: tuple[tuple[str, str], ...]


def cycle(f: FaitsCycle) -> Cycle:
    """Suspended once the anniversary is there and an item or the check is missing, or the check found the team not in order (FIN-6)."""
    controle = f.controle_le if f.controle_conforme else None
    due, manques = exigible(f.anniversaire, f.rapport_recu_le, controle), []
    if f.rapport_recu_le is None:
        manques.append(("equipe", "le rapport d’activité de l’année écoulée"))
    if f.controle_conforme is None:
        manques.append(("caisse", "le contrôle annuel"))
    elif not f.controle_conforme:
        manques.append(("equipe", "la mise en ordre demandée par le contrôle de la caisse"))
    if f.paye_le is not None:
        return Cycle("paye", due, ())
    if f.jour < f.anniversaire:
        return Cycle("a_venir", due, tuple(manques))
    return Cycle("suspendu" if manques else "exigible", due, tuple(manques))
