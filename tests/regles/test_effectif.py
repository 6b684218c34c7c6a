"""Who counts on a day: ADH-1, ADH-2, FIN-9, GOV-1; the cases C100 to C103 and C130."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.regles.effectif import Periode, courbe, doubles, effectif_du_jour
from adhesions.regles.gouvernance import Membre, voix_refusee

JOUR = date(2025, 6, 15)


def periode(rpps="10000000001", entree=JOUR, sortie=None, specialite="SM15", mode="liberal"):
    return Periode(rpps, entree, sortie, specialite, mode)


@pytest.mark.parametrize(("ecart", "compte"), [(-1, 0), (0, 1), (17, 1)])
def test_c100_compte_des_la_signature(ecart, compte):
    assert effectif_du_jour([periode()], JOUR + timedelta(ecart)) == compte


@pytest.mark.parametrize(("ecart", "compte"), [(9, 1), (10, 1), (11, 0)])
def test_adh_1_jour_de_sortie_inclus(ecart, compte):
    p = periode(sortie=JOUR + timedelta(10))
    assert effectif_du_jour([p], JOUR + timedelta(ecart)) == compte
    assert courbe([p], JOUR, JOUR + timedelta(30)) == [(JOUR, 1), (JOUR + timedelta(11), 0)]


def test_c101_sans_formulaire_signe_personne_ne_compte():
    assert effectif_du_jour([], JOUR) == 0
    assert courbe([], JOUR, JOUR) == [(JOUR, 0)]


@pytest.mark.parametrize("specialite", ["SM26", "SM53", "SM54"])
def test_c103_medecine_generale(specialite):
    for reglage in ("medecins_hors_mg", "liberaux", "specialite"):
        reglages = {"comptes_dotation": reglage, "specialites": {specialite}}
        assert effectif_du_jour([periode(specialite=specialite)], JOUR, **reglages) == 0


@pytest.mark.parametrize(("reglage", "compte"), [("medecins_hors_mg", 4), ("liberaux", 3), ("specialite", 2)])
def test_fin_9_reglages(reglage, compte):
    membres = [
        periode("1", specialite="SM04"),
        periode("2", specialite="SM73", mode="mixte"),
        periode("3", specialite="SM15"),
        periode("4", specialite="SM15", mode="salarie"),
    ]
    assert effectif_du_jour(membres, JOUR, comptes_dotation=reglage, specialites={"SM04", "SM73"}) == compte


def test_adh_1_une_fois_par_rpps_et_par_jour():
    deux = [periode(sortie=JOUR + timedelta(5)), periode(entree=JOUR + timedelta(3))]
    assert courbe(deux, JOUR, JOUR + timedelta(9)) == [(JOUR, 1)]


def test_courbe_sortie_avant_l_entree_ne_compte_jamais():
    inversee = periode(entree=JOUR + timedelta(8), sortie=JOUR + timedelta(2))
    assert courbe([inversee], JOUR, JOUR + timedelta(20)) == [(JOUR, 0)]


def test_courbe_refuse_une_periode_inversee():
    with pytest.raises(ValueError, match="avant de commencer"):
        courbe([], JOUR, JOUR - timedelta(1))


jours = st.integers(0, 60).map(lambda j: JOUR + timedelta(j))
periodes = st.lists(
    st.builds(
        Periode,
        rpps=st.sampled_from("ABCD"),
        entree=jours,
        sortie=st.none() | jours,
        specialite=st.sampled_from(["SM15", "SM26", "SM04"]),
        mode=st.sampled_from(["liberal", "mixte", "salarie"]),
    ),
    max_size=9,
)


@given(periodes, jours, st.integers(0, 40), st.sampled_from(["medecins_hors_mg", "liberaux", "specialite"]))
def test_courbe_egale_le_compte_jour_par_jour(liste, debut, duree, reglage):
    reglages = {"comptes_dotation": reglage, "specialites": {"SM15"}}
    fin = debut + timedelta(duree)
    marches = courbe(liste, debut, fin, **reglages)
    assert marches[0][0] == debut
    assert all(a[0] < b[0] <= fin and a[1] != b[1] for a, b in pairwise(marches))
    for n in range(duree + 1):
        jour = debut + timedelta(n)
        assert [nombre for du, nombre in marches if du <= jour][-1] == effectif_du_jour(liste, jour, **reglages)


def test_adh_2_double_adhesion_un_seul_jour_commun():
    ici, ailleurs = periode(sortie=JOUR + timedelta(10)), periode(entree=JOUR + timedelta(10))
    assert doubles([ici], [ailleurs]) == [(ici, ailleurs)]
    assert doubles([ici], [periode(entree=JOUR + timedelta(11))]) == []
    assert doubles([ici], [periode(rpps="10000000002")]) == []


@pytest.mark.parametrize(
    ("membre", "refusee"),
    [
        pytest.param({"specialite": "SM54"}, True, id="C130"),
        pytest.param({"specialite": "SM15"}, False, id="specialiste-liberal"),
        pytest.param({"specialite": "SM15", "mode": "mixte"}, False, id="exercice-mixte"),
        pytest.param({"specialite": "SM15", "mode": "salarie"}, True, id="salarie"),
        pytest.param({"specialite": "SM15", "en_exercice": False}, True, id="retraite"),
        pytest.param({"specialite": "SM15", "personne_physique": False}, True, id="personne-morale"),
        pytest.param({"specialite": "SI01", "est_medecin": False}, True, id="infirmier"),
        pytest.param({"specialite": "SM54", "voix": "consultative"}, False, id="consultative"),
    ],
)
def test_gov_1_voix_deliberative(membre, refusee):
    m = Membre(**{"nom": "Dr Exemple", "voix": "deliberative", **membre})
    assert (voix_refusee(m) is not None) is refusee
