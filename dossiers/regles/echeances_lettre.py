"""Deadlines of the letter: DL-1, and DL-2 and DL-5 from one shared reference date (CAL-5) or the origin a setting names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres

from . import explication as x
from .apres_decision import suites
from .delais import borne
from .echeance import Contexte, EcheanceCalculee, avis, pieces, simple, tacite
from .explication import Etape
from .faits_delais import FaitsDelais
from .tacite import Silence, silence

SIGNATURE = "Signature du contrat par les trois parties."
TRANSITOIRE = "depart_transitoire"


def lettre(c: Contexte) -> Iterator[EcheanceCalculee]:
    s = silence(c.f, c.p, "lettre")
    if s is not None:
        texte = "Lettre d’intention reçue par l’ARS compétente."
        yield tacite(c, "DL-1", "lettre", s, "delai_instruction_lettre", texte)
    projet = "Délai pour déposer le projet"
    for e in _depuis_lettre(c, s, "DL-2", "depart_6_mois", "delai_depot_projet", projet):
        yield _accorder(c, e)
    activite = "Délai pour une première activité de la mission socle"
    yield from _depuis_lettre(c, s, "DL-5", "depart_18_mois", "delai_premiere_activite", activite)
    if s is not None:
        yield avis(c, "lettre", s.reception)
        yield from pieces(c, "lettre", s)
    yield from suites(c, "lettre", c.f.lettre_decision, s)


def reference_lettre(f: FaitsDelais, p: Parametres) -> date | None:
    """CAL-5: receipt of the complete letter by the competent ARS, or its first filing; None while an item is missing."""
    s = silence(f, p, "lettre")
    if s is None or p.date_reference_li == "premier_depot":
        return f.lettre_premier_depot or f.lettre_recue
    validee = f.lettre_decision is not None and f.lettre_decision.est_favorable
    return s.origine if validee or not s.est_suspendu else None


def _depuis_lettre(
    c: Contexte, s: Silence | None, regle: str, reglage: str, delai: str, libelle: str
) -> Iterator[EcheanceCalculee]:
    """`reglage` names the setting that gives the origin, `delai` the one that gives the length."""
    depuis: str = getattr(c.p, reglage)
    origine, etapes = _transitoire(c) if c.f.est_transitoire else _origine(c, s, regle, depuis)
    if origine is not None:
        if not c.f.est_transitoire:
            etapes = [replace(etapes[0], reglage=_reglage_d_origine(c, reglage, depuis)), *etapes[1:]]
        e = simple(
            c,
            regle,
            "lettre",
            "equipe",
            depart=origine,
            etapes=etapes,
            delai=c.delai(delai),
            libelle=libelle,
            source=x.CDC,
            reglage=delai,
        )
        yield _alerter(e, s) if depuis == "depot_li" and not c.f.est_transitoire else e
    elif etapes:
        yield EcheanceCalculee(regle=regle, objet="lettre", qui="equipe", suspendue=True, explication=tuple(etapes))


def _reglage_d_origine(c: Contexte, reglage: str, depuis: str) -> str:
    """The setting that moved the origin: which filing counts (CAL-5), or which act."""
    return "date_reference_li" if depuis == "depot_li" and c.p.date_reference_li != "li_complete" else reglage


def _origine(c: Contexte, s: Silence | None, regle: str, reglage: str) -> tuple[date | None, list[Etape]]:
    """The starting day and its lines; lines without a day while the letter is incomplete, nothing while the fact is to come."""
    if reglage == "signature_contrat":
        return _depart(c.f.amorcage_signe_le, SIGNATURE, regle)
    if reglage == "validation_li":
        jour = c.validation(c.f.lettre_decision, s, c.p.fait_foi_lettre)
        if jour is None and s is not None and s.est_suspendu and c.presumer_tacite:
            return None, _etapes(s, regle)
        return _depart(jour, "Validation de la lettre d’intention.", regle)
    reference = reference_lettre(c.f, c.p)
    if s is None or c.p.date_reference_li == "premier_depot":
        return _depart(reference, "Premier dépôt de la lettre d’intention, complète ou non.", "CAL-5")
    return reference, _etapes(s, regle)


def _transitoire(c: Contexte) -> tuple[date | None, list[Etape]]:
    """§6: the engagement, the signature of the contract, or no clock at all."""
    if c.p.depart_transitoire == "engagement":
        return _depart(
            c.f.engagement_transitoire_le, "Engagement écrit de l’équipe, en régime transitoire.", "TRA", TRANSITOIRE
        )
    jour = c.f.amorcage_signe_le if c.p.depart_transitoire == "signature" else None
    return _depart(jour, SIGNATURE, "TRA", TRANSITOIRE)


def _depart(jour: date | None, texte: str, regle: str, reglage: str = "") -> tuple[date | None, list[Etape]]:
    return (jour, [x.depart(jour, texte, regle, reglage)]) if jour is not None else (None, [])


def _etapes(s: Silence, regle: str) -> list[Etape]:
    texte = "Lettre d’intention reçue par l’ARS compétente."
    return [x.depart(s.reception, texte, regle), *x.arrets(s.demandes, s.origine, s.reception)]


def _accorder(c: Contexte, e: EcheanceCalculee) -> EcheanceCalculee:
    """Until the day that the ARS granted after the first one had passed (`statuer_retard`)."""
    jour = c.f.delai_accorde_le
    if jour is None or e.dernier_jour is None or jour <= e.dernier_jour:
        return e
    texte = "L’ARS a accordé un nouveau délai, le premier étant passé."
    lignes = (
        *e.explication[:-1],
        Etape("Délai accordé", texte, x.jour_ecrit(jour), "DL-2"),
        x.resultat("Dernier jour", jour, c.f.fuseau, "CAL-2"),
    )
    return replace(e, dernier_jour=jour, instant=borne(jour, c.f.fuseau), explication=lignes)


def _alerter(e: EcheanceCalculee, s: Silence | None) -> EcheanceCalculee:
    """Counted from the first filing, a delay may end before the letter itself is validated: it is said (CAL-5)."""
    if s is None or s.dernier_jour is None or e.dernier_jour is None or e.dernier_jour >= s.dernier_jour:
        return e
    texte = f"Échéance antérieure à la validation de la lettre, due au plus tard le {x.jour_ecrit(s.dernier_jour)}."
    return replace(
        e, explication=(*e.explication[:-1], Etape("Attention", texte, "alerte", "CAL-5"), e.explication[-1])
    )
