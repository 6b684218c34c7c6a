"""Amounts of a contract and of its payments: the rules, applied to the parameters the contract is pinned to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier

from ..models import Contrat
from ..regles import amorcage, bareme
from ..regles import dotation as regles_dotation
from ..regles.bareme import Bornes

# nature → (label in the schedule, condition in the schedule)
LIBELLES = {
    "amorcage_1": ("Première part", "Lettre d’intention validée et contrat signé par les trois parties"),
    "amorcage_2": ("Seconde part", "Projet de santé validé et au moins une action de la mission socle attestée"),
    "amorcage_unique": ("Versement unique", "Lettre d’intention validée et contrat signé par les trois parties"),
    "transitoire": ("Versement unique", "Contrat signé par les trois parties"),
}
REGIMES = {Contrat.Type.AMORCAGE: "standard", Contrat.Type.TRANSITOIRE: "mise_en_conformite"}


def plafond_credit(type_: str, p: Parametres) -> Decimal:
    """What this type of credit may reach: 80 000 €, or its transitional part."""
    return amorcage.plafond(REGIMES[type_], montant_amorcage=p.montant_amorcage, taux_transitoire=p.taux_transitoire)


def parts_credit(type_: str, p: Parametres, deja_recu: Decimal) -> dict[str, Decimal]:
    """The payments of a credit by nature, what was received elsewhere deducted from the first ones (FIN-13)."""
    plafond = plafond_credit(type_, p)
    parts = amorcage.parts(plafond, schema=p.schema, regime=REGIMES[type_])
    recu, dues = deja_recu, {}
    for nature, part in parts.items():
        du = amorcage.reste_du(part, plafond=part, deja_recu=recu)
        recu = max(Decimal("0.00"), recu - part)
        if du > 0:
            dues[nature] = du
    return dues


def bornes(p: Parametres) -> Bornes:
    """Both ends of the line, as the contract's parameters have them."""
    return Bornes(p.dotation_minimum, p.dotation_maximum, p.dotation_effectif_minimum, p.dotation_effectif_maximum)


def avance(p: Parametres, effectif: int, debut: date) -> regles_dotation.Dotation:
    """The yearly advance, on the headcount of one day (FIN-4, FIN-7); `montant` None when the caisse arbitrates (FIN-8).

    One headcount all year: the readings `effectif` and `ordre` come to the same amount, and belong to the statement.
    """
    try:
        return regles_dotation.calculer(
            debut,
            [(debut, effectif)],
            bareme=p.bareme,
            table=p.bareme_table.paires,
            sous_10=p.sous_10,
            bornes=bornes(p),
        )
    except ValueError as refus:
        raise ErreurMetier(
            "bareme",
            f"Le barème «\u00a0{p.bareme}\u00a0» ne prévoit pas {effectif} médecins\u00a0: complétez les paramètres.",
        ) from refus


def reperes_bareme(p: Parametres, effectif: int, montant: Decimal) -> list[tuple[str, Decimal]]:
    """The lines of the contract's table: both ends, the middle, and the headcount of the day; of a table, all its steps."""
    milieu = (p.dotation_effectif_minimum + p.dotation_effectif_maximum) // 2
    reperes = (
        (p.dotation_effectif_minimum, "{} médecins"),
        (milieu, "{} médecins"),
        (p.dotation_effectif_maximum, "{} médecins et plus"),
    )
    lignes = {
        n: (forme.format(n), bareme.au_centime(bareme.montant(n, bareme=p.bareme, bornes=bornes(p))))
        for n, forme in reperes
        if p.bareme != "table"
    }
    if p.bareme == "table":
        lignes = {n: (f"{n} médecins et plus", m) for n, m in p.bareme_table.paires}
    lignes[effectif] = (f"{effectif} médecin{'s' if effectif > 1 else ''} (effectif du jour)", montant)
    return [lignes[n] for n in sorted(lignes)]
