"""What the monthly counters in force say of a contract year."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.models import Dossier

from .models import Compteur
from .periodes import Periode
from .regles.compteurs import Annee, resumer, reunir


def annee_de(mois: date, connues: list[Periode]) -> Periode | None:
    """The year a month counts in: that of its first day; the contract's first month, begun before it, counts in its first year."""
    premiere = connues[0] if connues else None
    if premiere is not None and mois == premiere.debut.replace(day=1):
        return premiere
    return next((p for p in connues if p.debut <= mois <= p.fin), None)


def de_l_annee(dossier: Dossier, p: Periode, connues: list[Periode]) -> Annee:
    """What the counters in force say of a contract year."""
    lus: dict[date, dict[str, Any]] = {}
    de_l_annee = Compteur.objects.en_vigueur().filter(
        dossier=dossier, mois__gte=p.debut.replace(day=1), mois__lte=p.fin
    )
    for c in de_l_annee.order_by("mois", "indicateur"):
        if annee_de(c.mois, connues) == p:
            lus.setdefault(c.mois, {})[c.indicateur] = c.contenu
    return reunir(lus)


def delais_resumes(annee: Annee) -> dict[str, dict[str, int]]:
    """I6 as the report keeps it."""
    return {code: resume for code, effectifs in annee.delais.items() if (resume := resumer(effectifs))}
