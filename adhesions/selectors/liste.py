"""The list of a dossier's adhérents, with its counts of the day, a search and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator

from dossiers.actions import toutes
from dossiers.faits import parametres
from dossiers.models import Dossier, LettreIntention
from dossiers.selectors import libelles_departements, libelles_specialites
from dossiers.services.creation import normaliser
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.composants import etat
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, part

from ..effectifs import Comptage, versions
from ..models import Adhesion
from ..models.professionnel import Mode

E = Adhesion.Etat
PAR_PAGE = 50
ETATS = (
    ("", "Tous, sauf sans suite"),
    (E.SIGNEE.value, "Adhérents"),
    (E.INVITEE.value, "À signer"),
    (E.SORTIE.value, "Sortis, ou départ prévu"),
    (E.ANNULEE.value, "Sans suite"),
)
# What the address calls an act, its name in the registry, the words of its link: by state of the adhésion.
LIENS = {
    E.INVITEE: (
        ("lien", "envoyer_lien_adhesion", "Envoyer le lien"),
        ("formulaire", "deposer_formulaire_adhesion", "Déposer le formulaire signé"),
        ("correction", "corriger_adhesion", "Corriger"),
        ("annulation", "annuler_invitation", "Annuler"),
    ),
    E.SIGNEE: (
        ("sortie", "sortir_adherent", "Enregistrer une sortie"),
        ("changement", "changer_exercice", "Changer l’exercice à une date"),
        ("correction", "corriger_adhesion", "Corriger une erreur"),
        ("retrait", "retirer_adhesion", "Retirer cette adhésion"),
    ),
    E.SORTIE: (
        ("changement", "changer_exercice", "Changer l’exercice à une date"),
        ("correction", "corriger_adhesion", "Corriger une erreur"),
        ("retrait", "retirer_adhesion", "Retirer cette adhésion"),
    ),
}
EN_LISTE = ("lien", "formulaire", "sortie", "correction", "annulation")


@dataclass(frozen=True)
class Filtres:
    """What the address asks for; what is not understood is left out."""

    recherche: str = ""
    etat: str = ""
    specialite: str = ""
    mode: str = ""
    departement: str = ""

    @classmethod
    def lire(cls, champs: Mapping[str, str]) -> Filtres:
        def parmi(nom: str, valeurs: Iterable[str]) -> str:
            valeur = champs.get(nom, "")
            return valeur if valeur in valeurs else ""

        return cls(
            recherche=champs.get("recherche", "")[:80].replace("\x00", ""),
            etat=parmi("etat", E.values),
            specialite=parmi("specialite", libelles_specialites()),
            mode=parmi("mode", Mode.values),
            departement=parmi("departement", libelles_departements()),
        )

    def garde(self, a: Adhesion) -> bool:
        if (a.etat != self.etat) if self.etat else (a.etat == E.ANNULEE):
            return False
        if (self.specialite and a.specialite_id != self.specialite) or (self.mode and a.mode != self.mode):
            return False
        if self.departement and self.departement not in a.departements:
            return False
        cherche = normaliser(f"{a.prenom} {a.nom} {a.professionnel.rpps}")
        return all(mot in cherche for mot in normaliser(self.recherche).split())

    @property
    def actifs(self) -> bool:
        return self != Filtres()


def identite(adhesion: Adhesion) -> list[tuple[str, Any]]:
    return [
        ("Spécialité", adhesion.specialite.libelle),
        ("Mode d’exercice", adhesion.get_mode_display()),
        ("Lieux d’exercice", adhesion.lieux or "Non renseignés"),
        ("Courriel", adhesion.courriel or "Non renseigné"),
        ("Signée le", adhesion.signee_le or "Pas encore signée"),
        ("Dernier jour d’adhésion", adhesion.sortie_le or "Sans date de sortie"),
    ]


def dossier_lu(numero: str, *, acteur: Acteur, maintenant: datetime) -> Dossier:
    """Raises Introuvable for a dossier that this person may not see."""
    dossier = Dossier.objects.pour(acteur).au(maintenant).filter(numero=numero).first()
    if dossier is None:
        raise Introuvable
    return dossier


def actes_permis(dossier: Dossier, acteur: Acteur) -> set[str]:
    return {nom for nom, a in toutes().items() if a.role_permis(acteur.role) and a.etat_permis(dossier.statut_effectif)}


def page_adherents(
    numero: str, *, acteur: Acteur, maintenant: datetime, champs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A page of the list: counts of the whole, rows of what is searched. Raises Introuvable."""
    dossier = dossier_lu(numero, acteur=acteur, maintenant=maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    filtres = Filtres.lire(champs or {})
    adhesions = list(
        Adhesion.objects.pour(acteur).filter(dossier=dossier).select_related("specialite", "professionnel")
    )
    comptage = Comptage.des_versions(dossier, versions(dossier), parametres(dossier, jour))
    liberaux = LettreIntention.objects.filter(dossier=dossier).values_list("liberaux", flat=True).first() or 0
    permis = actes_permis(dossier, acteur)
    gardees = [a for a in adhesions if filtres.garde(a)]
    page = Paginator(gardees, PAR_PAGE).get_page((champs or {}).get("page"))
    lignes = [_ligne(a, jour, permis) for a in page]
    return {
        "dossier": dossier,
        "jour": jour,
        "page": page,
        "lignes": lignes,
        "total": len(adhesions),
        "filtres": filtres,
        "choix": _choix(adhesions),
        "resultat": accord(len(gardees), "professionnel trouvé", "professionnels trouvés") if filtres.actifs else "",
        "adherents_liberaux": comptage.liberaux(jour),
        "liberaux": liberaux,
        "peut_ajouter": "ajouter_adherent" in permis,
        "peut_importer": "importer_adherents" in permis,
        "peut_agir": any(x["actes"] for x in lignes),
        "chiffres": _chiffres(comptage, adhesions, jour, liberaux),
    }


def _choix(adhesions: list[Adhesion]) -> dict[str, list[tuple[str, str]]]:
    """What can be filtered on here: only the values that the list holds."""
    specialites = {a.specialite_id: a.specialite.libelle for a in adhesions}
    codes = sorted({code for a in adhesions for code in a.departements})
    noms = libelles_departements()
    return {
        "etats": list(ETATS),
        "specialites": sorted(specialites.items(), key=lambda x: x[1]),
        "modes": [(code, libelle) for code, libelle in Mode.choices if any(a.mode == code for a in adhesions)],
        "departements": [(code, f"{noms.get(code, code)} ({code})") for code in codes],
    }


def _chiffres(comptage: Comptage, adhesions: list[Adhesion], jour: date, liberaux: int) -> list[dict[str, Any]]:
    en_attente = sum(a.etat == E.INVITEE for a in adhesions)
    libres = comptage.liberaux(jour)
    proportion = part(libres, liberaux)
    return [
        {
            "valeur": comptage.effectif(jour),
            "libelle": "médecins comptés aujourd’hui pour la dotation",
            "precision": "hors médecine générale",
        },
        {
            "valeur": libres,
            "libelle": "adhérents libéraux de la spécialité",
            "precision": f"{proportion} des {liberaux} libéraux du territoire"
            if proportion
            else "qui exercent dans le territoire",
        },
        {"valeur": en_attente, "libelle": "invitations en attente", "precision": "ne comptent pas avant la signature"},
    ]


def _ligne(adhesion: Adhesion, jour: date, permis: set[str]) -> dict[str, Any]:
    return {
        "adhesion": adhesion,
        "etat": etat_adhesion(adhesion, jour),
        "actes": [a for a in liens(adhesion, permis) if a["acte"] in EN_LISTE],
    }


def liens(adhesion: Adhesion, permis: set[str]) -> list[dict[str, str]]:
    """The acts this person may do on this adhésion."""
    return [
        {"acte": acte, "libelle": "Renvoyer le lien" if acte == "lien" and adhesion.invitee_le else libelle}
        for acte, nom, libelle in LIENS.get(adhesion.etat, ())
        if nom in permis
    ]


def etat_adhesion(adhesion: Adhesion, jour: date) -> str:
    if adhesion.etat == E.INVITEE:
        if adhesion.signature_annoncee_le:
            return etat("attente", "À signer", "formulaire signé à déposer")
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
