"""Specimens of the applicant's documents."""

from datetime import UTC, date, datetime
from decimal import Decimal

from ess_portal.documents import clauses
from ess_portal.documents.donnees.communs import Rubrique, Signature
from ess_portal.documents.donnees.demandes import (
    ActionEnvisagee,
    Barre,
    CertificatAdhesion,
    Cooperation,
    FormulaireAdhesion,
    IndicateurReleve,
    IndicateurSuivi,
    LettreIntention,
    LigneEmploi,
    PeriodeExercice,
    PieceListee,
    ProjetSante,
    RapportActivite,
    Serie,
)
from ess_portal.documents.specimens.communs import CAUSSE, OCCITANIE, ROUX


def lettre_intention() -> LettreIntention:
    return LettreIntention(
        reperes=OCCITANIE,
        porteurs=(CAUSSE, ROUX),
        deposee_le=datetime(2026, 2, 17, 9, 2, tzinfo=UTC),
        territoire="Deux départements contigus, 455 000 habitants. Le délai médian d’un premier rendez-vous de pneumologie "
        "y dépasse quatre mois, et le nord du Lot n’a plus de consultation de ville depuis 2024.",
        medecins_presents=23,
        source_medecins="annuaire santé, relevé du 1er janvier 2026",
        association="Souffle Rouergue-Quercy, association loi 1901 en cours de constitution",
        siege="Rodez (12202)",
        regime="Nouvelle équipe, sans crédit de l’ARS",
        cooperations=(
            Cooperation(
                partenaire="CPTS du Grand Rodez", etat="en_place", precisions="Protocole de demande d’avis, 2025"
            ),
            Cooperation(
                partenaire="Centre hospitalier de Cahors",
                etat="envisagee",
                precisions="Accès aux explorations fonctionnelles",
            ),
            Cooperation(partenaire="DAC de l’Aveyron", etat="envisagee"),
        ),
        gouvernance="Un bureau de cinq pneumologues libéraux élus pour trois ans. La CPTS, le DAC et les deux centres "
        "hospitaliers sont invités avec voix consultative.",
        actions=(
            ActionEnvisagee(
                mission="Avis spécialisé ponctuel",
                description="Téléexpertise en moins de 72 heures et deux créneaux d’avis rapide par semaine à Rodez et à Cahors.",
                echeance="septembre 2026",
            ),
            ActionEnvisagee(
                mission="Structuration du second recours",
                description="Un numéro et une adresse uniques pour les médecins traitants, du lundi au vendredi, de 9 h à 18 h.",
                echeance="novembre 2026",
            ),
        ),
        objectifs=("Parcours gradués", "Appui aux professionnels de proximité", "Accueil d’internes", "Téléexpertise"),
        capacite="Onze pneumologues libéraux ont donné leur accord écrit, soit près de la moitié de la spécialité. "
        "L’outil de téléexpertise est déjà utilisé par six d’entre eux.",
        indicateur_qualitatif="Satisfaction des médecins traitants sur la réponse reçue, par enquête annuelle.",
        pieces=("Étude d’opportunité.pdf", "Accords de principe.pdf"),
    )


def projet_sante() -> ProjetSante:
    return ProjetSante(
        reperes=OCCITANIE,
        version=1,
        deposee_le=datetime(2026, 7, 30, 14, 20, tzinfo=UTC),
        rubriques=(
            Rubrique(
                titre="Diagnostic territorial",
                texte="Le territoire compte 23 pneumologues, dont 14 libéraux, concentrés à Rodez et à Cahors. "
                "Un tiers des patients insuffisants respiratoires vit à plus de quarante-cinq minutes d’une consultation.",
            ),
            Rubrique(
                titre="Missions et actions",
                texte="L’équipe met en place les deux activités de la mission socle.",
                points=(
                    "Avis ponctuel\u00a0: téléexpertise en moins de 72 heures, deux créneaux d’avis rapide par semaine.",
                    "Second recours\u00a0: point de contact unique, annuaire des compétences, réunion trimestrielle.",
                    "Consultations avancées à Decazeville et à Figeac, une journée par quinzaine.",
                ),
            ),
            Rubrique(
                titre="Gouvernance",
                texte="Bureau de cinq pneumologues libéraux. Les partenaires siègent avec voix consultative. Une consultation "
                "annuelle des acteurs de santé du territoire est tracée.",
            ),
        ),
        indicateurs=(
            IndicateurSuivi(libelle="Soignants adressant des patients, dont médecins traitants", nature="national"),
            IndicateurSuivi(libelle="Patients pris en charge via l’équipe", nature="national", cible="1 200 par an"),
            IndicateurSuivi(libelle="Téléexpertises", nature="national", cible="600 par an"),
            IndicateurSuivi(
                libelle="Satisfaction des médecins traitants",
                nature="qualitatif",
                cible="80\u00a0% de réponses positives",
            ),
        ),
        actualisation="Revue annuelle avec l’ARS et la caisse, au vu du nombre d’adhérents et des actions réalisées.",
        pieces=("Modalités de déploiement.pdf",),
    )


def formulaire_adhesion() -> FormulaireAdhesion:
    engagements, notice = clauses.remplir(clauses.charger("formulaire_adhesion"), {"equipe": OCCITANIE.equipe})
    return FormulaireAdhesion(
        reperes=OCCITANIE,
        adherent=ROUX,
        specialite="Pneumologie",
        lieux=(
            "Maison de santé des Ondes, 12000 Rodez",
            "Centre hospitalier, 12300 Decazeville (consultation avancée)",
        ),
        mode_exercice="Libéral",
        engagements=engagements.paragraphes,
        date_adhesion=date(2026, 5, 12),
        signature=Signature(
            role="adherent",
            partie=OCCITANIE.equipe,
            signataire=ROUX.nom,
            signee_le=datetime(2026, 5, 12, 17, 45, tzinfo=UTC),
        ),
        notice=notice.paragraphes,
    )


def certificat_adhesion() -> CertificatAdhesion:
    return CertificatAdhesion(
        reperes=OCCITANIE,
        adherent=ROUX,
        signee_le=date(2026, 5, 12),
        sortie_le=None,
        periodes=(
            PeriodeExercice(du=date(2026, 5, 12), au=date(2026, 8, 31), specialite="Pneumologie", mode="Libéral"),
            PeriodeExercice(
                du=date(2026, 9, 1), au=None, specialite="Pneumologie", mode="Mixte\u00a0: libéral et salarié"
            ),
        ),
        lieux=("Maison de santé des Ondes, 12000 Rodez", "Centre hospitalier, 12300 Decazeville"),
        consultations_avancees=True,
    )


def rapport_activite() -> RapportActivite:
    return RapportActivite(
        reperes=OCCITANIE,
        periode_du=date(2026, 11, 16),
        periode_au=date(2027, 11, 15),
        indicateurs=(
            IndicateurReleve(
                code="I1", libelle="Soignants adressant des patients à l’équipe", valeur="214", precedente="131"
            ),
            IndicateurReleve(code="I1b", libelle="dont médecins traitants", valeur="167", precedente="104"),
            IndicateurReleve(
                code="I2", libelle="Patients pris en charge via l’équipe", valeur="1 342", precedente="870"
            ),
            IndicateurReleve(code="I3", libelle="Téléexpertises", valeur="655", precedente="402"),
            IndicateurReleve(
                code="I4", libelle="Médecins proposant des consultations avancées", valeur="4", precedente="2"
            ),
            IndicateurReleve(code="I5", libelle="Consultations avancées réalisées", valeur="318", precedente="120"),
        ),
        indicateur_qualitatif=Rubrique(
            titre="satisfaction des médecins traitants",
            texte="Enquête de septembre 2027\u00a0: 93 réponses. 84\u00a0% des médecins traitants jugent la réponse utile et rapide.",
        ),
        rubriques=(
            Rubrique(titre="Faits marquants", texte="Ouverture de la consultation avancée de Figeac en mars 2027."),
        ),
        emplois=(
            LigneEmploi(libelle="Coordination (mi-temps)", montant=Decimal("24800.00")),
            LigneEmploi(libelle="Indemnisation des réunions et des avis", montant=Decimal("19350.50")),
            LigneEmploi(libelle="Outil de téléexpertise", montant=Decimal("6120.00")),
        ),
        series=(
            Serie(
                code="I2",
                libelle="Patients pris en charge via l’équipe",
                barres=(
                    Barre(annee="Année 1", valeur="870", largeur=648),
                    Barre(annee="Année 2", valeur="1 342", largeur=1000),
                ),
            ),
        ),
        explications=(
            Rubrique(
                titre="Consultations avancées réalisées\u00a0: 318.",
                texte="La consultation de Figeac a ouvert en mars 2027 et la précédente a doublé ses demi-journées.",
            ),
        ),
        pieces=(
            PieceListee(
                libelle="Enquête auprès des médecins traitants",
                nom="enquete-2027.pdf",
                empreinte="5f0c9d3a8b1e47c2f6a90d4be7183c5a2d9f60b1e4c87a35d0f2b6984e1c7a3d",
            ),
        ),
        recu=Decimal("53888.89"),
        employe=Decimal("50270.50"),
        non_employe=Decimal("3618.39"),
        deposee_le=datetime(2027, 12, 3, 10, 15, tzinfo=UTC),
    )
