"""The evidence file of a contract: who signed, when, by what means, over which text, sealed in which bytes. JSON, for the three parties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from dossiers.services.emission import reperes
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents import reglages
from ess_portal.documents.donnees.preuves import (
    ActePreuve,
    CachetPreuve,
    DossierPreuves,
    ExemplairePreuve,
    SignaturePreuve,
)
from ess_portal.documents.models import Document, Lecture, Sceau
from ess_portal.journal.models import Evenement

from ..models import Contrat, Exemplaire, Signature
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


def en_document(dossier: Dossier, contrat: Contrat, *, etabli_le: datetime) -> DossierPreuves:
    """The same proofs, laid out to be read."""
    lues = dossier_de_preuves(dossier, contrat, etabli_le=etabli_le)
    document = lues["document"] or {}
    signatures = list(contrat.signatures.select_related("organisation").order_by("signee_le", "pk"))
    designes = Utilisateur.objects.in_bulk([u for s in signatures if (u := contrat.designe(s.partie))])
    return DossierPreuves(
        reperes=reperes(dossier, etabli_le),
        etabli_le=etabli_le,
        contrat=contrat.intitule,
        version=contrat.version,
        statut=contrat.get_statut_display(),
        propose_le=contrat.propose_le,
        signe_le=contrat.signe_le,
        date_effet=contrat.date_effet,
        empreinte=contrat.empreinte,
        methode=METHODE,
        niveau=NIVEAU,
        adresse_ip=ADRESSE_IP,
        signatures=_signatures(contrat, signatures, {pk: u.nom_complet for pk, u in designes.items()}),
        restent=tuple(
            Signature.Partie(p).label.replace("L’", "l’").replace("La ", "la ") for p in contrat.reste_a_signer()
        ),
        code_document=document.get("code_de_verification", ""),
        adresse_document=document.get("adresse_de_verification", ""),
        empreinte_document=document.get("empreinte", ""),
        journal=tuple(
            ActePreuve(rang=e["rang"], acte=e["acte"], par=e["par"], le=e["le"], empreinte=e["empreinte"])
            for e in lues["journal"]
        ),
    )


def _signatures(contrat: Contrat, signatures: list[Signature], designes: dict[int, str]) -> tuple[SignaturePreuve, ...]:
    cachets = {s.partie: s for s in Sceau.objects.filter(document=contrat.document_id)} if contrat.document_id else {}
    lectures = Lecture.objects.filter(
        document=contrat.document_id, utilisateur__in=[s.signataire_id for s in signatures]
    )
    lus = {x.utilisateur_id: x.premiere_le for x in lectures}
    papiers = contrat.exemplaires.filter(est_conforme=True).select_related("depose_par", "juge_par", "piece")
    exemplaires = {x.partie: x for x in papiers}
    return tuple(
        SignaturePreuve(
            partie=s.get_partie_display(),
            organisation=s.organisation.nom,
            nom=s.nom,
            qualite=s.qualite,
            pouvoir=s.pouvoir,
            designe=designes.get(contrat.designe(s.partie), ""),
            signee_le=s.signee_le,
            moyen=s.moyen,
            empreinte=s.empreinte,
            est_conforme=s.empreinte == contrat.empreinte,
            lu_le=lus.get(s.signataire_id),
            cachet=_cachet(cachets.get(s.partie)),
            exemplaire=_exemplaire(exemplaires.get(s.partie)),
        )
        for s in signatures
    )


def _cachet(sceau: Sceau | None) -> CachetPreuve | None:
    if sceau is None:
        return None
    return CachetPreuve(
        etat=sceau.get_etat_display(),
        scelle_le=sceau.scelle_le,
        niveau=sceau.niveau,
        est_horodate=sceau.niveau.endswith("B-T"),
        certificat=sceau.certificat,
        empreinte_certificat=sceau.certificat_empreinte,
        empreinte_fichier=sceau.empreinte,
    )


def _exemplaire(x: Exemplaire | None) -> ExemplairePreuve | None:
    if x is None:
        return None
    return ExemplairePreuve(
        signe_jour=x.signe_jour,
        depose_par=x.depose_par.nom_complet,
        depose_le=x.depose_le,
        compare_par=x.juge_par.nom_complet,
        compare_le=x.juge_le,
        empreinte=x.piece.empreinte,
    )
