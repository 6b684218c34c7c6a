"""The regional strategy beside a letter: what was in force that day, and what of the letter matches it (CRI-7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.typographie import date_fr

from .models import Dossier, StrategieRegionale
from .regles.strategie import Priorites, comparer


def periode(s: StrategieRegionale) -> str:
    fin = f" au {date_fr(s.fin)}" if s.fin else ""
    return f"{'du' if s.fin else 'depuis le'} {date_fr(s.debut)}{fin}"


def noms_des_codes() -> dict[str, str]:
    """Groups and départements in words."""
    return noms_groupes() | dict(Departement.objects.values_list("code", "nom"))


def comparees(dossier: Dossier, jour: date) -> list[dict[str, Any]]:
    """Those of the competent ARS in force on that day, each with what matches."""
    if dossier.ars_id is None:
        return []
    lues = [
        (s, Priorites(s.debut, s.fin, frozenset(s.groupes), frozenset(s.departements)))
        for s in StrategieRegionale.objects.filter(ars_id=dossier.ars_id)
    ]
    noms = noms_des_codes() if lues else {}
    return [
        {
            "titre": s.titre,
            "periode": periode(s),
            "orientations": s.orientations,
            "document": s.document,
            "concordances": comparer(p, dossier.groupes, dossier.departements, noms),
        }
        for s, p in lues
        if p.en_vigueur(jour)
    ]
