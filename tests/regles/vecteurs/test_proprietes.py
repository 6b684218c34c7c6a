"""What holds of every deadline when one fact moves: a later fact never makes an earlier date, and telling twice changes nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.regles.echeances import DecisionFait, Demande, EcheanceCalculee, FaitsDelais, calculer
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.vecteurs.calendrier import FUSEAUX
from tests.regles.vecteurs.tirage import CHOIX, Tirage

EXEMPLES = settings(max_examples=150)
_graines = st.integers(0, 10**9)
_ecarts = st.integers(1, 120)


def _faits(graine: int) -> tuple[Tirage, FaitsDelais, Parametres]:
    """A whole life: letter, projet, contract, each with its requests, drawn as the vectors are."""
    t = Tirage(f"propriétés {graine}")
    t.suivant()
    p = t.reglages()
    lettre, projet = t.lettre(p), t.projet(p)
    f = replace(
        projet,
        lettre_recue=lettre.lettre_recue,
        lettre_premier_depot=lettre.lettre_premier_depot,
        lettre_demandes=lettre.lettre_demandes,
        amorcage_signe_le=lettre.amorcage_signe_le,
        effet_dotation=t.jour(),
    )
    return t, f, p


def _tout(f: FaitsDelais, p: Parametres) -> dict[tuple[str, str, int], EcheanceCalculee]:
    return {(e.regle, e.objet, e.rang): e for e in calculer(f, p, presumer_tacite=True)}


def _jamais_plus_tot(avant: FaitsDelais, apres: FaitsDelais, p: Parametres) -> None:
    """Stopped is later than any day; requests keep no rank when one more has an effect, so DL-10 is told elsewhere."""
    nouvelles = _tout(apres, p)
    for cle, e in _tout(avant, p).items():
        n = nouvelles.get(cle)
        if e.regle == "DL-10" or n is None or n.dernier_jour is None:
            continue
        assert e.dernier_jour is not None, (cle, e, n)
        assert e.dernier_jour <= n.dernier_jour, (cle, e.dernier_jour, n.dernier_jour)


def _plus_tard(d: date | None, jours: int) -> date | None:
    return d + timedelta(days=jours) if d else None


@EXEMPLES
@given(_graines, _ecarts)
def test_monotone_une_reception_plus_tardive(graine: int, jours: int) -> None:
    _, f, p = _faits(graine)
    for nom in ("lettre_recue", "lettre_premier_depot", "amorcage_signe_le", "effet_dotation"):
        _jamais_plus_tot(f, replace(f, **{nom: _plus_tard(getattr(f, nom), jours)}), p)
    _jamais_plus_tot(
        f, replace(f, projet_recu=_plus_tard(f.projet_recu, jours), projet_depose=_plus_tard(f.projet_depose, jours)), p
    )


@EXEMPLES
@given(_graines, _ecarts, st.integers(0, 3))
def test_monotone_une_piece_rendue_plus_tard_ou_jamais(graine: int, jours: int, rang: int) -> None:
    _, f, p = _faits(graine)
    for nom in ("lettre_demandes", "projet_demandes"):
        demandes: tuple[Demande, ...] = getattr(f, nom)
        if rang >= len(demandes):
            continue
        d = demandes[rang]
        retard = replace(d, recue_le=_plus_tard(d.recue_le, jours), levee_le=_plus_tard(d.levee_le, jours))
        for suivante in (retard, replace(d, recue_le=None, levee_le=None)):
            _jamais_plus_tot(f, replace(f, **{nom: (*demandes[:rang], suivante, *demandes[rang + 1 :])}), p)


@EXEMPLES
@given(_graines)
def test_monotone_une_demande_de_plus(graine: int) -> None:
    t, f, p = _faits(graine)
    assert f.lettre_recue is not None
    assert f.projet_recu is not None
    lettre = t.demandes(f.lettre_recue, p.delai_instruction_lettre, p)
    projet = t.demandes(f.projet_recu, p.delai_instruction_projet, p)
    for n in range(len(lettre) + 1):
        _jamais_plus_tot(f, replace(f, lettre_demandes=(*f.lettre_demandes, *lettre[:n])), p)
    for n in range(len(projet) + 1):
        _jamais_plus_tot(f, replace(f, projet_demandes=(*f.projet_demandes, *projet[:n])), p)


@EXEMPLES
@given(_graines, _ecarts, st.sampled_from(["favorable", "defavorable"]))
def test_monotone_une_decision_plus_tardive(graine: int, jours: int, sens: str) -> None:
    t, f, p = _faits(graine)
    assert f.lettre_recue is not None
    assert f.projet_recu is not None
    lettre, projet = t.decision(f.lettre_recue, sens), t.decision(f.projet_recu, sens)

    def decidee(a: DecisionFait, b: DecisionFait) -> FaitsDelais:
        return replace(f, lettre_demandes=(), projet_demandes=(), lettre_decision=a, projet_decision=b)

    def tard(d: DecisionFait) -> DecisionFait:
        return replace(d, signee_le=_plus_tard(d.signee_le, jours), notifiee_le=_plus_tard(d.notifiee_le, jours))

    _jamais_plus_tot(decidee(lettre, projet), decidee(tard(lettre), projet), p)
    _jamais_plus_tot(decidee(lettre, projet), decidee(lettre, tard(projet)), p)


@EXEMPLES
@given(_graines)
def test_idempotent_et_jamais_avant_les_faits(graine: int) -> None:
    """Told twice, with each request told twice, or in any zone: the same days; none before the fact that starts it."""
    _, f, p = _faits(graine)
    attendu = _tout(f, p)
    assert _tout(f, p) == attendu
    doubles = replace(f, lettre_demandes=f.lettre_demandes * 2, projet_demandes=f.projet_demandes * 2)
    for cle, e in _tout(doubles, p).items():
        assert e.regle == "DL-10" or e.dernier_jour == attendu[cle].dernier_jour
    for fuseau in FUSEAUX:
        assert {c: e.dernier_jour for c, e in _tout(replace(f, fuseau=fuseau), p).items()} == {
            c: e.dernier_jour for c, e in attendu.items()
        }
    debut = {
        "lettre": f.lettre_premier_depot or f.lettre_recue,
        "projet": f.projet_depose,
        "dotation": f.effet_dotation,
    }
    for e in attendu.values():
        origine = debut[e.objet]
        assert origine is not None
        assert e.dernier_jour is None or e.dernier_jour > origine or e.regle == "DL-10", e


def test_chaque_reglage_tire_est_un_reglage_du_jeu() -> None:
    """A setting renamed must not leave the vectors drawing a name that nobody reads."""
    assert set(CHOIX) <= {champ.name for champ in fields(Parametres)}
