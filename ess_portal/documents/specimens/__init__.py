"""Invented data for `manage.py specimen`, one builder per code; codes beyond the types are their variants."""

from collections.abc import Callable

from ess_portal.documents.specimens import actes, contrats, demandes, preuves, syntheses

SPECIMENS: dict[str, tuple[str, Callable[[], object]]] = {
    "lettre_intention": ("lettre_intention", demandes.lettre_intention),
    "accuse_reception": ("accuse_reception", actes.accuse_reception),
    "accuse_reception_complet": ("accuse_reception", actes.accuse_reception_complet),
    "accuse_reception_repris": ("accuse_reception", actes.accuse_reception_repris),
    "accuse_reception_incomplet": ("accuse_reception", actes.accuse_reception_incomplet),
    "accuse_recours": ("accuse_recours", actes.accuse_recours),
    "notification_decision": ("notification_decision", actes.notification_favorable),
    "notification_refus": ("notification_decision", actes.notification_refus),
    "notification_classement": ("notification_decision", actes.notification_classement),
    "notification_cloture": ("notification_decision", actes.notification_cloture),
    "mise_en_demeure": ("notification_decision", actes.mise_en_demeure),
    "reponse_recours": ("notification_decision", actes.reponse_recours),
    "attestation_tacite": ("attestation_tacite", actes.attestation_tacite),
    "contrat_amorcage": ("contrat_amorcage", contrats.contrat_amorcage),
    "contrat_amorcage_transitoire": ("contrat_amorcage", contrats.contrat_transitoire),
    "contrat_dotation": ("contrat_dotation", contrats.contrat_dotation),
    "avenant_contrat": ("avenant_contrat", contrats.avenant_contrat),
    "contrat_consolide": ("contrat_consolide", contrats.contrat_consolide),
    "dossier_preuves": ("dossier_preuves", preuves.dossier_preuves),
    "formulaire_adhesion": ("formulaire_adhesion", demandes.formulaire_adhesion),
    "certificat_adhesion": ("certificat_adhesion", demandes.certificat_adhesion),
    "ordre_versement": ("ordre_versement", actes.ordre_versement),
    "lettre_financiere": ("lettre_financiere", actes.lettre_financiere),
    "projet_sante": ("projet_sante", demandes.projet_sante),
    "rapport_activite": ("rapport_activite", demandes.rapport_activite),
    "synthese_campagne": ("synthese_campagne", syntheses.synthese_campagne),
}
