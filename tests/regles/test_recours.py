"""CAL-6, CAL-10 and DL-9: the clock of a recours gracieux, what it does to the one of the court, which of its days hold together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.delais import ajouter, borne
from dossiers.regles.echeances import DecisionFait, Demande, calculer
from dossiers.regles.faits_delais import RecoursFait
from dossiers.regles.recours import echeance, est_tardif, verifier_dates
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import NATIONAL, demande, faits, j, une
from tests.regles.test_echeances_proprietes import _additionner, _demandes, _jour, _jours

SILENCE_ACCEPTE = Parametres(regime_recours_gracieux="acceptation")
FRANC = Parametres(calcul_recours="franc")


def recours(recu: str = "2026-03-02", *demandes: Demande, **autres) -> RecoursFait:
    return RecoursFait("lettre", 1, j(recu), j(recu), demandes, **autres)


@pytest.mark.parametrize(
    ("r", "p", "dernier"),
    [
        pytest.param(recours(), NATIONAL, "2026-05-02", id="deux mois"),
        pytest.param(recours("2025-12-31"), NATIONAL, "2026-02-28", id="fin de mois"),
        pytest.param(recours(), Parametres(delai_reponse_recours=Delai(mois=3)), "2026-06-02", id="délai réglé"),
        pytest.param(recours("2026-03-02", demande("2026-03-10", "2026-03-20")), NATIONAL, "2026-05-12", id="suspendu"),
        pytest.param(recours("2026-03-02", demande("2026-03-10")), NATIONAL, "2026-06-02", id="attendu, un mois au plus"),
        pytest.param(
            recours("2026-03-02", demande("2026-03-10", "2026-06-30", limite="2026-03-15")), NATIONAL, "2026-05-07", id="reçu après la limite"
        ),
        pytest.param(recours("2026-03-02", demande("2026-05-03", "2026-05-09")), NATIONAL, "2026-05-02", id="demandé après le rejet"),
        pytest.param(recours("2026-03-02", demande("2026-03-10", "2026-03-20")), SILENCE_ACCEPTE, "2026-05-20", id="acceptation : repart"),
    ],
)  # fmt: skip
def test_cal_6_dernier_jour(r: RecoursFait, p: Parametres, dernier: str):
    e = echeance(r, p, "America/Cayenne")
    assert (e.dernier_jour, e.acquise_le) == (j(dernier), j(dernier) + timedelta(days=1))
    assert e.instant == borne(j(dernier), "America/Cayenne")
    assert e.regle == ("CAL-6-A" if p is SILENCE_ACCEPTE else "CAL-6")
    assert _additionner(e.explication) == _jour(e.explication[-1].valeur) == e.dernier_jour


def test_cal_6_une_acceptation_suspendue_n_a_pas_de_jour():
    e = echeance(recours("2026-03-02", demande("2026-03-10")), SILENCE_ACCEPTE, "Europe/Paris")
    assert (e.suspendue, e.dernier_jour, e.instant) == (True, None, None)


@given(_jours, st.lists(_demandes(), max_size=4).map(tuple), st.sampled_from(["rejet", "acceptation"]))
def test_proprietes_l_explication_se_recalcule_et_un_delai_ne_raccourcit_pas(recu, demandes, regime):
    p = Parametres(regime_recours_gracieux=regime)
    e = echeance(RecoursFait("projet", 2, recu, recu, demandes), p, "Europe/Paris")
    if regime == "rejet":
        assert e.dernier_jour is not None
    if e.dernier_jour is not None:
        assert e.dernier_jour >= ajouter(recu, p.delai_reponse_recours)
        assert _additionner(e.explication) == e.dernier_jour


def test_dl_9_s_interrompt_et_repart_du_rejet():
    def dl9(r: RecoursFait | None):
        refus = DecisionFait("defavorable", "expresse", j("2026-02-02"), j("2026-02-02"), r)
        return une(faits(lettre_recue="2026-01-05", lettre_decision=refus), "DL-9", p=FRANC)

    sans = dl9(None)
    assert sans.dernier_jour == j("2026-04-03")
    # Late by the notification, whenever that was proved; in time on the last day.
    assert dl9(recours("2026-04-04")).dernier_jour == sans.dernier_jour
    assert dl9(recours("2026-04-03")).suspendue
    pendant = dl9(recours())
    assert (pendant.suspendue, pendant.dernier_jour) == (True, None)
    apres = dl9(recours(repondu_le=j("2026-05-02"), rejet_notifie_le=j("2026-05-02")))
    assert apres.dernier_jour == j("2026-07-03")
    assert _additionner(apres.explication) == apres.dernier_jour
    clos = dl9(recours(repondu_le=j("2026-05-02"), sans_objet_le=j("2026-05-02")))
    assert (clos.dernier_jour, clos.explication[0].detail) == (apres.dernier_jour, "Recours gracieux clos, sans objet.")
    assert not [e for e in calculer(faits(lettre_recue="2026-01-05"), FRANC) if e.regle == "DL-9"]


@pytest.mark.parametrize(
    ("depot", "reception", "premiere", "champs"),
    [
        ("2026-03-02", "2026-03-04", None, set()),
        ("2026-03-02", "2026-03-04", "2026-03-03", set()),
        ("2026-03-11", "2026-03-11", None, {"date_depot", "date_reception"}),
        ("2026-01-31", "2026-03-04", None, {"date_depot"}),
        ("2026-03-04", "2026-03-02", None, {"date_reception"}),
        ("2026-03-02", "2026-03-04", "2026-03-01", {"date_premiere_reception"}),
        ("2026-03-02", "2026-03-04", "2026-03-05", {"date_premiere_reception"}),
    ],
)
def test_cal_8_jours_d_un_recours_par_courrier(depot, reception, premiere, champs):
    erreurs = verifier_dates(
        j(depot), j(reception), j(premiere) if premiere else None, aujourdhui=j("2026-03-10"), decision_le=j("2026-02-02")
    )  # fmt: skip
    assert set(erreurs) == champs
    assert (est_tardif(j(depot), j("2026-03-02")), est_tardif(j(depot), None)) == (depot > "2026-03-02", False)
