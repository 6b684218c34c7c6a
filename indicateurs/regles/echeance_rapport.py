"""When the annual report is due (§7, setting `echeance_rapport`): at the anniversary of the contract, or on a day of the year."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from ess_portal.referentiel.regles.coherence import jour_du_rapport


def due_le(fin: date, echeance_rapport: str = "anniversaire") -> date:
    """The due day of the report of a year that ends on `fin`: the next day, or the first such day of the calendar from it on.

    « 29/02 » falls on the 28th where February has no more. Raises ValueError on a setting that is no day.
    """
    lendemain, fixe = fin + timedelta(days=1), jour_du_rapport(echeance_rapport)
    if fixe is None:
        return lendemain
    jour, mois = fixe
    candidats = (date(an, mois, min(jour, monthrange(an, mois)[1])) for an in (lendemain.year, lendemain.year + 1))
    return next(d for d in candidats if d >= lendemain)
