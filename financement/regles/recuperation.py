"""REC-1, REC-2: when a recovery may be opened, heard and decided, and the amount that the rules propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dossiers.regles.delais import ajouter, contradictoire
from dossiers.regles.explication import Etape, depart, duree, jour_ecrit, resultat
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.socle.typographie import date_fr, euros, nombre

from .bareme import six_decimales
from .regularisation import Prorata, regularisation
from .transitoire import recuperation_proposee, suite_non_conforme

ZERO = Decimal("0.00")
SOURCE = "CRPA, art. L. 121-1 et L. 122-1"
FONDEMENTS: Mapping[str, str] = {
    "L242-2": "Conditions de l’aide non respectées (CRPA, art. L. 242-2, 2°)",
    "L242-1": "Décision illégale retirée dans les quatre mois (CRPA, art. L. 242-1)",
    "contrat": "Stipulations du contrat sur la résiliation et la récupération",
    "indu": "Paiement de l’indu (Code civil, art. 1302)",
}
# What each origin stands on unless the person says otherwise.
FONDEMENT_USUEL: Mapping[str, str] = {
    "dix_huit_mois": "L242-2",
    "retrait": "L242-2",
    "resiliation": "contrat",
    "regularisation": "contrat",
    "transitoire": "L242-2",
    "chevauchement": "indu",
}


@dataclass(frozen=True, slots=True)
class Calendrier:
    """The dates of a procedure presented on a day."""

    observations_jusquau: date
    decision_des: date


@dataclass(frozen=True, slots=True)
class Proposition:
    """`montant` None: the caisse arbitrates. `assiette`: the most that may be asked. `explication`: [{libelle, detail, valeur}]."""

    montant: Decimal | None
    assiette: Decimal
    explication: tuple[dict[str, str], ...]


def ouverture_possible(dernier_jour_18_mois: date, activites_au_dernier_jour: int) -> date | None:
    """The first day on which a person may open the procedure; None when an activity was deployed, last day included."""
    return None if activites_au_dernier_jour else dernier_jour_18_mois + timedelta(days=1)


def calendrier(presentation: date, *, delai_contradictoire: Delai) -> Calendrier:
    fin, decision = contradictoire(presentation, delai_contradictoire)
    return Calendrier(fin, decision)


def explication_observations(presentation: date, delai: Delai, fuseau: str) -> tuple[Etape, ...]:
    """« Pourquoi cette date ? » of the last day for observations (CAL-11)."""
    c = calendrier(presentation, delai_contradictoire=delai)
    return (
        depart(presentation, "Le courrier est mis à la disposition de l’équipe.", "REC-1"),
        duree("Délai d’observations", delai, SOURCE, "delai_contradictoire"),
        resultat("Dernier jour des observations", c.observations_jusquau, fuseau, "REC-1"),
        Etape(
            "Décision possible", "Le lendemain, ou dès des observations complètes.", jour_ecrit(c.decision_des), "REC-1"
        ),
    )


def paiement_jusquau(reception: date, *, delai_paiement: Delai) -> date:
    """The last day to pay or to observe, from the receipt of the notice."""
    return ajouter(reception, delai_paiement)


def explication_paiement(reception: date, delai: Delai, fuseau: str) -> tuple[Etape, ...]:
    """« Pourquoi cette date ? » of the last day to pay."""
    return (
        depart(reception, "La décision est mise à la disposition de l’équipe.", "REC-1"),
        duree("Délai de remboursement", delai, "Réglage de l’ARS", "delai_paiement"),
        resultat("Dernier jour pour rembourser", ajouter(reception, delai), fuseau, "REC-1"),
    )


def sur_versements(verses: Sequence[tuple[str, Decimal]], deja: Decimal) -> Proposition:
    """Everything that was paid on what falls, less what other procedures already recover: `verses` = (label, amount)."""
    total = sum((m for _, m in verses), ZERO)
    lignes = [_ligne(f"Versé\u00a0: {libelle}", "", euros(m, True)) for libelle, m in verses]
    return _fermer(total, deja, lignes)


def a_arbitrer(verses: Sequence[tuple[str, Decimal]], deja: Decimal, pourquoi: str) -> Proposition:
    """No rule gives the amount: what was paid is the ceiling, and a person decides."""
    total = sum((m for _, m in verses), ZERO)
    lignes = [_ligne(f"Versé\u00a0: {libelle}", "", euros(m, True)) for libelle, m in verses]
    return _arbitrage(total, deja, lignes, pourquoi)


def sur_prorata(avance: Decimal, prorata: Prorata | None, deja: Decimal, effective: date) -> Proposition:
    """FIN-10: what was paid for the year that ends on `effective` (excluded), less the days lived; `prorata` None where no rule reads it."""
    lignes = [_ligne("Versé pour l’année en cours", "", euros(avance, True))]
    if prorata is None:
        return _arbitrage(avance, deja, lignes, "Le contrat ne prévoit pas de prorata\u00a0: la caisse arbitre.")
    lignes.append(
        _ligne(
            "Jours vécus",
            f"Le contrat prend fin le {date_fr(effective)}, jour exclu, sur une année de {prorata.sur}\u00a0jours",
            nombre(prorata.jours),
        )
    )
    lignes.append(
        _ligne("Effectif moyen des jours vécus", "Règle FIN-10", nombre(six_decimales(prorata.effectif_moyen)))
    )
    if prorata.du is None or prorata.a_recuperer is None:
        return _arbitrage(avance, deja, lignes, "Moins de dix médecins\u00a0: les textes ne fixent pas de montant.")
    lignes.append(
        _ligne(
            "Dû pour ces jours",
            f"Dotation de l’effectif moyen × {prorata.jours} ÷ {prorata.sur}",
            euros(prorata.du, True),
        )
    )
    return _fermer(prorata.a_recuperer, deja, lignes)


def sur_regularisation(avance: Decimal, du: Decimal | None, deja: Decimal) -> Proposition:
    """FIN-7, last year: the advance less what the mean of the year gives; None: to be arbitrated (FIN-8)."""
    lignes = [_ligne("Avance versée", "", euros(avance, True))]
    if du is None:
        return _arbitrage(avance, deja, lignes, "Moins de dix médecins\u00a0: les textes ne fixent pas de montant.")
    lignes.append(_ligne("Dû sur l’effectif de l’année", "Règle FIN-5", euros(du, True)))
    return _fermer(max(ZERO, -regularisation(avance, du)), deja, lignes)


def sur_transitoire(verse: Decimal, deja: Decimal, reglage: str) -> Proposition:
    """TRA-7: the projet of a transitional regime does not conform; the setting says what becomes of the sum."""
    lignes = [_ligne("Versé\u00a0: crédit transitoire", "", euros(verse, True))]
    suite = suite_non_conforme(reglage)
    if suite == "a_arbitrer":
        return _arbitrage(
            verse, deja, lignes, "Réglage «\u00a0arbitrage\u00a0» (règle TRA-7)\u00a0: la caisse arrête le montant."
        )
    if suite == "acquis":
        lignes.append(_ligne("Somme acquise", "Réglage «\u00a0non\u00a0» (règle TRA-7)", euros(ZERO, True)))
        return Proposition(ZERO, ZERO, tuple(lignes))
    return _fermer(verse, deja, lignes)


def sur_chevauchement(
    montant_ars: Decimal, debut: date, fin: date, effet: date, deja: Decimal, *, proposition_prorata: bool
) -> Proposition:
    """TRA-6: what the ARS may ask back for the days on which both fundings ran, its own first."""
    lignes = [
        _ligne("Financement de l’ARS", f"Du {date_fr(debut)} au {date_fr(fin)}", euros(montant_ars, True)),
        _ligne("Effet de la dotation", "", date_fr(effet)),
    ]
    if not proposition_prorata:
        return _arbitrage(montant_ars, deja, lignes, "Réglage\u00a0: aucun prorata proposé, l’ARS arrête le montant.")
    du = recuperation_proposee(montant_ars, debut, fin, effet)
    lignes.append(
        _ligne(
            "Jours de chevauchement",
            f"÷ {(fin - debut).days + 1}\u00a0jours financés",
            nombre(max(0, (fin - effet).days + 1)),
        )
    )
    return _fermer(du, deja, lignes)


def _fermer(montant: Decimal, deja: Decimal, lignes: list[dict[str, str]]) -> Proposition:
    if deja:
        lignes.append(_ligne("Déjà demandé, ou abandonné par une décision", "", f"−\u00a0{euros(deja, True)}"))
    propose = max(ZERO, montant - deja)
    lignes.append(_ligne("Montant proposé", "", euros(propose, True)))
    return Proposition(propose, propose, tuple(lignes))


def _arbitrage(assiette: Decimal, deja: Decimal, lignes: list[dict[str, str]], pourquoi: str) -> Proposition:
    reste = max(ZERO, assiette - deja)
    lignes.append(_ligne("À arbitrer", pourquoi, f"au plus {euros(reste, True)}"))
    return Proposition(None, reste, tuple(lignes))


def _ligne(libelle: str, detail: str, valeur: str) -> dict[str, str]:
    return {"libelle": libelle, "detail": detail, "valeur": valeur}
