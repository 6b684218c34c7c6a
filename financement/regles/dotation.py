"""The yearly grant (FIN-4 to FIN-10): exact rationals, rounded half-up to the cent once, at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dossiers.regles.delais import dernier_jour

MINIMUM, MAXIMUM = Fraction(50_000), Fraction(100_000)
N_MIN, N_MAX = 10, 100
BAREMES = ("lineaire", "mille_par_medecin", "table")


def au_centime(valeur: Fraction) -> Decimal:
    """Rounded half-up to the cent, two decimals."""
    signe = -1 if valeur < 0 else 1
    centimes = (abs(valeur) * 200 + 1) // 2
    return signe * (Decimal(int(centimes)) / 100).quantize(Decimal("0.01"))


def anniversaire(date_effet: date, rang: int) -> date:
    """The rank-th anniversary, always from the original date: 29 Feb → 28 Feb, without drift (FIN-6)."""
    return dernier_jour(date_effet, 12 * rang)


def annee_contrat(date_effet: date, rang: int) -> tuple[date, date]:
    """(first, last) day of the contract year `rang`, from 1."""
    return anniversaire(date_effet, rang - 1), anniversaire(date_effet, rang) - timedelta(days=1)


def montant(n: Fraction | int, *, bareme: str = "lineaire", table: Sequence[tuple[int, Decimal]] = ()) -> Fraction:
    """FIN-4 for n médecins, unrounded. Below ten the line is prolonged: the caller decides what that means (FIN-8).

    `table`: (headcount, amount) pairs; the amount of the largest headcount not above n. Raises ValueError on an unknown bareme.
    """
    n = Fraction(n)
    if bareme == "lineaire":
        return min(MAXIMUM, MINIMUM + (n - N_MIN) * (MAXIMUM - MINIMUM) / (N_MAX - N_MIN))
    if bareme == "mille_par_medecin":
        return min(MAXIMUM, max(MINIMUM, 1000 * n))
    if bareme == "table":
        atteints = [Fraction(m) for effectif, m in sorted(table) if effectif <= n]
        if not atteints:
            raise ValueError("la table ne prévoit pas cet effectif")
        return atteints[-1]
    raise ValueError(f"barème inconnu : {bareme}")


def simulations(n: Fraction) -> dict[str, Decimal]:
    """FIN-8: the four readings of an headcount under ten."""
    return {
        "plancher": au_centime(MINIMUM), "prorata_10": au_centime(MINIMUM * n / N_MIN),
        "lineaire_prolonge": au_centime(max(Fraction(0), montant(n))), "zero": Decimal("0.00"),
    }


@dataclass(frozen=True, kw_only=True)
class Dotation:
    """`montant` None when the caisse must arbitrate (under ten, setting `manuel`)."""

    jours: int
    effectif_moyen: Fraction
    montant: Decimal | None
    a_arbitrer: bool = False
    simulations: Mapping[str, Decimal] = field(default_factory=dict)
    explication: tuple[dict[str, str], ...] = ()
    alertes: tuple[str, ...] = ()


def marches_en_jours(marches: Sequence[tuple[date, int]], debut: date, fin: date) -> list[tuple[date, int, int]]:
    """Steps [(du, nombre)] as [(du, nombre, days)] over the year, both ends included."""
    bornes = [*(max(du, debut) for du, _ in marches), fin + timedelta(days=1)]
    return [(bornes[i], nombre, (bornes[i + 1] - bornes[i]).days) for i, (_, nombre) in enumerate(marches) if bornes[i + 1] > bornes[i]]


def calculer(
    debut: date, marches: Sequence[tuple[date, int]], *, fin: date | None = None, bareme: str = "lineaire", table: Sequence[tuple[int, Decimal]] = (),
    effectif: str = "moyenne_journaliere", ordre: str = "D(moyenne)", sous_10: str = "manuel",
) -> Dotation:
    """The grant of the contract year that starts on `debut` (365 or 366 days), from the headcount's steps, the first at `debut`.

    `effectif` date_anniversaire takes the photo of the year's last day; `ordre` moyenne(D) averages the formula of each day.
    """
    fin = fin or anniversaire(debut, 1) - timedelta(days=1)
    parts = marches_en_jours(marches, debut, fin)
    jours = (fin - debut).days + 1
    moyenne = Fraction(sum(n * j for _, n, j in parts), jours)
    n = Fraction(parts[-1][1]) if effectif == "date_anniversaire" else moyenne
    explication = [
        {"libelle": f"À partir du {du:%d/%m/%Y}", "detail": f"{nombre} médecins pendant {duree} jours", "valeur": f"{nombre * duree}"} for du, nombre, duree in parts
    ]
    if effectif == "date_anniversaire":
        explication.append({"libelle": "Effectif à l’anniversaire", "detail": "Photographie du dernier jour de l’année", "valeur": f"{n}"})
    else:
        explication.append({"libelle": "Effectif moyen", "detail": f"Somme divisée par {jours} jours", "valeur": six_decimales(n)})
    alertes = ("Moins de dix médecins à l’anniversaire.",) if parts[-1][1] < N_MIN else ()
    if n < N_MIN:
        choix = simulations(n)
        valeur = None if sous_10 == "manuel" else choix[sous_10]
        explication.append({"libelle": "Moins de dix médecins", "detail": "Les textes ne fixent pas de montant : la caisse arbitre." if valeur is None else f"Réglage « {sous_10} »", "valeur": "à arbitrer" if valeur is None else f"{valeur}"})
        return Dotation(jours=jours, effectif_moyen=n, montant=valeur, a_arbitrer=valeur is None, simulations=choix, explication=tuple(explication), alertes=alertes)
    if ordre == "moyenne(D)" and effectif != "date_anniversaire":
        brut = sum((montant(nombre, bareme=bareme, table=table) * duree for _, nombre, duree in parts), Fraction(0)) / jours
    else:
        brut = montant(n, bareme=bareme, table=table)
    detail = {"lineaire": "50 000 + (effectif − 10) × 50 000 ÷ 90, au plus 100 000", "mille_par_medecin": "1 000 par médecin, entre 50 000 et 100 000", "table": "Table du barème"}[bareme]
    explication.append({"libelle": "Dotation", "detail": detail.replace(" 000", "\u00a0000"), "valeur": f"{au_centime(brut)}"})
    return Dotation(jours=jours, effectif_moyen=n, montant=au_centime(brut), explication=tuple(explication), alertes=alertes)


def six_decimales(n: Fraction) -> str:
    """An headcount with six decimals, rounded half-up."""
    return f"{Decimal(int((abs(n) * 2_000_000 + 1) // 2)) / 1_000_000:.6f}"


def date_effet(signature: date, fin_financement_ars: date | None, minimum: date = date(2025, 1, 1)) -> date:
    """FIN-6: the latest of the signature, the day after the end of ARS funding, and the first day contracts may take effect."""
    return max(signature, minimum, *([fin_financement_ars + timedelta(days=1)] if fin_financement_ars else []))


def exigible(anniversaire_: date, pieces_recues: date | None, controle: date | None) -> date | None:
    """FIN-6: due at the latest of the three; None while one is missing."""
    return None if pieces_recues is None or controle is None else max(anniversaire_, pieces_recues, controle)


def regularisation(avance: Decimal, du: Decimal) -> Decimal:
    """FIN-7: what the next payment is proposed to be corrected by, between amounts already rounded."""
    return du - avance


def prorata_resiliation(avance: Decimal, n: Fraction | int, debut: date, effective: date) -> dict[str, Any]:
    """FIN-10: ended within a year, the effective day excluded; {jours, du, a_recuperer}."""
    total = (anniversaire(debut, 1) - debut).days
    vecus = (effective - debut).days
    du = au_centime(montant(n) * vecus / total)
    return {"jours": vecus, "sur": total, "du": du, "a_recuperer": max(Decimal("0.00"), avance - du)}
