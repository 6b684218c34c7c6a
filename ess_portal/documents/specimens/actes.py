"""Specimens of the administrations' acts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ess_portal.documents.donnees.actes import (
    AccuseReception,
    AccuseRecours,
    AttestationTacite,
    Calcul,
    Condition,
    LettreFinanciere,
    Motif,
    NotificationDecision,
    OrdreVersement,
)
from ess_portal.documents.donnees.communs import Echeance, Rubrique
from ess_portal.documents.specimens.communs import OCCITANIE, REUNION

_DESTINATAIRE = "Dr Antoine Causse\nSouffle Rouergue-Quercy\n14 avenue Victor Hugo\n12000 Rodez"
_DESTINATAIRE_REUNION = "Dr Marie Hoarau\n8 rue des Flamboyants\n97410 Saint-Pierre"


def accuse_reception() -> AccuseReception:
    return AccuseReception(
        reperes=REUNION,
        objet="lettre",
        destinataire=_DESTINATAIRE_REUNION,
        recu_le=datetime(2026, 3, 9, 21, 30, tzinfo=UTC),
        recu_jour=date(2026, 3, 10),
        service=REUNION.ars,
        dernier_jour=date(2026, 5, 10),
        acquise_le=date(2026, 5, 11),
        pieces=("Étude d’opportunité.pdf", "Convention avec le centre hospitalier.pdf"),
    )


def accuse_reception_complet() -> AccuseReception:
    return replace(
        accuse_reception(), complete_le=date(2026, 3, 24), dernier_jour=date(2026, 5, 24), acquise_le=date(2026, 5, 25)
    )


def accuse_reception_repris() -> AccuseReception:
    return replace(accuse_reception(), decision_retiree=date(2026, 2, 20))


def accuse_reception_incomplet() -> AccuseReception:
    return AccuseReception(
        reperes=OCCITANIE,
        objet="projet",
        destinataire=_DESTINATAIRE,
        recu_le=datetime(2026, 4, 17, 8, 5, tzinfo=UTC),
        recu_jour=date(2026, 4, 17),
        service=OCCITANIE.ars,
        elements_attendus=("Document détaillant les modalités de déploiement", "Indicateur qualitatif"),
        delai_elements=date(2026, 5, 20),
    )


def accuse_recours() -> AccuseRecours:
    return AccuseRecours(
        reperes=REUNION,
        acte="le refus de la lettre d’intention",
        destinataire=_DESTINATAIRE_REUNION,
        recu_jour=date(2026, 3, 10),
        service=REUNION.ars,
        depose_jour=date(2026, 3, 6),
        dernier_jour=date(2026, 5, 10),
        acquise_le=date(2026, 5, 11),
        tribunal="La Réunion",
    )


def notification_favorable() -> NotificationDecision:
    return NotificationDecision(
        reperes=OCCITANIE,
        objet="lettre",
        sens="favorable",
        destinataire=_DESTINATAIRE,
        recu_jour=date(2026, 2, 17),
        date_decision=date(2026, 4, 3),
        signataire="Isabelle Roques",
        fonction="Pour le directeur général, la directrice de l’offre de soins",
        avis_caisse="Son avis, rendu le 12 mars 2026, est favorable.",
        message="Nous vous proposons une réunion de lancement avec la caisse dans les trois semaines.\n\n"
        "Merci d’y venir avec votre calendrier de premières activités.",
        suites=(
            "L’ARS et la caisse vous adressent le contrat de crédit d’amorçage (80 000\u00a0€), à signer dans le portail.",
            "Votre projet de santé est à déposer au plus tard le 17 août 2026.",
            "Le premier versement, 40 000\u00a0€, attend la constitution de votre association et un IBAN à son nom.",
        ),
    )


def notification_refus() -> NotificationDecision:
    return NotificationDecision(
        reperes=REUNION,
        objet="projet",
        sens="defavorable",
        destinataire=_DESTINATAIRE_REUNION,
        recu_jour=date(2026, 1, 15),
        date_decision=date(2026, 3, 10),
        signataire="Gérard Payet",
        fonction="Le directeur de l’offre de soins, par délégation",
        avis_caisse="Son avis, rendu le 20 février 2026, est défavorable.",
        motifs=(
            Motif(
                intitule="Non-adéquation avec le cahier des charges",
                fondement="Cahier des charges ESS, critère 4\u00a0: seuil minimal d’adhérents",
                faits="Le projet compte 3 adhérents pour 41 dermatologues libéraux sur le territoire. Le seuil de 10\u00a0% "
                "correspond à 5 adhérents.\nAucune dérogation de la commission paritaire nationale n’a été accordée.",
            ),
            Motif(
                intitule="Risque de déstabilisation de l’offre de soins existante",
                fondement="Convention médicale du 22 juin 2024 et cahier des charges ESS",
                faits="Les consultations avancées prévues à Saint-Joseph reposent sur deux praticiens du centre "
                "hospitalier dont le départ fermerait la consultation du mardi.",
            ),
        ),
        tribunal="La Réunion",
    )


def notification_classement() -> NotificationDecision:
    return replace(
        notification_refus(),
        nature="classement",
        est_complete=False,
        avis_caisse="",
        demandees_le=date(2026, 1, 26),
        delai_passe=date(2026, 2, 26),
        manquantes=("Document détaillant les modalités de déploiement", "Convention avec le centre hospitalier"),
        motifs=(
            Motif(
                intitule="Des pièces indispensables n’ont pas été reçues",
                fondement="Code des relations entre le public et l’administration, article L.\u00a0114-5",
                faits="Deux rappels, les 11 et 19 février 2026, sont restés sans réponse.",
            ),
        ),
        suites=("Vous pouvez déposer une nouvelle lettre d’intention, avec les pièces demandées.",),
    )


def notification_cloture() -> NotificationDecision:
    return replace(
        notification_classement(),
        objet="lettre",
        nature="cloture",
        est_complete=True,
        demandees_le=None,
        delai_passe=date(2026, 2, 15),
        manquantes=(),
        motifs=(
            Motif(
                intitule="Le projet de santé n’a pas été déposé dans le délai",
                fondement="Convention médicale du 22 juin 2024, articles 53 à 58\u00a0; cahier des charges des ESS",
                faits="L’équipe n’a pas répondu à la mise en demeure du 18 février 2026.",
            ),
        ),
        suites=("Vous pouvez déposer une nouvelle lettre d’intention.",),
    )


def mise_en_demeure() -> NotificationDecision:
    return replace(
        notification_cloture(),
        nature="mise_en_demeure",
        sens="neutre",
        nouveau_delai=date(2026, 4, 10),
        motifs=(replace(notification_cloture().motifs[0], faits="Deux rappels sont restés sans réponse."),),
        suites=(
            "Déposez votre projet de santé dans le portail.",
            "Sans projet de santé à cette date, nous pourrons clore votre dossier, par une décision motivée.",
        ),
    )


def reponse_recours() -> NotificationDecision:
    return replace(
        notification_refus(),
        objet="lettre",
        nature="recours",
        avis_caisse="",
        conteste="le refus de la lettre d’intention",
        recu_jour=date(2026, 3, 12),
        date_decision=date(2026, 4, 30),
        motifs=(
            Motif(
                intitule="Notre réponse",
                fondement="Code des relations entre le public et l’administration, article L.\u00a0411-2",
                faits="L’étude jointe compte 4 adhérents pour 41 dermatologues libéraux\u00a0: le seuil de 5 n’est pas atteint.",
            ),
        ),
    )


def attestation_tacite() -> AttestationTacite:
    return AttestationTacite(
        reperes=OCCITANIE,
        objet="lettre",
        destinataire=_DESTINATAIRE,
        recu_jour=date(2026, 2, 17),
        dernier_jour=date(2026, 4, 17),
        acquise_le=date(2026, 4, 18),
        explication=(
            "La lettre complète a été reçue le 17 février 2026 (heure de Paris).",
            "Le délai est de deux mois, compté de date à date\u00a0: son dernier jour est le 17 avril 2026.",
            "Aucune demande d’élément indispensable n’a interrompu ce délai.",
            "Aucune décision n’a été notifiée jusqu’au 17 avril 2026 inclus\u00a0: la validation est acquise le 18 avril 2026.",
        ),
        signataire="Isabelle Roques",
        fonction="Directrice de l’offre de soins",
    )


def ordre_versement() -> OrdreVersement:
    return OrdreVersement(
        reperes=OCCITANIE,
        reference="76-2026-0006/1",
        libelle="Crédit d’amorçage, première part",
        beneficiaire="Souffle Rouergue-Quercy",
        identifiants="RNA W122004512, SIREN 912 345 678",
        iban="FR76 3000 6000 0112 3456 7890 189",
        montant=Decimal("40000.00"),
        fondement="Contrat de crédit d’amorçage, version 3, signé le 28 avril 2026",
        conditions=(
            Condition(libelle="Lettre d’intention validée", est_remplie=True, constat="Décision du 3 avril 2026"),
            Condition(libelle="Contrat signé par les trois parties", est_remplie=True, constat="28 avril 2026"),
            Condition(libelle="Association constituée", est_remplie=True, constat="RNA W122004512"),
            Condition(
                libelle="IBAN au nom de l’association, confirmé", est_remplie=True, constat="Confirmé le 4 mai 2026"
            ),
        ),
        propose_par="Julien Fabre, CPAM de l’Aveyron",
        propose_le=datetime(2026, 5, 4, 9, 12, tzinfo=UTC),
        valide_par="Sophie Delmas, CPAM de l’Aveyron",
        valide_le=datetime(2026, 5, 5, 7, 40, tzinfo=UTC),
    )


def lettre_financiere() -> LettreFinanciere:
    return LettreFinanciere(
        reperes=OCCITANIE,
        emetteur="caisse",
        reference="R-76-2026-0006-1",
        objet="Décision de récupération",
        destinataire=_DESTINATAIRE,
        date_lettre=date(2028, 3, 2),
        signataire="Sophie Delmas",
        fonction="Ordonnatrice de la caisse",
        essentiel="Vous avez à rembourser 40\u00a0000,00\u00a0€.",
        precision="Au plus tard le 2 mai 2028.",
        rubriques=(
            Rubrique(titre="Motifs", texte="Aucune activité de la mission socle n’a été déployée à dix-huit mois."),
        ),
        calcul=(
            Calcul(libelle="Versé\u00a0: crédit d’amorçage, première part", valeur="40\u00a0000,00\u00a0€"),
            Calcul(libelle="Montant proposé", valeur="40\u00a0000,00\u00a0€"),
        ),
        echeances=(
            Echeance(libelle="2 avril 2028", condition="", montant=Decimal("20000.00")),
            Echeance(libelle="2 mai 2028", condition="", montant=Decimal("20000.00")),
        ),
        suites=("Vous pouvez demander un paiement en plusieurs fois.",),
        delai_recours="2 mois",
        tribunal="Toulouse",
    )
