"""Specimens of the contracts: 80 000 € with two signatures of three, 24 000 € unsigned, the dotation signed by all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ess_portal.documents import clauses
from ess_portal.documents.donnees.communs import Echeance
from ess_portal.documents.donnees.contrats import ContratAmorcage, ContratDotation, LigneBareme
from ess_portal.documents.specimens.communs import OCCITANIE, PARTIES, signatures

_LIEU = {
    "equipe": OCCITANIE.equipe,
    "specialite": "Pneumologie",
    "territoire": "Aveyron (12) et Lot (46)",
    "delai_contradictoire": "deux mois",
    "tribunal": "Montpellier",
}


def contrat_amorcage() -> ContratAmorcage:
    modele = clauses.charger("contrat_amorcage")
    return ContratAmorcage(
        reperes=OCCITANIE,
        variante="standard",
        version=3,
        parties=PARTIES,
        montant=Decimal("80000.00"),
        echeancier=(
            Echeance(
                libelle="Première part",
                condition="Lettre d’intention validée et contrat signé par les trois parties",
                montant=Decimal("40000.00"),
            ),
            Echeance(
                libelle="Seconde part",
                condition="Projet de santé validé et au moins une action de la mission socle attestée",
                montant=Decimal("40000.00"),
            ),
        ),
        clauses=clauses.remplir(
            modele,
            _LIEU
            | {
                "date_depot_lettre": date(2026, 2, 17),
                "montant_total": Decimal("80000.00"),
                "premiere_part": Decimal("40000.00"),
                "seconde_part": Decimal("40000.00"),
                "date_limite_projet": date(2026, 8, 17),
                "date_limite_socle": date(2027, 8, 17),
            },
        ),
        modele=modele.nom,
        signatures=signatures(nombre=2),
    )


def contrat_transitoire() -> ContratAmorcage:
    modele = clauses.charger("contrat_amorcage_transitoire")
    return ContratAmorcage(
        reperes=replace(OCCITANIE, numero="76-2026-0011"),
        variante="transitoire",
        version=1,
        parties=PARTIES,
        montant=Decimal("24000.00"),
        echeancier=(
            Echeance(
                libelle="Versement unique", condition="Contrat signé par les trois parties", montant=Decimal("24000.00")
            ),
        ),
        clauses=clauses.remplir(
            modele,
            _LIEU
            | {
                "date_engagement": date(2026, 3, 2),
                "montant_total": Decimal("24000.00"),
                "credit_reference": Decimal("80000.00"),
                "taux": 30,
                "date_limite_projet": "au plus tard le 2\u00a0septembre\u00a02026",
            },
        ),
        modele=modele.nom,
        signatures=signatures(nombre=0),
    )


def contrat_dotation() -> ContratDotation:
    modele = clauses.charger("contrat_dotation")
    return ContratDotation(
        reperes=replace(OCCITANIE, date_edition=date(2026, 11, 2)),
        version=1,
        parties=PARTIES,
        finess="120000007",
        effectif=17,
        montant_premiere_annee=Decimal("53888.89"),
        bareme=(
            LigneBareme(effectif="10 médecins", montant=Decimal("50000.00")),
            LigneBareme(effectif="17 médecins (effectif du jour)", montant=Decimal("53888.89")),
            LigneBareme(effectif="55 médecins", montant=Decimal("75000.00")),
            LigneBareme(effectif="100 médecins et plus", montant=Decimal("100000.00")),
        ),
        clauses=clauses.remplir(
            modele,
            _LIEU
            | {
                "finess": "120000007",
                "prise_effet": "à la date de la troisième signature, et au plus tôt le 1er janvier 2025",
                "terme": "cinq ans après sa prise d’effet, le jour anniversaire inclus",
                "montant_initial": Decimal("53888.89"),
                "effectif": 17,
                "minimum": Decimal("50000.00"),
                "maximum": Decimal("100000.00"),
            },
        ),
        modele=modele.nom,
        signatures=signatures(nombre=3),
        date_effet=date(2026, 11, 16),
        date_fin=date(2031, 11, 16),
    )
