"""What a notice is about, and how far a person may choose to be told of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Genre(StrEnum):
    """AGIR cannot be silenced: a date runs, something is decided or asked, and the reader must act or may contest."""

    AGIR = "agir"
    MESSAGES = "messages"
    SUIVI = "suivi"


class Canal(StrEnum):
    """The portal always keeps the notice; what is chosen is the mail."""

    COURRIEL = "courriel"
    RECAPITULATIF = "recapitulatif"
    PORTAIL = "portail"


LIBELLES: Mapping[Genre, tuple[str, str]] = {
    Genre.AGIR: ("Ce qui appelle un acte de votre part", "Échéances, relances, pièces demandées, décisions, tâches."),
    Genre.MESSAGES: ("Messages", "Ce qui vous est écrit dans un dossier."),
    Genre.SUIVI: ("Suivi", "Avis rendus, activités examinées, rapports validés, transferts."),
}
AU_CHOIX = (Genre.MESSAGES, Genre.SUIVI)
_GENRES: Mapping[str, Genre] = {
    "message": Genre.MESSAGES,
    **dict.fromkeys(
        ("avis", "demande_levee", "activite_examinee", "association", "finess", "rapport_valide", "transfert"),
        Genre.SUIVI,
    ),
}


def genre_de(gabarit: str) -> Genre:
    """The kind of a mail by its template; what is not known to be only information calls for an act."""
    return _GENRES.get(gabarit, Genre.AGIR)


def canal_de(genre: Genre, choix: Mapping[str, str]) -> Canal:
    """How a person is told: by mail at once, unless this kind may be silenced and was."""
    return Canal(choix.get(genre, Canal.COURRIEL)) if genre in AU_CHOIX else Canal.COURRIEL
