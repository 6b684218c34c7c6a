"""All that the portal knows of one person by their RPPS number: the answer to an access request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossiers.models import Dossier, LettreIntention
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement, Utilisateur
from ess_portal.documents.models import Document
from ess_portal.referentiel.regles.identifiants import verifier

from ..models import ActeAdhesion, Adhesion, Fiche, LienSignature, Professionnel, VersionAdhesion

FINALITES = {
    "finalité": "Compter les adhérents, évaluer les seuils et calculer la dotation des équipes de soins spécialisés.",
    "base légale": "Mission d’intérêt public (RGPD, article 6.1.e), convention médicale du 22 juin 2024, articles 53 à 58.",
    "destinataires": "L’équipe, l’ARS compétente, la caisse de rattachement, les administrateurs nationaux et régionaux.",
    "conservation": "Cinq ans après la sortie, jamais avant la fin du contrat de l’équipe (RET-1).",
    "droits": "Accès, rectification, effacement, limitation, opposition\u00a0; réclamation auprès de la CNIL.",
}


def lire_rpps(saisi: str) -> str:
    """The eleven digits, or nothing when the number is not one."""
    lu = verifier("rpps", saisi[:30])
    return str(lu.normalise) if lu.valide else ""


def dossier_personnel(rpps: str, *, acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """Plain data, ready for JSON. A regional administrator answers for the dossiers of the region, the national one for all of them."""
    visibles = Dossier.objects.all() if acteur.voit_tout else Dossier.objects.pour(acteur)
    with comme_portail():
        adhesions = list(
            Adhesion.objects.filter(professionnel__rpps=rpps, dossier__in=visibles)
            .select_related("dossier__equipe", "specialite", "formulaire")
            .order_by("dossier_id", "pk")
        )
        return {
            "rpps": rpps,
            "établi le": maintenant,
            "traitement": FINALITES,
            "professionnel": _valeurs(
                Professionnel, rpps, ("nom", "prenom", "specialite_id", "mode", "departements", "cree_le")
            ),
            "adhésions": [_adhesion(a) for a in adhesions],
            "annuaire national (donnée publique)": _valeurs(
                Fiche,
                rpps,
                (
                    "civilite",
                    "nom",
                    "prenom",
                    "profession",
                    "specialites",
                    "mode",
                    "departements",
                    "lieux",
                    "absente_le",
                ),
            ),
            "comptes": [
                {"courriel": u.courriel, "nom": u.nom_complet, "organisations": _organisations(u)}
                for u in Utilisateur.objects.filter(rpps=rpps).order_by("pk")
            ],
            "lettres où la personne est citée comme porteur": list(
                LettreIntention.objects.filter(porteurs__contains=[{"rpps": rpps}], dossier__in=visibles)
                .order_by("dossier_id")
                .values_list("dossier__numero", flat=True)
            ),
        }


def _valeurs(modele: type, rpps: str, champs: tuple[str, ...]) -> dict[str, Any] | None:
    return modele.objects.filter(rpps=rpps).values(*champs).first()


def _organisations(utilisateur: Utilisateur) -> list[str]:
    lignes = Rattachement.objects.filter(utilisateur=utilisateur, retire_le__isnull=True).order_by("pk")
    return list(lignes.values_list("organisation__nom", flat=True))


def _adhesion(a: Adhesion) -> dict[str, Any]:
    champs = (
        *("titre", "nom", "prenom", "courriel", "specialite_id", "mode", "departements", "lieux", "etat", "moyen"),
        *("a_avis_ponctuel", "a_second_recours", "a_consultations_avancees", "signee_le", "signature_le", "sortie_le"),
        *("motif_sortie", "signature_annoncee_le", "invitee_le", "saisie_le"),
    )
    versions = VersionAdhesion.objects.filter(adhesion=a).order_by("pk")
    actes = ActeAdhesion.objects.filter(adhesion=a).order_by("pk")
    liens = LienSignature.objects.filter(adhesion=a).order_by("pk")
    documents = Document.objects.filter(
        dossier_id=a.dossier_id, type__in=("formulaire_adhesion", "certificat_adhesion")
    )
    siens = [
        d
        for d in documents.order_by("cree_le")
        if d.cle == f"adhesion:{a.pk}" or d.cle.startswith(f"certificat:{a.pk}:")
    ]
    return {
        "numéro": a.pk,
        "dossier": a.dossier.numero,
        "équipe": a.dossier.nom,
        **{nom: getattr(a, nom) for nom in champs},
        "périodes": list(
            versions.values(
                "valide_du", "valide_au", "specialite_id", "mode", "departements", "connu_du", "connu_jusqua"
            )
        ),
        "actes": list(actes.values("type", "enregistre_le", "auteur_nom", "motif", "champs")),
        "invitations": list(liens.values("courriel", "cree_le", "expire_le", "utilise_le", "annule_le")),
        "documents": [
            {"titre": d.titre, "code de vérification": d.code_lisible, "demandé le": d.cree_le} for d in siens
        ],
        "formulaire déposé": a.formulaire.nom_fichier if a.formulaire_id else None,
    }
