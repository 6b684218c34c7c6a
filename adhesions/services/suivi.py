"""Leaving, changing practice on a day, withdrawing what was never true: each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Specialite
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.typographie import date_fr

from ..models import ActeAdhesion, Adhesion
from ..regles import histoire as regles_histoire
from ..regles.histoire import Exercice
from . import histoire
from .ajout import verifier_departements

EXERCICE = ("specialite", "mode", "departements")


@transaction.atomic
def sortir_adherent(
    *, numero: str, adhesion: int, date_sortie: date, motif: str, acteur: Acteur, maintenant: datetime
) -> Adhesion:
    """Records the last day of an adhésion: that day still counts (ADH-1). Raises Conflit for who is not an adhérent."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.etat != Adhesion.Etat.SIGNEE:
        raise Conflit("etat", "Seul un adhérent peut quitter l’équipe.")
    exiger_motif(motif, "Indiquez le motif de la sortie.")
    if date_sortie < ligne.signee_le:
        phrase = f"Le dernier jour ne précède pas la signature, le {date_fr(ligne.signee_le)}."
        raise ErreurMetier("date_sortie", phrase, {"date_sortie": phrase})
    ligne.etat, ligne.sortie_le, ligne.motif_sortie = Adhesion.Etat.SORTIE, date_sortie, motif.strip()
    apres = regles_histoire.borner(histoire.lire(ligne), ligne.signee_le, date_sortie)
    histoire.porter(ligne, apres)
    ligne.save(update_fields=("etat", "sortie_le", "motif_sortie", *EXERCICE))
    histoire.inscrire(
        ligne,
        ActeAdhesion.Type.SORTIE,
        apres,
        evenement="sortir_adherent",
        donnees={"sortie_le": date_sortie},
        acteur=acteur,
        maintenant=maintenant,
        motif=motif,
    )
    return ligne


@transaction.atomic
def changer_exercice(
    *,
    numero: str,
    adhesion: int,
    date_effet: date,
    motif: str,
    acteur: Acteur,
    maintenant: datetime,
    specialite: str = "",
    mode: str = "",
    departements: Sequence[str] = (),
    lieux: str = "",
) -> Adhesion:
    """The practice changes on a day: it counts so from that day on, and as before until its eve. What is left empty stays.

    Raises ErreurMetier for a day out of the adhésion or when nothing changes, Conflit for an adhésion that is not signed.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.signee_le is None:
        raise Conflit("etat", "Cette adhésion n’est pas signée\u00a0: corrigez l’invitation.")
    exiger_motif(motif, "Indiquez le motif du changement.")
    avant = histoire.lire(ligne)
    tranche = next((t for t in avant if t.couvre(date_effet)), None)
    if tranche is None:
        phrase = f"Cette date est hors de l’adhésion, {_jours(ligne)}."
        raise ErreurMetier("date_effet", phrase, {"date_effet": phrase})
    exercice = _exercice(tranche.exercice, specialite, mode, departements)
    apres = regles_histoire.changer(avant, date_effet, exercice)
    champs = [nom for nom in EXERCICE if getattr(exercice, nom) != getattr(tranche.exercice, nom)]
    if lieux.strip() and lieux.strip() != ligne.lieux:
        ligne.lieux = lieux.strip()
        champs.append("lieux")
    if not champs:
        raise ErreurMetier("sans_changement", "Aucune information n’a changé.")
    histoire.porter(ligne, apres)
    ligne.save(update_fields=("lieux", *EXERCICE))
    histoire.inscrire(
        ligne,
        ActeAdhesion.Type.CHANGEMENT,
        apres,
        evenement="changer_exercice",
        donnees={
            "date_effet": date_effet,
            "champs": champs,
            "avant": {n: getattr(tranche.exercice, n) for n in champs if n in EXERCICE},
            "apres": {n: getattr(exercice, n) for n in champs if n in EXERCICE},
        },
        acteur=acteur,
        maintenant=maintenant,
        motif=motif,
        champs=champs,
    )
    return ligne


@transaction.atomic
def retirer_adhesion(*, numero: str, adhesion: int, motif: str, acteur: Acteur, maintenant: datetime) -> Adhesion:
    """What was recorded was never true (another person's form, a signature disowned): it counts on no day any more, and what was
    counted until now stays readable as it was known."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.signee_le is None:
        raise Conflit("etat", "Cette adhésion n’est pas signée\u00a0: annulez plutôt l’invitation.")
    exiger_motif(motif, "Indiquez le motif du retrait.")
    periode = {"signee_le": ligne.signee_le, "sortie_le": ligne.sortie_le}
    ligne.etat, ligne.signee_le, ligne.sortie_le, ligne.motif_sortie = Adhesion.Etat.ANNULEE, None, None, ""
    ligne.save(update_fields=("etat", "signee_le", "sortie_le", "motif_sortie"))
    histoire.inscrire(
        ligne,
        ActeAdhesion.Type.RETRAIT,
        (),
        evenement="retirer_adhesion",
        donnees=periode,
        acteur=acteur,
        maintenant=maintenant,
        motif=motif,
    )
    return ligne


def exiger_motif(motif: str, phrase: str) -> None:
    if not motif.strip():
        raise ErreurMetier("motif", phrase, {"motif": phrase})


def _jours(ligne: Adhesion) -> str:
    fin = f" au {date_fr(ligne.sortie_le)} inclus" if ligne.sortie_le else ""
    return f"{'du' if fin else 'qui court depuis le'} {date_fr(ligne.signee_le)}{fin}"


def _exercice(avant: Exercice, specialite: str, mode: str, departements: Sequence[str]) -> Exercice:
    if specialite and not Specialite.objects.filter(code=specialite).exists():
        phrase = "Choisissez une spécialité de la liste."
        raise ErreurMetier("specialite", phrase, {"specialite": phrase})
    lieux = tuple(verifier_departements(departements)) if departements else avant.departements
    return Exercice(specialite or avant.specialite, mode or avant.mode, lieux)
