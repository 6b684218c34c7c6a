"""The synthesis of a campaign."""

from datetime import UTC, date, datetime

from ess_portal.documents.donnees.communs import Service
from ess_portal.documents.donnees.demandes import Barre, Serie
from ess_portal.documents.donnees.syntheses import LigneTableau, ReperesPerimetre, SyntheseCampagne, Tableau


def _ligne(titre: str, *valeurs: str) -> LigneTableau:
    return LigneTableau(titre=titre, valeurs=valeurs)


def synthese_campagne() -> SyntheseCampagne:
    return SyntheseCampagne(
        reperes=ReperesPerimetre(
            perimetre="Occitanie",
            ars=Service(nom="Agence régionale de santé Occitanie"),
            date_edition=date(2027, 12, 20),
        ),
        campagne=2027,
        situation_le=datetime(2027, 12, 20, 9, 0, tzinfo=UTC),
        est_nationale=False,
        retours=(_ligne("Rapports attendus", "9"), _ligne("Déposés ou validés", "7"), _ligne("Dont validés", "5"), _ligne("Non remis, date passée", "2")),
        dessin_retours=(
            Serie(
                code="",
                libelle="Où en sont les rapports attendus",
                barres=(
                    Barre(annee="Validés", valeur="5", largeur=640, debut=560),
                    Barre(annee="Déposés, à examiner", valeur="2", largeur=256, debut=560),
                    Barre(annee="Non remis, en retard", valeur="2", largeur=256, debut=560),
                ),
            ),
        ),
        par_campagne=Tableau(
            titre="Somme des rapports, leur nombre entre parenthèses",
            entetes=("Indicateur", "2026", "2027"),
            lignes=(_ligne("I2 – Patients pris en charge par l’équipe", "4 120 (4)", "8 466 (7)"),),
        ),
        series=(
            Serie(
                code="I2",
                libelle="Patients pris en charge par l’équipe",
                barres=(
                    Barre(annee="2026", valeur="4 120 (4)", largeur=389),
                    Barre(annee="2027", valeur="8 466 (7)", largeur=800),
                ),
            ),
        ),
        legende=(_ligne("I2", "Patients pris en charge par l’équipe"),),
        detail=(
            Tableau(
                titre="Indicateurs par équipe",
                entetes=("Équipe", "Année", "I2", "Adhérents", "Patients par adhérent", "Jours"),
                lignes=(_ligne("ESS Cardiologie du Lot", "2", "1 342", "23", "58,3", "365"),),
            ),
        ),
        qualitatifs=(_ligne("Outil informatique en service", "3 sur 7"),),
        notes=("Seuls les rapports déposés ou validés donnent des chiffres.",),
    )  # fmt: skip
