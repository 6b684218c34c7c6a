"""Correcting what was entered, with its reason: what was written was never true, and stays readable as it was known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Specialite
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local

from ..models import ActeAdhesion, Adhesion
from ..regles import histoire as regles_histoire
from ..regles.histoire import Exercice, Histoire, Tranche
from . import double, histoire
from .ajout import verifier_departements
from .signature import verifier_jours
from .suivi import EXERCICE, exiger_motif

# What an event may repeat for ever; of the other fields it says only that they changed (RET-1: the person goes).
SANS_IDENTITE = (
    *(
        "specialite",
        "mode",
        "departements",
        "signee_le",
        "sortie_le",
        "signature_annoncee_le",
        "a_consultations_avancees",
    ),
)
CORRIGEABLES = ("titre", "nom", "prenom", "courriel", "lieux", *SANS_IDENTITE)


@transaction.atomic
def corriger_adhesion(
    *,
    numero: str,
    adhesion: int,
    motif: str,
    corrections: Mapping[str, Any],
    acteur: Acteur,
    maintenant: datetime,
    periode: date | None = None,
) -> Adhesion:
    """Corrects an entry, traced with its reason. A signature made online keeps its day; an exit given up gives the adhérent back.

    What was written was never true: the practice is corrected over the whole period that holds the day `periode` (the last one,
    without it). Raises ErreurMetier without reason or when nothing changes, Conflit when the days would meet another adhésion.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    exiger_motif(motif, "Indiquez le motif de la correction.")
    passee = histoire.lire(ligne)
    tranche = _tranche(passee, periode)
    avant = {nom: _valeur(ligne, nom) for nom in CORRIGEABLES}
    if tranche is not None:
        avant |= {nom: getattr(tranche.exercice, nom) for nom in EXERCICE} | {
            "departements": list(tranche.exercice.departements)
        }
    apres = avant | {nom: corrections[nom] for nom in CORRIGEABLES if nom in corrections}
    changes = [nom for nom in CORRIGEABLES if apres[nom] != avant[nom]]
    if not changes:
        raise ErreurMetier("sans_changement", "Aucune information n’a changé.")
    _verifier(ligne, apres, changes, jour_local(maintenant, dossier.fuseau))
    for nom in changes:
        if tranche is None or nom not in EXERCICE:
            setattr(ligne, "specialite_id" if nom == "specialite" else nom, apres[nom])
    effets = []
    nouvelle: Histoire | None = None
    if tranche is not None:
        nouvelle = regles_histoire.corriger(
            passee, tranche.du, Exercice(apres["specialite"], apres["mode"], tuple(apres["departements"]))
        )
        nouvelle = regles_histoire.borner(nouvelle, ligne.signee_le, ligne.sortie_le)
        histoire.porter(ligne, nouvelle)
        ligne.etat = Adhesion.Etat.SORTIE if ligne.sortie_le else Adhesion.Etat.SIGNEE
        ligne.motif_sortie = (ligne.motif_sortie or motif.strip()) if ligne.sortie_le else ""
        if {"signee_le", "sortie_le"} & set(changes):
            double.reserver(ligne)
            verifier_jours(ligne, ligne.signee_le, ligne.sortie_le)
            effets = double.controler(ligne, dossier, ligne.signee_le, ligne.sortie_le)
    ligne.save()
    histoire.inscrire(
        ligne,
        ActeAdhesion.Type.CORRECTION,
        nouvelle,
        evenement="corriger_adhesion",
        donnees={
            "motif": motif.strip(),
            "champs": changes,
            "avant": {n: avant[n] for n in changes if n in SANS_IDENTITE},
            "apres": {n: apres[n] for n in changes if n in SANS_IDENTITE},
        },
        acteur=acteur,
        maintenant=maintenant,
        effets=effets,
        motif=motif,
        champs=changes,
    )
    return ligne


def _tranche(passee: Histoire, periode: date | None) -> Tranche | None:
    """The slice to correct: the one that holds the day, else the last one; None before the signature."""
    if not passee or periode is None:
        return passee[-1] if passee else None
    tranche = next((t for t in passee if t.couvre(periode)), None)
    if tranche is None:
        phrase = "Cette période n’est pas dans l’adhésion."
        raise ErreurMetier("periode", phrase, {"periode": phrase})
    return tranche


def _valeur(ligne: Adhesion, nom: str) -> Any:
    return ligne.specialite_id if nom == "specialite" else getattr(ligne, nom)


def _verifier(ligne: Adhesion, apres: dict[str, Any], changes: list[str], jour: date) -> None:
    erreurs: dict[str, str] = {}
    if "specialite" in changes and not Specialite.objects.filter(code=apres["specialite"]).exists():
        erreurs["specialite"] = "Choisissez une spécialité de la liste."
    if "departements" in changes:
        apres["departements"] = verifier_departements(apres["departements"])
    if not apres["nom"]:
        erreurs["nom"] = "Indiquez le nom."
    if "signee_le" in changes:
        if ligne.moyen != Adhesion.Moyen.FORMULAIRE:
            erreurs["signee_le"] = "Une signature en ligne garde sa date."
        elif apres["signee_le"] is None or apres["signee_le"] > jour:
            erreurs["signee_le"] = "Indiquez une date de signature passée."
    if {"signee_le", "sortie_le"} & set(changes) and apres["sortie_le"]:
        champ = "sortie_le" if "sortie_le" in changes else "signee_le"
        if ligne.signee_le is None:
            erreurs[champ] = "Cette adhésion n’est pas signée."
        elif apres["signee_le"] and apres["sortie_le"] < apres["signee_le"]:
            erreurs[champ] = "La sortie ne précède pas la signature."
    if erreurs:
        raise ErreurMetier("contenu", next(iter(erreurs.values())), erreurs)
