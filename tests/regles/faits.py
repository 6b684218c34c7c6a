"""Short ways to write dated facts, for the tests of deadlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.regles.echeances import Demande, EcheanceCalculee, FaitsDelais, calculer
from ess_portal.referentiel.regles.parametres import Parametres

NATIONAL = Parametres()
j = date.fromisoformat


def faits(**valeurs: Any) -> FaitsDelais:
    """Facts with days as text; `fuseau` is Paris unless told."""
    lus = {n: j(v) if isinstance(v, str) and n != "fuseau" else v for n, v in valeurs.items()}
    return FaitsDelais(**{"fuseau": "Europe/Paris", **lus})


def demande(le: str, recue: str | None = None, *, indispensable: bool = True, **autres: str) -> Demande:
    return Demande(j(le), indispensable, j(recue) if recue else None, **{n: j(v) for n, v in autres.items()})


def toutes(f: FaitsDelais, p: Parametres = NATIONAL, **options: bool) -> dict[tuple[str, str, int], EcheanceCalculee]:
    return {(e.regle, e.objet, e.rang): e for e in calculer(f, p, **options)}


def une(
    f: FaitsDelais, regle: str, objet: str = "lettre", p: Parametres = NATIONAL, **options: bool
) -> EcheanceCalculee:
    return toutes(f, p, **options)[(regle, objet, 1)]
