"""The guides, one per reader: their sections, and the section that helps on each page.

A section is written in `templates/aide/<guide>.html` under the same name; the tests hold that every page with something to fill in
has its section in the guide of each role that may open it, and that the pictures still show what the pages say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ess_portal.comptes.roles import Role


@dataclass(frozen=True)
class Guide:
    """`sections`: slug → title, in reading order. The first one also answers for the pages that are about nothing else."""

    titre: str
    resume: str
    sections: Mapping[str, str]


GUIDES: Mapping[str, Guide] = {
    "equipe": Guide(
        "Porteurs d’une équipe",
        "De la lettre d’intention à la dotation, entre deux consultations.",
        {
            "commencer": "Commencer",
            "lettre": "Écrire et déposer la lettre d’intention",
            "dates": "Suivre les dates",
            "echanges": "Répondre à une demande, échanger",
            "contrat": "Signer un contrat",
            "association": "Déclarer l’association et son IBAN",
            "projet": "Écrire le projet de santé",
            "adherents": "Inscrire les adhérents",
            "argent": "Comprendre les versements et la dotation",
            "rapport": "Rendre compte chaque année",
            "recours": "Contester une décision",
            "compte": "Votre compte et vos collègues",
        },
    ),
    "medecin": Guide(
        "Médecins adhérents",
        "Signer son adhésion, la retrouver, vérifier un document.",
        {
            "adherer": "Signer votre adhésion",
            "simuler": "Calculer une date, un seuil, une dotation",
            "verifier": "Vérifier un document",
        },
    ),
    "ars": Guide(
        "Agences régionales de santé",
        "Instruire, décider à temps, signer, suivre.",
        {
            "journee": "Votre journée",
            "dates": "Ne laisser passer aucune date",
            "instruire": "Instruire une lettre ou un projet",
            "decider": "Décider, et faire viser",
            "recours": "Recours et retraits",
            "derogations": "Dérogations et conflits de territoire",
            "contrat": "Contrats, clauses et avenants",
            "reprise": "Reprendre un dossier instruit ailleurs",
            "adherents": "Adhérents et seuils",
            "rapport": "Rapports d’activité et indicateurs",
            "argent": "Suivre l’argent, récupérer",
            "echanges": "Messages et pièces",
            "compte": "Votre compte et votre agence",
        },
    ),
    "caisse": Guide(
        "Caisses d’assurance maladie",
        "Donner un avis, signer, payer, contrôler.",
        {
            "journee": "Votre journée",
            "dates": "Lire les dates",
            "avis": "Rendre un avis, s’opposer",
            "contrat": "Signer les contrats",
            "argent": "Proposer et valider un versement",
            "banque": "Lots de paiement et rapprochement",
            "dotation": "Contrôler une année, établir le décompte",
            "recuperer": "Récupérer une somme",
            "adherents": "Adhérents et seuils",
            "rapport": "Rapports d’activité et indicateurs",
            "echanges": "Messages et pièces",
            "compte": "Votre compte et votre caisse",
        },
    ),
    "administration": Guide(
        "Administration régionale",
        "Voir ce qui est en retard, régler les paramètres, gérer les accès.",
        {
            "journee": "Voir la région d’un coup d’œil",
            "dossiers": "Lire un dossier",
            "parametres": "Régler les paramètres",
            "acces": "Organisations, personnes et accès",
            "annuaire": "Annuaire et démographie",
            "bac_a_sable": "Le bac à sable",
            "compte": "Votre compte",
        },
    ),
    "nationale": Guide(
        "Administration nationale",
        "Comparer les régions, fixer les règles nationales.",
        {
            "journee": "Voir toutes les régions",
            "dossiers": "Lire un dossier",
            "parametres": "Régler les paramètres nationaux",
            "acces": "Organisations, personnes et accès",
            "annuaire": "Annuaire et démographie",
            "bac_a_sable": "Le bac à sable",
            "compte": "Votre compte",
        },
    ),
    "tableaux": Guide(
        "Tableaux de bord",
        "Ce que chacun montre, sur un écran, sur un téléphone et sur le papier.",
        {
            "instructeur": "Échéances",
            "calendrier": "Calendrier",
            "activite": "Activité",
            "region": "La région",
            "conformite": "Conformité",
            "evaluation": "Évaluation",
            "budget": "Budget",
            "nation": "Toutes les régions",
            "equipe": "L’équipe",
            "observatoire": "Observatoire public",
        },
    ),
}

GUIDE_DE: Mapping[Role, str] = {
    Role.PORTEUR_REFERENT: "equipe",
    Role.PORTEUR_COLLABORATEUR: "equipe",
    Role.ARS_INSTRUCTEUR: "ars",
    Role.ARS_SIGNATAIRE: "ars",
    Role.CAISSE_INSTRUCTEUR: "caisse",
    Role.CAISSE_ORDONNATEUR: "caisse",
    Role.ADMIN_REGIONAL: "administration",
    Role.ADMIN_NATIONAL: "nationale",
}
SANS_COMPTE = "medecin"


def section(vue: str, guide: str, acte: str = "") -> str:
    """The section of this guide that helps on this page; `acte`: the act that the page does, when it is one. "" for none of its own."""
    sections = GUIDES[guide].sections
    voulues = SECTIONS_DES_ACTES.get(acte, ()) if acte else ()
    return next((nom for nom in (*voulues, *SECTIONS.get(vue, ())) if nom in sections), "")


# View name → sections, the first one that the reader's guide has.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "accueil",
            "dossiers",
            "pilotage",
            "agenda",
            "activite",
            "evaluation",
            "synthese",
            "conformite",
            "territoires",
            "notifications",
            "exports",
            "export",
            "export_nouveau",
            "export_refaire",
        ),
        ("commencer", "journee", "adherer"),
    ),
    **dict.fromkeys(
        (
            "affichage",
            "affichage_colonnes",
            "vue_enregistrer",
            "vue_supprimer",
            "vue_ouverture",
            "groupee_choisir",
            "groupee_lancer",
            "groupee",
            "raccourcis",
        ),
        ("commencer", "journee"),
    ),
    "acte": ("journee", "commencer", "dossiers"),
    "dossier_nouveau": ("lettre",),
    **dict.fromkeys(("dossier", "journal", "dossier_au", "mission", "gouvernance"), ("dates", "dossiers")),
    **dict.fromkeys(("lettre_recapitulatif", "lettre_etape"), ("lettre",)),
    "lettre_recue": ("instruire",),
    "projet_rubrique": ("projet",),
    **dict.fromkeys(("messages", "messages_fil", "documents", "piece_deposer"), ("echanges", "dossiers")),
    **dict.fromkeys(("echeances", "calendriers"), ("dates", "dossiers", "compte")),
    **dict.fromkeys(("juger", "grille", "critere"), ("instruire", "projet", "avis", "dossiers")),
    "derogations": ("derogations", "projet", "avis", "dossiers"),
    **dict.fromkeys(("motivations", "motivation_nouvelle", "motivation"), ("decider", "parametres")),
    **dict.fromkeys(("strategies", "strategie_nouvelle", "strategie"), ("instruire", "avis", "dossiers")),
    **dict.fromkeys(
        (
            "adherents",
            "adherent",
            "adherent_ajouter",
            "adherents_importer",
            "adherents_confirmer",
            "adherent_acte",
            "seuils",
        ),
        ("adherents", "dossiers"),
    ),
    **dict.fromkeys(("adhesion_signer", "adhesion_code"), ("adherer",)),
    **dict.fromkeys(("clausiers", "clausier", "clausier_article", "clausier_apercu"), ("contrat", "parametres")),
    **dict.fromkeys(
        (
            "contrats_dossier",
            "contrat",
            "contrat_consolide",
            "contrat_preuves",
            "contrat_preuves_pdf",
            "series",
            "serie_nouvelle",
            "serie",
            "delegations",
        ),
        ("contrat", "dossiers"),
    ),
    "delegation_revoquer": ("contrat",),
    "dossier_reprendre": ("reprise",),
    **dict.fromkeys(
        ("versements", "versements_dossier", "comptes_dossier", "budget"), ("argent", "journee", "dossiers")
    ),
    "dotation_dossier": ("dotation", "argent", "dossiers"),
    **dict.fromkeys(("recuperation", "recuperations"), ("recuperer", "argent", "dossiers")),
    **dict.fromkeys(("lots", "lots_compte", "lot", "rapprochements", "rapprochement"), ("banque",)),
    **dict.fromkeys(
        ("rapports", "rapport", "rapport_pieces", "compteurs", "compteurs_importer"), ("rapport", "dossiers")
    ),
    **dict.fromkeys(
        ("simulateurs", "simulateur_dotation", "simulateur_echeances", "simulateur_seuils", "simulateur_identifiants"),
        ("simuler", "dates", "journee"),
    ),
    "verifier": ("verifier", "echanges", "dossiers"),
    **dict.fromkeys(("demographie", "annuaire", "annuaire_rejets"), ("annuaire", "adherents")),
    **dict.fromkeys(("parametres", "parametres_nouveau", "parametres_jeu"), ("parametres",)),
    **dict.fromkeys(("administration", "administration_organisations", "personnes", "personne"), ("acces",)),
    **dict.fromkeys(("bac_a_sable", "courriels", "courriel"), ("bac_a_sable",)),
    **dict.fromkeys(
        ("organisation", "organisation_fiche", "organisation_inviter", "organisation_coordonnees", "rattachement_role"),
        ("compte", "acces"),
    ),
    **dict.fromkeys(("rattachement_retirer", "rattachement_absence", "invitation_annuler"), ("compte", "acces")),
    **dict.fromkeys(("compte", "compte_identite", "absence", "jeton_nouveau", "notifications_reglages"), ("compte",)),
    **dict.fromkeys(("account_email", "account_change_password", "account_set_password", "mfa_index"), ("compte",)),
}

SECTIONS_DES_ACTES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("deposer_lettre", "completer_lettre", "abandonner"), ("lettre",)),
    **dict.fromkeys(("deposer_projet", "completer_projet", "actualiser_projet"), ("projet",)),
    **dict.fromkeys(("declarer_activite", "actualiser_mission"), ("projet",)),
    **dict.fromkeys(("declarer_association", "corriger_association", "enregistrer_iban"), ("association",)),
    **dict.fromkeys(("rendre_avis", "aviser_derogation"), ("avis",)),
    **dict.fromkeys(("valider_lettre", "valider_projet", "refuser_lettre", "refuser_projet"), ("decider",)),
    **dict.fromkeys(("viser_decision", "renoncer_decision", "statuer_retard", "classer"), ("decider",)),
    **dict.fromkeys(("demander_pieces_lettre", "demander_pieces_projet", "enregistrer_pieces"), ("instruire",)),
    **dict.fromkeys(("enregistrer_projet", "lever_demande", "examiner_activite", "attribuer_finess"), ("instruire",)),
    **dict.fromkeys(("former_recours_gracieux", "completer_recours", "enregistrer_recours"), ("recours",)),
    **dict.fromkeys(("demander_pieces_recours", "repondre_recours", "enregistrer_presentation"), ("recours",)),
    **dict.fromkeys(("retirer_refus_lettre", "retirer_refus_projet"), ("recours",)),
    **dict.fromkeys(("retirer_validation_lettre", "retirer_validation_projet"), ("recours",)),
    **dict.fromkeys(("demander_derogation", "envoyer_derogation", "statuer_derogation"), ("derogations", "projet")),
    **dict.fromkeys(("enregistrer_derogation", "corriger_derogation", "assouplir_perimetre"), ("derogations",)),
    **dict.fromkeys(("proposer_versement", "valider_versement", "marquer_paye", "annuler_versement"), ("argent",)),
    "confirmer_iban": ("argent",),
    **dict.fromkeys(("controler_annee", "etablir_decompte"), ("dotation",)),
    **dict.fromkeys(
        ("ouvrir_recuperation", "decider_recuperation", "abandonner_recuperation"), ("recuperer", "argent")
    ),
    **dict.fromkeys(("fixer_audience", "consigner_audience", "echelonner_recuperation"), ("recuperer", "argent")),
    **dict.fromkeys(("enregistrer_remboursement", "proposer_remise", "confirmer_mouvement"), ("recuperer", "argent")),
    **dict.fromkeys(("presenter_observations", "annuler_mouvement"), ("recuperer", "argent")),
    **dict.fromkeys(("proposer_contrat_amorcage", "proposer_contrat_dotation", "refuser_contrat"), ("contrat",)),
    **dict.fromkeys(
        ("signer_amorcage", "signer_dotation", "renouveler_dotation", "signer_par_delegation"), ("contrat",)
    ),
    **dict.fromkeys(("deposer_exemplaire", "juger_exemplaire", "resilier", "notifier_manquements"), ("contrat",)),
    **dict.fromkeys(
        ("demander_avenant", "repondre_demande_avenant", "proposer_avenant", "signer_avenant"), ("contrat",)
    ),
    **dict.fromkeys(("completer_demande_avenant", "repondre_manquements", "abandonner_resiliation"), ("contrat",)),
    "declarer_financement_ars": ("reprise",),
}
