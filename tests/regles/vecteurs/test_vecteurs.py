"""DL-1 to DL-10, AVI and DUR-1: the engine against a second telling of the rules, at least 400 vectors for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dossiers.regles.avenants import echeance as echeance_avenant
from dossiers.regles.delais import borne, jour_legal
from dossiers.regles.echeances import DecisionFait, FaitsDelais, dernier_jour_rejet, est_tacite
from dossiers.regles.faits_delais import DemandeAvenantFait, RecoursFait
from dossiers.regles.recours import echeance
from ess_portal.referentiel.regles.delai import Delai
from tests.outillage.preuves import Preuve
from tests.regles.faits import toutes
from tests.regles.vecteurs import seconde
from tests.regles.vecteurs.calendrier import FUSEAUX, UN_JOUR, fin_du_jour
from tests.regles.vecteurs.tirage import Tirage

REDUITE, ENTIERE, PLANCHER = 420, 20_000, 400
# What is compared: a name, what the engine says, what the second telling says.
Constat = tuple[str, Any, Any]


def dernier(f: FaitsDelais, p: Any, regle: str, objet: str) -> date | None:
    e = toutes(f, p, presumer_tacite=True).get((regle, objet, 1))
    return e.dernier_jour if e else None


def silence(t: Tirage, objet: str) -> Iterator[Constat]:
    """The last day, the day after, the instant, the stop, and the state at both sides of the instant (CAL-2, 4, 6, 9)."""
    p = t.reglages()
    f = t.lettre(p) if objet == "lettre" else t.projet(p)
    if objet == "projet" and t.de.random() < 0.35:
        f = t.opposition(f, p)
    regle, attendu = ("DL-1", seconde.dl_1(f, p)) if objet == "lettre" else ("DL-3", seconde.dl_3(f, p))
    e = toutes(f, p)[(regle, objet, 1)]
    arrete = attendu is None and not (objet == "projet" and seconde.oppose(f, p))
    instant = fin_du_jour(attendu, f.fuseau) if attendu else None
    yield "dernier jour", e.dernier_jour, attendu
    yield "acquise le", e.acquise_le, attendu + UN_JOUR if attendu else None
    yield "instant", e.instant, instant
    yield "suspendue", e.suspendue, arrete
    if instant:
        yield "la veille", est_tacite(f, p, objet, instant - timedelta(microseconds=1)), False
        yield "à l’instant", est_tacite(f, p, objet, instant), True


def dl_1(t: Tirage) -> Iterator[Constat]:
    yield from silence(t, "lettre")


def dl_3(t: Tirage) -> Iterator[Constat]:
    yield from silence(t, "projet")


def lettre_decidee_ou_non(t: Tirage, p: Any) -> FaitsDelais:
    f = t.lettre(p)
    assert f.lettre_recue is not None
    if t.de.random() < 0.2:
        t.vu.add("transitoire")
        return replace(f, est_transitoire=True, engagement_transitoire_le=t.jour())
    if t.de.random() < 0.3:
        return replace(f, lettre_demandes=(), lettre_decision=t.decision(f.lettre_recue))
    fin = seconde.dl_1(f, p)
    if fin and t.de.random() < 0.3:
        t.vu.add("décision tacite")
        return replace(f, lettre_decision=DecisionFait("favorable", "tacite", fin, fin))
    return f


def dl_2(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    f = lettre_decidee_ou_non(t, p)
    if t.de.random() < 0.2:
        t.vu.add("délai accordé")
        f = replace(f, delai_accorde_le=(seconde.dl_2(f, p) or t.jour()) + timedelta(days=t.de.choice((-1, 0, 1, 90))))
    yield "dernier jour", dernier(f, p, "DL-2", "lettre"), seconde.dl_2(f, p)


def dl_5(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    f = lettre_decidee_ou_non(t, p)
    yield "dernier jour", dernier(f, p, "DL-5", "lettre"), seconde.dl_5(f, p)


def projet_decide_ou_non(t: Tirage, p: Any) -> FaitsDelais:
    f = t.projet(p)
    assert f.projet_recu is not None
    if t.de.random() < 0.4:
        decision = t.decision(f.projet_recu, t.de.choice(("favorable", "favorable", "defavorable")))
        f = replace(f, projet_demandes=(), projet_decision=decision)
    elif t.de.random() < 0.3:
        f = t.opposition(f, p)
    return replace(f, effet_dotation=t.jour() if t.de.random() < 0.5 else None)


def dl_4(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    f = projet_decide_ou_non(t, p)
    yield "dernier jour", dernier(f, p, "DL-4", "projet"), seconde.dl_4(f, p)


def dl_6(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    f = projet_decide_ou_non(t, p)
    yield "dernier jour", dernier(f, p, "DL-6", "projet"), seconde.dl_6(f, p)


def contrat(t: Tirage) -> FaitsDelais:
    effet = t.jour()
    return FaitsDelais(fuseau=t.fuseau, lettre_recue=effet - timedelta(days=400), effet_dotation=effet)


def dl_7(t: Tirage) -> Iterator[Constat]:
    p, f = t.reglages(), contrat(t)
    dits = {rang: e.dernier_jour for (regle, _, rang), e in toutes(f, p).items() if regle == "DL-7"}
    yield "anniversaires", dits, dict(enumerate(seconde.dl_7(f, p), 1))


def dur_1(t: Tirage) -> Iterator[Constat]:
    p, f = t.reglages(), contrat(t)
    attendu = seconde.dur_1(f, p)
    e = toutes(f, p)[("DUR-1", "dotation", 1)]
    yield "dernier jour", e.dernier_jour, attendu
    yield "instant", e.instant, fin_du_jour(attendu, f.fuseau)


def dl_8(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    if t.de.random() < 0.5:
        f, objet = replace(lettre_decidee_ou_non(t, p), est_transitoire=False), "lettre"
    else:
        f, objet = projet_decide_ou_non(t, p), "projet"
    yield objet, dernier(f, p, "DL-8", objet), seconde.dl_8(f, p, objet)


def dl_9(t: Tirage) -> Iterator[Constat]:
    p = t.reglages(calcul_recours=t.de.choice(("franc", "franc", "franc", "aucun")))
    if t.de.random() < 0.5:
        f = t.lettre(p, avec_demandes=False)
        assert f.lettre_recue is not None
        f, objet = replace(f, lettre_decision=t.decision(f.lettre_recue, "defavorable")), "lettre"
        decision = f.lettre_decision
    else:
        f = t.projet(p, avec_demandes=False)
        assert f.projet_recu is not None
        f, objet = replace(f, projet_decision=t.decision(f.projet_recu, "defavorable")), "projet"
        decision = f.projet_decision
    yield objet, dernier(f, p, "DL-9", objet), seconde.dl_9(decision, p)


def dl_10(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    objet = t.de.choice(("lettre", "projet"))
    f = t.lettre(p) if objet == "lettre" else t.projet(p)
    dits = [e.dernier_jour for (regle, o, _), e in sorted(toutes(f, p).items()) if (regle, o) == ("DL-10", objet)]
    if objet == "lettre":
        attendus = seconde.dl_10(f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre, p)
    else:
        attendus = seconde.dl_10(f.projet_recu, f.projet_demandes, p.delai_instruction_projet, p)
    # Two requests of one day have no order between them.
    yield objet, sorted(map(str, dits)), sorted(map(str, attendus))


def avi_1(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    objet = t.de.choice(("lettre", "projet"))
    f = t.lettre(p) if objet == "lettre" else t.projet(p)
    recue = f.lettre_recue if objet == "lettre" else f.projet_recu
    yield objet, dernier(f, p, "AVI", objet), seconde.avi_1(recue, p)


def avi_2(t: Tirage) -> Iterator[Constat]:
    p = t.reglages()
    f = t.opposition(t.projet(p), p)
    yield "AVI-2", dernier(f, p, "AVI-2", "projet"), seconde.avi_2(f, p)


def tribunal(t: Tirage) -> Iterator[Constat]:
    """A recours gracieux before, on and after the last day of DL-9, waiting, rejected, or without object."""
    p = t.reglages(calcul_recours="franc")
    f = t.lettre(p, avec_demandes=False)
    assert f.lettre_recue is not None
    refus = t.decision(f.lettre_recue, "defavorable")
    fin = seconde.dl_9(refus, p)
    assert fin is not None
    assert refus.notifiee_le is not None
    depot = t.de.choice((fin, fin + UN_JOUR, refus.notifiee_le + timedelta(days=t.de.randrange(120))))
    suite = depot + timedelta(days=t.de.randrange(1, 90))
    issue = t.de.choice(({}, {"rejet_notifie_le": suite}, {"sans_objet_le": suite}))
    refus = replace(refus, recours=RecoursFait("lettre", 1, depot, depot, repondu_le=suite if issue else None, **issue))
    t.vu.add(
        {"rejet_notifie_le": "recours rejeté", "sans_objet_le": "recours sans objet"}.get(
            next(iter(issue), ""), "recours en attente"
        )
    )
    dit = dernier(replace(f, lettre_decision=refus), p, "DL-9", "lettre")
    yield "DL-9", dit, seconde.dl_9(refus, p)


def acceptation(t: Tirage) -> Iterator[Constat]:
    p = replace(t.reglages(), regime_recours_gracieux="acceptation")
    delai, (_, depart) = t.de.choice((Delai(2), Delai(4), Delai(1, 15))), t.depot()
    p, demandes = replace(p, delai_reponse_recours=delai), t.demandes(depart, delai, p)
    e = echeance(RecoursFait("projet", 1, depart, depart, demandes), p, t.fuseau)
    attendu = seconde.silence(depart, demandes, delai, p)[1]
    yield "dernier jour", e.dernier_jour, attendu
    yield "instant", e.instant, fin_du_jour(attendu, t.fuseau) if attendu else None
    yield "suspendue", e.suspendue, attendu is None
    a = echeance_avenant(
        DemandeAvenantFait(recue_le=depart, demandes=demandes),
        replace(p, regime_avenant="acceptation", delai_reponse_avenant=delai),
        t.fuseau,
    )
    yield "avenant", (a.dernier_jour, a.suspendue), (attendu, attendu is None)


def rejet(t: Tirage) -> Iterator[Constat]:
    p = t.reglages(mode_naissance="quantieme")
    delai, (_, depart) = t.de.choice((Delai(2), Delai(4), Delai(1, 15))), t.depot()
    demandes = t.demandes(depart, delai, p)
    dit = dernier_jour_rejet(depart, delai, demandes, delai_pieces=p.delai_pieces)
    attendu = seconde.rejet(depart, demandes, delai, p.delai_pieces)
    yield "dernier jour", dit, attendu
    a = echeance_avenant(
        DemandeAvenantFait(recue_le=depart, demandes=demandes), replace(p, delai_reponse_avenant=delai), t.fuseau
    )
    yield "avenant", (a.dernier_jour, a.acquise_le), (attendu, attendu + UN_JOUR)
    yield "avenant, instant", a.instant, fin_du_jour(attendu, t.fuseau)


def jours(t: Tirage) -> Iterator[Constat]:
    instant, jour = t.depot()
    yield "jour légal", jour_legal(instant, t.fuseau), jour
    yield "borne", borne(jour, t.fuseau), fin_du_jour(jour, t.fuseau)


@pytest.mark.preuve
@pytest.mark.parametrize(
    "vecteur",
    [
        pytest.param(regle, id=nom)
        for nom, regle in {
            "DL-1": dl_1,
            "DL-2": dl_2,
            "DL-3": dl_3,
            "DL-4": dl_4,
            "DL-5": dl_5,
            "DL-6": dl_6,
            "DL-7": dl_7,
            "DL-8": dl_8,
            "DL-9": dl_9,
            "DL-9 recours": tribunal,
            "DL-10": dl_10,
            "AVI-1": avi_1,
            "AVI-2": avi_2,
            "DUR-1": dur_1,
            "CAL-6 rejet": rejet,
            "CAL-6 acceptation": acceptation,
            "CAL-4 depots": jours,
        }.items()
    ],
)
def test_vecteurs_contre_une_seconde_lecture_des_regles(
    vecteur: Callable[[Tirage], Iterator[Constat]], preuve: Preuve
) -> None:
    t, ecarts, cas = Tirage(vecteur.__name__), [], preuve.taille(REDUITE, ENTIERE)
    for rang in range(cas):
        t.suivant()
        ecarts += [
            f"{rang} {nom} : moteur {dit}, règle {attendu}" for nom, dit, attendu in vecteur(t) if dit != attendu
        ]
    t.suivant()
    assert not ecarts, "\n".join([f"{len(ecarts)} écarts", *ecarts[:20]])
    assert {f.rsplit("/", 1)[1].lower() for f in FUSEAUX} | {"fin de mois", "29 février", "heure légale"} <= set(
        t.compte
    )
    preuve.noter(cas=cas, fautes=len(ecarts), plancher=PLANCHER, **dict(sorted(t.compte.items())))
