"""Issue of documents: asked for with frozen data in the transaction of the act, rendered once by the worker, never again."""

import hashlib
import logging
import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction

from ess_portal.comptes.acteur import SYSTEME, Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.donnees import MODELES, lire, vers_json
from ess_portal.documents.models import Document
from ess_portal.documents.rendu import Rendu, RenduImpossible, rendre
from ess_portal.documents.services.scellement import a_la_production
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit

# A worker at work takes a few seconds; beyond, nobody is at work.
ATTENTE_DU_TRAVAILLEUR = timedelta(seconds=15)

journal = logging.getLogger(__name__)


@transaction.atomic
def demander_document(
    *,
    dossier=None,
    organisation=None,
    type: str,
    donnees,
    cle: str,
    acteur: Acteur,
    maintenant: datetime,
    titre: str = "",
) -> Document:
    """The row `a_produire`, its data checked and frozen, and the effect that renders it. The same key gives the same row.

    Of a dossier, or of an organisation (`documents.Document`). `donnees` is the type's dataclass or its JSON; DonneesInvalides names the
    field that does not fit.
    """
    titulaire = {"dossier": dossier, "organisation": organisation}
    existant = Document.objects.filter(**titulaire, cle=cle).order_by("version").last()
    if existant:
        return existant
    return _inscrire(titulaire, type, donnees, cle, acteur, maintenant, titre=titre)


@transaction.atomic
def nouvelle_version(*, document: Document, donnees, acteur: Acteur, maintenant: datetime) -> Document:
    """A correction: version n+1, linked to the one it replaces, whose bytes stay as they were issued."""
    ancien = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if hasattr(ancien, "remplace_par"):
        raise Conflit("document_deja_remplace", "Ce document a déjà été remplacé par une version plus récente.")
    titulaire = {"dossier": ancien.dossier, "organisation": ancien.organisation}
    return _inscrire(
        titulaire, ancien.type, donnees, ancien.cle, acteur, maintenant, titre=ancien.titre, remplace=ancien
    )


def _inscrire(
    titulaire: dict,
    type_,
    donnees,
    cle,
    acteur: Acteur,
    maintenant: datetime,
    *,
    titre: str = "",
    remplace: Document | None = None,
) -> Document:
    modele = MODELES[type_]
    typees = lire(type_, donnees if isinstance(donnees, dict) else vers_json(donnees))
    document = Document.objects.create(
        **titulaire,
        cle=cle,
        type=type_,
        titre=titre or modele.titre,
        version=remplace.version + 1 if remplace else 1,
        donnees=vers_json(typees),
        gabarit=f"{type_}@{modele.version}",
        cree_le=maintenant,
        remplace=remplace,
    )
    consigner(
        type="document_demande",
        acteur=acteur,
        maintenant=maintenant,
        dossier=document.dossier_id,
        organisation_id=document.organisation_id,
        donnees={"document": document.pk, "type": type_, "version": document.version, "cle": cle},
        effets=[Effet(type="document", cle=f"document:{document.pk}", charge={"document": str(document.pk)})],
    )
    return document


def produire(document_id: uuid.UUID) -> str:
    """Renders a document that still waits; the state after. Replayed, or lost to another worker, it changes nothing."""
    with comme_portail():
        document = _prendre(document_id)
        if document is None:
            return _etat(document_id)
        return _conclure(document, _mettre_en_page(document))


def produire_a_la_lecture(document: Document, *, maintenant: datetime) -> str:
    """Renders for its reader a document that the worker has left waiting, once whatever their number; the state after.

    Nothing is held while it is rendered but the place of the one reader who does it; the dossier is locked to write the outcome, before
    its journal is continued, as acts do.
    """
    if document.etat != Document.Etat.A_PRODUIRE or maintenant - document.cree_le < ATTENTE_DU_TRAVAILLEUR:
        return document.etat
    with comme_portail():
        if not _premier(document.pk) or _etat(document.pk) != Document.Etat.A_PRODUIRE:
            return _etat(document.pk)
        rendu = _mettre_en_page(document)
        dossiers = Document._meta.get_field("dossier").related_model.objects
        dossiers.select_for_update(of=("self",)).filter(pk=document.dossier_id).values_list("pk").first()
        attendu = _prendre(document.pk)
        return _etat(document.pk) if attendu is None else _conclure(attendu, rendu)


def _premier(document_id: uuid.UUID) -> bool:
    """Does this reader come before all those who read at the same time? The place is held to the end of his transaction."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"rendu:{document_id}"])
        return curseur.fetchone()[0]


def _prendre(document_id: uuid.UUID) -> Document | None:
    """The document that still waits, locked; None when it does not, or another is at it."""
    attendus = Document.objects.select_for_update(of=("self",), skip_locked=True)
    return attendus.filter(pk=document_id, etat=Document.Etat.A_PRODUIRE).first()


def _etat(document_id: uuid.UUID) -> str:
    return Document.objects.filter(pk=document_id).values_list("etat", flat=True).first() or ""


def _mettre_en_page(document: Document) -> Rendu | str:
    """The rendering, or why there is none."""
    try:
        return rendre(
            document.type,
            lire(document.type, document.donnees),
            titre=document.titre,
            version=document.version,
            code=document.code_verification,
        )
    except (RenduImpossible, ValueError) as erreur:
        return str(erreur)


def _conclure(document: Document, rendu: Rendu | str) -> str:
    if isinstance(rendu, str):
        return _echouer(document, rendu)
    document.octets, document.taille = rendu.octets, len(rendu.octets)
    document.empreinte = hashlib.sha256(rendu.octets).hexdigest()
    document.nombre_pages = rendu.nombre_pages
    document.etat, document.produit_le, document.erreur = Document.Etat.PRODUIT, horloge.maintenant(), ""
    document.save(update_fields=("octets", "taille", "empreinte", "nombre_pages", "etat", "produit_le", "erreur"))
    consigner(
        type="document_produit",
        acteur=SYSTEME,
        maintenant=document.produit_le,
        dossier=document.dossier_id,
        organisation_id=document.organisation_id,
        donnees={
            "document": document.pk,
            "type": document.type,
            "version": document.version,
            "empreinte": document.empreinte,
            "gabarit": document.gabarit,
        },
        effets=a_la_production(document),
    )
    return document.etat


def _echouer(document: Document, erreur: str) -> str:
    journal.error("document %s non produit : %s", document.pk, erreur)
    document.etat, document.erreur = Document.Etat.ECHEC, erreur[:300]
    document.save(update_fields=("etat", "erreur"))
    consigner(
        type="document_en_echec",
        acteur=SYSTEME,
        maintenant=horloge.maintenant(),
        dossier=document.dossier_id,
        organisation_id=document.organisation_id,
        donnees={"document": document.pk, "erreur": document.erreur},
    )
    return document.etat


@transaction.atomic
def relancer_production(*, document: Document, acteur: Acteur, maintenant: datetime) -> Document:
    """Puts a failed document back in the queue."""
    verrouille = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if verrouille.etat != Document.Etat.ECHEC:
        raise Conflit("document_pas_en_echec", "La production de ce document n’est pas en échec.")
    verrouille.etat = Document.Etat.A_PRODUIRE
    verrouille.save(update_fields=("etat",))
    consigner(
        type="document_relance",
        acteur=acteur,
        maintenant=maintenant,
        dossier=verrouille.dossier_id,
        organisation_id=verrouille.organisation_id,
        donnees={"document": verrouille.pk},
        effets=[
            Effet(
                type="document",
                cle=f"document:{verrouille.pk}:{maintenant.isoformat()}",
                charge={"document": str(verrouille.pk)},
            )
        ],
    )
    return verrouille


def produire_en_attente(*, limite: int = 50) -> int:
    """One pass over the documents still to render, oldest first; the count produced."""
    with comme_portail():
        attente = list(
            Document.objects.filter(etat=Document.Etat.A_PRODUIRE)
            .order_by("cree_le")
            .values_list("pk", flat=True)[:limite]
        )
    return sum(produire(document_id) == Document.Etat.PRODUIT for document_id in attente)
