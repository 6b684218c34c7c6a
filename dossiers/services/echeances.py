"""The rows of the deadlines: recomputed from facts after each act, settled by `materialiser` when their instant has passed."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from ess_portal.referentiel.services import parametres_epingles, reglages_nommes
from ess_portal.socle.horloge import jour_local

from .. import faits as f
from ..models import Dossier, Echeance, Porte
from ..regles import apres_decision
from ..regles import avenants as regles_avenants
from ..regles import recours as regles_recours
from ..regles.au_droit import RAPPORT, SANS_ATTENTE
from ..regles.cycle import FINAUX, Statut
from ..regles.delais import ajouter
from ..regles.echeance import Contexte
from ..regles.echeances import EcheanceCalculee, Etape, calculer, nommer
from ..regles.faits_delais import DecisionFait, FaitsDelais
from . import grilles_tacites, taches
from .passage import regler_dues

_json = DjangoJSONEncoder()
E_STATUT = Echeance.Statut
# What still runs once a dossier has ended: a decision is contested, or withdrawn, whatever it has closed.
APRES_LA_FIN = ("DL-8", "DL-9", RAPPORT, *regles_recours.REGLES)


def recalculer(dossier: Dossier, *, maintenant: datetime) -> None:
    """Writes what the facts now determine; a date already settled stays settled unless it moved into the future."""
    jour = jour_local(maintenant, dossier.fuseau)
    dossier = Dossier.objects.prefetch_related("depots", "demandes", "decisions", "activites", "avis", "echeances").get(
        pk=dossier.pk
    )
    faits = f.delais(dossier, jour)
    if faits is None:
        return
    calculees = _calculer(dossier, faits, jour)
    existantes = {(e.regle, e.objet, e.rang): e for e in dossier.echeances.all()}
    suites = _suites(dossier, faits, jour, {(c.regle, c.objet) for c in calculees})
    creer, modifier = [], []
    for c in calculees:
        cle = (c.regle, c.objet, _rang(dossier, c))
        ligne = existantes.pop(cle, None)
        valeurs: dict[str, Any] = {
            "qui": c.qui,
            "dernier_jour": c.dernier_jour,
            "acquise_le": c.acquise_le,
            "instant": c.instant,
            "explication": [_etape(e) for e in c.explication],
            "suite": suites.get((c.regle, c.objet))
            or _apres_rejet(dossier, faits, c, jour)
            or _tache(dossier, c, jour),
            "statut": _statut(dossier, c, ligne, jour),
        }
        if ligne is None:
            creer.append(
                Echeance(dossier=dossier, regle=cle[0], objet=cle[1], rang=cle[2], **valeurs, **Porte.colonnes(dossier))
            )
            continue
        if ligne.statut == E_STATUT.ECHUE and valeurs["statut"] == E_STATUT.ECHUE and ligne.instant == c.instant:
            # What a date was explained by when it passed stays what it was explained by (CAL-11).
            valeurs["explication"] = ligne.explication
        if any(getattr(ligne, nom) != v for nom, v in valeurs.items()):
            for nom, v in valeurs.items():
                setattr(ligne, nom, v)
            modifier.append(ligne)
    for ligne in existantes.values():
        if ligne.statut in f.OUVERTES:
            ligne.statut = E_STATUT.ANNULEE
            modifier.append(ligne)
    Echeance.objects.bulk_create(creer)
    Echeance.objects.bulk_update(
        modifier, ["qui", "dernier_jour", "acquise_le", "instant", "explication", "suite", "statut"]
    )
    lignes = [*creer, *dossier.echeances.all()]
    Dossier.objects.filter(pk=dossier.pk).update(bascule_le=_bascule(dossier, lignes), prochaine_le=_prochaine(lignes))
    taches.clore_repondues(dossier, maintenant=maintenant)


def determinees(dossier: Dossier, *, instant: datetime) -> list[Echeance]:
    """The dates that the facts which `dossier` carries determine at an instant, by the rules alone: nothing read of what was written of
    them, nothing written. Its relations must be read already, as they stood.
    """
    jour = jour_local(instant, dossier.fuseau)
    faits = f.delais(dossier, jour)
    if faits is None:
        return []
    lignes = []
    for c in _calculer(dossier, faits, jour):
        statut = _statut(dossier, c, None, jour)
        passee = c.instant is not None and c.instant <= instant
        # An anniversary that passed here is settled by its day; the payment that answers it comes after.
        if passee and (statut == E_STATUT.OUVERTE or (c.regle == "DL-7" and c.instant > dossier.cree_le)):
            statut = E_STATUT.ECHUE
        lignes.append(
            Echeance(
                dossier=dossier,
                regle=c.regle,
                objet=c.objet,
                rang=_rang(dossier, c),
                qui=c.qui,
                dernier_jour=c.dernier_jour,
                acquise_le=c.acquise_le,
                instant=c.instant,
                explication=[_etape(e) for e in c.explication],
                statut=statut,
            )
        )
    return lignes


def _calculer(dossier: Dossier, faits: FaitsDelais, jour) -> list[EcheanceCalculee]:
    """Letter clocks by the letter's set, projet clocks by the projet's, the dotation's by the terms of its contracts (each object pinned to
    its origin)."""
    sans, reglages = replace(faits, recours=(), demandes_avenant=()), f.reglages(dossier, jour)
    par_lettre = [nommer(c, reglages) for c in calculer(sans, f.parametres(dossier, jour))]
    propres = _des_recours(dossier, faits) + _des_demandes_avenant(faits)
    if faits.projet_recu is None:
        return par_lettre + propres
    du_projet = [c for c in calculer(sans, f.parametres_projet(dossier, jour)) if c.objet == "projet"]
    reglages = f.reglages_projet(dossier, jour) if du_projet else {}
    du_projet = [nommer(_au_rang_du_refus(c, f.version_projet(dossier)), reglages) for c in du_projet]
    return [c for c in par_lettre if c.objet != "projet"] + du_projet + _des_refus(dossier, faits) + propres


def _au_rang_du_refus(c: EcheanceCalculee, version: int) -> EcheanceCalculee:
    """The time to go to court is that of one refusal: it goes on when another projet is filed."""
    return replace(c, rang=version) if c.regle == "DL-9" else c


def _des_refus(dossier: Dossier, faits: FaitsDelais) -> list[EcheanceCalculee]:
    """DL-9 of the projets refused before the one that is filed now, each by the set of its own filing."""
    return [
        nommer(_au_rang_du_refus(c, version), reglages_nommes(*jeux))
        for version, decision, *jeux in f.refus_anterieurs(dossier)
        for c in apres_decision.suites(Contexte(faits, parametres_epingles(*jeux)), "projet", decision, None)
    ]


def _des_recours(dossier: Dossier, faits: FaitsDelais) -> list[EcheanceCalculee]:
    """Each recours by the set in force when it was made."""
    if not faits.recours:
        return []
    lignes = {(ligne.objet, ligne.rang): ligne for ligne in f.recours(dossier)}
    dates = []
    for r in faits.recours:
        ligne = lignes[r.objet, r.rang]
        calculee = regles_recours.echeance(r, f.parametres_recours(ligne), faits.fuseau)
        dates.append(nommer(calculee, f.reglages_recours(ligne)))
    return dates


def _des_demandes_avenant(faits: FaitsDelais) -> list[EcheanceCalculee]:
    """Each demand for an avenant by the set in force when it was received."""
    return [
        nommer(regles_avenants.echeance(d, parametres_epingles(*d.jeux), faits.fuseau), reglages_nommes(*d.jeux))
        for d in faits.demandes_avenant
    ]


def _suites(
    dossier: Dossier, faits: FaitsDelais, jour, connues: set[tuple[str, str]]
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What a tacit decision would start, computed beforehand: the scan only writes it down."""
    suites = {}
    for regle, objet, attribut in (("DL-1", "lettre", "lettre_decision"), ("DL-3", "projet", "projet_decision")):
        if (regle, objet) not in connues or getattr(faits, attribut) is not None:
            continue
        origine = next(c for c in _calculer(dossier, faits, jour) if (c.regle, c.objet) == (regle, objet))
        if origine.dernier_jour is None:
            continue
        tacite = DecisionFait(
            sens="favorable", mode="tacite", signee_le=origine.dernier_jour, notifiee_le=origine.dernier_jour
        )
        apres = _calculer(dossier, replace(faits, **{attribut: tacite}), jour)
        suites[(regle, objet)] = [
            _nee(dossier, c, jour) for c in apres if (c.regle, c.objet) not in connues and c.dernier_jour is not None
        ]
    return suites


def _apres_rejet(dossier: Dossier, faits: FaitsDelais, c: EcheanceCalculee, jour: date) -> list[dict[str, Any]]:
    """What an implied rejection would start: the time to go to court, anew from its last day (CAL-2, DL-9)."""
    if c.regle != regles_recours.REJET or c.dernier_jour is None:
        return []
    for attribut in ("lettre_decision", "projet_decision"):
        decision: DecisionFait | None = getattr(faits, attribut)
        r = decision.recours if decision is not None else None
        if decision is None or r is None or (r.objet, r.rang) != (c.objet, c.rang) or r.repondu_le is not None:
            continue
        rejete = replace(r, repondu_le=c.dernier_jour, rejet_notifie_le=c.dernier_jour)
        apres = _calculer(dossier, replace(faits, **{attribut: replace(decision, recours=rejete)}), jour)
        rang = f.version_projet(dossier) if c.objet == "projet" else 1
        return [
            _nee(dossier, a, jour)
            for a in apres
            if (a.regle, a.objet, a.rang) == ("DL-9", c.objet, rang) and a.dernier_jour
        ]
    return []


def _nee(dossier: Dossier, c: EcheanceCalculee, jour: date) -> dict[str, Any]:
    """A date to come as the row of what starts it keeps it."""
    return {
        "regle": c.regle,
        "objet": c.objet,
        "rang": _rang(dossier, c),
        "qui": c.qui,
        "dernier_jour": str(c.dernier_jour),
        "acquise_le": str(c.acquise_le) if c.acquise_le else None,
        "instant": _iso(c.instant),
        "explication": [_etape(e) for e in c.explication],
        "suite": _tache(dossier, c, jour),
    }


def _tache(dossier: Dossier, c: EcheanceCalculee, jour: date) -> list[dict[str, Any]]:
    """The delay of the task that the end of this one opens (REC-1: the recovery is to be opened within a month)."""
    if c.regle != "DL-5" or c.dernier_jour is None:
        return []
    limite = ajouter(c.dernier_jour, f.parametres(dossier, jour).delai_ouverture_recuperation)
    return [{"a_faire_au_plus_tard": str(limite)}]


def _rang(dossier: Dossier, c: EcheanceCalculee) -> int:
    """DL-7 and DL-10 come several times; the clocks of a projet or letter filed again are those of its version."""
    if c.regle in ("DL-1", "AVI", "DL-8") and c.objet == "lettre":
        return f.version_lettre(dossier)
    if c.regle in ("DL-3", "AVI", "AVI-2", "DL-8", "DL-4") and c.objet == "projet":
        return f.version_projet(dossier)
    return c.rang


def _statut(dossier: Dossier, c: EcheanceCalculee, ligne: Echeance | None, jour: date) -> str:
    if dossier.statut in FINAUX and c.regle not in APRES_LA_FIN:
        return ligne.statut if ligne and ligne.statut not in f.OUVERTES else E_STATUT.ANNULEE
    tenue = _tenue(dossier, c, ligne, jour)
    if tenue is not None:
        return tenue
    if c.suspendue:
        return E_STATUT.SUSPENDUE
    if c.instant is None:
        return E_STATUT.ARRETEE
    if ligne is not None and ligne.statut == E_STATUT.ECHUE and ligne.instant == c.instant:
        return E_STATUT.ECHUE
    return E_STATUT.OUVERTE


def _tenue(dossier: Dossier, c: EcheanceCalculee, ligne: Echeance | None, jour: date) -> str | None:
    """TENUE or ECHUE once the awaited act has happened; None while it has not."""
    if c.regle in ("DL-1", "DL-3"):
        version = f.version_lettre(dossier) if c.objet == "lettre" else f.version_projet(dossier)
        for d in dossier.decisions.all():
            if d.objet == c.objet and d.version == version and d.retiree_le is None:
                return E_STATUT.ECHUE if d.mode == "tacite" else E_STATUT.TENUE
    elif c.regle in regles_recours.REGLES:
        recu = next((r for r in f.recours(dossier) if (r.objet, r.rang) == (c.objet, c.rang)), None)
        if recu is not None and not recu.est_ouvert:
            if recu.issue == recu.Issue.SANS_OBJET:
                return E_STATUT.ANNULEE
            return E_STATUT.ECHUE if recu.mode == recu.Mode.IMPLICITE else E_STATUT.TENUE
    elif c.regle in regles_avenants.REGLES:
        demande = next(d for d in f.demandes_avenant(dossier) if d.rang == c.rang)
        if demande.issue or demande.est_remplacee:
            # Silence that rejected may be undone in favour of the équipe: it had decided all the same.
            a_temps = demande.repondue_le and (c.dernier_jour is None or demande.repondue_le <= c.dernier_jour)
            return E_STATUT.TENUE if a_temps else E_STATUT.ECHUE
    elif c.regle == "AVI-2":
        version = f.version_projet(dossier)
        decisions = [d for d in dossier.decisions.all() if d.objet == c.objet and d.version == version]
        if any(d.retiree_le is None for d in decisions):
            return E_STATUT.TENUE
    elif c.regle == "DL-2":
        jours = [d.date_depot for d in dossier.depots.all() if d.objet == "projet"]
        if jours:
            return E_STATUT.TENUE if c.dernier_jour is None or min(jours) <= c.dernier_jour else E_STATUT.ECHUE
    elif c.regle in ("DL-4", "DL-5") and c.dernier_jour is not None:
        faites = f.activites_socle(dossier, c.dernier_jour)
        if len(faites) >= (2 if c.regle == "DL-4" else 1):
            return E_STATUT.TENUE
    elif c.regle == "DL-10":
        demandes = [d for d in dossier.demandes.all() if d.objet == c.objet and d.est_indispensable]
        if not any(d.est_ouverte for d in demandes if d.date_limite == c.dernier_jour):
            return E_STATUT.TENUE
    elif c.regle == "AVI":
        version = f.version_lettre(dossier) if c.objet == "lettre" else f.version_projet(dossier)
        demandes = [a for a in dossier.avis.all() if a.objet == c.objet and a.version == version]
        if not demandes:  # decided elsewhere (§6): nobody is asked any more
            return E_STATUT.ANNULEE
        if any(a.rendu_le for a in demandes):
            return E_STATUT.TENUE
    elif c.regle == "DL-7" and (ligne is None or ligne.statut != E_STATUT.ECHUE):
        # Paid before its anniversary was ever settled here: nothing is left to check (§6).
        if c.rang in f.externes(dossier, jour).anniversaires_verses:
            return E_STATUT.TENUE
    elif c.regle == RAPPORT:
        remis = next(p.remis_le for p in f.prorogations(dossier) if p.annee == c.rang)
        if remis is not None:
            return E_STATUT.TENUE if c.dernier_jour is None or remis <= c.dernier_jour else E_STATUT.ECHUE
    elif c.regle == "DL-8":
        en_vigueur = any(
            d.objet == c.objet and d.sens == "favorable" and d.retiree_le is None for d in dossier.decisions.all()
        )
        if not en_vigueur:
            return E_STATUT.ANNULEE
    return None


def _bascule(dossier: Dossier, lignes: list[Echeance]) -> datetime | None:
    """The instant at which the state changes by itself (CAL-9), if one runs."""
    attendue = {Statut.LETTRE_DEPOSEE: "DL-1", Statut.PROJET_DEPOSE: "DL-3", Statut.DOTATION_ACTIVE: "DUR-1"}.get(
        Statut(dossier.statut)
    )
    instants = [e.instant for e in lignes if e.regle == attendue and e.statut == E_STATUT.OUVERTE and e.instant]
    return min(instants, default=None)


def _prochaine(lignes: list[Echeance]) -> datetime | None:
    """The nearest open date that waits for somebody; ends of withdrawal and remedies are only shown."""
    return min(
        (e.instant for e in lignes if e.statut == E_STATUT.OUVERTE and e.instant and e.regle not in SANS_ATTENTE),
        default=None,
    )


def _etape(etape: Etape) -> dict[str, str]:
    """A line as it is stored; most have no setting, and say nothing of it."""
    return {nom: v for nom, v in asdict(etape).items() if v or nom not in ("reglage", "parametre")}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


A_INSCRIRE = """
SELECT EXISTS (SELECT FROM dossiers_echeance e WHERE e.dossier_id = d.id AND e.statut = 'ouverte' AND e.instant <= %s)
  OR EXISTS (SELECT FROM dossiers_decision x WHERE x.dossier_id = d.id AND x.mode = 'tacite' AND x.grille = '[]')
FROM dossiers_dossier d WHERE d.numero = %s
"""


def materialiser(*, numero: str, maintenant: datetime) -> int:
    """Writes down what is already true of one dossier at this instant (CAL-9), the grid of its tacit decision with it; gives how many
    échéances were settled. Whoever sees the dossier sees that nothing is to be written; for who does not, the portal looks.
    """
    with connection.cursor() as curseur:
        curseur.execute(A_INSCRIRE, [maintenant, numero])
        if curseur.fetchone() == (False,):
            return 0
    reglees = regler_dues(au=maintenant, numero=numero)
    grilles_tacites.figer(numero=numero)
    return reglees
