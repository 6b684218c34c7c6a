"""Filings and items that did not come through the portal (CAL-8): which days hold together."""

from __future__ import annotations

import re
from datetime import date

from ess_portal.socle.typographie import date_fr

PAPIER, DEMARCHES_SIMPLIFIEES = "papier", "demarches_simplifiees"
A_VENIR = "Ce jour n’est pas encore venu."
_NUMERO_DS = re.compile(r"[0-9]{1,12}")


def verifier_depot(
    depot: date,
    reception: date,
    *,
    aujourdhui: date,
    apres: date | None = None,
    fait: str = "",
    recevable_le: date | None = None,
) -> dict[str, str]:
    """Errors by field of a filing: `depot` is the applicant's day (postmark, or filing on Démarches Simplifiées), `reception` the
    administration's. Neither is to come; the receipt does not precede the postmark, nor the postmark the fact it follows
    (`apres`, called `fait` in the sentence). `recevable_le`, for a projet: the day from which the letter's validation counts.

    §3 read so: a projet is not instructed before its letter is validated. Posted or received before, it holds DL-2 by its postmark, but
    DL-3 does not run while there is no validated letter: its receipt is refused before that day, and entered from then on.
    """
    erreurs = {}
    if depot > aujourdhui:
        erreurs["date_depot"] = A_VENIR
    elif apres is not None and depot < apres:
        erreurs["date_depot"] = f"Le dépôt ne précède pas {fait}, le {date_fr(apres)}."
    if reception > aujourdhui:
        erreurs["date_reception"] = A_VENIR
    elif reception < depot:
        erreurs["date_reception"] = "La réception ne précède pas le jour du dépôt."
    elif recevable_le is not None and reception < recevable_le:
        erreurs["date_reception"] = (
            f"La validation de la lettre d’intention ne compte que depuis le {date_fr(recevable_le)}\u00a0: le délai du projet ne court "
            "pas avant. Enregistrez-le comme reçu à partir de ce jour."
        )
    return erreurs


def verifier_pieces(reception: date, *, aujourdhui: date, demandee_le: date) -> dict[str, str]:
    """Errors by field of items received by post: not to come, not before they were asked for."""
    if reception > aujourdhui:
        return {"date_reception": A_VENIR}
    if reception < demandee_le:
        return {"date_reception": f"La réception ne précède pas la demande, du {date_fr(demandee_le)}."}
    return {}


def numero_ds(saisi: str) -> str | None:
    """A number of Démarches Simplifiées, 1 to 12 digits, spaces and « n° » dropped; None when it is none."""
    chiffres = re.sub(r"\s|n°", "", saisi, flags=re.IGNORECASE)
    return chiffres if _NUMERO_DS.fullmatch(chiffres) else None
