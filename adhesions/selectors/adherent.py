"""The page of one adhérent: who, under which practice on which days, and what was known of it when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date

from dossiers.models import Dossier
from dossiers.selectors import libelles_departements, libelles_specialites
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Document
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import ActeAdhesion, Adhesion, VersionAdhesion
from ..models.professionnel import Mode
from ..regles.connaissance import Version, apres
from ..regles.histoire import Histoire, Tranche
from .liste import actes_permis, dossier_lu, etat_adhesion, liens

CHAMPS = {
    "titre": "titre",
    "nom": "nom",
    "prenom": "prénom",
    "courriel": "courriel",
    "lieux": "lieux d’exercice",
    "specialite": "spécialité",
    "mode": "mode d’exercice",
    "departements": "départements",
    "signee_le": "date de la signature",
    "sortie_le": "dernier jour",
    "a_consultations_avancees": "consultations avancées",
}


def page_adherent(numero: str, pk: int, *, acteur: Acteur, maintenant: datetime, connu_le: str = "") -> dict[str, Any]:
    """Raises Introuvable for a dossier or an adhésion that this person may not see. `connu_le`: the day whose knowledge is read."""
    dossier = dossier_lu(numero, acteur=acteur, maintenant=maintenant)
    adhesion = (
        Adhesion.objects.pour(acteur)
        .filter(dossier=dossier, pk=pk)
        .select_related("specialite", "professionnel", "saisie_par", "formulaire")
        .first()
    )
    if adhesion is None:
        raise Introuvable
    jour = jour_local(maintenant, dossier.fuseau)
    lu = _jour(connu_le)
    actes = list(ActeAdhesion.objects.pour(acteur).filter(adhesion=adhesion).order_by("pk"))
    lignes = VersionAdhesion.objects.pour(acteur).filter(adhesion=adhesion).order_by("valide_du", "pk")
    versions = [Version(v.tranche, v.acte_id, v.close_par_id or 0) for v in lignes]
    vus = [a for a in actes if lu is None or jour_local(a.enregistre_le, dossier.fuseau) <= lu]
    permis = actes_permis(dossier, acteur)
    return {
        "dossier": dossier,
        "adhesion": adhesion,
        "etat": etat_adhesion(adhesion, jour),
        "fiche": _fiche(adhesion, dossier),
        "actes": liens(adhesion, permis),
        "connu_le": lu if lu and lu <= jour else None,
        "periodes": _periodes(
            apres(versions, vus[-1].pk) if vus else (), corrigeable=lu is None and "corriger_adhesion" in permis
        ),
        "savoirs": [_savoir(a, apres(versions, a.pk)) for a in reversed(actes)],
        "avant": _avant(adhesion, dossier),
        "documents": _documents(adhesion, acteur),
        "peut_certifier": acteur.est_porteur and adhesion.signee_le is not None,
    }


def _jour(valeur: str) -> date | None:
    try:
        return parse_date(valeur)
    except ValueError:
        return None


def _fiche(adhesion: Adhesion, dossier: Dossier) -> list[tuple[str, Any]]:
    return [
        ("Numéro RPPS", adhesion.professionnel.rpps),
        ("Spécialité", adhesion.specialite.libelle),
        ("Mode d’exercice", adhesion.get_mode_display()),
        ("Départements d’exercice", _departements(tuple(adhesion.departements)) or "Non renseignés"),
        ("Lieux d’exercice", adhesion.lieux or "Non renseignés"),
        ("Courriel", adhesion.courriel or "Non renseigné"),
        ("Missions", _missions(adhesion)),
        ("Signature", _signature(adhesion)),
        ("Dernier jour d’adhésion", _sortie(adhesion)),
    ]


def _missions(adhesion: Adhesion) -> str:
    if adhesion.signee_le is None:
        return "Pas encore d’engagement"
    suite = ", et consultations avancées" if adhesion.a_consultations_avancees else ""
    return f"Avis ponctuels et second recours{suite}"


def _signature(adhesion: Adhesion) -> str:
    if adhesion.signee_le:
        return f"{date_fr(adhesion.signee_le)}, {adhesion.get_moyen_display().lower()}"
    if adhesion.signature_annoncee_le:
        return f"Annoncée le {date_fr(adhesion.signature_annoncee_le)}\u00a0: déposez le formulaire, elle ne compte pas sans lui"
    return "Pas encore signée"


def _sortie(adhesion: Adhesion) -> str:
    if adhesion.sortie_le is None:
        return "Sans date de sortie"
    motif = f"\u00a0: {adhesion.motif_sortie}" if adhesion.motif_sortie else ""
    return f"{date_fr(adhesion.sortie_le)}{motif}"


def _departements(codes: tuple[str, ...]) -> str:
    noms = libelles_departements()
    return ", ".join(f"{noms.get(code, code)} ({code})" for code in codes)


def _periodes(histoire: Histoire, *, corrigeable: bool) -> list[dict[str, Any]]:
    return [
        {
            "du": t.du,
            "au": t.au,
            "specialite": libelles_specialites().get(t.exercice.specialite, t.exercice.specialite),
            "mode": Mode(t.exercice.mode).label,
            "departements": _departements(t.exercice.departements) or "Non renseignés",
            "corriger": corrigeable and len(histoire) > 1,
        }
        for t in histoire
    ]


def _savoir(acte: ActeAdhesion, histoire: Histoire) -> dict[str, Any]:
    """One recorded act, and what the portal held true once it was recorded."""
    return {
        "quand": acte.enregistre_le,
        "titre": acte.get_type_display(),
        "auteur": acte.auteur_nom,
        "motif": acte.motif,
        "champs": ", ".join(CHAMPS.get(c, c) for c in acte.champs),
        "tenu_pour_vrai": [phrase_tranche(t) for t in histoire] or ["Aucune adhésion."],
    }


def phrase_tranche(t: Tranche) -> str:
    """« du 1er mars 2026 au 31 mai 2026 : cardiologie, libéral, départements 31, 32 »."""
    jours = f"Du {date_fr(t.du)} au {date_fr(t.au)} inclus" if t.au else f"Depuis le {date_fr(t.du)}"
    specialite = libelles_specialites().get(t.exercice.specialite, t.exercice.specialite)
    lieux = f", {', '.join(t.exercice.departements)}" if t.exercice.departements else ""
    return f"{jours}\u00a0: {specialite}, {Mode(t.exercice.mode).label.lower()}{lieux}."


def _avant(adhesion: Adhesion, dossier: Dossier) -> list[dict[str, Any]]:
    """Before the signature: an entry, and the last invitation."""
    qui = adhesion.saisie_par.nom_complet if adhesion.saisie_par else ""
    lignes = [{"quand": adhesion.saisie_le, "titre": "Saisie de l’invitation", "auteur": qui}]
    if adhesion.invitee_le:
        lignes.insert(0, {"quand": adhesion.invitee_le, "titre": "Dernier lien de signature envoyé", "auteur": qui})
    return lignes


def _documents(adhesion: Adhesion, acteur: Acteur) -> list[dict[str, Any]]:
    """The signed form, whichever way it was signed, and the certificates made."""
    lignes = []
    if adhesion.formulaire_id and adhesion.formulaire.est_saine:
        piece = adhesion.formulaire
        lignes.append({"libelle": "Formulaire signé à la main", "url": reverse("piece", args=[piece.pk]), "octets": piece.taille, "format": piece.extension})  # fmt: skip
    emis = (
        Document.objects.pour(acteur)
        .filter(dossier_id=adhesion.dossier_id, cle=f"adhesion:{adhesion.pk}")
        .order_by("cree_le")
    )
    certificats = Document.objects.pour(acteur).filter(
        dossier_id=adhesion.dossier_id, cle__startswith=f"certificat:{adhesion.pk}:"
    )
    for d in [*emis, *certificats.order_by("cree_le")]:
        lignes.append(
            {"libelle": d.titre, "url": reverse("document", args=[d.pk]), "octets": d.taille or "", "format": "PDF"}
        )
    return lignes
