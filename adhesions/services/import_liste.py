"""A list of adhérents: handed in, shown for what it would do, then applied whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from dossiers.models import Dossier
from dossiers.selectors import libelles_departements, libelles_specialites
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import stockage
from ess_portal.documents.controle import parent
from ess_portal.documents.controle.formats import nom_propre
from ess_portal.documents.controle.refus import PHRASES, FichierRefuse, Motif
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.tableur import rendre

from ..models import Adhesion, ListeImportee
from ..regles.liste import EnteteInvalide, Reperes, lire_ligne, reconnaitre
from ..regles.plan_import import ERREUR, IDENTITE, Entree, Existante, planifier
from .ajout import ajouter_adherent
from .correction import corriger_adhesion
from .suivi import changer_exercice, sortir_adherent

TAILLE_MAXIMUM = 5 * 1024 * 1024
LIGNES_MAXIMUM = 1_000
COLONNES_MAXIMUM = 40
GARDE = timedelta(days=1)
FORMATS = ("csv", "xlsx", "ods")


@dataclass(frozen=True)
class Apercu:
    """What a list would do to the adhérents as they are now. `empreinte` changes with either of them."""

    entrees: list[Entree]
    comptes: dict[str, int]
    inconnues: list[str]
    ignorees: int
    empreinte: str

    @property
    def applicable(self) -> bool:
        return not self.comptes.get(ERREUR) and any(e.actes for e in self.entrees)


@transaction.atomic
def deposer_liste(*, numero: str, fichier: UploadedFile, acteur: Acteur, maintenant: datetime) -> ListeImportee:
    """Keeps the cells of a list for its preview; an earlier one that waited is forgotten. Raises ErreurMetier with a sentence."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    nom, lignes = lire_fichier(fichier)
    try:
        reconnaitre(_entete(lignes)[1])
    except EnteteInvalide as erreur:
        raise ErreurMetier("colonnes", str(erreur), {"fichier": str(erreur)}) from erreur
    ListeImportee.objects.filter(dossier=dossier, appliquee_le__isnull=True).delete()
    with comme_portail():
        purger_listes(maintenant=maintenant)
    return ListeImportee.objects.create(
        dossier=dossier, nom_fichier=nom, lignes=lignes, deposee_le=maintenant, deposee_par_id=acteur.utilisateur_id
    )


def lire_fichier(fichier: UploadedFile) -> tuple[str, list[list[str]]]:
    """Its clean name and its cells, read in a child. Raises ErreurMetier `fichier_<motif>`."""
    try:
        nom = nom_propre(fichier.name or "")
        annonce = PurePath(nom).suffix.lower().lstrip(".")
        if annonce in ("xlsm", "xltm", "xlsb"):
            raise FichierRefuse(Motif.MACRO)
        if annonce not in ("txt", "tsv", *FORMATS):
            raise FichierRefuse(Motif.TABLEAU)
        with stockage.atelier() as atelier:
            recu = atelier / "liste"
            with recu.open("wb") as sortie:
                total = 0
                for morceau in fichier.chunks():
                    total += len(morceau)
                    if total > TAILLE_MAXIMUM:
                        raise FichierRefuse(Motif.TROP_GROS, limite=TAILLE_MAXIMUM // (1024 * 1024))
                    sortie.write(morceau)
            if not total:
                raise FichierRefuse(Motif.VIDE)
            lignes = parent.lire_tableau(
                recu,
                annonce if annonce in FORMATS else "csv",
                lignes_maximum=LIGNES_MAXIMUM,
                colonnes_maximum=COLONNES_MAXIMUM,
            )
        if not any(any(ligne) for ligne in lignes):
            raise FichierRefuse(Motif.VIDE)
    except FichierRefuse as refus:
        phrase = refus.phrase or PHRASES[refus.motif]
        raise ErreurMetier(f"fichier_{refus.motif}", phrase, {"fichier": phrase}) from refus
    return nom[-120:], [[rendre(cellule) for cellule in ligne] for ligne in lignes]


def _entete(lignes: list[list[str]]) -> tuple[int, list[str]]:
    """The first line that says something, and its number in the file."""
    return next((rang, ligne) for rang, ligne in enumerate(lignes, 1) if any(ligne))


def apercu(dossier: Dossier, lignes: list[list[str]], *, maintenant: datetime) -> Apercu:
    """Worked out from the list and from the adhérents of this very moment."""
    debut, entete = _entete(lignes)
    colonnes, inconnues = reconnaitre(entete)
    reperes = Reperes(libelles_specialites(), frozenset(libelles_departements()))
    pleines = [(rang, ligne) for rang, ligne in enumerate(lignes, 1) if rang > debut and any(ligne)]
    lues = [lire_ligne(rang, ligne, colonnes, reperes) for rang, ligne in pleines]
    existantes = _existantes(dossier)
    entrees = planifier(lues, existantes, jour_local(maintenant, dossier.fuseau))
    faits = [[e.pk, e.rpps, e.etat, e.moyen, dict(e.valeurs)] for e in existantes]
    matiere = json.dumps([lignes, faits, [e.actes for e in entrees]], cls=DjangoJSONEncoder, sort_keys=True)
    return Apercu(
        entrees=entrees,
        comptes=dict(Counter(e.action for e in entrees)),
        inconnues=inconnues,
        ignorees=len(lignes) - debut - len(pleines),
        empreinte=hashlib.sha256(matiere.encode()).hexdigest(),
    )


def _existantes(dossier: Dossier) -> list[Existante]:
    lignes = (
        Adhesion.objects.filter(dossier=dossier).exclude(etat=Adhesion.Etat.ANNULEE).select_related("professionnel")
    )
    jours = ("signee_le", "sortie_le", "signature_annoncee_le")
    return [
        Existante(
            pk=a.pk,
            rpps=a.professionnel.rpps,
            etat=a.etat,
            moyen=a.moyen,
            valeurs={nom: getattr(a, nom) for nom in (*IDENTITE, *jours, "mode")}
            | {"specialite": a.specialite_id, "departements": tuple(sorted(a.departements))},
        )
        for a in lignes.order_by("pk")
    ]


@transaction.atomic
def confirmer_liste(*, numero: str, liste: int, empreinte: str, acteur: Acteur, maintenant: datetime) -> ListeImportee:
    """Applies what the preview showed. Raises Conflit `apercu_perime` when the adhérents changed since, ErreurMetier for an error."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = ListeImportee.objects.select_for_update().filter(dossier=dossier, pk=liste).first()
    if ligne is None:
        raise Introuvable
    if ligne.appliquee_le is not None:
        raise Conflit("deja_appliquee", "Cette liste est déjà appliquée.")
    vu = apercu(dossier, ligne.lignes, maintenant=maintenant)
    if vu.empreinte != empreinte:
        raise Conflit(
            "apercu_perime",
            "Les adhérents ont changé depuis cet aperçu\u00a0: relisez-le avant de confirmer. Rien n’est enregistré.",
        )
    ligne.resultat = appliquer(dossier, vu, ligne.nom_fichier, acteur=acteur, maintenant=maintenant)
    ligne.lignes, ligne.appliquee_le = [], maintenant
    ligne.save(update_fields=("lignes", "appliquee_le", "resultat"))
    return ligne


@transaction.atomic
def importer_liste(*, numero: str, fichier: UploadedFile, acteur: Acteur, maintenant: datetime) -> Dossier:
    """The same in one act, for programs: read, judged, applied whole or refused with the sentence of each line."""
    liste = deposer_liste(numero=numero, fichier=fichier, acteur=acteur, maintenant=maintenant)
    vu = apercu(liste.dossier, liste.lignes, maintenant=maintenant)
    confirmer_liste(numero=numero, liste=liste.pk, empreinte=vu.empreinte, acteur=acteur, maintenant=maintenant)
    return liste.dossier


def appliquer(dossier: Dossier, vu: Apercu, nom: str, *, acteur: Acteur, maintenant: datetime) -> dict[str, int]:
    """Each line by the service of its act, professionals in the order of their numbers (two lists never wait for each other)."""
    fautes = [f"Ligne {e.rang}\u00a0: {phrase}" for e in vu.entrees for phrase in e.erreurs]
    if fautes:
        raise ErreurMetier(
            "lignes", "Des lignes sont à corriger\u00a0: rien n’est enregistré.", {"fichier": fautes[:100]}
        )
    motif = f"Import de la liste «\u00a0{nom}\u00a0»"[:300]
    commun = {"numero": dossier.numero, "acteur": acteur, "maintenant": maintenant}
    for entree in sorted(vu.entrees, key=lambda e: (e.rpps, e.rang)):
        for acte, champs in entree.actes:
            try:
                _ACTES[acte](champs, motif, commun)
            except ErreurMetier as refus:
                phrase = f"Ligne {entree.rang}\u00a0: {refus.message}"
                raise ErreurMetier("lignes", f"{phrase} Rien n’est enregistré.", {"fichier": phrase}) from refus
    consigner(
        type="importer_adherents",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"lignes": len(vu.entrees), **vu.comptes},
    )
    return vu.comptes


def _ajouter(champs: dict[str, Any], _motif: str, commun: dict[str, Any]) -> None:
    ajouter_adherent(**champs, **commun)


def _corriger(champs: dict[str, Any], motif: str, commun: dict[str, Any]) -> None:
    corrections = {n: list(v) if isinstance(v, tuple) else v for n, v in champs["corrections"].items()}
    corriger_adhesion(adhesion=champs["adhesion"], corrections=corrections, motif=motif, **commun)


def _changer(champs: dict[str, Any], motif: str, commun: dict[str, Any]) -> None:
    changer_exercice(**champs, motif=motif, **commun)


def _sortir(champs: dict[str, Any], _motif: str, commun: dict[str, Any]) -> None:
    sortir_adherent(**champs, **commun)


_ACTES: dict[str, Callable[[dict[str, Any], str, dict[str, Any]], None]] = {
    "ajouter": _ajouter,
    "corriger": _corriger,
    "changer": _changer,
    "sortir": _sortir,
}


def purger_listes(*, maintenant: datetime) -> int:
    """Lists that nobody confirmed within a day go, with the names they hold."""
    nombre, _ = ListeImportee.objects.filter(appliquee_le__isnull=True, deposee_le__lt=maintenant - GARDE).delete()
    return nombre
