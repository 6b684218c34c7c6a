"""The yearly statement of the dotation (FIN-4 to FIN-10): facts that are frozen in, figures out; the same facts give the same figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ess_portal.socle.typographie import date_fr, euros

from .bareme import NATIONALES, Bornes, simulations
from .dotation import calculer, formule, ligne, lignes_effectif, marches_en_jours
from .regularisation import prorata_resiliation, regularisation

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lectures:
    """The readings of the set that the contract is pinned to (§11)."""

    bareme: str = "lineaire"
    table: tuple[tuple[int, Decimal], ...] = ()
    effectif: str = "moyenne_journaliere"
    ordre: str = "D(moyenne)"
    sous_10: str = "manuel"
    comptes_dotation: str = "medecins_hors_mg"
    regularisation: bool = True
    bornes: Bornes = NATIONALES


@dataclass(frozen=True, kw_only=True, slots=True)
class Annee:
    """What a statement stands on. `terme`: last day of the contract year; `fin`: last day counted, before it when the contract ended.

    `marches`: the headcount's steps, the first at `debut`. `avance`: what was paid or ordered on account of the year.
    """

    rang: int
    debut: date
    terme: date
    fin: date
    marches: tuple[tuple[date, int], ...]
    lectures: Lectures
    avance: Decimal = ZERO
    arbitre: Decimal | None = None
    motif: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decompte:
    """`calcule` None under ten doctors, where the caisse arbitrates (FIN-8); `du` is what it arbitrated, None until then.

    `ecart`: due less advance, positive to be paid, negative paid in excess (FIN-7); None without `du`, 0 without regularisation.
    """

    jours: int
    sur: int
    effectif_moyen: Fraction
    calcule: Decimal | None
    du: Decimal | None
    ecart: Decimal | None
    simulations: Mapping[str, Decimal]
    lignes: tuple[dict[str, str], ...]
    alertes: tuple[str, ...]

    @property
    def a_arbitrer(self) -> bool:
        return self.calcule is None


def etablir(a: Annee) -> Decompte:
    """The figures of a year. Raises ValueError for a period or steps that make no year."""
    if not a.debut <= a.fin <= a.terme:
        raise ValueError("la période est hors de l’année de contrat")
    complete, x = a.fin == a.terme, a.lectures
    if complete:
        d = calculer(
            a.debut, a.marches, fin=a.fin, bareme=x.bareme, table=x.table, effectif=x.effectif, ordre=x.ordre, sous_10=x.sous_10,
            bornes=x.bornes,
        )  # fmt: skip
        n, calcule, choix, lignes, alertes = (
            d.effectif_moyen,
            d.montant,
            d.simulations,
            list(d.explication),
            d.alertes,
        )
    else:
        n, calcule, choix, lignes = _interrompue(a)
        alertes = ()
    du = calcule if calcule is not None else a.arbitre
    if calcule is None and a.arbitre is not None:
        lignes.append(ligne("Montant arrêté par la caisse", a.motif, euros(a.arbitre, True)))
    ecart = None if du is None else regularisation(a.avance, du) if x.regularisation else ZERO
    if ecart is not None:
        lignes += _lignes_ecart(a, ecart)
    return Decompte(
        jours=(a.fin - a.debut).days + 1,
        sur=(a.terme - a.debut).days + 1,
        effectif_moyen=n,
        calcule=calcule,
        du=du,
        ecart=ecart,
        simulations=choix,
        lignes=tuple(lignes),
        alertes=tuple(alertes),
    )


def _interrompue(a: Annee) -> tuple[Fraction, Decimal | None, Mapping[str, Decimal], list[dict[str, str]]]:
    """FIN-10: the mean over the days lived, the formula, then the share of the year."""
    x, effective = a.lectures, date.fromordinal(a.fin.toordinal() + 1)
    parts = marches_en_jours(a.marches, a.debut, a.fin)
    if not parts or parts[0][0] > a.debut:
        raise ValueError("le premier effectif vaut dès le premier jour")
    p = prorata_resiliation(
        a.avance, a.debut, effective, a.marches, bareme=x.bareme, table=x.table, sous_10=x.sous_10, bornes=x.bornes
    )
    n, sous = p.effectif_moyen, p.effectif_moyen < x.bornes.effectif_minimum
    lignes = lignes_effectif(parts, p.jours, n, photo=False)
    if p.du is None:
        detail = "Les textes ne fixent pas de montant\u00a0: la caisse arbitre."
        lignes.append(ligne("Moins de dix médecins", detail, "à arbitrer"))
    else:
        annuelle = f"Réglage «\u00a0{x.sous_10}\u00a0»" if sous else formule(x.bareme, x.bornes)
        detail = f"{annuelle}, × {p.jours} jours courus ÷ {p.sur}"
        lignes.append(ligne(f"Année interrompue le {date_fr(effective)}", detail, euros(p.du, True)))
    return n, p.du, simulations(n, bornes=x.bornes) if sous else {}, lignes


def _lignes_ecart(a: Annee, ecart: Decimal) -> list[dict[str, str]]:
    lignes = [ligne("Avance", "Payée ou ordonnée au titre de cette année", euros(a.avance, True))]
    if not a.lectures.regularisation:
        return [*lignes, ligne("Régularisation", "Le contrat n’en prévoit pas", euros(ZERO, True))]
    sens = "reste à verser" if ecart > 0 else "versé en trop" if ecart < 0 else "rien à régulariser"
    return [*lignes, ligne("Régularisation", f"Montant dû moins avance\u00a0: {sens}", euros(ecart, True))]
