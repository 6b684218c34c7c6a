"""The yearly grant (FIN-5 to FIN-10): the headcount of a contract year, what it gives, when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from dossiers.regles.delais import dernier_jour
from ess_portal.socle.typographie import date_fr, euros, nombre

from .bareme import NATIONALES, Bornes, au_centime, montant, simulations, six_decimales

DETAILS = {
    "lineaire": "{minimum} + (effectif − {bas}) × {ecart} ÷ {pas}, au plus {maximum}",
    "mille_par_medecin": "1\u00a0000\u00a0€ par médecin, entre {minimum} et {maximum}",
    "table": "Table du barème",
}


def anniversaire(date_effet: date, rang: int) -> date:
    """The rank-th anniversary, always from the original date: 29 Feb → 28 Feb, without drift (FIN-6)."""
    return dernier_jour(date_effet, 12 * rang)


def annee_contrat(date_effet: date, rang: int) -> tuple[date, date]:
    """(first, last) day of the contract year `rang`, from 1."""
    return anniversaire(date_effet, rang - 1), anniversaire(date_effet, rang) - timedelta(days=1)


def annees_avant(date_effet: date, jour: date) -> int:
    """How many contract years begin before a day."""
    rang = 0
    while anniversaire(date_effet, rang) < jour:
        rang += 1
    return rang


@dataclass(frozen=True, kw_only=True)
class Dotation:
    """`montant` None when the caisse must arbitrate (under the minimum, setting `manuel`)."""

    jours: int
    effectif_moyen: Fraction
    montant: Decimal | None
    a_arbitrer: bool = False
    simulations: Mapping[str, Decimal] = field(default_factory=dict)
    explication: tuple[dict[str, str], ...] = ()
    alertes: tuple[str, ...] = ()


def marches_en_jours(marches: Sequence[tuple[date, int]], debut: date, fin: date) -> list[tuple[date, int, int]]:
    """Steps [(du, nombre)] as [(du, nombre, days)] over the year, both ends included."""
    apres = fin + timedelta(days=1)
    departs = [min(max(du, debut), apres) for du, _ in marches]
    return [
        (du, effectif, (suivant - du).days)
        for du, suivant, (_, effectif) in zip(departs, [*departs, apres][1:], marches, strict=True)
        if suivant > du
    ]


def calculer(
    debut: date,
    marches: Sequence[tuple[date, int]],
    *,
    fin: date | None = None,
    bareme: str = "lineaire",
    table: Sequence[tuple[int, Decimal]] = (),
    effectif: str = "moyenne_journaliere",
    ordre: str = "D(moyenne)",
    sous_10: str = "manuel",
    bornes: Bornes = NATIONALES,
) -> Dotation:
    """The grant of the contract year that starts on `debut` (365 or 366 days), from the headcount's steps, in order, the first at `debut`.

    `effectif` date_anniversaire takes the photo of the year's last day; `ordre` moyenne(D) averages the formula of each day.
    """
    fin = fin or anniversaire(debut, 1) - timedelta(days=1)
    parts = marches_en_jours(marches, debut, fin)
    if not parts or parts[0][0] > debut:
        raise ValueError("le premier effectif vaut dès le premier jour")
    jours, photo = (fin - debut).days + 1, effectif == "date_anniversaire"
    n = Fraction(parts[-1][1]) if photo else Fraction(sum(nb * j for _, nb, j in parts), jours)
    lignes = lignes_effectif(parts, jours, n, photo=photo)
    sous = n < bornes.effectif_minimum
    choix = simulations(n, bornes=bornes) if sous else {}
    valeur: Decimal | None
    if sous:
        valeur = None if sous_10 == "manuel" else choix[sous_10]
        detail = (
            "Les textes ne fixent pas de montant\u00a0: la caisse arbitre."
            if valeur is None
            else f"Réglage «\u00a0{sous_10}\u00a0»"
        )
        lignes.append(ligne("Moins de dix médecins", detail, "à arbitrer" if valeur is None else euros(valeur, True)))
    else:
        par_jour = ordre == "moyenne(D)" and not photo
        retenus = [(Fraction(nb), j) for _, nb, j in parts] if par_jour else [(n, jours)]
        brut = sum((montant(m, bareme=bareme, table=table, bornes=bornes) * j for m, j in retenus), Fraction(0))
        valeur = au_centime(brut / jours)
        detail = formule(bareme, bornes) + (", en moyenne sur les jours de l’année" if par_jour else "")
        lignes.append(ligne("Dotation", detail, euros(valeur, True)))
    return Dotation(
        jours=jours,
        effectif_moyen=n,
        montant=valeur,
        a_arbitrer=valeur is None,
        simulations=choix,
        explication=tuple(lignes),
        alertes=("Moins de dix médecins à l’anniversaire.",) if parts[-1][1] < bornes.effectif_minimum else (),
    )


def ligne(libelle: str, detail: str, valeur: str) -> dict[str, str]:
    """One line of an explanation, as the pages and the API show it."""
    return {"libelle": libelle, "detail": detail, "valeur": valeur}


def lignes_effectif(
    parts: Sequence[tuple[date, int, int]], jours: int, n: Fraction, *, photo: bool
) -> list[dict[str, str]]:
    """The headcount of a year, explained: each step with its days, then the mean, or the photo of the last day."""
    lignes = [
        ligne(
            f"À partir du {date_fr(du)}",
            f"{nb} médecin{'s' if nb > 1 else ''} pendant {duree} jour{'s' if duree > 1 else ''}",
            nombre(nb * duree),
        )
        for du, nb, duree in parts
    ]
    if photo:
        return [*lignes, ligne("Effectif à l’anniversaire", "Photographie du dernier jour de l’année", nombre(int(n)))]
    return [*lignes, ligne("Effectif moyen", f"Somme divisée par {jours}\u00a0jours", nombre(six_decimales(n)))]


def formule(bareme: str, b: Bornes) -> str:
    """FIN-4 in words, with the contract's bounds."""
    return DETAILS[bareme].format(
        minimum=euros(b.minimum),
        maximum=euros(b.maximum),
        ecart=euros(b.maximum - b.minimum),
        bas=b.effectif_minimum,
        pas=b.effectif_maximum - b.effectif_minimum,
    )


def date_effet(signature: date, fin_financement_ars: date | None, minimum: date = date(2025, 1, 1)) -> date:
    """FIN-6: the latest of the signature, the day after the end of ARS funding, and the first day contracts may take effect."""
    return max(signature, minimum, *([fin_financement_ars + timedelta(days=1)] if fin_financement_ars else []))


def exigible(anniversaire_: date, pieces_recues: date | None, controle: date | None) -> date | None:
    """FIN-6: due at the latest of the three; None while one is missing."""
    return None if pieces_recues is None or controle is None else max(anniversaire_, pieces_recues, controle)


__all__ = ["Dotation", "au_centime", "calculer", "montant", "simulations", "six_decimales"]
