"""The projet de santé: draft by sections, filing, new version after a refusal, update once validated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel import services as referentiel
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local

from .. import grille
from ..forms.projet import RUBRIQUES, initial
from ..lecture_etat import statut_lu
from ..models import Dossier, ProjetSante
from ..regles.statuts import Statut
from . import cycle, emission, recours_issue
from .courriels import courriel
from .lettre import demander_avis, inscrire_depot

REDACTION = frozenset(
    {
        Statut.LETTRE_VALIDEE,
        Statut.AMORCAGE_SIGNE,
        Statut.PROJET_REFUSE,
        Statut.PROJET_VALIDE,
        Statut.FINESS_ATTRIBUE,
        Statut.DOTATION_ACTIVE,
        Statut.LETTRE_DEPOSEE,
        Statut.LETTRE_INCOMPLETE,
    }
)


def brouillon(dossier: Dossier) -> ProjetSante:
    """The version being written; a new one starts from the last filed version."""
    dernier = ProjetSante.objects.filter(dossier=dossier).order_by("-version").first()
    if dernier is not None and dernier.depose_le is None:
        return dernier
    if dernier is None:
        lettre = dossier.lettre
        qualitatif = [lettre.indicateur_qualitatif] if lettre.indicateur_qualitatif else []
        return ProjetSante.objects.create(dossier=dossier, version=1, indicateurs_qualitatifs=qualitatif)
    dernier.pk, dernier.version, dernier.depose_le = None, dernier.version + 1, None
    dernier.jeu_national = dernier.jeu_regional = None
    dernier._state.adding = True
    dernier.save()
    return dernier


@transaction.atomic
def enregistrer_rubrique(
    *, numero: str, rubrique: str, donnees: Mapping[str, Any], acteur: Acteur, maintenant: datetime
) -> ProjetSante:
    """Saves a section of the draft. `donnees`: cleaned data of the section's form. Raises Conflit while the ARS instructs."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if not peut_ecrire(dossier):
        raise Conflit("etat", f"Le projet ne se modifie pas à l’étape «\u00a0{dossier.libelle_statut}\u00a0».")
    projet = brouillon(dossier)
    for nom, valeur in donnees.items():
        setattr(projet, nom, valeur)
    projet.enregistre_le = maintenant
    projet.save()
    return projet


def manques(dossier: Dossier, projet: ProjetSante | None) -> dict[str, list[str]]:
    """What the projet still lacks, by section; deposer_projet's blocks of §3 included."""
    if projet is None:
        return {"diagnostic": ["Le projet de santé n’est pas commencé."]}
    absents: dict[str, list[str]] = {}
    for nom, classe in RUBRIQUES.items():
        formulaire = classe.complet(initial(projet, nom), dossier=dossier)
        if not formulaire.is_valid():
            absents[nom] = [str(e) for erreurs in formulaire.errors.values() for e in erreurs]
    if not [i for i in projet.indicateurs_qualitatifs if str(i).strip()]:
        absents.setdefault("indicateurs", []).append("Définissez au moins un indicateur qualitatif.")
    return absents


def exige_document(dossier: Dossier, jour) -> bool:
    return grille.parametres(dossier, "lettre", jour).document_deploiement == "indispensable"


@transaction.atomic
def deposer_projet(*, numero: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Files the projet, complete, late or not (DL-2 closes nothing). Pins its parameters, asks the avis, issues the accusé."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    projet = (
        ProjetSante.objects.select_for_update()
        .filter(dossier=dossier, depose_le__isnull=True)
        .order_by("-version")
        .first()
    )
    absents = manques(dossier, projet)
    if projet is not None and projet.document_deploiement_id is None and exige_document(dossier, jour):
        absents.setdefault("deploiement", []).append("Joignez le document sur les modalités de déploiement.")
    if absents or projet is None:
        raise ErreurMetier(
            "projet_incomplet", f"Le projet n’est pas complet. {next(iter(absents.values()))[0]}", absents
        )
    avertissements = grille.franchir(dossier, "deposer_projet", jour)
    projet.depose_le = maintenant
    projet.jeu_national, projet.jeu_regional = referentiel.jeux_du_jour(dossier.region, jour)
    projet.save()
    dossier.opposition_caisse_le = None
    version = 1 + max((d.version for d in dossier.depots.filter(objet="projet")), default=0)
    contenu = {nom: initial(projet, nom) for nom in RUBRIQUES} | {"version": projet.version}
    depot = inscrire_depot(
        dossier, "projet", version, maintenant=maintenant, jour_depot=jour, jour_reception=jour, contenu=contenu
    )
    demander_avis(dossier, "projet", version, jour)
    dossier = cycle.appliquer(
        dossier,
        "deposer_projet",
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "depot": depot.pk,
            "projet": projet.pk,
            "version": projet.version,
            "tardif": dossier.est_tardif,
            "avertissements": avertissements,
        },
        effets=[
            courriel(dossier, "depot", f"depot:{depot.pk}:{o}", organisation=o, objet="projet")
            for o in (dossier.equipe_id, dossier.ars_id, dossier.caisse_id)
        ],
    )
    emission.projet_sante(dossier, projet, acteur=acteur, maintenant=maintenant)
    emission.accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant)
    recours_issue.depose_depuis(dossier, "projet", version, jour, acteur=acteur, maintenant=maintenant)
    return dossier


@transaction.atomic
def actualiser_projet(
    *, numero: str, objet_actualisation: str, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """Files version n+1 of a validated projet; the state stays. An avenant is needed if territory or specialty changes."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    projet = (
        ProjetSante.objects.select_for_update()
        .filter(dossier=dossier, depose_le__isnull=True)
        .order_by("-version")
        .first()
    )
    absents = manques(dossier, projet)
    if projet is None or absents:
        raise ErreurMetier(
            "projet_incomplet", "Écrivez d’abord la nouvelle version du projet, rubrique par rubrique.", absents
        )
    projet.depose_le = maintenant
    projet.jeu_national, projet.jeu_regional = referentiel.jeux_du_jour(
        dossier.region, jour_local(maintenant, dossier.fuseau)
    )
    projet.save()
    dossier = cycle.appliquer(
        dossier,
        "actualiser_projet",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"projet": projet.pk, "version": projet.version, "objet": objet_actualisation},
        effets=[
            courriel(dossier, "depot", f"projet:{projet.pk}:{o}", organisation=o, objet="actualisation")
            for o in (dossier.ars_id, dossier.caisse_id)
        ],
    )
    emission.projet_sante(dossier, projet, acteur=acteur, maintenant=maintenant)
    return dossier


def peut_ecrire(dossier: Dossier) -> bool:
    """May the draft of the projet be written, at the step that the law gives this row?"""
    return Statut(statut_lu(dossier)) in REDACTION
