"""Writing and filing the letter of intention (annexe 4): autosaved steps, then one act that starts the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.models import Piece
from ess_portal.referentiel import services as referentiel
from ess_portal.referentiel.models import Departement
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local

from .. import grille
from ..forms.lettre import ETAPES, FORMULAIRES, initial
from ..models import Avis, Depot, Dossier, LettreIntention, Preparation
from ..regles.delais import ajouter
from ..regles.statuts import Statut
from . import cycle, emission
from .courriels import courriel
from .creation import poser_specialites
from .recherche import indexer

CHAMPS_DOSSIER = ("nom", "siege_departement", "siege_commune", "caisse_choisie", "departements")


@transaction.atomic
def enregistrer_etape(
    *, numero: str, etape: str, donnees: Mapping[str, Any], acteur: Acteur, maintenant: datetime
) -> Dossier:
    """Saves a step of the draft as it is, complete or not. `donnees`: cleaned data of the step's form. Raises Conflit once filed."""
    dossier = Dossier.objects.pour(acteur).verrouille(numero)
    if dossier.statut != Statut.BROUILLON:
        raise Conflit("etat", "La lettre est déposée\u00a0: elle ne se modifie plus sans une demande de l’ARS.")
    lettre = LettreIntention.objects.select_for_update().get(dossier=dossier)
    donnees = dict(donnees)
    if donnees.get("specialites"):
        poser_specialites(dossier, donnees.pop("specialites"))
    donnees.pop("specialites", None)
    for nom, valeur in donnees.items():
        if nom in CHAMPS_DOSSIER:
            setattr(dossier, nom, valeur)
        else:
            setattr(lettre, nom, valeur)
    _poser_siege(dossier)
    if etape in ETAPES and etape not in lettre.etapes_vues:
        lettre.etapes_vues = [*lettre.etapes_vues, etape]
    lettre.enregistree_le, lettre.enregistree_par_id = maintenant, acteur.utilisateur_id
    dossier.save()
    lettre.save()
    indexer(dossier)
    return dossier


def _poser_siege(dossier: Dossier) -> None:
    """The draft's region and zone follow its siège; its number stays."""
    departement = (
        Departement.objects.select_related("region").filter(code=dossier.siege_departement, est_ouvert=True).first()
    )
    if departement is None or departement.region is None:
        raise ErreurMetier(
            "territoire",
            "Aucune ARS n’est compétente pour ce département.",
            {"siege_departement": "Choisissez un autre département."},
        )
    dossier.region, dossier.fuseau = departement.region.code, departement.region.fuseau
    possibles = referentiel.caisses_possibles(dossier.siege_departement)
    if dossier.caisse_choisie not in {c.code for c in possibles}:
        dossier.caisse_choisie = possibles[0].code if len(possibles) == 1 else ""


def manques(dossier: Dossier) -> dict[str, list[str]]:
    """What annexe 4 still lacks, by step: {} when the letter is complete."""
    absents: dict[str, list[str]] = {}
    for etape, classe in FORMULAIRES.items():
        formulaire = classe.complet(initial(dossier, etape), dossier=dossier)
        if not formulaire.is_valid():
            absents[etape] = [str(e) for erreurs in formulaire.errors.values() for e in erreurs]
    if not dossier.caisse_choisie:
        absents.setdefault("territoire", []).append("Choisissez la caisse de rattachement.")
    return absents


@transaction.atomic
def deposer_lettre(
    *, numero: str, acteur: Acteur, maintenant: datetime, confirmation: bool = True, **_: Any
) -> Dossier:
    """Files the letter: pins the parameters, hands the dossier to its ARS and caisse, asks the avis, issues the accusé (AR-1).

    Raises ErreurMetier with what is missing, by step; gates of §3 that block are named too.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    absents = manques(dossier)
    if absents:
        premier = next(iter(absents.values()))[0]
        raise ErreurMetier("lettre_incomplete", f"La lettre n’est pas complète. {premier}", absents)
    jour = jour_local(maintenant, dossier.fuseau)
    avertissements = grille.franchir(dossier, "deposer_lettre", jour, anonyme=True)
    competences(dossier)
    national, regional = referentiel.jeux_du_jour(dossier.region, jour)
    dossier.jeu_national, dossier.jeu_regional, dossier.depose_le = national, regional, maintenant
    # The équipe's own transaction writes ars_id: its policy lets it, the row stays its own.
    dossier.save()
    indexer(dossier)
    depot = inscrire_depot(dossier, "lettre", 1, maintenant=maintenant, jour_depot=jour, jour_reception=jour)
    demander_avis(dossier, "lettre", 1, jour)
    cycle.appliquer(
        dossier,
        "deposer_lettre",
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "depot": depot.pk,
            "avertissements": avertissements,
            "ars": dossier.ars.nom,
            "caisse": dossier.caisse.nom,
        },
        effets=[
            courriel(dossier, "depot", f"depot:{depot.pk}:{o}", organisation=o, objet="lettre")
            for o in (dossier.equipe_id, dossier.ars_id, dossier.caisse_id)
        ],
    )
    emission.lettre_intention(dossier, depot, acteur=acteur, maintenant=maintenant)
    emission.accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant)
    return dossier


def competences(dossier: Dossier) -> None:
    """ARS and caisse of the siège (ORG-2, ORG-3); other ARS and caisses of the perimeter read."""
    dossier.ars = referentiel.ars_competente(dossier.siege_departement)
    possibles = {c.code: c for c in referentiel.caisses_possibles(dossier.siege_departement)}
    if dossier.caisse_choisie not in possibles:
        raise ErreurMetier(
            "caisse",
            "Choisissez la caisse de rattachement.",
            {"caisse_choisie": "Choisissez la caisse de rattachement."},
        )
    dossier.caisse = possibles[dossier.caisse_choisie]
    dossier.lecteurs = lecteurs(dossier)


def lecteurs(dossier: Dossier) -> list[int]:
    """Ids of the other ARS and caisses that the perimeter touches."""
    regions = set(Departement.objects.filter(code__in=dossier.departements).values_list("region_id", flat=True))
    autres_ars = Organisation.objects.filter(type="ars", region__in=regions).exclude(pk=dossier.ars_id)
    autres_caisses = Organisation.objects.filter(type="caisse", departement__in=dossier.departements).exclude(
        pk=dossier.caisse_id
    )
    return sorted({*autres_ars.values_list("pk", flat=True), *autres_caisses.values_list("pk", flat=True)})


def inscrire_depot(
    dossier: Dossier,
    objet: str,
    version: int,
    *,
    maintenant: datetime,
    jour_depot: date,
    jour_reception: date,
    canal: str = "portail",
    reference: str = "",
    contenu: dict[str, Any] | None = None,
    **transmission: Any,
) -> Depot:
    """The filing as a fact, with what was filed frozen in it. `transmission`: the first receipt of one that was misdirected (CAL-10)."""
    if contenu is None:
        contenu = {etape: initial(dossier, etape) for etape in FORMULAIRES} if objet == "lettre" else {}
    with comme_portail():
        # What was prepared on an earlier filing decides nothing on this one.
        Preparation.objects.ouvertes().filter(dossier=dossier, objet=objet, version__lt=version).update(
            close_le=maintenant, motif_cloture="Le délai court sur un nouveau dépôt."
        )
    pieces = Piece.objects.filter(dossier=dossier, objet=objet).exclude(etat=Piece.Etat.REFUSE)
    gele = {
        **contenu,
        "pieces_jointes": [{"id": str(p.pk), "libelle": p.libelle, "empreinte": p.empreinte} for p in pieces],
    }
    return Depot.objects.create(
        dossier=dossier,
        objet=objet,
        version=version,
        canal=canal,
        reference=reference,
        recu_le=maintenant,
        date_depot=jour_depot,
        date_reception=jour_reception,
        contenu=gele,
        **transmission,
    )


def demander_avis(dossier: Dossier, objet: str, version: int, jour: date) -> Avis:
    """The caisse's avis, asked for by the filing itself (AVI-1)."""
    delai = grille.parametres(dossier, objet, jour).delai_avis_caisse
    return Avis.objects.create(
        dossier=dossier,
        objet=objet,
        version=version,
        caisse_id=dossier.caisse_id,
        demande_le=jour,
        date_limite=ajouter(jour, delai),
    )
