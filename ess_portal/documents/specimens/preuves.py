"""The evidence file of a contract signed by two of three: one with its seal, one by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from ess_portal.documents.donnees.preuves import (
    ActePreuve,
    CachetPreuve,
    DossierPreuves,
    ExemplairePreuve,
    SignaturePreuve,
)
from ess_portal.documents.specimens.communs import OCCITANIE


def _empreinte(de: str) -> str:
    return sha256(de.encode()).hexdigest()


def dossier_preuves() -> DossierPreuves:
    texte, propose = _empreinte("texte"), datetime(2026, 4, 20, 8, 0, tzinfo=UTC)
    signe, pose = datetime(2026, 4, 22, 16, 4, tzinfo=UTC), datetime(2026, 4, 22, 16, 5, tzinfo=UTC)
    return DossierPreuves(
        reperes=replace(OCCITANIE, date_edition=date(2026, 4, 24)),
        etabli_le=datetime(2026, 4, 24, 9, 0, tzinfo=UTC),
        contrat="Contrat de crédit d’amorçage",
        version=3,
        statut="En signature",
        propose_le=propose,
        signe_le=None,
        date_effet=None,
        empreinte=texte,
        methode="SHA-256 du JSON du texte présenté, clés triées, UTF-8.",
        niveau="Signature électronique simple au sens du règlement (UE) n°\u00a0910/2014 (eIDAS).",
        adresse_ip="Non conservée\u00a0: l’identité est établie par le compte nominatif.",
        signatures=(
            SignaturePreuve(
                partie="L’ARS",
                organisation=OCCITANIE.ars.nom,
                nom="Mme Nadia Ferrand",
                qualite="Directrice adjointe",
                pouvoir="Par délégation de M. Luc Arnal (décision n°\u00a02026-12)",
                designe="M. Luc Arnal",
                signee_le=signe,
                moyen="mot de passe et code à usage unique",
                empreinte=texte,
                est_conforme=True,
                lu_le=datetime(2026, 4, 22, 15, 40, tzinfo=UTC),
                cachet=CachetPreuve(
                    etat="Apposé",
                    scelle_le=pose,
                    niveau="PAdES B-T",
                    est_horodate=True,
                    certificat="Portail des équipes de soins spécialisés, cachet",
                    empreinte_certificat=_empreinte("certificat"),
                    empreinte_fichier=_empreinte("fichier"),
                ),
            ),
            SignaturePreuve(
                partie="L’équipe",
                organisation=OCCITANIE.equipe,
                nom="Dr Julien Fabre",
                qualite="Président",
                pouvoir="",
                designe="Dr Julien Fabre",
                signee_le=datetime(2026, 4, 23, 7, 30, tzinfo=UTC),
                moyen="exemplaire signé à la main, confirmé par une autre partie",
                empreinte=texte,
                est_conforme=True,
                cachet=CachetPreuve(etat="À apposer"),
                exemplaire=ExemplairePreuve(
                    signe_jour=date(2026, 4, 21),
                    depose_par="Dr Julien Fabre",
                    depose_le=datetime(2026, 4, 22, 7, 0, tzinfo=UTC),
                    compare_par="Sophie Delmas",
                    compare_le=datetime(2026, 4, 23, 7, 30, tzinfo=UTC),
                    empreinte=_empreinte("papier"),
                ),
            ),
        ),
        restent=("la caisse",),
        code_document="SPEC 2MEN SPEC 2MEN",
        adresse_document="https://portail.exemple.fr/verifier/SPEC2MENSPEC2MEN/",
        empreinte_document=_empreinte("pdf"),
        journal=(
            ActePreuve(rang=41, acte="Contrat proposé", par="Agnès Morel", le=propose, empreinte=_empreinte("41")),
            ActePreuve(rang=44, acte="Signature", par="Mme Nadia Ferrand", le=signe, empreinte=_empreinte("44")),
        ),
    )
