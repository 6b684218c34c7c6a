"""RET-1: how long a dossier is kept, and when its draft is told of and erased."""

from __future__ import annotations

from datetime import date

import pytest

from dossiers.regles.conservation import Vie, brouillon, conservation
from dossiers.regles.statuts import FINAUX, Statut
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres

P = Parametres()
S = Statut


@pytest.mark.parametrize(
    ("statut", "autres", "terme"),
    [
        (S.LETTRE_REFUSEE, {}, date(2029, 2, 28)),
        (S.CLOS, {}, date(2029, 2, 28)),
        (S.CLOS, {"est_verse": True}, date(2034, 2, 28)),
        (S.RESILIE, {"est_verse": True}, date(2034, 2, 28)),
        (S.RESILIE, {"est_verse": True, "procedure_ouverte": True}, None),
        (S.LETTRE_REFUSEE, {"procedure_ouverte": True}, None),
        (S.CLOS, {"contrat_vivant": True}, None),
        (S.PROJET_REFUSE, {}, None),
        (S.DOTATION_ACTIVE, {"est_verse": True}, None),
    ],
)
def test_ret_1_terme_selon_la_fin_et_l_argent(statut, autres, terme):
    c = conservation(Vie(statut=statut, depuis=date(2024, 2, 29), **autres), P)
    assert c.terme == terme
    assert c.motif.endswith(".")
    if terme is not None:
        assert [c.est_echue(j) for j in (terme.replace(day=27), terme)] == [False, True]


def test_ret_1_rien_de_vivant_n_a_de_terme():
    for statut in Statut:
        c = conservation(Vie(statut=statut, depuis=date(1990, 1, 1)), P)
        assert (c.terme is not None) == (statut in FINAUX), statut


def test_ret_1_les_durees_sont_des_reglages():
    p = Parametres(conservation_refuse=Delai(mois=6), conservation_verse=Delai(mois=12))
    fin = date(2026, 8, 31)
    assert conservation(Vie(statut=S.CLOS, depuis=fin), p).terme == date(2027, 2, 28)
    assert conservation(Vie(statut=S.CLOS, depuis=fin, est_verse=True), p).terme == date(2027, 8, 31)


def test_ret_1_un_brouillon_ne_s_efface_pas_sans_avoir_ete_annonce():
    ecrit = date(2024, 2, 29)
    terme = date(2025, 2, 28)
    assert brouillon(ecrit, None, P) == (date(2025, 1, 29), None)
    assert brouillon(ecrit, date(2025, 1, 29), P)[1] == terme
    # Told late, after days without a worker: the same notice.
    assert brouillon(ecrit, date(2025, 6, 1), P)[1] == date(2025, 7, 1)
    assert brouillon(ecrit, None, Parametres(conservation_brouillon=Delai(mois=3)))[0] == date(2024, 4, 29)
