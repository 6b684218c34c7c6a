"""One state, one label per reader, and the words of the journal."""

from __future__ import annotations

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation

from .regles.statuts import LIBELLES, Statut

S = Statut
_ETATS: dict[Statut, tuple[str, dict[str, str]]] = {
    S.BROUILLON: ("neutre", {"equipe": "À vous de déposer la lettre"}),
    S.LETTRE_DEPOSEE: (
        "attente",
        {"equipe": "En attente de l’ARS", "ars": "En attente de votre décision", "caisse": "En attente de l’ARS"},
    ),
    S.LETTRE_INCOMPLETE: (
        "alerte",
        {"equipe": "À compléter par vous", "ars": "En attente de l’équipe", "caisse": "En attente de l’équipe"},
    ),
    S.LETTRE_VALIDEE: (
        "succes",
        {
            "equipe": "Lettre validée\u00a0: contrat à signer",
            "ars": "Lettre validée\u00a0: contrat à signer",
            "caisse": "Lettre validée\u00a0: contrat à signer",
        },
    ),
    S.LETTRE_REFUSEE: ("erreur", {}),
    S.AMORCAGE_SIGNE: (
        "succes",
        {
            "equipe": "À vous de déposer le projet",
            "ars": "En attente du projet de santé",
            "caisse": "En attente du projet de santé",
        },
    ),
    S.PROJET_DEPOSE: (
        "attente",
        {
            "equipe": "En attente de l’ARS et de la caisse",
            "ars": "En attente de votre décision",
            "caisse": "En attente de l’ARS",
        },
    ),
    S.PROJET_INCOMPLET: (
        "alerte",
        {"equipe": "À compléter par vous", "ars": "En attente de l’équipe", "caisse": "En attente de l’équipe"},
    ),
    S.PROJET_REFUSE: ("erreur", {"equipe": "Projet refusé\u00a0: vous pouvez en déposer un autre"}),
    S.PROJET_VALIDE: (
        "succes",
        {"equipe": "Projet validé\u00a0: association à déclarer", "ars": "Numéro FINESS à enregistrer"},
    ),
    S.FINESS_ATTRIBUE: (
        "succes",
        {
            "equipe": "Contrat de dotation à signer",
            "ars": "Contrat de dotation à signer",
            "caisse": "Contrat de dotation à signer",
        },
    ),
    S.DOTATION_ACTIVE: ("succes", {}),
    S.RESILIE: ("neutre", {}),
    S.CLOS: ("neutre", {}),
}


def etat_lu(statut: str, acteur: Acteur | None) -> tuple[str, str]:
    """(variant of the badge, label) of a state for this reader."""
    variante, par_lecteur = _ETATS[Statut(statut)]
    lecteur = acteur.type if acteur else TypeOrganisation.ADMINISTRATION
    return variante, par_lecteur.get(lecteur, LIBELLES[Statut(statut)])


OBJETS = {"lettre": "Lettre d’intention", "projet": "Projet de santé", "dotation": "Dotation annuelle"}

REGLES = {
    "DL-1": "Décision de l’ARS sur la lettre",
    "DL-2": "Dépôt du projet de santé",
    "DL-3": "Décision sur le projet de santé",
    "DL-4": "Les deux activités de la mission socle en place",
    "DL-5": "Au moins une activité de la mission socle déployée",
    "DL-6": "Cinq ans\u00a0: 50\u00a0% d’adhérents et consultation traçable",
    "DL-7": "Anniversaire\u00a0: contrôle et versement de la dotation",
    "DL-8": "Fin du délai de retrait de la décision",
    "DL-9": "Fin du délai de recours",
    "DL-10": "Pièces à fournir",
    "CAL-6": "Réponse de l’ARS au recours gracieux",
    "CAL-6-A": "Réponse de l’ARS au recours gracieux",
    "DUR-1": "Fin du contrat de dotation",
    "AVI": "Avis de la caisse",
    "AVI-2": "Décision expresse sur le projet, après l’opposition de la caisse",
}

QUI = {"ars": "ARS", "caisse": "Caisse", "equipe": "Équipe"}

EVENEMENTS = {
    "creer_dossier": "Dossier ouvert",
    "deposer_lettre": "Lettre d’intention déposée",
    "valider_lettre": "Lettre validée par l’ARS",
    "valider_lettre_tacite": "Lettre réputée validée",
    "refuser_lettre": "Lettre refusée",
    "demander_pieces_lettre": "Pièces indispensables demandées",
    "demander_pieces_projet": "Pièces indispensables demandées",
    "demander_precision": "Précision demandée, sans effet sur le délai",
    "completer_lettre": "Lettre complétée",
    "completer_projet": "Projet complété",
    "enregistrer_lettre": "Lettre reçue hors du portail, enregistrée par l’ARS",
    "transmettre_lettre": "Lettre transmise à l’ARS compétente",
    "enregistrer_projet": "Projet de santé reçu par courrier, enregistré par l’ARS",
    "enregistrer_pieces": "Pièces reçues par courrier, enregistrées par l’ARS",
    "completer_en_partie": "Pièces reçues en partie",
    "lever_demande": "Demande de pièces levée",
    "classer": "Dossier classé",
    "retirer_refus_lettre": "Refus de la lettre retiré",
    "retirer_refus_projet": "Refus du projet retiré",
    "retirer_validation_lettre": "Validation de la lettre retirée",
    "retirer_validation_projet": "Validation du projet retirée",
    "signer_amorcage": "Contrat de crédit d’amorçage signé",
    "signer_dotation": "Contrat de dotation signé",
    "renouveler_dotation": "Dotation renouvelée",
    "deposer_projet": "Projet de santé déposé",
    "valider_projet": "Projet validé par l’ARS",
    "valider_projet_tacite": "Projet réputé validé",
    "refuser_projet": "Projet refusé",
    "preparer_decision": "Décision préparée, en attente de visa",
    "signer_refus": "Refus signé, en attente de la preuve de sa notification",
    "enregistrer_presentation": "Présentation du pli recommandé enregistrée",
    "renoncer_decision": "Décision en attente abandonnée",
    "former_recours_gracieux": "Recours gracieux formé par l’équipe",
    "enregistrer_recours": "Recours gracieux reçu par courrier, enregistré par l’ARS",
    "demander_pieces_recours": "Pièces demandées pour le recours gracieux",
    "completer_recours": "Pièces reçues pour le recours gracieux",
    "repondre_recours": "Réponse de l’ARS au recours gracieux",
    "clore_recours": "Recours gracieux devenu sans objet",
    "rejeter_recours_implicite": "Recours gracieux rejeté par le silence",
    "accepter_recours_implicite": "Recours gracieux accepté par le silence",
    "rendre_avis": "Avis de la caisse rendu",
    "avis_non_rendu": "Avis de la caisse non rendu à la date attendue",
    "declarer_association": "Association déclarée",
    "corriger_association": "Informations de l’association corrigées",
    "attribuer_finess": "Numéro FINESS enregistré",
    "declarer_activite": "Activité de la mission déclarée",
    "confirmer_activite": "Activité confirmée",
    "ecarter_activite": "Activité écartée",
    "actualiser_projet": "Projet actualisé",
    "statuer_retard": "Décision sur le retard",
    "transferer": "Dossier transféré",
    "sortir_du_champ": "Sortie du champ conventionnel",
    "abandonner": "Projet abandonné par l’équipe",
    "resilier": "Contrat résilié",
    "expirer": "Contrat de dotation arrivé à son terme",
    "message": "Message écrit",
    "message_prive": "Message entre l’ARS et la caisse",
    "juger": "Critère examiné",
    "derogation": "Dérogation enregistrée",
    "creer_instance": "Instance ajoutée",
    "dissoudre_instance": "Instance dissoute",
    "ajouter_siege": "Siège ajouté",
    "corriger_siege": "Siège modifié",
    "enregistrer_consultation": "Consultation des acteurs enregistrée",
    "ajouter_cooperation": "Coopération ajoutée",
    "corriger_cooperation": "Coopération modifiée",
    "actualiser_mission": "Fiche de mission mise à jour",
    "calendrier_cree": "Calendrier d’échéances créé",
    "calendrier_revoque": "Calendrier d’échéances révoqué",
    "motivation": "Texte de motivation enregistré",
    "motivation_retiree": "Texte de motivation retiré",
    "strategie": "Stratégie régionale enregistrée",
    "suivre": "Dossier affecté",
    "faire_tache": "Tâche close",
    "projet_tardif": "Projet non déposé dans les six mois",
    "mission_incomplete": "Mission socle incomplète à un an",
    "aucune_activite_18_mois": "Aucune activité socle à dix-huit mois",
    "anniversaire": "Anniversaire du contrat",
    "seuil_rompu": "Seuil d’adhérents qui n’est plus atteint",
    "ajouter_adherent": "Professionnel invité à adhérer",
    "envoyer_lien_adhesion": "Lien de signature envoyé",
    "annuler_invitation": "Invitation annulée",
    "decliner_adhesion": "Adhésion déclinée par le professionnel",
    "signer_adhesion": "Adhésion signée",
    "sortir_adherent": "Sortie d’un adhérent",
    "changer_exercice": "Exercice d’un adhérent changé à une date",
    "corriger_adhesion": "Adhésion corrigée",
    "retirer_adhesion": "Adhésion enregistrée par erreur, retirée",
    "importer_adherents": "Liste d’adhérents importée",
    "effacer_personne": "Données personnelles effacées",
    "refuser_effacement": "Effacement demandé, refusé à cette date",
    "repondre_acces": "Réponse à une demande d’accès",
    "importer_demographie": "Chiffres de démographie médicale importés",
    "fin_du_retrait": "Fin du délai de retrait",
    "fin_du_recours": "Fin du délai de recours",
    "decision_expresse_en_retard": "Décision expresse en retard, après l’opposition de la caisse",
    "pieces_non_recues": "Pièces indispensables non reçues à temps",
    "cinq_ans": "Cinq ans après la validation du projet",
    "document_demande": "Document émis",
    "document_produit": "Document mis en page et scellé",
    "document_en_echec": "Document qui n’a pas pu être produit",
    "document_relance": "Document produit de nouveau",
    "document_lu": "Document lu",
    "piece_deposee": "Pièce déposée",
    "piece_analysee": "Pièce contrôlée, sans virus",
    "piece_refusee": "Pièce refusée au contrôle",
    "piece_consultee": "Pièce lue",
    "enregistrer_iban": "Coordonnées bancaires enregistrées",
    "confirmer_iban": "Coordonnées bancaires confirmées",
    "declarer_financement_ars": "Financement antérieur de l’ARS enregistré",
    "proposer_versement": "Versement proposé",
    "valider_versement": "Versement validé",
    "marquer_paye": "Versement payé",
    "annuler_versement": "Versement annulé",
    "deposer_rapport": "Rapport d’activité déposé",
    "valider_rapport": "Rapport d’activité validé",
    "demander_correction_rapport": "Correction du rapport d’activité demandée",
    "refuser_contrat": "Contrat refusé par une des parties",
    "equipe_creee": "Espace de l’équipe créé",
    "coordonnees": "Coordonnées de l’organisation changées",
    "rattachement": "Accès donné à une personne",
    "rattachement_retire": "Accès retiré à une personne",
    "role_change": "Rôle d’une personne changé",
    "chef_de_service": "Chef de service désigné",
    "invitation": "Personne invitée",
    "invitation_annulee": "Invitation annulée",
    "importer_annuaire": "Annuaire des professionnels importé",
    "jeu_parametres": "Jeu de paramètres activé",
    "reprendre": "Dossier repris, instruit hors du portail",
    "fin_par_retrait": "Contrat résilié par le retrait de la validation",
    "reprendre_contrat": "Contrat repris, signé hors du portail",
    "reprendre_versement": "Versement repris, fait hors du portail",
    "signature_contrat": "Contrat signé par une des trois parties",
    "proposer_contrat_amorcage": "Contrat de crédit d’amorçage proposé",
    "proposer_contrat_dotation": "Contrat de dotation proposé",
}


def evenement(type_: str) -> str:
    """A readable title for an event; acts of the apps above name theirs by their action."""
    return EVENEMENTS.get(type_) or type_.replace("_", " ").capitalize()
