"""« Pourquoi cette date ? »: an addition anybody can redo (CAL-11). One line: what, why, the value, the rule, its source.

Values compose: a starting day, then « + 2 mois » or « − 1 jour », then the result on the last line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ess_portal.referentiel.regles.delai import Delai

from .delais import est_ouvre
from .faits_delais import Demande

MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
HEURES = {
    "Europe/Paris": "de Paris",
    "America/Guadeloupe": "de la Guadeloupe",
    "America/Martinique": "de la Martinique",
    "America/Cayenne": "de la Guyane",
    "Indian/Reunion": "de La Réunion",
    "Indian/Mayotte": "de Mayotte",
}
CDC = "Cahier des charges des ESS (CPN)"
CONVENTION = "Convention médicale du 22 juin 2024, articles 53 à 58"
PIECES = "CRPA, art. L. 114-5"
RETRAIT = "CRPA, art. L. 242-1"
RECOURS = "Code de justice administrative, art. R. 421-1"
SILENCE_RECOURS = "CRPA, art. L. 231-4 et L. 411-7"
INTERRUPTION = "CRPA, art. L. 411-2"
CONTRAT = "Contrat de dotation annuelle"
EFFET_DOTATION = "Date d’effet de la dotation."
PORTAIL = "Réglage de l’ARS"


@dataclass(frozen=True, slots=True)
class Etape:
    """`reglage`: the code of the setting that the line takes its value from; `parametre`: that setting and the dated set it stands in, in words."""

    libelle: str
    detail: str = ""
    valeur: str = ""
    regle: str = ""
    source: str = ""
    reglage: str = ""
    parametre: str = ""


def noms_des_reglages(etapes: Iterable[Etape], noms: Mapping[str, str]) -> tuple[Etape, ...]:
    """The lines with their settings said in words; `noms`: setting → « Délai de dépôt du projet : 6 mois (jeu national…) »."""
    return tuple(replace(e, parametre=noms.get(e.reglage, "")) if e.reglage else e for e in etapes)


def jour_ecrit(jour: date) -> str:
    """« 1er mars 2026 », with no-break spaces."""
    return f"{'1er' if jour.day == 1 else jour.day}\u00a0{MOIS[jour.month - 1]}\u00a0{jour.year}"


def heure(fuseau: str) -> str:
    """« heure de Paris », « heure de La Réunion »."""
    return f"heure {HEURES.get(fuseau, f'locale ({fuseau})')}"


def depart(jour: date, detail: str, regle: str, reglage: str = "") -> Etape:
    return Etape("Point de départ", detail, jour_ecrit(jour), regle, reglage=reglage)


def duree(libelle: str, delai: Delai, source: str, reglage: str = "") -> Etape:
    detail = (
        "De date à date\u00a0: même jour du mois, ou dernier jour du mois s’il n’existe pas."
        if delai.mois
        else "En jours de calendrier."
    )
    return Etape(libelle, typographie(detail), f"+\u00a0{delai}", "CAL-1", source, reglage)


def arrets(demandes: Sequence[tuple[Demande, bool]], origine: date, reception: date) -> list[Etape]:
    """The stops of a tacit clock, in order; `demandes` = (request, had an effect)."""
    if not demandes:
        return [Etape("Arrêts du délai", "Aucune pièce indispensable n’a été demandée.", "aucun", "CAL-6")]
    etapes = [_arret(d, effective) for d, effective in demandes]
    if any(effective for _, effective in demandes) and origine != reception:
        texte = "Dernière pièce indispensable reçue, ou demande levée\u00a0: le délai repart en entier."
        etapes.append(Etape("Nouveau point de départ", typographie(texte), jour_ecrit(origine), "CAL-6", PIECES))
    return etapes


def _arret(d: Demande, effective: bool) -> Etape:
    quand = jour_ecrit(d.demandee_le)
    if not d.indispensable:
        texte = f"Pièce non indispensable demandée le {quand}\u00a0: le délai continue."
        return Etape("Demande sans arrêt", typographie(texte), "sans effet", "CAL-6", "CRPA, art. L. 114-5-1")
    if not effective:
        texte = f"Pièces demandées le {quand}, après la décision née du silence\u00a0: elle reste acquise."
        return Etape("Demande trop tardive", typographie(texte), "sans effet", "CAL-6", PIECES)
    if d.close_le is None:
        texte = f"Pièces indispensables demandées le {quand}, toujours attendues. Le délai repartira en entier à leur réception."
        return Etape("Arrêt du délai", texte, "suspendu", "CAL-6", PIECES)
    levee = d.levee_le == d.close_le and d.recue_le != d.close_le
    suite = f"demande levée le {jour_ecrit(d.close_le)}" if levee else f"reçues le {jour_ecrit(d.close_le)}"
    return Etape("Arrêt du délai", f"Pièces indispensables demandées le {quand}, {suite}.", "arrêté", "CAL-6", PIECES)


def calendrier(jour: date, *, proroge: bool = False, reglage: str = "") -> Etape:
    """Week-ends and holidays extend nothing (CAL-3), unless the applicant's setting says so."""
    ferie = " férié" if jour.weekday() < 5 and not est_ouvre(jour) else ""
    nom = f"C’est un {JOURS[jour.weekday()]}{ferie}."
    suite = "Ce jour est ouvré." if proroge else "Ni les week-ends ni les jours fériés ne prolongent ce délai."
    return Etape("Jour de la semaine", f"{nom} {suite}", "sans effet", "CAL-3", reglage=reglage)


def resultat(libelle: str, jour: date, fuseau: str, regle: str, *, naissance: str = "") -> Etape:
    """The last line. `naissance`: what silence makes, from 00:00 of the next day (CAL-2)."""
    texte = f"La journée entière compte, jusqu’à 23\u00a0h\u00a059, {heure(fuseau)}."
    if naissance:
        texte += f" Sans décision à cette date, {naissance} le {jour_ecrit(jour + timedelta(days=1))} à 0\u00a0h."
    return Etape(libelle, texte, jour_ecrit(jour), regle)


def franc() -> Etape:
    """DL-9: neither the first day nor the last one counts."""
    texte = "Ni le premier ni le dernier jour ne comptent."
    return Etape("Délai franc", texte, "+\u00a01\u00a0jour", "DL-9", RECOURS, "calcul_recours")


def typographie(texte: str) -> str:
    """No-break spaces before the high punctuation of a French sentence."""
    for signe in (":", ";", "!", "?"):
        texte = texte.replace(f" {signe}", f"\u00a0{signe}")
    return texte
