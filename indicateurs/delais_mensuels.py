"""The delays of appointment and of téléexpertise, month by month, from the counters in force: one équipe's, or a whole perimeter's (I6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, nombre

from .graphiques import CACHE, Rang, courbe
from .models import Compteur
from .pilotage.echeances import Filtres
from .regles.compteurs import DELAIS, resumer
from .regles.secret import SEUIL

MOIS = 12
SERIES = ("Médiane", "Neuf sur dix en")
ABSENT = "–"


@dataclass(frozen=True)
class Mesure:
    """What one équipe measured of one delay in one month."""

    mois: date
    code: str
    effectifs: dict[int, int]
    numero: str
    nom: str


def derniers_mois(jour: date) -> list[date]:
    """The first days of the last twelve months, that of `jour` included, the oldest first."""
    rang = jour.year * 12 + jour.month - 1
    return [date(r // 12, r % 12 + 1, 1) for r in range(rang - MOIS + 1, rang + 1)]


def lire(compteurs: QuerySet[Compteur], jour: date) -> list[Mesure]:
    """One query."""
    courants = compteurs.en_vigueur().filter(
        indicateur__in=tuple(DELAIS), mois__gte=derniers_mois(jour)[0], mois__lte=jour
    )
    lus = courants.order_by("mois", "dossier", "indicateur").values_list(
        "mois", "indicateur", "effectifs", "dossier__numero", "dossier__nom"
    )
    return [Mesure(m, code, {int(d): n for d, n in e.items()}, numero, nom) for m, code, e, numero, nom in lus]


def page(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    """A perimeter's charts, and the équipes behind them; for the nation nothing of a month in which fewer than `SEUIL` équipes measured."""
    jour = jour_local(maintenant, fuseau_de(acteur.region))
    nationale = acteur.role == Role.ADMIN_NATIONAL
    mesures = lire(Compteur.objects.pour(acteur).filter(filtres.q("dossier__")), jour)
    return {
        "delais_mensuels": dessiner(mesures, jour, seuil=SEUIL if nationale else 1),
        "delais_equipes": [] if nationale else _equipes(mesures),
    }


def dessiner(mesures: Sequence[Mesure], jour: date, *, seuil: int = 1) -> list[dict[str, Any]]:
    """A chart per delay that was measured at least once."""
    return [
        {"nom": code.replace("_", "-"), "titre": titre, "dessin": _courbe(siennes, jour, unite, seuil)}
        for code, (titre, unite) in DELAIS.items()
        if (siennes := [m for m in mesures if m.code == code])
    ]


def _courbe(mesures: Sequence[Mesure], jour: date, unite: str, seuil: int):
    return courbe(
        "Mois",
        SERIES,
        [_rang(mois, [m for m in mesures if m.mois == mois], unite, seuil) for mois in derniers_mois(jour)],
    )


def _rang(mois: date, mesures: Sequence[Mesure], unite: str, seuil: int) -> Rang:
    """A month of the whole: its histograms put together, not the middle of the middles."""
    reunis = reunir(mesures)
    lu = resumer(reunis)
    libelle = f"{mois:%m/%y}"
    if lu is None:
        return Rang(libelle, (None, None), (ABSENT, ABSENT))
    if len({m.numero for m in mesures if sum(m.effectifs.values())}) < seuil:
        return Rang(libelle, (None, None), (CACHE, CACHE))
    valeurs = (lu["mediane"], lu["p90"])
    return Rang(libelle, valeurs, tuple(accord(v, unite) for v in valeurs))


def reunir(mesures: Sequence[Mesure]) -> Counter[int]:
    somme: Counter[int] = Counter()
    for m in mesures:
        somme.update(m.effectifs)
    return somme


def _equipes(mesures: Sequence[Mesure]) -> list[dict[str, Any]]:
    """Each one's twelve months together, by name."""
    lignes = []
    for nom, numero in sorted({(m.nom, m.numero) for m in mesures}):
        cellules = []
        for code, (titre, unite) in DELAIS.items():
            lu = resumer(reunir([m for m in mesures if m.numero == numero and m.code == code]))
            mots = (
                (accord(lu["mediane"], unite), accord(lu["p90"], unite), nombre(lu["nombre"])) if lu else (ABSENT,) * 3
            )
            cellules += zip((f"{titre}, médiane", f"{titre}, neuf sur dix en", f"{titre}, mesures"), mots, strict=True)
        lignes.append({"nom": nom, "url": reverse("compteurs", args=[numero]), "cellules": cellules})
    return lignes
