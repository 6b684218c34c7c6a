"""Reads shaped for the pages of the adhésions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossiers.actions import toutes
from dossiers.models import Dossier, LettreIntention
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Departement
from ess_portal.socle.composants import etat
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord

from . import textes
from .effectifs import Comptage
from .models import Adhesion
from .services.signature import Invitation

E = Adhesion.Etat


def identite(adhesion: Adhesion) -> list[tuple[str, Any]]:
    return [
        ("Spécialité", adhesion.specialite.libelle),
        ("Mode d’exercice", adhesion.get_mode_display()),
        ("Lieux d’exercice", adhesion.lieux or "Non renseignés"),
        ("Courriel", adhesion.courriel or "Non renseigné"),
        ("Signée le", adhesion.signee_le or "Pas encore signée"),
        ("Dernier jour d’adhésion", adhesion.sortie_le or "Sans date de sortie"),
    ]


def page_adherents(numero: str, *, acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """The list of a dossier's adhérents with its counts of the day. Raises Introuvable."""
    dossier = Dossier.objects.pour(acteur).au(maintenant).filter(numero=numero).first()
    if dossier is None:
        raise Introuvable
    jour = jour_local(maintenant, dossier.fuseau)
    adhesions = list(
        Adhesion.objects.pour(acteur).filter(dossier=dossier).select_related("specialite", "professionnel")
    )
    comptage = Comptage.des_lignes(dossier, adhesions, jour)
    liberaux = LettreIntention.objects.filter(dossier=dossier).values_list("liberaux", flat=True).first()
    permis = {
        nom for nom, a in toutes().items() if a.role_permis(acteur.role) and a.etat_permis(dossier.statut_effectif)
    }
    lignes = [_ligne(a, jour, permis) for a in adhesions]
    return {
        "dossier": dossier,
        "jour": jour,
        "lignes": [x for x in lignes if x["adhesion"].etat != E.ANNULEE],
        "sans_suite": [x for x in lignes if x["adhesion"].etat == E.ANNULEE],
        "effectif": comptage.effectif(jour),
        "adherents_liberaux": comptage.liberaux(jour),
        "liberaux": liberaux or 0,
        "peut_ajouter": "ajouter_adherent" in permis,
        "peut_agir": any(x["actes"] for x in lignes),
        "chiffres": _chiffres(comptage, adhesions, jour),
    }


def _chiffres(comptage: Comptage, adhesions: list[Adhesion], jour) -> list[dict[str, Any]]:
    en_attente = sum(a.etat == E.INVITEE for a in adhesions)
    return [
        {
            "valeur": comptage.effectif(jour),
            "libelle": "médecins comptés aujourd’hui pour la dotation",
            "precision": "hors médecine générale",
        },
        {
            "valeur": comptage.liberaux(jour),
            "libelle": "adhérents libéraux de la spécialité",
            "precision": "qui exercent dans le territoire",
        },
        {"valeur": en_attente, "libelle": "invitations en attente", "precision": "ne comptent pas avant la signature"},
    ]


def _ligne(adhesion: Adhesion, jour, permis: set[str]) -> dict[str, Any]:
    actes = {
        E.INVITEE: (
            ("lien", "envoyer_lien_adhesion", "Renvoyer le lien" if adhesion.invitee_le else "Envoyer le lien"),
            ("formulaire", "deposer_formulaire_adhesion", "Déposer le formulaire signé"),
            ("correction", "corriger_adhesion", "Corriger"),
            ("annulation", "annuler_invitation", "Annuler"),
        ),
        E.SIGNEE: (
            ("sortie", "sortir_adherent", "Enregistrer une sortie"),
            ("correction", "corriger_adhesion", "Corriger"),
        ),
        E.SORTIE: (("correction", "corriger_adhesion", "Corriger"),),
    }.get(adhesion.etat, ())
    return {
        "adhesion": adhesion,
        "etat": _etat(adhesion, jour),
        "actes": [{"acte": acte, "libelle": libelle} for acte, nom, libelle in actes if nom in permis],
    }


def _etat(adhesion: Adhesion, jour) -> str:
    if adhesion.etat == E.INVITEE:
        return etat("attente", "À signer", "lien envoyé" if adhesion.invitee_le else "aucun lien envoyé")
    if adhesion.etat == E.ANNULEE:
        return etat("neutre", "Sans suite")
    if adhesion.etat == E.SIGNEE:
        return etat("succes", "Adhérent")
    if adhesion.sortie_le >= jour:
        reste = (adhesion.sortie_le - jour).days
        return etat(
            "alerte", "Départ prévu", f"encore {accord(reste, 'jour')}" if reste else "dernier jour aujourd’hui"
        )
    return etat("neutre", "Sorti", adhesion.motif_sortie)


def page_signature(invitation: Invitation, maintenant: datetime) -> dict[str, Any]:
    """What the signing pages show: the professional, the équipe, what is signed; nothing of another dossier."""
    adhesion, dossier = invitation.adhesion, invitation.dossier
    territoire = Departement.objects.filter(code__in=dossier.departements).values_list("nom", flat=True)
    return {
        "dossier": dossier,
        "invite_par": adhesion.saisie_par.nom_complet if adhesion.saisie_par else dossier.equipe.nom,
        "territoire": ", ".join(territoire),
        "engagements": textes.ENGAGEMENTS,
        "notice": textes.notice(dossier),
        "jour": jour_local(maintenant, dossier.fuseau),
        "courriel_masque": _masquer(invitation.lien.courriel),
        "contact": dossier.equipe.courriel,
        "identite": [
            ("Nom", adhesion.nom_complet),
            ("Numéro RPPS", adhesion.professionnel.rpps),
            ("Spécialité", adhesion.specialite.libelle),
            ("Mode d’exercice", adhesion.get_mode_display()),
            ("Lieux d’exercice", adhesion.lieux or "Non renseignés"),
        ],
    }


def _masquer(courriel: str) -> str:
    """« c…s@exemple.fr »: enough to know which of one's mailboxes."""
    nom, _, domaine = courriel.partition("@")
    return f"{nom[0]}…{nom[-1] if len(nom) > 2 else ''}@{domaine}"
