"""The page of a dossier's dates: each one, running, passed or void, with its explanation, its own anchor, and the acts that kept it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ess_portal.socle import composants
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import dans, date_fr, instant_fr, jour_fr

from .lecture_etat import dates_au_droit
from .libelles import CITEES, OBJETS, QUI, REGLES, evenement
from .models import Dossier, Echeance

E = Echeance.Statut
EN_COURS = (E.OUVERTE, E.SUSPENDUE, E.ARRETEE)
TACITES = ("DL-1", "DL-3", "CAL-6", "CAL-6-A", "CAL-6-V", "CAL-6-VA")
NAISSANCES = {
    **dict.fromkeys(("CAL-6", "CAL-6-V"), ("Le rejet", "acquis")),
    **dict.fromkeys(("CAL-6-A", "CAL-6-VA"), ("L’acceptation", "acquise")),
}
GROUPES = ("En cours", "Passées ou tenues", "Sans objet")


@lru_cache(maxsize=8192)
def page_des_dates(numero: str) -> str:
    return reverse("echeances", args=[numero])


def ancre(regle: str, objet: str, rang: int) -> str:
    """« dl-1-lettre-1 »: the same for the life of the dossier."""
    return f"{regle}-{objet}-{rang}".lower()


class Nommee(Protocol):
    """What names a date: its row, or the columns of it that a list reads."""

    regle: str
    objet: str
    rang: int


def adresse(numero: str, e: Nommee) -> str:
    """Where « Pourquoi cette date ? » of this date is answered."""
    return adresse_regle(numero, e.regle, e.objet, e.rang)


def adresse_regle(numero: str, regle: str, objet: str, rang: int) -> str:
    """The same, of a date whose row is not at hand."""
    return f"{page_des_dates(numero)}#{ancre(regle, objet, rang)}"


Rangs = dict[tuple[str, str, str], int]


def rangs(dossier: Dossier) -> Rangs:
    """(rule, object, last day) → rank, for the events of the scan, which say a date by its day."""
    lignes = Echeance.objects.filter(dossier=dossier).values_list("regle", "objet", "dernier_jour", "rang")
    return {(regle, objet, str(jour)): rang for regle, objet, jour, rang in lignes}


def adresse_d_evenement(numero: str, donnees: Mapping[str, Any], rangs: Rangs) -> str:
    """Where the date that an event settled, or relied on, is explained; "" when it did neither."""
    if figees := donnees.get("dates"):
        d = figees[0]
        return adresse_regle(numero, d["regle"], d["objet"], d["rang"])
    regle, objet = donnees.get("regle"), donnees.get("objet")
    rang = rangs.get((str(regle), str(objet), str(donnees.get("dernier_jour"))))
    return adresse_regle(numero, str(regle), str(objet), rang) if rang is not None else ""


def lier(numero: str, e: Nommee, contenu: SafeString) -> SafeString:
    """A short date of a list as the link to its explanation."""
    return lier_a(adresse(numero, e), contenu)


def lier_a(url: str, contenu: SafeString) -> SafeString:
    return format_html('<a href="{}" title="Pourquoi cette date\u00a0?">{}</a>', url, contenu)


@dataclass(frozen=True)
class DateLue:
    """One date as the page says it; `actes`: [{titre, explication}], what acts kept of it when they relied on it."""

    ancre: str
    titre: str
    precision: str
    etat: SafeString
    phrases: tuple[str, ...]
    explication: list[dict[str, str]]
    actes: Sequence[dict[str, Any]]
    est_en_cours: bool


def lire(dossier: Dossier, evenements: Iterable[Any]) -> list[tuple[str, list[DateLue]]]:
    """(group, dates) as the law has them at the instant the dossier was read at; `evenements`: those of the dossier that kept dates."""
    figees = _figees(dossier, evenements)
    groupes: dict[str, list[DateLue]] = {g: [] for g in GROUPES}
    for e in dates_au_droit(dossier):
        groupe = GROUPES[0] if e.statut in EN_COURS else GROUPES[2] if e.statut == E.ANNULEE else GROUPES[1]
        groupes[groupe].append(lue(dossier, e, figees.get((e.regle, e.objet, e.rang), ())))
    return [(g, lignes) for g, lignes in groupes.items() if lignes]


def _figees(dossier: Dossier, evenements: Iterable[Any]) -> dict[tuple[str, str, int], list[dict[str, Any]]]:
    lues: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for v in evenements:
        for d in v.donnees.get("dates", ()):
            jour = instant_fr(v.enregistre_le, dossier.fuseau)
            nom = d.get("titre", "Telle que retenue")
            titre = f"{nom} par l’acte «\u00a0{evenement(v.type)}\u00a0», le {jour}"
            ligne = {"titre": titre, "explication": d["explication"]}
            lues.setdefault((d["regle"], d["objet"], d["rang"]), []).append(ligne)
    return lues


def lue(dossier: Dossier, e: Echeance, actes: Sequence[dict[str, Any]] = ()) -> DateLue:
    """A date in words, as it stands at the instant the dossier was read at."""
    qui = QUI.get(e.qui, "")
    return DateLue(
        ancre=ancre(e.regle, e.objet, e.rang),
        titre=REGLES[e.regle],
        precision=" · ".join(
            filter(
                None,
                (f"Règle {CITEES.get(e.regle, e.regle)}", OBJETS[e.objet], f"Qui agit\u00a0: {qui}" if qui else ""),
            )
        ),
        etat=etat(e),
        phrases=tuple(_phrases(dossier, e)),
        explication=e.explication,
        actes=actes,
        est_en_cours=e.statut in EN_COURS,
    )


def etat(e: Echeance) -> SafeString:
    """What became of a date, in words."""
    if e.statut == E.ECHUE and e.regle in TACITES:
        return composants.etat("succes", "Passée\u00a0: le silence a décidé")
    variante, mots = {
        E.OUVERTE: ("attente", "En cours"),
        E.SUSPENDUE: ("alerte", "Délai suspendu"),
        E.ARRETEE: ("info", "Silence arrêté"),
        E.TENUE: ("succes", "Tenue"),
        E.ECHUE: ("neutre", "Passée"),
        E.ANNULEE: ("neutre", "Sans objet"),
    }[E(e.statut)]
    return composants.etat(variante, mots)


def _phrases(dossier: Dossier, e: Echeance) -> Iterable[str]:
    if e.dernier_jour is None:
        yield (
            "Aucune date ne court\u00a0: le délai repartira en entier à la réponse au recours gracieux."
            if e.statut == E.SUSPENDUE and e.regle == "DL-9"
            else "Aucune date ne court\u00a0: le délai repartira en entier à la réception de la dernière pièce."
            if e.statut == E.SUSPENDUE
            else "Aucune date\u00a0: une décision expresse est attendue."
            if e.statut == E.ARRETEE
            else "Aucune date n’a été retenue."
        )
        return
    jour = jour_local(dossier.lu_le, dossier.fuseau)
    suite = f", {dans(e.dernier_jour, jour)}" if e.statut == E.OUVERTE else ""
    yield f"Dernier jour\u00a0: {jour_fr(e.dernier_jour)} inclus{suite}."
    if e.acquise_le and e.statut in (E.OUVERTE, E.ECHUE):
        naissance, accord = NAISSANCES.get(e.regle, ("La validation", "acquise"))
        verbe = "sera" if e.statut == E.OUVERTE else "est"
        yield f"{naissance} par le silence {verbe} {accord} le {date_fr(e.acquise_le)} à 0\u00a0h."
    if e.reglee_le:
        yield f"Inscrite par le portail le {instant_fr(e.reglee_le, dossier.fuseau)}."
