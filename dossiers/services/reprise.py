"""`reprendre` (§6): a dossier that comes from elsewhere enters at its real step, with its acts and their dates.

The transitional regimes of §6 enter where their path says; a dossier « instruit hors plateforme » enters where it stands. The
scanned acts are pièces; the dates are facts from which every échéance is computed as if it had always been here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import ARS
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from ..models import ActiviteMission, Association, Decision, Depot, Dossier, LettreIntention, ProjetSante
from ..regles.cycle import Statut
from ..regles.reprise import ACTES, AVEC_FINESS, AVEC_PROJET, depuis, verifier_reprise
from . import echeances, unicite
from .creation import poser_specialites, prochain_numero
from .instants import instant
from .lettre import competences, demander_avis
from .recherche import indexer

S = Statut


@dataclass(frozen=True, kw_only=True)
class Reprise:
    """What an agent types from the paper file. Days are legal days of the ARS's zone."""

    equipe: str
    nom: str
    specialites: Sequence[str]
    departements: Sequence[str]
    siege_departement: str
    siege_commune: str
    caisse: str
    regime: str
    statut: str
    lettre_deposee_le: date | None = None
    lettre_validee_le: date | None = None
    amorcage_signe_le: date | None = None
    projet_depose_le: date | None = None
    projet_valide_le: date | None = None
    dotation_signee_le: date | None = None
    avis_ponctuel_le: date | None = None
    second_recours_le: date | None = None
    association: str = ""
    rna: str = ""
    finess: str = ""
    finess_le: date | None = None
    reference: str = ""
    medecins_presents: int | None = None
    liberaux: int | None = None
    adherents_declares: int | None = None

    @property
    def jours(self) -> dict[str, date | None]:
        return {nom: getattr(self, nom) for nom in ACTES}


@transaction.atomic
def reprendre(
    *,
    reprise: Reprise,
    acteur: Acteur,
    maintenant: datetime,
    actes: Sequence[Any] = (),
    completer: Callable[[Dossier], None] | None = None,
    numero: str = "",
) -> Dossier:
    """Creates the dossier at its real step. Raises Interdit for who is not the competent ARS, ErreurMetier on what does not hold
    together: a step the regime does not enter at, dates out of order or to come, a missing act.

    `completer` writes what the apps above know (contracts, payments) before the échéances are computed. `numero`: one that
    `reserver_numeros` set aside.
    """
    if acteur.role not in ARS:
        raise Interdit("interdit", "Seule l’ARS reprend un dossier instruit ailleurs.")
    r = reprise
    departement = Departement.objects.select_related("region").filter(code=r.siege_departement, est_ouvert=True).first()
    if departement is None or departement.region is None or departement.region_id != acteur.region:
        raise ErreurMetier(
            "siege",
            "Le siège doit être dans votre région.",
            {"siege_departement": "Choisissez un département de votre région."},
        )
    region = departement.region
    _verifier(r, jour_local(maintenant, region.fuseau), len(actes))
    equipe = espace_equipe(r.equipe, region.fuseau, maintenant)
    statut = S(r.statut)
    entree = depuis(statut, r.jours)
    depose_le = instant(r.lettre_deposee_le, region.fuseau) if r.lettre_deposee_le else maintenant
    dossier = Dossier(
        numero=numero or prochain_numero(region.code, jour_local(maintenant, region.fuseau).year),
        nom=r.nom.strip(),
        equipe=equipe,
        siege_departement=r.siege_departement,
        siege_commune=r.siege_commune.strip(),
        caisse_choisie=r.caisse,
        region=region.code,
        fuseau=region.fuseau,
        departements=sorted(set(r.departements)),
        regime=r.regime,
        origine=Dossier.Origine.REPRISE,
        statut=statut.value,
        statut_depuis=instant(entree, region.fuseau) if entree else maintenant,
        cree_le=maintenant,
        depose_le=depose_le,
    )
    poser_specialites(dossier, r.specialites)
    competences(dossier)
    origine = r.lettre_deposee_le or r.projet_depose_le or jour_local(maintenant, region.fuseau)
    dossier.jeu_national, dossier.jeu_regional = referentiel.jeux_du_jour(region.code, origine)
    dossier.save()
    _inscrire_faits(dossier, r, maintenant)
    indexer(dossier)
    consigner(
        type="reprendre",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={nom: v for nom, v in vars(r).items() if v not in (None, "", ())} | {"vers": statut.value},
    )
    pieces = [
        deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="acte",
            libelle=f"Acte repris\u00a0: {fichier.name}"[:200],
            acteur=acteur,
            maintenant=maintenant,
            objet="reprise",
        )
        for fichier in actes
    ]
    _inscrire_activites(dossier, r, pieces, acteur, maintenant)
    if completer is not None:
        completer(dossier)
    echeances.recalculer(dossier, maintenant=maintenant)
    echeances.materialiser(numero=dossier.numero, maintenant=maintenant)
    unicite.signaler_reprise(dossier, maintenant)
    return dossier


def _verifier(r: Reprise, aujourdhui: date, actes: int) -> None:
    statut = S(r.statut) if r.statut in set(S) else S.BROUILLON
    erreurs = verifier_reprise(r.regime, statut, r.jours, aujourdhui)
    if "statut" in erreurs:
        raise ErreurMetier("statut", erreurs["statut"], erreurs)
    for nom in ("avis_ponctuel_le", "second_recours_le"):
        jour = getattr(r, nom)
        if jour is not None and jour > aujourdhui:
            erreurs[nom] = "Ce jour n’est pas encore venu."
    if statut in AVEC_FINESS and not verifier("finess", r.finess).valide:
        erreurs["finess"] = "Ce numéro FINESS n’est pas valable."
    if statut in AVEC_FINESS and not r.association.strip():
        erreurs["association"] = "Indiquez le nom de l’association."
    if not r.departements:
        erreurs["departements"] = "Choisissez au moins un département."
    if not actes and statut is not S.CLOS:
        erreurs["actes"] = "Joignez au moins un acte numérisé\u00a0: lettre, décision ou contrat."
    if erreurs:
        raise ErreurMetier("reprise", "La reprise ne tient pas\u00a0: corrigez les informations signalées.", erreurs)


def espace_equipe(nom_ou_code: str, fuseau: str, maintenant: datetime) -> Organisation:
    """The équipe's organisation, by its code, or a new one of that name: its people are invited afterwards."""
    texte = nom_ou_code.strip()
    existante = Organisation.objects.filter(type="equipe", code=texte).first()
    if existante is not None:
        return existante
    rang = Organisation.objects.filter(type="equipe").count() + 1
    return Organisation.objects.create(
        type="equipe",
        code=f"equipe-reprise-{rang}-{int(maintenant.timestamp())}",
        nom=texte[:200],
        fuseau=fuseau,
        creee_le=maintenant,
    )


def _inscrire_faits(dossier: Dossier, r: Reprise, maintenant: datetime) -> None:
    lettre = {c: getattr(r, c) for c in ("medecins_presents", "liberaux", "adherents_declares")}
    LettreIntention.objects.create(dossier=dossier, source_comptage="Dossier repris", **lettre)
    for objet, depose, valide in (
        ("lettre", r.lettre_deposee_le, r.lettre_validee_le),
        ("projet", r.projet_depose_le, r.projet_valide_le),
    ):
        if depose is not None:
            Depot.objects.create(
                dossier=dossier,
                objet=objet,
                canal=Depot.Canal.PAPIER,
                reference=r.reference,
                recu_le=instant(depose, dossier.fuseau),
                date_depot=depose,
                date_reception=depose,
                contenu={"reprise": True},
            )
            if valide is None and dossier.statut == (S.LETTRE_DEPOSEE if objet == "lettre" else S.PROJET_DEPOSE):
                demander_avis(dossier, objet, 1, depose)
        if valide is not None:
            Decision.objects.create(
                dossier=dossier,
                objet=objet,
                sens="favorable",
                mode="expresse",
                date_signature=valide,
                date_notification=valide,
                date_acquise=valide,
                prise_le=instant(valide, dossier.fuseau),
                enregistree_le=maintenant,
            )
    if r.projet_depose_le is not None or r.statut in AVEC_PROJET:
        ProjetSante.objects.create(
            dossier=dossier,
            depose_le=instant(r.projet_depose_le, dossier.fuseau) if r.projet_depose_le else maintenant,
            jeu_national=dossier.jeu_national,
            jeu_regional=dossier.jeu_regional,
            diagnostic="Projet de santé repris\u00a0: voir les actes joints.",
        )
    if r.association.strip():
        with comme_portail():
            Association.objects.create(
                dossier=dossier,
                nom=r.association.strip(),
                rna=verifier("rna", r.rna).normalise or "",
                declaree_le=maintenant,
                finess=verifier("finess", r.finess).normalise or "" if r.finess else "",
                finess_le=r.finess_le,
            )


def _inscrire_activites(
    dossier: Dossier, r: Reprise, pieces: Sequence[Any], acteur: Acteur, maintenant: datetime
) -> None:
    """Activities already in place, established by the acts on file: they hold DL-4 and DL-5, and open the solde."""
    for type_, jour in (
        (ActiviteMission.Type.AVIS_PONCTUEL, r.avis_ponctuel_le),
        (ActiviteMission.Type.SECOND_RECOURS, r.second_recours_le),
    ):
        if jour is not None and pieces:
            ActiviteMission.objects.create(
                dossier=dossier,
                type=type_,
                description="Activité reprise\u00a0: voir les actes joints.",
                date_deploiement=jour,
                preuve=pieces[0],
                declaree_le=maintenant,
                declaree_par_id=acteur.utilisateur_id,
                confirmee_le=maintenant,
                confirmee_par_id=acteur.utilisateur_id,
            )
