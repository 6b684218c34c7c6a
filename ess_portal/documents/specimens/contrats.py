"""Specimens of the contracts: 80 000 € with two signatures of three, 24 000 € unsigned, the dotation signed by all, its avenant."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ess_portal.documents import clauses
from ess_portal.documents.donnees.communs import Echeance
from ess_portal.documents.donnees.contrats import (
    ArticleChange,
    ArticleConsolide,
    AvenantContrat,
    ContratAmorcage,
    ContratConsolide,
    ContratDotation,
    LigneAvenant,
    LigneBareme,
)
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


_OBJET = "Extension du territoire à la Lozère"
_TERRITOIRE = "<p>Le territoire de l’équipe est : Aveyron (12), Lot (46) et Lozère (48).</p>"
_POINT_DE_CONTACT = (
    "<p>Le point de contact des médecins traitants répond <strong>du lundi au vendredi, de 8 h 30 à 18 h</strong>.</p>"
)


def avenant_contrat() -> AvenantContrat:
    return AvenantContrat(
        reperes=replace(OCCITANIE, date_edition=date(2027, 3, 8)),
        version=1,
        rang=1,
        contrat="contrat de dotation annuelle",
        contrat_version=1,
        contrat_signe_le=date(2026, 11, 16),
        objet=_OBJET,
        effet_prevu=date(2027, 4, 1),
        parties=PARTIES,
        changements=(
            ArticleChange(geste="remplace", code="objet", titre="Objet", html=_TERRITOIRE, numero=1),
            ArticleChange(
                geste="ajoute", code="contact", titre="Point de contact", html=_POINT_DE_CONTACT, apres="missions", apres_titre="Missions"
            ),
            ArticleChange(geste="retire", code="verification-annuelle", titre="Vérification annuelle", numero=7),
        ),
        modele="texte national, version 2",
        signatures=signatures(nombre=0),
    )  # fmt: skip


def contrat_consolide() -> ContratConsolide:
    source = "modifié par l’avenant n°\u00a01"
    return ContratConsolide(
        reperes=replace(OCCITANIE, date_edition=date(2027, 3, 22)),
        contrat="contrat de dotation annuelle",
        contrat_version=1,
        contrat_signe_le=date(2026, 11, 16),
        au=date(2027, 4, 1),
        parties=PARTIES,
        articles=(
            ArticleConsolide(titre="Objet", html=_TERRITOIRE, source=source),
            ArticleConsolide(titre="Missions", html="<p>L’équipe met en œuvre les deux activités de la mission socle.</p>"),
            ArticleConsolide(titre="Point de contact", html=_POINT_DE_CONTACT, source="ajouté par l’avenant n°\u00a01"),
        ),
        avenants=(LigneAvenant(rang=1, objet=_OBJET, signe_le=date(2027, 3, 22), date_effet=date(2027, 4, 1)),),
    )  # fmt: skip
