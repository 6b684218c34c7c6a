"""DER-1, DER-2: scope, validity, specialties, steps, on the days where they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.criteres import ChiffresGroupe, Conflit, DerogationFait, FaitsCriteres, evaluer
from dossiers.regles.derogations import (
    PAR_SPECIALITE,
    PORTEES,
    DecisionCpn,
    levante,
    manques_decision,
    manques_demande,
    prochaine_etape,
)
from dossiers.regles.portes import juger
from ess_portal.referentiel.regles.parametres import Parametres

JOUR = date(2026, 3, 10)
VEILLE, DEMAIN = JOUR - timedelta(days=1), JOUR + timedelta(days=1)
NATIONAL = Parametres()
DEUX = FaitsCriteres(
    jour=JOUR,
    departements=("31",),
    morceaux=1,
    specialites=("SM04", "SM30"),
    est_pluri=True,
    eligibilites={"SM04": "oui", "SM30": "oui"},
    medecins_presents=30,
    liberaux=100,
    adherents_liberaux=20,
    groupes=("cardiologie", "nephrologie"),
    noms_groupes={"cardiologie": "Cardiologie", "nephrologie": "Néphrologie"},
    par_groupe={"cardiologie": ChiffresGroupe(80, 25, 18, "A"), "nephrologie": ChiffresGroupe(20, 5, 1, "A")},
    cooperations="CPTS",
    hospitaliers="CHU",
    jugements={"CRI-5": ("conforme", ""), "CRI-7": ("conforme", "")},
)


def accord(*portee, groupes=(), du=None, au=None, accordee=True, instance="CPN"):
    return DerogationFait(frozenset(portee), accordee, du, au, frozenset(groupes), instance)


def constat(code, faits=DEUX, p=NATIONAL, **champs):
    return next(c for c in evaluer(replace(faits, **champs), p) if c.code == code)


@pytest.mark.parametrize(
    ("derogation", "vaut"),
    [
        (accord("CRI-4"), True),
        (accord("CRI-4", du=JOUR, au=JOUR), True),
        (accord("CRI-4", au=VEILLE), False),
        (accord("CRI-4", du=DEMAIN), False),
        (accord("CRI-4", accordee=None), False),
        (accord("CRI-4", accordee=False), False),
        (accord("CRI-1d"), False),
    ],
)
def test_der_1_portee_et_validite(derogation, vaut):
    assert bool(levante([derogation], "CRI-4", JOUR, ("cardiologie",))) is vaut


@pytest.mark.parametrize(
    ("derogations", "conforme"),
    [
        ((), False),
        ((accord("CRI-1d"),), True),
        ((accord("CRI-1d", groupes=["nephrologie"]),), True),
        ((accord("CRI-1d", groupes=["cardiologie"]),), False),
        ((accord("CRI-4", groupes=["nephrologie"]),), False),
        ((accord("CRI-1d", groupes=["nephrologie"], au=VEILLE),), False),
    ],
)
def test_der_2_dix_medecins_par_specialite(derogations, conforme):
    """Five nephrologists: the total of thirty does not save them."""
    assert constat("CRI-1d", derogations=derogations).conforme is conforme


def test_der_2_le_total_n_est_leve_que_par_qui_le_couvre():
    bas = {"adherents_liberaux": 5}
    une = accord("CRI-4", groupes=["nephrologie"])
    autre = accord("CRI-4", groupes=["cardiologie"])
    assert constat("CRI-4", derogations=(une,), **bas).conforme is False
    leve = constat("CRI-4", derogations=(une, autre), **bas)
    assert (leve.conforme, leve.derogation) == (True, True)


def test_der_2_chaque_specialite_est_dite():
    c = constat("CRI-4")
    assert c.conforme is False
    assert "Néphrologie\u00a0: 1 adhérents libéraux sur 20, 2 requis." in c.constat
    assert "Cardiologie\u00a0: 18 adhérents libéraux sur 80, 8 requis." in c.constat


def test_der_2_un_chiffre_qui_manque_pour_une_specialite_avertit():
    manque = {"par_groupe": {"cardiologie": ChiffresGroupe(80, 25, 18), "nephrologie": ChiffresGroupe()}}
    c = constat("CRI-4", **manque)
    assert (c.conforme, c.bloquant) == (None, False)
    total = constat("CRI-4", **manque, adherents_liberaux=None)
    assert (total.conforme, total.bloquant) == (None, True)


@pytest.mark.parametrize(("groupes", "conforme"), [((), True), (("cardiologie",), True), (("nephrologie",), False)])
def test_der_2_unicite_par_specialite(groupes, conforme):
    autre = Conflit("76-2025-0001", "ESS Cardio", ("31",), "conforme", ("cardiologie",))
    assert constat("CRI-1c", conflits=(autre,), derogations=(accord("CRI-1c", groupes=groupes),)).conforme is conforme


def test_der_2_deux_conflits_deux_derogations():
    cardio = Conflit("76-2025-0001", "ESS Cardio", ("31",), "conforme", ("cardiologie",))
    nephro = Conflit("76-2025-0002", "ESS Néphro", ("31",), "conforme", ("nephrologie",))
    reste = constat("CRI-1c", conflits=(cardio, nephro), derogations=(accord("CRI-1c", groupes=["cardiologie"]),))
    assert reste.conforme is False
    assert "ESS Néphro" in reste.constat
    assert "ESS Cardio" not in reste.constat


@pytest.mark.parametrize(
    ("reglage", "instance", "conforme"),
    [("CPN", "CPN", True), ("CPN", "ARS", False), ("ARS", "ARS", True), ("ARS", "CPN", True)],
)
def test_cri_1a_assouplissement(reglage, instance, conforme):
    p = Parametres(assouplissement=reglage)
    c = constat("CRI-1a", p=p, departements=(), derogations=(accord("CRI-1a", instance=instance),))
    assert c.conforme is conforme


def test_l_ars_n_assouplit_que_le_perimetre():
    p = Parametres(assouplissement="ARS")
    for code in set(PORTEES) - {"CRI-1a"}:
        assert not levante(
            [accord(code, instance="ARS")], code, JOUR, ("cardiologie",), assouplissement=p.assouplissement
        )


def test_c127_sans_decision_de_la_cpn():
    bloque, _ = juger("valider_lettre", evaluer(replace(DEUX, par_groupe={}), NATIONAL))
    assert [b.code for b in bloque] == ["DER-1"]
    pendante = replace(DEUX, par_groupe={}, derogations=(accord("DER-1", accordee=None),))
    assert [b.code for b in juger("valider_lettre", evaluer(pendante, NATIONAL))[0]] == ["DER-1"]


@given(
    portees=st.sets(st.sampled_from(sorted(PORTEES)), min_size=1),
    debut=st.integers(-3, 3),
    duree=st.integers(0, 4),
    jour=st.integers(-8, 8),
    groupes=st.sets(st.sampled_from(["cardiologie", "nephrologie"])),
)
def test_rien_hors_de_la_portee_ni_de_la_validite(portees, debut, duree, jour, groupes):
    du, au, quand = (JOUR + timedelta(days=n) for n in (debut, debut + duree, jour))
    d = DerogationFait(frozenset(portees), True, du, au, frozenset(groupes))
    for code in PORTEES:
        for g in ("cardiologie", "nephrologie"):
            attendu = code in portees and du <= quand <= au
            if code in PAR_SPECIALITE and groupes:
                attendu = attendu and g in groupes
            assert bool(levante([d], code, quand, (g,))) is attendu


ENVOI = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("champs", "fautes"),
    [
        ({"issue": "accordee", "session_le": JOUR, "reference": "CPN-1"}, set()),
        ({"issue": "accordee", "session_le": JOUR}, {"reference"}),
        ({"issue": "accordee", "reference": "CPN-1"}, {"session_le"}),
        ({"issue": "accordee", "session_le": JOUR, "reference": "  "}, {"reference"}),
        ({"issue": "conditions", "session_le": JOUR, "reference": "CPN-1"}, {"conditions"}),
        ({"issue": "refusee"}, {"session_le"}),
        ({"issue": "refusee", "session_le": JOUR}, set()),
        ({"issue": "accordee", "session_le": DEMAIN, "reference": "CPN-1"}, {"session_le"}),
        ({"issue": "accordee", "session_le": date(2026, 1, 31), "reference": "CPN-1"}, {"session_le"}),
        ({"issue": "accordee", "session_le": ENVOI, "reference": "CPN-1"}, set()),
        (
            {"issue": "accordee", "session_le": JOUR, "reference": "1", "valide_du": DEMAIN, "valide_au": JOUR},
            {"valide_au"},
        ),
        ({"issue": "demandee", "session_le": DEMAIN}, set()),
        ({"issue": "demandee", "envoyee_le": DEMAIN}, {"envoyee_le"}),
        ({"issue": "demandee", "envoyee_le": date(2026, 1, 1)}, {"envoyee_le"}),
    ],
)
def test_ce_qu_une_decision_demande(champs, fautes):
    issue = champs.pop("issue")
    assert set(manques_decision(DecisionCpn(issue, JOUR, ENVOI, **champs))) == fautes


@pytest.mark.parametrize(
    ("portee", "groupes", "fautes"),
    [
        (["CRI-4"], [], set()),
        (["CRI-4"], ["cardiologie"], set()),
        ([], [], {"portee"}),
        (["CRI-5"], [], {"portee"}),
        (["DER-1"], ["cardiologie"], {"groupes"}),
        (["CRI-4"], ["urologie"], {"groupes"}),
    ],
)
def test_ce_qu_une_demande_demande(portee, groupes, fautes):
    assert set(manques_demande(portee, groupes, ("cardiologie", "nephrologie"))) == fautes


def test_prochaine_etape():
    etats = [
        {"avis_ars": False, "avis_caisse": False, "envoyee": False, "session": None},
        {"avis_ars": True, "avis_caisse": False, "envoyee": False, "session": None},
        {"avis_ars": True, "avis_caisse": True, "envoyee": False, "session": None},
        {"avis_ars": True, "avis_caisse": True, "envoyee": True, "session": None},
        {"avis_ars": True, "avis_caisse": True, "envoyee": True, "session": JOUR},
    ]
    phrases = [prochaine_etape(issue="demandee", **e) for e in etats]
    assert len(set(phrases)) == 5
    assert "de l’ARS et de la caisse" in phrases[0]
    assert prochaine_etape(issue="refusee", **etats[0]) == ""
