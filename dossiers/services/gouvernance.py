"""The acts on the governance register: bodies, seats, consultations. GOV-1 is refused on its field, and by the base."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import Consultation, Dossier, Instance, Siege
from ..regles.gouvernance import Membre, manques_periode, voix_refusee
from . import cycle
from .jointes import joindre

INCOMPLET = "Certaines informations sont à corriger."


def exiger(erreurs: dict[str, str]) -> None:
    if erreurs:
        raise ErreurMetier("gouvernance", INCOMPLET, erreurs)


@transaction.atomic
def creer_instance(
    *, numero: str, type: str, nom: str, creee_le: date, acteur: Acteur, maintenant: datetime, role: str = "", **_: Any
) -> Dossier:
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if Instance.objects.filter(dossier=dossier, nom=nom.strip()).exists():
        exiger({"nom": "Une instance porte déjà ce nom."})
    instance = Instance.objects.create(
        dossier=dossier, type=type, nom=nom.strip(), role=role.strip(), creee_le=creee_le
    )
    _consigner(dossier, "creer_instance", acteur, maintenant, instance=instance.pk, nom=instance.nom)
    return dossier


@transaction.atomic
def dissoudre_instance(
    *, numero: str, instance: int, dissoute_le: date, acteur: Acteur, maintenant: datetime, **_: Any
) -> Dossier:
    """Closes a body; mandates still open end with it."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = _instance(dossier, instance)
    if ligne.dissoute_le is not None:
        exiger({"instance": "Cette instance est déjà dissoute."})
    exiger(manques_periode(ligne.creee_le, dissoute_le, champ="dissoute_le"))
    if ligne.sieges.filter(debut__gt=dissoute_le).exists():
        exiger({"dissoute_le": "Un mandat commence après ce jour."})
    ligne.dissoute_le = dissoute_le
    ligne.save(update_fields=("dissoute_le",))
    ligne.sieges.filter(fin__isnull=True).update(fin=dissoute_le)
    _consigner(dossier, "dissoudre_instance", acteur, maintenant, instance=ligne.pk, dissoute_le=dissoute_le)
    return dossier


def _instance(dossier: Dossier, pk: int) -> Instance:
    ligne = Instance.objects.select_for_update().filter(dossier=dossier, pk=pk).first()
    if ligne is None:
        raise Introuvable
    return ligne


@transaction.atomic
def ajouter_siege(*, numero: str, instance: int, acteur: Acteur, maintenant: datetime, **champs: Any) -> Dossier:
    """A seat in a body, with the voice that GOV-1 allows."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Siege(dossier=dossier, instance=_instance(dossier, instance))
    _poser(ligne, champs, acteur, maintenant)
    _consigner(dossier, "ajouter_siege", acteur, maintenant, siege=ligne.pk, **_dit(ligne))
    return dossier


@transaction.atomic
def corriger_siege(
    *, numero: str, siege: int, raison: str, acteur: Acteur, maintenant: datetime, **champs: Any
) -> Dossier:
    """A seat changes: voice, function, end of mandate. What it was stays in the journal."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Siege.objects.select_for_update().select_related("instance").filter(dossier=dossier, pk=siege).first()
    if ligne is None:
        raise Introuvable
    avant = _dit(ligne)
    _poser(ligne, champs, acteur, maintenant)
    _consigner(
        dossier, "corriger_siege", acteur, maintenant, siege=ligne.pk, avant=avant, motif=raison.strip(), **_dit(ligne)
    )
    return dossier


CHAMPS = (
    "nom",
    "fonction",
    "est_personne",
    "profession",
    "specialite_id",
    "mode",
    "en_exercice",
    "voix",
    "debut",
    "fin",
)


def _poser(ligne: Siege, champs: dict[str, Any], acteur: Acteur, maintenant: datetime) -> None:
    for nom in CHAMPS:
        if nom in champs:
            setattr(ligne, nom, champs[nom])
    erreurs = manques_periode(ligne.debut, ligne.fin)
    refus = voix_refusee(
        Membre(
            nom=ligne.nom,
            voix=ligne.voix,
            personne_physique=ligne.est_personne,
            est_medecin=ligne.profession == "medecin",
            en_exercice=ligne.en_exercice,
            specialite=ligne.specialite_id or "",
            mode=ligne.mode,
        )
    )
    if refus:
        erreurs["voix"] = refus
    if ligne.debut < ligne.instance.creee_le:
        erreurs["debut"] = "Le mandat ne commence pas avant l’instance."
    if ligne.instance.dissoute_le and (ligne.fin is None or ligne.fin > ligne.instance.dissoute_le):
        erreurs["fin"] = "L’instance est dissoute\u00a0: le mandat finit avec elle au plus tard."
    exiger(erreurs)
    piece = joindre(
        ligne.dossier,
        champs.get("document"),
        "document",
        type_="gouvernance",
        libelle=f"Mandat\u00a0: {ligne.nom}",
        objet="association",
        acteur=acteur,
        maintenant=maintenant,
    )
    ligne.document = piece or ligne.document
    ligne.save()


def _dit(ligne: Siege) -> dict[str, Any]:
    return {nom: getattr(ligne, nom) for nom in CHAMPS}


@transaction.atomic
def enregistrer_consultation(
    *,
    numero: str,
    tenue_le: date,
    forme: str,
    acteurs: str,
    objet: str,
    preuve: Any,
    acteur: Acteur,
    maintenant: datetime,
    synthese: str = "",
    **_: Any,
) -> Dossier:
    """The territory's actors heard on a day, with its evidence (GOV-2)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if tenue_le > jour_local(maintenant, dossier.fuseau):
        exiger({"tenue_le": "Une consultation s’enregistre une fois tenue."})
    piece = joindre(
        dossier,
        preuve,
        "preuve",
        type_="consultation",
        libelle=f"Consultation\u00a0: {objet.strip()}",
        objet="association",
        acteur=acteur,
        maintenant=maintenant,
    )
    if piece is None:
        exiger({"preuve": "Joignez une preuve."})
    ligne = Consultation.objects.create(
        dossier=dossier,
        tenue_le=tenue_le,
        forme=forme,
        acteurs=acteurs.strip(),
        objet=objet.strip(),
        synthese=synthese.strip(),
        preuve=piece,
        saisie_le=maintenant,
    )
    _consigner(dossier, "enregistrer_consultation", acteur, maintenant, consultation=ligne.pk, tenue_le=tenue_le)
    return dossier


def _consigner(dossier: Dossier, type_: str, acteur: Acteur, maintenant: datetime, **donnees: Any) -> None:
    consigner(type=type_, acteur=acteur, maintenant=maintenant, dossier=dossier, donnees=donnees)
