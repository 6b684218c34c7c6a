"""French forms of dates, instants and amounts, with U+00A0 only: Marianne carries no narrow space."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

INSECABLE = "\u00a0"
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
HEURES = {
    "Europe/Paris": "heure de Paris",
    "America/Guadeloupe": "heure de la Guadeloupe",
    "America/Martinique": "heure de la Martinique",
    "America/Cayenne": "heure de la Guyane",
    "Indian/Reunion": "heure de La Réunion",
    "Indian/Mayotte": "heure de Mayotte",
}


def jour(valeur: date) -> str:
    """« 1er mars 2026 »."""
    quantieme = "1er" if valeur.day == 1 else str(valeur.day)
    return INSECABLE.join((quantieme, MOIS[valeur.month - 1], str(valeur.year)))


def nom_heure(fuseau: str) -> str:
    return HEURES.get(fuseau, f"fuseau {fuseau}")


def instant(valeur: datetime, fuseau: str) -> str:
    """« 1er mars 2026 à 14 h 02 (heure de La Réunion) »: an instant always names its zone."""
    local = valeur.astimezone(ZoneInfo(fuseau))
    heure = f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"
    return f"{jour(local.date())} à{INSECABLE}{heure} ({nom_heure(fuseau)})"


def nombre(valeur: Decimal | int) -> str:
    return f"{valeur:,}".replace(",", INSECABLE).replace(".", ",")


def montant(valeur: Decimal) -> str:
    """« 80 000 € », « 54 170,47 € »: cents only when there are some."""
    exact = valeur.quantize(Decimal("0.01"))
    return f"{nombre(exact.to_integral_value() if exact == exact.to_integral_value() else exact)}{INSECABLE}€"


def enumerer(elements: tuple[str, ...]) -> str:
    """« a, b et c »."""
    if len(elements) < 2:
        return "".join(elements)
    return f"{', '.join(elements[:-1])} et {elements[-1]}"


VOYELLES = tuple("AEIOUÀÂÉÈÊÎÔŒ")


def de(nom: str) -> str:
    """« de Lyon », « d’Orléans », « de la Guadeloupe »."""
    return f"d’{nom}" if nom.startswith(VOYELLES) else f"de {nom}"
