"""Filings that did not come through the portal, entered by the ARS with their real days (CAL-8): the projet, and what a letter shares with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.services import deposer_piece
from ess_portal.referentiel import services as referentiel
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local

from .. import faits, grille
from ..models import Decision, Depot, Dossier, Echeance, ProjetSante, Tache
from ..regles.depots import verifier_depot
from . import cycle, emission, recours_issue
from .courriels import courriel
from .echeances import materialiser
from .instants import instant, instant_legal
from .lettre import demander_avis, inscrire_depot

CORRIGER = "Certaines informations sont à corriger."
SANS_SCAN = "Joignez ce que vous avez reçu, numérisé."


@transaction.atomic
def enregistrer_projet(
    *,
    numero: str,
    date_depot: date,
    date_reception: date,
    fichiers: Sequence[Any],
    acteur: Acteur,
    maintenant: datetime,
) -> Dossier:
    """A projet received by post: its postmark holds DL-2, its receipt starts DL-3 (CAL-8). The équipe's own draft stays, one version up.

    Raises ErreurMetier for days that do not hold together (to come, out of order, before the decision that opens the filing) or
    without scan. A projet that came before the letter's validation counts is entered from that day on: DL-3 has nothing to run on before
    it (a reading of §3); the postmark stays its own.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    lettre = Depot.objects.filter(dossier=dossier, objet="lettre").order_by("-version").first()
    erreurs = verifier_depot(
        date_depot,
        date_reception,
        aujourdhui=jour,
        apres=lettre.date_depot if lettre else None,
        fait="celui de la lettre d’intention",
        recevable_le=_lettre_validee_le(dossier),
    )
    refus = (
        Decision.objects.filter(dossier=dossier, objet="projet", retiree_le__isnull=True).order_by("-version").first()
    )
    if refus is not None and date_depot < refus.date_acquise:
        erreurs.setdefault("date_depot", "Ce projet a été posté avant le refus du précédent.")
    if not fichiers:
        erreurs["fichiers"] = SANS_SCAN
    if erreurs:
        raise ErreurMetier("projet", CORRIGER, erreurs)
    _lever_retard(dossier, date_depot, acteur, maintenant)
    avertissements = grille.franchir(dossier, "deposer_projet", jour)
    version = 1 + faits.version_projet(dossier)
    joindre(dossier, "projet", fichiers, acteur, maintenant)
    projet = _projet_papier(dossier, date_depot)
    depot = inscrire(dossier, "projet", version, Depot.Canal.PAPIER, "", date_depot, date_reception, maintenant)
    dossier.opposition_caisse_le = None
    donnees = {"projet": projet.pk, "version": projet.version, "avertissements": avertissements}
    dossier = faire_courir(dossier, "enregistrer_projet", depot, acteur, maintenant, donnees)
    recours_issue.depose_depuis(dossier, "projet", version, date_depot, acteur=acteur, maintenant=maintenant)
    return dossier


def _lettre_validee_le(dossier: Dossier) -> date | None:
    """The day from which the validation in force of the letter counts."""
    validations = Decision.objects.filter(dossier=dossier, objet="lettre", sens="favorable", retiree_le__isnull=True)
    return validations.order_by("-version").values_list("date_acquise", flat=True).first()


def _lever_retard(dossier: Dossier, date_depot: date, acteur: Acteur, maintenant: datetime) -> None:
    """A projet posted in time is not late, whatever the scan wrote before it came."""
    dl2 = Echeance.objects.filter(dossier=dossier, regle="DL-2").first()
    if dossier.est_tardif and dl2 is not None and dl2.dernier_jour is not None and date_depot <= dl2.dernier_jour:
        dossier.est_tardif = False
        Tache.objects.filter(dossier=dossier, type=Tache.Type.STATUER_RETARD, faite_le__isnull=True).update(
            faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire="Projet posté dans le délai."
        )


def _projet_papier(dossier: Dossier, date_depot: date) -> ProjetSante:
    """The filed version, pinned to the set of its filing. A draft under way keeps its text and takes the next rank."""
    national, regional = referentiel.jeux_du_jour(dossier.region, date_depot)
    with comme_portail():
        brouillon = ProjetSante.objects.filter(dossier=dossier, depose_le__isnull=True).order_by("-version").first()
        dernier = ProjetSante.objects.filter(dossier=dossier).aggregate(v=Max("version"))["v"] or 0
        version = brouillon.version if brouillon else dernier + 1
        if brouillon is not None:
            brouillon.version = dernier + 1
            brouillon.save(update_fields=("version",))
        return ProjetSante.objects.create(
            dossier=dossier,
            version=version,
            depose_le=instant(date_depot, dossier.fuseau),
            jeu_national=national,
            jeu_regional=regional,
            diagnostic="Projet reçu par courrier\u00a0: voir les pièces numérisées.",
        )


def joindre(dossier: Dossier, objet: str, fichiers: Sequence[Any], acteur: Acteur, maintenant: datetime) -> None:
    """The scans of what was received."""
    for fichier in fichiers:
        deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="courrier",
            libelle=f"Reçu hors du portail\u00a0: {fichier.name}"[:200],
            acteur=acteur,
            maintenant=maintenant,
            objet=objet,
        )


def inscrire(
    dossier: Dossier,
    objet: str,
    version: int,
    canal: str,
    reference: str,
    date_depot: date,
    date_reception: date,
    maintenant: datetime,
    **premiere: Any,
) -> Depot:
    """The filing at the legal instant of its receipt, and the avis asked for from it (AVI-1). Raises Conflit when the platform's number is already there."""
    try:
        with transaction.atomic():
            depot = inscrire_depot(
                dossier,
                objet,
                version,
                maintenant=instant_legal(dossier, date_reception, maintenant),
                jour_depot=date_depot,
                jour_reception=date_reception,
                canal=canal,
                reference=reference,
                **premiere,
            )
    except IntegrityError as refus:
        if "depot_demarche_unique" not in str(refus):
            raise
        phrase = "Ce numéro de Démarches Simplifiées est déjà enregistré."
        raise Conflit("numero_ds", phrase, {"reference": phrase}) from refus
    demander_avis(dossier, objet, version, date_reception)
    return depot


def faire_courir(
    dossier: Dossier, acte: str, depot: Depot, acteur: Acteur, maintenant: datetime, donnees: dict[str, Any]
) -> Dossier:
    """The act itself, at the legal instant of the receipt, then the accusé (AR-1) and what silence has already decided (CAL-9)."""
    dossier = cycle.appliquer(
        dossier,
        acte,
        acteur=acteur,
        maintenant=maintenant,
        legal_le=depot.recu_le,
        donnees={
            "depot": depot.pk,
            "canal": depot.canal,
            "reference": depot.reference,
            "date_depot": depot.date_depot,
            "date_reception": depot.date_reception,
            "premiere_reception": depot.date_premiere_reception,
            **donnees,
        },
        effets=[
            courriel(dossier, "depot", f"depot:{depot.pk}:{o}", organisation=o, objet=depot.objet)
            for o in sorted({dossier.equipe_id, dossier.ars_id, dossier.caisse_id} - {acteur.organisation_id})
        ],
    )
    emission.accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant)
    materialiser(numero=dossier.numero, maintenant=maintenant)
    dossier.refresh_from_db(fields=("est_tardif", "prochaine_le", "bascule_le"))
    return dossier
