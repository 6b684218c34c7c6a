"""Items that answer a request, sent by the équipe or entered by the ARS from its post: the last one restarts the clock (CAL-6, CAL-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local

from ..models import DemandePieces, Dossier, Message
from ..regles.depots import verifier_pieces
from ..regles.statuts import Statut
from . import cycle, emission
from .courriels import courriel
from .echeances import materialiser
from .instants import instant_legal
from .pieces import OBJETS


@transaction.atomic
def completer(
    *,
    numero: str,
    acteur: Acteur,
    maintenant: datetime,
    reponses: Sequence[int] = (),
    fichiers: Sequence[Any] = (),
    texte: str = "",
    **_: Any,
) -> Dossier:
    """The équipe answers the open request: `reponses` = ranks of the items it brings, `fichiers` = their files.

    The clock restarts from zero when the last indispensable item is in; until then the state stays and what came is kept.
    """
    dossier, demande = _demande_en_cours(numero, acteur, maintenant)
    if not reponses and not fichiers and not texte.strip():
        raise ErreurMetier(
            "pieces",
            "Joignez au moins une pièce ou cochez celles que vous fournissez.",
            {"reponses": "Cochez les pièces fournies."},
        )
    jour = jour_local(maintenant, dossier.fuseau)
    return _recevoir(
        dossier, demande, f"completer_{demande.objet}", jour, reponses, fichiers, texte, acteur, maintenant
    )


@transaction.atomic
def enregistrer_pieces(
    *,
    numero: str,
    date_reception: date,
    reponses: Sequence[int],
    fichiers: Sequence[Any],
    acteur: Acteur,
    maintenant: datetime,
    texte: str = "",
) -> Dossier:
    """Items that came by post, entered by the ARS with the day it received them (CAL-8): the clock restarts from that day (CAL-6).

    An item that had come already keeps its earlier day. Raises ErreurMetier for a day to come or before the request, without item
    ticked or without scan, or when every item ticked had come by that day.
    """
    dossier, demande = _demande_en_cours(numero, acteur, maintenant)
    erreurs = verifier_pieces(
        date_reception, aujourdhui=jour_local(maintenant, dossier.fuseau), demandee_le=demande.demandee_le
    )
    if not reponses:
        erreurs["reponses"] = "Cochez les pièces reçues."
    elif not _nouvelles(demande, reponses, date_reception):
        erreurs["reponses"] = (
            "Ces pièces sont déjà enregistrées, reçues ce jour-là ou avant\u00a0: cochez celles qui manquent."
        )
    if not fichiers:
        erreurs["fichiers"] = "Joignez les pièces numérisées."
    if erreurs:
        raise ErreurMetier("pieces", "Certaines informations sont à corriger.", erreurs)
    return _recevoir(
        dossier, demande, "enregistrer_pieces", date_reception, reponses, fichiers, texte, acteur, maintenant
    )


def _demande_en_cours(numero: str, acteur: Acteur, maintenant: datetime) -> tuple[Dossier, DemandePieces]:
    """The dossier and its open indispensable request, both locked. Raises Conflit without one."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    demande = (
        DemandePieces.objects.select_for_update()
        .filter(dossier=dossier, est_indispensable=True, recue_le__isnull=True, levee_le__isnull=True)
        .first()
    )
    if Statut(dossier.statut) not in OBJETS or demande is None:
        raise Conflit("etat", "Aucune demande de pièces n’est en cours.")
    return dossier, demande


def _nouvelles(demande: DemandePieces, reponses: Sequence[int], jour: date) -> set[int]:
    """The ranks among `reponses` that a receipt on `jour` brings, or brings earlier than what is entered."""
    return {
        n for n, i in enumerate(demande.items) if n in reponses and (not i["recue_le"] or str(jour) < i["recue_le"])
    }


def _recevoir(
    dossier: Dossier,
    demande: DemandePieces,
    transition: str,
    jour: date,
    reponses: Sequence[int],
    fichiers: Sequence[Any],
    texte: str,
    acteur: Acteur,
    maintenant: datetime,
) -> Dossier:
    """Keeps what came on `jour`; the last indispensable item moves the dossier by `transition`."""
    for fichier in fichiers:
        deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="complement",
            libelle=f"Complément\u00a0: {fichier.name}"[:200],
            acteur=acteur,
            maintenant=maintenant,
            objet=demande.objet,
        )
    # The same item may come twice, online and by post: the first receipt counts.
    rangs = _nouvelles(demande, reponses, jour)
    demande.items = [i | ({"recue_le": str(jour)} if n in rangs else {}) for n, i in enumerate(demande.items)]
    arrivees = [i["recue_le"] for i in demande.items if i["indispensable"]]
    complete = all(arrivees)
    # Post is entered in any order: the last receipt is the latest day, not the last entry.
    demande.recue_le = max(map(date.fromisoformat, arrivees)) if complete else None
    demande.save()
    if texte.strip():
        Message.objects.create(
            dossier=dossier,
            fil="partage",
            auteur_id=acteur.utilisateur_id,
            auteur_nom=acteur.nom,
            organisation_id=acteur.organisation_id,
            texte=texte.strip(),
            ecrit_le=maintenant,
            lu_par=[acteur.organisation_id],
        )
    legal_le = None
    if transition == "enregistrer_pieces":
        legal_le = instant_legal(dossier, demande.recue_le or jour, maintenant)
    donnees = {
        "demande": demande.pk,
        "objet": demande.objet,
        "items": demande.items,
        "complete": complete,
        "recues_le": jour,
    }
    envoi = f"complement:{demande.pk}:{jour}:{sum(1 << n for n in rangs):x}{':complet' if complete else ''}"
    destinataires = {dossier.equipe_id, dossier.ars_id, dossier.caisse_id} - {acteur.organisation_id}
    effets = [
        courriel(dossier, "pieces_recues", f"{envoi}:{o}", organisation=o, complete=complete)
        for o in sorted(destinataires)
    ]
    if complete:
        dossier = cycle.appliquer(
            dossier, transition, acteur=acteur, maintenant=maintenant, legal_le=legal_le, donnees=donnees, effets=effets
        )
        emission.accuser_complement(dossier, demande, acteur=acteur, maintenant=maintenant)
        # Received long ago and entered now: silence may have decided since (CAL-9).
        if materialiser(numero=dossier.numero, maintenant=maintenant):
            return Dossier.objects.get(pk=dossier.pk)
        return dossier
    consigner(
        type="completer_en_partie",
        acteur=acteur,
        maintenant=maintenant,
        legal_le=legal_le,
        dossier=dossier,
        donnees=donnees,
        effets=effets,
    )
    return dossier
