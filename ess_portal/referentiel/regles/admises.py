"""What each setting means, which rule it belongs to and which values it takes (§11): what an administrator reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reglage:
    """`admises`: (code, label) pairs, empty where any value of the type fits."""

    libelle: str
    regle: str
    admises: tuple[tuple[str, str], ...] = ()


_REGIME = (("rejet", "Le silence vaut rejet"), ("acceptation", "Le silence vaut acceptation"))
_DEPART = (
    ("depot_li", "Dépôt de la lettre"),
    ("signature_contrat", "Signature du contrat"),
    ("validation_li", "Validation de la lettre"),
)
_FOI = (("notification", "Notification"), ("signature", "Signature"))

ADMISES: Mapping[str, Reglage] = {
    "mode_naissance": Reglage(
        "Naissance de la décision tacite", "CAL-2", (("quantieme", "Au quantième"), ("lendemain", "Un jour plus tard"))
    ),
    "date_reference_li": Reglage(
        "Date de référence de la lettre",
        "CAL-5",
        (("li_complete", "Lettre complète"), ("premier_depot", "Premier dépôt")),
    ),
    "depart_6_mois": Reglage("Départ des six mois du projet", "DL-2", _DEPART),
    "depart_18_mois": Reglage("Départ des dix-huit mois", "DL-5", _DEPART),
    "depart_1_an": Reglage(
        "Départ de l’année de mise en place",
        "DL-4",
        (("depot_projet", "Dépôt du projet"), ("validation_projet", "Validation du projet")),
    ),
    "depart_5_ans": Reglage(
        "Départ des cinq ans",
        "DL-6",
        (("validation_projet", "Validation du projet"), ("date_effet", "Effet de la dotation")),
    ),
    "delai_instruction_lettre": Reglage("Délai de décision sur la lettre", "DL-1"),
    "delai_instruction_projet": Reglage("Délai de décision sur le projet", "DL-3"),
    "delai_depot_projet": Reglage("Délai de dépôt du projet", "DL-2"),
    "delai_mission_complete": Reglage("Délai de mise en place des deux activités", "DL-4"),
    "delai_premiere_activite": Reglage("Délai de la première activité", "DL-5"),
    "delai_cible": Reglage("Délai de la cible d’adhérents", "DL-6"),
    "delai_retrait": Reglage("Délai de retrait d’une décision illégale", "DL-8"),
    "delai_observations": Reglage("Délai d’observations de l’équipe avant un retrait", "DL-8"),
    "delai_recours": Reglage("Délai de recours", "DL-9"),
    "delai_reponse_recours": Reglage("Délai de réponse à un recours gracieux", "CAL-6"),
    "delai_reponse_avenant": Reglage("Délai de réponse à une demande d’avenant", "CAL-6"),
    "delai_pieces": Reglage("Délai pour fournir les pièces", "DL-10"),
    "prorogation_jour_ouvre_porteur": Reglage("Report au jour ouvré des délais de l’équipe", "CAL-3"),
    "regime_recours_gracieux": Reglage("Silence sur un recours gracieux", "CAL-6", _REGIME),
    "regime_avenant": Reglage("Silence sur un avenant", "CAL-6", _REGIME),
    "fait_foi_lettre": Reglage("Ce qui fait foi pour la lettre", "CAL-7", _FOI),
    "fait_foi_projet": Reglage("Ce qui fait foi pour le projet", "CAL-7", _FOI),
    "preuve_notification": Reglage(
        "Preuve de la notification",
        "CAL-7",
        (
            ("mise_a_disposition", "Mise à disposition"),
            ("premiere_consultation", "Première consultation"),
            ("presentation", "Présentation du pli"),
        ),
    ),
    "delai_presentation": Reglage("Délai pour enregistrer la présentation d’un pli recommandé", "CAL-7"),
    "visa_decision": Reglage(
        "Visa d’un second agent avant une décision",
        "§3",
        (
            ("non", "Aucun"),
            ("refus", "Sur les refus et les rejets de recours"),
            ("toutes", "Sur toute décision, réponse à un recours comprise"),
        ),
    ),
    "calcul_recours": Reglage("Calcul du délai de recours", "DL-9", (("aucun", "Aucun"), ("franc", "Délai franc"))),
    "delai_avis_caisse": Reglage("Délai d’avis de la caisse", "AVI-1"),
    "accord_caisse_lettre": Reglage("Accord de la caisse requis sur la lettre", "AVI-1"),
    "opposition_caisse_bloque": Reglage("L’opposition de la caisse arrête la validation tacite", "AVI-2"),
    "delai_apres_opposition": Reglage("Délai de décision après opposition", "AVI-2"),
    "base_seuil_adherents": Reglage(
        "Base du seuil d’adhérents", "CRI-4", (("liberaux", "Libéraux"), ("medecins_presents", "Médecins présents"))
    ),
    "base_dix_medecins": Reglage(
        "Base des dix médecins", "CRI-1d", (("medecins_presents", "Médecins présents"), ("liberaux", "Libéraux"))
    ),
    "seuil_creation": Reglage("Seuil d’adhérents au départ, en\u00a0%", "CRI-4"),
    "seuil_intermediaire": Reglage("Cible intermédiaire, en\u00a0%", "CRI-4"),
    "seuil_cible": Reglage("Cible à cinq ans, en\u00a0%", "CRI-4"),
    "medecins_minimum": Reglage("Médecins présents au minimum", "CRI-1d"),
    "consultations_avancees": Reglage(
        "Consultations avancées", "MIS-2", (("optionnelles", "Facultatives"), ("obligatoires", "Obligatoires"))
    ),
    "document_deploiement": Reglage(
        "Document de déploiement",
        "deposer_projet",
        (("indispensable", "Indispensable"), ("demande", "Demandé ensuite")),
    ),
    "echeance_rapport": Reglage("Échéance du rapport d’activité", "IND-3"),
    "calendrier_transitoire": Reglage("Dernier jour d’un engagement transitoire", "TRA"),
    "seuil_tacite_imminent": Reglage("Tacite imminent", "Listes"),
    "seuil_tacite_rouge": Reglage("Tacite très proche", "Listes"),
    "horizon_echeances": Reglage("Échéances montrées d’avance", "Listes"),
    "groupes_specialites": Reglage("Groupes de spécialités propres à ce jeu", "CRI-1c"),
    "unicite_stricte": Reglage("Unicité stricte", "CRI-1c"),
    "cle": Reglage("Clé d’unicité", "CRI-1c", (("groupe", "Groupe de spécialités"), ("code", "Code de spécialité"))),
    "assouplissement": Reglage("Qui assouplit le périmètre", "CRI-1a", (("CPN", "CPN"), ("ARS", "ARS"))),
    "double_adhesion": Reglage("Double adhésion", "ADH-2", (("avertir", "Avertir"), ("bloquer", "Bloquer"))),
    "schema": Reglage(
        "Schéma du crédit d’amorçage",
        "FIN-1",
        (("50_50", "50\u00a0% puis 50\u00a0%"), ("100_signature", "100\u00a0% à la signature")),
    ),
    "montant_amorcage": Reglage("Crédit d’amorçage", "FIN-1"),
    "taux_transitoire": Reglage("Part transitoire, en\u00a0%", "TRA-3"),
    "exiger_personne_morale": Reglage("Personne morale exigée", "FIN-2"),
    "finess_requis_solde": Reglage("FINESS requis pour le solde", "FIN-2"),
    "finess_requis_dotation": Reglage("FINESS requis pour la dotation", "FIN-2"),
    "structure_porteuse": Reglage("Structure porteuse admise", "FIN-2"),
    "bareme": Reglage(
        "Barème de la dotation",
        "FIN-4",
        (("lineaire", "Linéaire"), ("mille_par_medecin", "1 000\u00a0€ par médecin"), ("table", "Table")),
    ),
    "bareme_table": Reglage("Table du barème, effectif et montant", "FIN-4"),
    "dotation_minimum": Reglage("Dotation minimale", "FIN-4"),
    "dotation_maximum": Reglage("Dotation maximale", "FIN-4"),
    "dotation_effectif_minimum": Reglage("Effectif de la dotation minimale", "FIN-4"),
    "dotation_effectif_maximum": Reglage("Effectif de la dotation maximale", "FIN-4"),
    "effectif": Reglage(
        "Effectif de la dotation",
        "FIN-5",
        (("moyenne_journaliere", "Moyenne journalière"), ("date_anniversaire", "À l’anniversaire")),
    ),
    "ordre": Reglage(
        "Ordre du calcul", "FIN-5", (("D(moyenne)", "Barème de la moyenne"), ("moyenne(D)", "Moyenne du barème"))
    ),
    "regularisation": Reglage("Régularisation annuelle", "FIN-7"),
    "sous_10": Reglage(
        "Moins de dix médecins",
        "FIN-8",
        (
            ("manuel", "À arbitrer"),
            ("plancher", "Plancher"),
            ("prorata_10", "Prorata de dix"),
            ("lineaire_prolonge", "Droite prolongée"),
            ("zero", "Zéro"),
        ),
    ),
    "comptes_dotation": Reglage(
        "Qui compte pour la dotation",
        "FIN-9",
        (
            ("medecins_hors_mg", "Médecins hors médecine générale"),
            ("liberaux", "Libéraux"),
            ("specialite", "Spécialité de l’équipe"),
        ),
    ),
    "prorata_resiliation": Reglage("Prorata de résiliation", "FIN-10", (("jours", "Au jour près"),)),
    "preavis": Reglage("Préavis de résiliation", "REC-2"),
    "delai_contradictoire": Reglage("Délai d’observations", "REC-1"),
    "delai_paiement": Reglage("Délai de remboursement", "REC-1"),
    "delai_ouverture_recuperation": Reglage("Délai d’ouverture de la récupération", "REC-1"),
    "duree_contrat_dotation": Reglage("Durée du contrat de dotation", "DUR-1"),
    "declencheur_chevauchement": Reglage(
        "Déclencheur du chevauchement", "TRA-6", (("signature", "Signature"), ("effet", "Effet"))
    ),
    "proposition_prorata": Reglage("Récupération proposée au prorata", "TRA-6"),
    "recuperation_24000": Reglage(
        "Récupération de la part transitoire", "TRA-7", (("arbitrage", "Arbitrage"), ("oui", "Oui"), ("non", "Non"))
    ),
    "depart_transitoire": Reglage(
        "Départ des délais transitoires",
        "TRA",
        (("engagement", "Engagement"), ("signature", "Signature"), ("aucun", "Aucun")),
    ),
    "date_cdc": Reglage("Validation du cahier des charges", "TRA"),
    "effet_contrats_minimum": Reglage("Premier effet possible d’un contrat", "FIN-3"),
    "alertes_fin_contrat": Reglage("Alertes de fin du contrat de dotation, en mois avant", "DUR-1"),
    "paliers_relance": Reglage("Relances, en jours avant", "REL-1"),
    "echelle_relance": Reglage("Relances, à qui selon les jours avant", "REL-1"),
    "paliers_derogation": Reglage("Alertes de dérogation, en jours avant", "DER-1"),
    "conservation_brouillon": Reglage("Conservation des brouillons", "RET-1"),
    "conservation_refuse": Reglage("Conservation des refus", "RET-1"),
    "conservation_verse": Reglage("Conservation des dossiers financés", "RET-1"),
    "conservation_adherents": Reglage("Conservation des adhésions", "RET-1"),
    "conservation_notifications": Reglage("Conservation des notifications lues", "RET-1"),
}
