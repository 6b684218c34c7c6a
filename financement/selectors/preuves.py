"""The evidence file of a contract: who signed, when, by what means, over which text, sealed in which bytes. JSON, for the three parties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from ess_portal.documents import reglages
from ess_portal.documents.models import Document, Lecture, Sceau
from ess_portal.journal.models import Evenement

from ..models import Contrat, Signature
from .contrat import EVENEMENTS

METHODE = (
    "SHA-256 du JSON de « texte_presente » sans « signatures », « date_effet » ni « date_fin » : clés triées, "
    "séparateurs « , » et « : » sans espace, UTF-8."
)
NIVEAU = (
    "Signature électronique simple au sens du règlement (UE) n° 910/2014 (eIDAS). Le portail atteste chaque signature "
    "par son cachet électronique (PAdES), qui ne se prévaut pas du niveau qualifié."
)
ADRESSE_IP = "Non conservée : l’identité est établie par le compte nominatif, le mot de passe et le code à usage unique, redemandés à l’acte."


def dossier_de_preuves(dossier: Dossier, contrat: Contrat, *, etabli_le: datetime) -> dict[str, Any]:
    """Plain JSON values; instants are UTC (ISO 8601)."""
    signatures = list(contrat.signatures.select_related("organisation").order_by("signee_le", "pk"))
    return {
        "objet": "Dossier de preuves de signature",
        "etabli_le": etabli_le,
        "dossier": dossier.numero,
        "contrat": {
            "type": contrat.get_type_display(),
            "version": contrat.version,
            "statut": contrat.get_statut_display(),
            "montant": str(contrat.montant),
            "propose_le": contrat.propose_le,
            "signe_le": contrat.signe_le,
            "date_effet": contrat.date_effet,
            "date_fin": contrat.date_fin,
            "motif": contrat.motif,
        },
        "niveau": NIVEAU,
        "adresse_ip": ADRESSE_IP,
        "empreinte_du_texte": contrat.empreinte,
        "methode_de_l_empreinte": METHODE,
        "texte_presente": contrat.contenu,
        "signatures": [_signature(s, contrat) for s in signatures],
        "document": _document(contrat.document, signatures) if contrat.document_id else None,
        "journal": _journal(dossier, contrat),
    }


def _signature(s: Signature, contrat: Contrat) -> dict[str, Any]:
    return {
        "partie": s.get_partie_display(),
        "organisation": s.organisation.nom,
        "nom": s.nom,
        "qualite": s.qualite,
        "pouvoir": s.pouvoir,
        "signee_le": s.signee_le,
        "identite_verifiee_par": s.moyen,
        "empreinte_signee": s.empreinte,
        "porte_sur_ce_texte": s.empreinte == contrat.empreinte,
    }


def _document(document: Document, signatures: list[Signature]) -> dict[str, Any]:
    """The file, its seals, and when each signatory first opened it (nobody else's readings)."""
    lectures = Lecture.objects.filter(document=document, utilisateur__in=[s.signataire_id for s in signatures])
    noms = {s.signataire_id: s.nom for s in signatures}
    return {
        "titre": document.titre,
        "code_de_verification": document.code_lisible,
        "adresse_de_verification": f"{reglages.adresse_publique()}/verifier/{document.code_verification}/",
        "empreinte": document.empreinte,
        "taille": document.taille,
        "produit_le": document.produit_le,
        "lu_la_premiere_fois": [{"nom": noms[x.utilisateur_id], "le": x.premiere_le} for x in lectures],
        "cachets": [
            {
                "pour": s.organisation,
                "signataire": s.nom,
                "etat": s.get_etat_display(),
                "rang": s.rang,
                "scelle_le": s.scelle_le,
                "niveau": s.niveau,
                "empreinte_du_fichier_scelle": s.empreinte,
                "certificat": s.certificat,
                "empreinte_du_certificat": s.certificat_empreinte,
            }
            for s in Sceau.objects.filter(document=document).order_by("acte_le", "pk")
        ],
    }


def _journal(dossier: Dossier, contrat: Contrat) -> list[dict[str, Any]]:
    """The chained events of this contract: each fingerprint continues the one before in the dossier's own chain."""
    lignes = Evenement.objects.filter(
        dossier=dossier, type__in=tuple(EVENEMENTS), donnees__contrat=contrat.pk
    ).order_by("seq")
    return [
        {
            "rang": e.seq,
            "acte": EVENEMENTS[e.type],
            "par": e.acteur_nom,
            "le": e.enregistre_le,
            "empreinte": e.empreinte,
            "precedent": e.precedent,
        }
        for e in lignes
    ]
