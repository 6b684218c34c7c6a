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
from dossiers.services.jointes import joindre
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece
from ess_portal.journal.services import consigner, json_simple
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import pieces
from ..compteurs import de_l_annee, delais_resumes
from ..emploi import compte
from ..faits import oublier
from ..models import Rapport, VersionRapport
from ..periodes import Periode, periode, periodes
from ..regles.indicateurs import INDICATEURS
from ..regles.versions import Ecart, differences
from . import campagnes
from .controle import avertir, controler, sans_explication
from .edition import demander_rapport

CHAMPS = (
    *Rapport.INDICATEURS,
    "commentaires",
    "objectifs",
    "qualitatifs",
    "emploi_des_fonds",
    "montant_depense",
    "outil_informatique",
    "outil_le",
    "explications",
)
# What a filed version keeps beside what was typed.
CALCULES = ("debut", "fin", "montant_recu", "montant_reporte", "solde", "delais")


class Perime(Conflit):
    """A colleague saved meanwhile. `ecarts`: field, what is saved now, what this person typed; nothing of it is written."""

    def __init__(self, ecarts: tuple[Ecart, ...], version: int, par: str) -> None:
        self.ecarts, self.version = ecarts, version
        super().__init__(
            "version",
            f"{par} a enregistré ce rapport pendant que vous l’écriviez. Votre saisie est encore à l’écran\u00a0: comparez, puis "
            "enregistrez de nouveau.",
        )


def ouvrir_annee(
    numero: str, annee: int, acteur: Acteur, maintenant: datetime
) -> tuple[Dossier, Periode, Rapport | None]:
    """The dossier locked, the year, the year's report locked. Raises ErreurMetier for a year without contract."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    annee_contrat = periode(dossier, annee, jour_local(maintenant, dossier.fuseau))
    return (
        dossier,
        annee_contrat,
        Rapport.objects.select_for_update(of=("self",)).filter(dossier=dossier, annee=annee).first(),
    )


def modifiable(rapport: Rapport | None) -> None:
    """Raises Conflit once the report is filed, until a correction is asked for."""
    if rapport is not None and not rapport.est_modifiable:
        raise Conflit("etat", "Ce rapport est déposé\u00a0: il ne se modifie plus sans une demande de correction.")


def _depose(rapport: Rapport | None) -> Rapport:
    if rapport is None or rapport.statut != Rapport.Statut.DEPOSE:
        raise Conflit("etat", "Ce rapport n’est pas en attente d’examen.")
    return rapport


@transaction.atomic
def enregistrer_rapport(
    *,
    numero: str,
    annee: int,
    acteur: Acteur,
    maintenant: datetime,
    donnees: Mapping[str, Any],
    version: int | None = None,
    preuve: Any = None,
) -> Rapport:
    """Saves the draft as it is, complete or not; incoherent figures are refused at once. Raises Conflit once filed.

    `version`: the one that was read (0 before the first save); Perime when another was saved since, unless it says the same. `preuve`: a
    file that evidences the IT tool (IND-4).
    """
    dossier, annee_contrat, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
    modifiable(rapport)
    rapport = rapport or Rapport(dossier=dossier, annee=annee)
    rapport.dossier, rapport.debut, rapport.fin = dossier, annee_contrat.debut, annee_contrat.fin
    if version is not None and version != rapport.version:
        ecarts = differences({nom: getattr(rapport, nom) for nom in CHAMPS}, donnees, CHAMPS)
        if ecarts:
            par = rapport.enregistre_par.nom_complet if rapport.enregistre_par else "Une autre personne"
            raise Perime(ecarts, rapport.version, par)
    for nom in CHAMPS:
        if nom in donnees:
            setattr(rapport, nom, donnees[nom])
    _controler(dossier, rapport, complet=False)
    rapport.outil_piece = _prouver(dossier, preuve, acteur, maintenant) or rapport.outil_piece
    rapport.version += 1
    rapport.enregistre_le, rapport.enregistre_par_id = maintenant, acteur.utilisateur_id
    rapport.save()
    return rapport


@transaction.atomic
def deposer_rapport(*, numero: str, annee: int, acteur: Acteur, maintenant: datetime) -> Rapport:
    """Files the year's report to the ARS and the caisse. Raises ErreurMetier with what is missing or incoherent, field by field."""
    dossier, annee_contrat, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
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
    vu = compte(dossier, annee, rapport)
    precedent = Rapport.objects.filter(dossier=dossier, annee=annee - 1, depose_le__isnull=False).first()
    _controler(dossier, rapport, complet=True, inexpliques=sans_explication(rapport, avertir(rapport, precedent, vu)))
    premier = rapport.depose_le is None
    rapport.statut, rapport.depose_le = Rapport.Statut.DEPOSE, maintenant
    connues = periodes(dossier, jour_local(maintenant, dossier.fuseau))
    rapport.delais = delais_resumes(de_l_annee(dossier, annee_contrat, connues))
    rapport.montant_recu, rapport.montant_reporte, rapport.solde = vu.recu, vu.report, vu.non_employe
    rapport.version += 1
    rapport.save(
        update_fields=(
            "debut",
            "fin",
            "statut",
            "depose_le",
            "montant_recu",
            "montant_reporte",
            "solde",
            "version",
            "delais",
        )
    )
    versions = VersionRapport.objects.filter(rapport=rapport)
    VersionRapport.objects.create(
        rapport=rapport,
        dossier=dossier,
        numero=versions.count() + 1,
        contenu=json_simple({nom: getattr(rapport, nom) for nom in (*CHAMPS, *CALCULES)})
        | pieces.du_brouillon(rapport),
        deposee_le=maintenant,
        deposee_par_id=acteur.utilisateur_id,
    )
    campagnes.clore(dossier, annee, acteur=acteur, maintenant=maintenant)
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
    dossier, _, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
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
    dossier, _, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
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


def _prouver(dossier: Dossier, fichier: Any, acteur: Acteur, maintenant: datetime) -> Piece | None:
    return joindre(
        dossier,
        fichier,
        "outil_preuve",
        type_="outil_informatique",
        libelle="Outil informatique",
        objet=Piece.Objet.RAPPORT,
        acteur=acteur,
        maintenant=maintenant,
    )


def _controler(
    dossier: Dossier, rapport: Rapport, *, complet: bool, inexpliques: Mapping[str, str] | None = None
) -> None:
    """IND-3. The adhérents that I4 is compared with are those of the year: whoever adhered on one of its days. `inexpliques`: surprises
    that wait for a word.
    """
    adherents = nombre_adherents(dossier, rapport.debut, rapport.fin)
    erreurs = controler(rapport, adherents=adherents, complet=complet)
    erreurs |= pieces.refusees(rapport) if complet else {}
    erreurs = erreurs or dict(inexpliques or {})
    if erreurs:
        raise ErreurMetier("indicateurs", next(iter(erreurs.values())), erreurs)
