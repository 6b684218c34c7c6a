"""The annual report: written with autosave, filed to the ARS and the caisse, validated or sent back for correction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from adhesions.effectifs import nombre_adherents
from dossiers.models import Dossier
from dossiers.services import cycle
from dossiers.services.courriels import courriel
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..faits import oublier
from ..models import Rapport
from ..periodes import Periode, periode
from ..regles.indicateurs import INDICATEURS
from .controle import controler
from .edition import demander_rapport

CHAMPS = (
    *Rapport.INDICATEURS,
    "commentaires",
    "objectifs",
    "qualitatifs",
    "emploi_des_fonds",
    "montant_depense",
    "solde",
    "outil_informatique",
    "outil_le",
)


def _ouvrir(numero: str, annee: int, acteur: Acteur, maintenant: datetime) -> tuple[Dossier, Periode, Rapport | None]:
    """The dossier locked, the year, the year's report locked. Raises ErreurMetier for a year without contract."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    annee_contrat = periode(dossier, annee, jour_local(maintenant, dossier.fuseau))
    return (
        dossier,
        annee_contrat,
        Rapport.objects.select_for_update(of=("self",)).filter(dossier=dossier, annee=annee).first(),
    )


def _depose(rapport: Rapport | None) -> Rapport:
    if rapport is None or rapport.statut != Rapport.Statut.DEPOSE:
        raise Conflit("etat", "Ce rapport n’est pas en attente d’examen.")
    return rapport


@transaction.atomic
def enregistrer_rapport(
    *, numero: str, annee: int, acteur: Acteur, maintenant: datetime, donnees: Mapping[str, Any]
) -> Rapport:
    """Saves the draft as it is, complete or not; incoherent figures are refused at once. Raises Conflit once filed."""
    dossier, annee_contrat, rapport = _ouvrir(numero, annee, acteur, maintenant)
    if rapport is not None and not rapport.est_modifiable:
        raise Conflit("etat", "Ce rapport est déposé\u00a0: il ne se modifie plus sans une demande de correction.")
    rapport = rapport or Rapport(dossier=dossier, annee=annee)
    rapport.dossier, rapport.debut, rapport.fin = dossier, annee_contrat.debut, annee_contrat.fin
    for nom in CHAMPS:
        if nom in donnees:
            setattr(rapport, nom, donnees[nom])
    _controler(dossier, rapport, complet=False)
    rapport.enregistre_le, rapport.enregistre_par_id = maintenant, acteur.utilisateur_id
    rapport.save()
    return rapport


@transaction.atomic
def deposer_rapport(*, numero: str, annee: int, acteur: Acteur, maintenant: datetime) -> Rapport:
    """Files the year's report to the ARS and the caisse. Raises ErreurMetier with what is missing or incoherent, field by field."""
    dossier, annee_contrat, rapport = _ouvrir(numero, annee, acteur, maintenant)
    if rapport is None:
        raise ErreurMetier("vide", "Le rapport de cette année n’est pas encore commencé.")
    if not rapport.est_modifiable:
        raise Conflit("etat", "Ce rapport est déjà déposé.")
    # The contract may have ended early since the draft was written.
    rapport.dossier, rapport.debut, rapport.fin = dossier, annee_contrat.debut, annee_contrat.fin
    if jour_local(maintenant, dossier.fuseau) < annee_contrat.ouverture:
        raise ErreurMetier(
            "tot",
            f"L’année n’est pas finie\u00a0: le rapport se dépose à partir du {date_fr(annee_contrat.ouverture)}.",
        )
    _controler(dossier, rapport, complet=True)
    premier = rapport.depose_le is None
    rapport.statut, rapport.depose_le = Rapport.Statut.DEPOSE, maintenant
    rapport.save(update_fields=("debut", "fin", "statut", "depose_le"))
    oublier(dossier)
    consigner(
        type="deposer_rapport",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "rapport": rapport.pk,
            "annee": annee,
            "premier": premier,
            **{i.code: getattr(rapport, i.code) for i in INDICATEURS},
        },
        effets=[
            courriel(
                dossier, "rapport_depose", f"{rapport.pk}:{maintenant.isoformat()}:{o}", organisation=o, annee=annee
            )
            for o in (dossier.ars_id, dossier.caisse_id)
        ],
    )
    demander_rapport(dossier, rapport, acteur=acteur, maintenant=maintenant)
    return rapport


@transaction.atomic
def valider_rapport(*, numero: str, annee: int, acteur: Acteur, maintenant: datetime) -> Rapport:
    """An agent of the ARS or of the caisse finds the report complete and coherent."""
    dossier, _, rapport = _ouvrir(numero, annee, acteur, maintenant)
    rapport = _depose(rapport)
    rapport.statut, rapport.valide_le, rapport.valide_par_id, rapport.correction_demandee = (
        Rapport.Statut.VALIDE,
        maintenant,
        acteur.utilisateur_id,
        "",
    )
    rapport.save(update_fields=("statut", "valide_le", "valide_par", "correction_demandee"))
    oublier(dossier)
    _annoncer(dossier, rapport, "valider_rapport", "rapport_valide", acteur, maintenant)
    return rapport


@transaction.atomic
def demander_correction(*, numero: str, annee: int, texte: str, acteur: Acteur, maintenant: datetime) -> Rapport:
    """Sends a filed report back to the équipe, saying what to correct."""
    dossier, _, rapport = _ouvrir(numero, annee, acteur, maintenant)
    rapport = _depose(rapport)
    if not texte.strip():
        raise ErreurMetier("texte", "Dites ce qui est à corriger.", {"texte": "Dites ce qui est à corriger."})
    rapport.statut, rapport.correction_demandee = Rapport.Statut.A_CORRIGER, texte.strip()
    rapport.save(update_fields=("statut", "correction_demandee"))
    oublier(dossier)
    _annoncer(dossier, rapport, "demander_correction_rapport", "rapport_a_corriger", acteur, maintenant)
    return rapport


def _annoncer(
    dossier: Dossier, rapport: Rapport, type_: str, gabarit: str, acteur: Acteur, maintenant: datetime
) -> None:
    rapport.dossier = dossier
    effet = courriel(
        dossier,
        gabarit,
        f"{rapport.pk}:{maintenant.isoformat()}",
        organisation=dossier.equipe_id,
        annee=rapport.annee,
        texte=rapport.correction_demandee,
    )
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        effets=[effet],
        donnees={"rapport": rapport.pk, "annee": rapport.annee, "texte": rapport.correction_demandee},
    )


def _controler(dossier: Dossier, rapport: Rapport, *, complet: bool) -> None:
    """IND-3. The adhérents that I4 is compared with are those of the year: whoever adhered on one of its days."""
    adherents = nombre_adherents(dossier, rapport.debut, rapport.fin)
    erreurs = controler(rapport, adherents=adherents, complet=complet)
    if erreurs:
        raise ErreurMetier("indicateurs", next(iter(erreurs.values())), erreurs)
