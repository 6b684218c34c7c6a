"""Typed data of the issued documents: one frozen dataclass per type."""

from dataclasses import dataclass

from ess_portal.documents.donnees.actes import (
    AccuseReception,
    AccuseRecours,
    AttestationTacite,
    LettreFinanciere,
    NotificationDecision,
    OrdreVersement,
)
from ess_portal.documents.donnees.contrats import (
    AvenantContrat,
    ContratAmorcage,
    ContratConsolide,
    ContratDotation,
)
from ess_portal.documents.donnees.demandes import (
    CertificatAdhesion,
    FormulaireAdhesion,
    LettreIntention,
    ProjetSante,
    RapportActivite,
)
from ess_portal.documents.donnees.preuves import DossierPreuves
from ess_portal.documents.donnees.structure import DonneesInvalides, depuis_json, vers_json
from ess_portal.documents.donnees.syntheses import SyntheseCampagne


@dataclass(frozen=True)
class Modele:
    """A type of document: its dataclass, its template's version, its French title."""

    classe: type
    titre: str
    version: str


# Raise the version whenever the template's text changes: a document says with which one it was made.
MODELES: dict[str, Modele] = {
    "lettre_intention": Modele(LettreIntention, "Lettre d’intention", "2026-11"),
    "accuse_reception": Modele(AccuseReception, "Accusé de réception", "2026-11.3"),
    "accuse_recours": Modele(AccuseRecours, "Accusé de réception d’un recours gracieux", "2026-11.1"),
    "notification_decision": Modele(NotificationDecision, "Notification de décision", "2026-11.5"),
    "attestation_tacite": Modele(AttestationTacite, "Attestation de décision implicite", "2026-11"),
    "contrat_amorcage": Modele(ContratAmorcage, "Contrat de crédit d’amorçage", "2026-11.1"),
    "contrat_dotation": Modele(ContratDotation, "Contrat de dotation annuelle", "2026-11.1"),
    "avenant_contrat": Modele(AvenantContrat, "Avenant", "2026-11.1"),
    "contrat_consolide": Modele(ContratConsolide, "Version consolidée", "2026-11.1"),
    "dossier_preuves": Modele(DossierPreuves, "Dossier de preuves de signature", "2026-11"),
    "formulaire_adhesion": Modele(FormulaireAdhesion, "Formulaire d’adhésion", "2026-11"),
    "certificat_adhesion": Modele(CertificatAdhesion, "Certificat d’adhésion", "2026-11"),
    "ordre_versement": Modele(OrdreVersement, "Ordre de versement", "2026-11"),
    "lettre_financiere": Modele(LettreFinanciere, "Courrier de récupération ou de résiliation", "2026-11"),
    "projet_sante": Modele(ProjetSante, "Projet de santé", "2026-11"),
    "rapport_activite": Modele(RapportActivite, "Rapport d’activité", "2026-11.3"),
    "synthese_campagne": Modele(SyntheseCampagne, "Synthèse de la campagne", "2026-11"),
}
# Their pages reserve a signature field per party, sealed in turn.
SCELLES = frozenset({"contrat_amorcage", "contrat_dotation", "avenant_contrat"})


def lire(type_document: str, brut: object):
    """The typed data of a document, or DonneesInvalides naming the field."""
    if type_document not in MODELES:
        raise DonneesInvalides(f"type de document inconnu : {type_document!r}")
    return depuis_json(MODELES[type_document].classe, brut)


__all__ = ["MODELES", "SCELLES", "DonneesInvalides", "Modele", "depuis_json", "lire", "vers_json"]
