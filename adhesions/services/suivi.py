"""Leaving, and correcting what was entered, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Specialite
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Adhesion
from .ajout import verifier_departements
from .signature import verifier_jours

# What an event may repeat for ever; of the other fields it says only that they changed (RET-1: the person goes).
SANS_IDENTITE = ("specialite", "mode", "departements", "signee_le", "sortie_le", "a_consultations_avancees")
CORRIGEABLES = ("titre", "nom", "prenom", "courriel", "lieux", *SANS_IDENTITE)


@transaction.atomic
def sortir_adherent(
    *, numero: str, adhesion: int, date_sortie: date, motif: str, acteur: Acteur, maintenant: datetime
) -> Adhesion:
    """Records the last day of an adhésion: that day still counts (ADH-1). Raises Conflit for who is not an adhérent."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.etat != Adhesion.Etat.SIGNEE:
        raise Conflit("etat", "Seul un adhérent peut quitter l’équipe.")
    if not motif.strip():
        raise ErreurMetier("motif", "Indiquez le motif de la sortie.", {"motif": "Indiquez le motif de la sortie."})
    if date_sortie < ligne.signee_le:
        phrase = f"Le dernier jour ne précède pas la signature, le {date_fr(ligne.signee_le)}."
        raise ErreurMetier("date_sortie", phrase, {"date_sortie": phrase})
    ligne.etat, ligne.sortie_le, ligne.motif_sortie = Adhesion.Etat.SORTIE, date_sortie, motif.strip()
    ligne.save(update_fields=("etat", "sortie_le", "motif_sortie"))
    consigner(
        type="sortir_adherent",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"adhesion": ligne.pk, "sortie_le": date_sortie},
    )
    return ligne


@transaction.atomic
def corriger_adhesion(
    *, numero: str, adhesion: int, motif: str, corrections: Mapping[str, Any], acteur: Acteur, maintenant: datetime
) -> Adhesion:
    """Corrects an entry, traced with its reason. A signature made online keeps its day; an exit given up gives the adhérent back.

    Raises ErreurMetier without reason or when nothing changes, Conflit when the days would meet another adhésion.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if not motif.strip():
        raise ErreurMetier(
            "motif", "Indiquez le motif de la correction.", {"motif": "Indiquez le motif de la correction."}
        )
    avant = {nom: _valeur(ligne, nom) for nom in CORRIGEABLES}
    apres = avant | {nom: corrections[nom] for nom in CORRIGEABLES if nom in corrections}
    changes = [nom for nom in CORRIGEABLES if apres[nom] != avant[nom]]
    if not changes:
        raise ErreurMetier("sans_changement", "Aucune information n’a changé.")
    _verifier(ligne, apres, changes, jour_local(maintenant, dossier.fuseau))
    for nom in changes:
        setattr(ligne, "specialite_id" if nom == "specialite" else nom, apres[nom])
    if ligne.signee_le is not None:
        ligne.etat = Adhesion.Etat.SORTIE if ligne.sortie_le else Adhesion.Etat.SIGNEE
        ligne.motif_sortie = (ligne.motif_sortie or motif.strip()) if ligne.sortie_le else ""
        verifier_jours(ligne, ligne.signee_le, ligne.sortie_le)
    ligne.save()
    consigner(
        type="corriger_adhesion",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "adhesion": ligne.pk,
            "motif": motif.strip(),
            "champs": changes,
            "avant": {n: avant[n] for n in changes if n in SANS_IDENTITE},
            "apres": {n: apres[n] for n in changes if n in SANS_IDENTITE},
        },
    )
    return ligne


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
    if "sortie_le" in changes and apres["sortie_le"]:
        if ligne.signee_le is None:
            erreurs["sortie_le"] = "Cette adhésion n’est pas signée."
        elif apres["signee_le"] and apres["sortie_le"] < apres["signee_le"]:
            erreurs["sortie_le"] = "La sortie ne précède pas la signature."
    if erreurs:
        raise ErreurMetier("contenu", next(iter(erreurs.values())), erreurs)
