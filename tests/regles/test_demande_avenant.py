"""Silence on a demand for an avenant: a rejection, suspended by the items asked for; an acceptance where the setting says so (CAL-6)."""

from __future__ import annotations

from datetime import date

import pytest

from dossiers.regles.avenants import echeance
from dossiers.regles.delais import borne
from dossiers.regles.faits_delais import Demande, DemandeAvenantFait
from ess_portal.referentiel.regles.parametres import Parametres
from financement.regles.demande_avenant import dernier_jour, etat, refus_de_repondre
from tests.regles.test_echeances_proprietes import _additionner, _jour

RECUE = date(2026, 3, 31)
REJET, ACCEPTATION = Parametres(), Parametres(regime_avenant="acceptation")


def pieces(demandee: str, recue: str = "") -> tuple[Demande, ...]:
    return (
        Demande(demandee_le=date.fromisoformat(demandee), indispensable=True, recue_le=date.fromisoformat(recue) if recue else None),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("demandes", "rejet", "acceptation"),
    [
        ((), date(2026, 5, 31), date(2026, 5, 31)),
        (pieces("2026-04-10", "2026-04-20"), date(2026, 6, 10), date(2026, 6, 20)),
        # Never received: a rejection waits for a month at most, an acceptance for as long as it takes.
        (pieces("2026-04-10"), date(2026, 6, 30), None),
        (pieces("2026-06-02"), date(2026, 5, 31), date(2026, 5, 31)),
    ],
)
def test_dernier_jour_selon_le_regime(demandes, rejet: date, acceptation: date | None):
    f = DemandeAvenantFait(recue_le=RECUE, demandes=demandes, rang=2)
    assert (dernier_jour(f, REJET), dernier_jour(f, ACCEPTATION)) == (rejet, acceptation)
    for p, attendu in ((REJET, rejet), (ACCEPTATION, acceptation)):
        e = echeance(f, p, "Indian/Reunion")
        assert (e.regle, e.objet, e.rang) == ("CAL-6-V" if p is REJET else "CAL-6-VA", "avenant", 2)
        assert (e.suspendue, e.instant) == (attendu is None, attendu and borne(attendu, "Indian/Reunion"))
        if attendu is not None:
            assert _additionner(e.explication) == _jour(e.explication[-1].valeur) == attendu


def test_le_silence_n_attend_personne():
    f = DemandeAvenantFait(recue_le=RECUE)
    assert [etat(f, REJET, date(2026, 5, j)) for j in (31,)] == ["en_instruction"]
    assert etat(f, REJET, date(2026, 6, 1)) == "rejetee_par_silence"
    assert etat(f, ACCEPTATION, date(2026, 6, 1)) == "acceptee_par_silence"
    attend = DemandeAvenantFait(recue_le=RECUE, demandes=pieces("2026-04-10"))
    assert etat(attend, REJET, date(2026, 4, 12)) == "attend_pieces"
    assert etat(DemandeAvenantFait(recue_le=RECUE, issue="refusee"), REJET, date(2027, 1, 1)) == "refusee"


def test_un_dossier_qui_finit_avant_la_reponse_la_laisse_sans_objet():
    f = DemandeAvenantFait(recue_le=RECUE)
    assert etat(f, REJET, date(2026, 7, 1), clos_le=date(2026, 5, 31)) == "sans_objet"
    assert etat(f, REJET, date(2026, 7, 1), clos_le=date(2026, 6, 1)) == "rejetee_par_silence"
    assert "n’a plus d’objet" in refus_de_repondre("sans_objet", "accorder")


def test_apres_le_silence_seul_un_rejet_se_retourne_en_faveur_de_l_equipe():
    assert refus_de_repondre("rejetee_par_silence", "accorder") == ""
    assert "rejeté" in refus_de_repondre("rejetee_par_silence", "refuser")
    assert "à proposer" in refus_de_repondre("acceptee_par_silence", "refuser")
    assert "déjà" in refus_de_repondre("refusee", "accorder")
