"""The criteria of §2 and what they gate: the cases C113 to C128."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dossiers.regles.criteres import CRITERES, Conflit, DerogationFait, FaitsCriteres, evaluer
from dossiers.regles.portes import PORTES, juger
from ess_portal.referentiel.regles.parametres import Parametres

JOUR = date(2026, 3, 10)
NATIONAL = Parametres()
PLEINS = FaitsCriteres(
    jour=JOUR,
    departements=("31",),
    morceaux=1,
    specialites=("SM04",),
    eligibilites={"SM04": "oui"},
    medecins_presents=40,
    liberaux=30,
    adherents_liberaux=12,
    source="RPPS, 1er mars 2026",
    cooperations="Six CPTS",
    hospitaliers="CHU",
    association="CardiOc 31",
    jugements={"CRI-5": ("conforme", ""), "CRI-7": ("conforme", "")},
)
CONFORME = Conflit("76-2025-0001", "ESS Cardio 31", ("31",), "conforme")
ANCIENNE = Conflit("76-2024-0009", "ESS Cardio d’avant", ("31",), "non_conforme")
LETTRE = Conflit("76-2026-0019", "Projet concurrent", ("31",), "instruction")


def constat(code, p=NATIONAL, **faits):
    return next(c for c in evaluer(replace(PLEINS, **faits), p) if c.code == code)


def verdict(acte, p=NATIONAL, obstacles=None, **faits):
    bloque, avertit = juger(acte, evaluer(replace(PLEINS, **faits), p), obstacles or {})
    return {x.code for x in bloque}, {x.code for x in avertit}


def accord(*portee, accordee=True, du=None, au=None):
    return (DerogationFait(frozenset(portee), accordee, du, au),)


def test_tous_les_criteres_sont_evalues_une_fois_et_remplis():
    constats = evaluer(PLEINS, NATIONAL)
    assert [c.code for c in constats] == list(CRITERES)
    assert all(c.conforme is True and c.constat for c in constats)


@pytest.mark.parametrize(
    ("conflits", "stricte", "conforme", "bloque"),
    [
        pytest.param((), False, True, False, id="C121"),
        pytest.param((CONFORME,), False, False, True, id="C122"),
        pytest.param((ANCIENNE,), False, None, False, id="C124"),
        pytest.param((ANCIENNE,), True, False, True, id="C125"),
        pytest.param((LETTRE,), False, None, False, id="deux-lettres"),
        pytest.param((LETTRE,), True, None, False, id="deux-lettres-stricte"),
        pytest.param((LETTRE, CONFORME), False, False, True, id="les-deux"),
    ],
)
def test_cri_1c_unicite(conflits, stricte, conforme, bloque):
    p = Parametres(unicite_stricte=stricte)
    assert constat("CRI-1c", p, conflits=conflits).conforme is conforme
    assert ("CRI-1c" in verdict("valider_lettre", p, conflits=conflits)[0]) is bloque
    assert verdict("deposer_lettre", p, conflits=conflits)[0] == set()


@pytest.mark.parametrize(
    ("faits", "code"),
    [
        pytest.param({"liberaux": 101, "adherents_liberaux": 10}, "CRI-4", id="C113"),
        pytest.param({"liberaux": 0, "adherents_liberaux": 0}, "CRI-4", id="C116"),
        pytest.param({"liberaux": None}, "CRI-4", id="comptage-absent"),
        pytest.param({"medecins_presents": 9}, "CRI-1d", id="neuf-medecins"),
        pytest.param({"medecins_presents": None}, "CRI-1d", id="medecins-inconnus"),
        pytest.param({"departements": ()}, "CRI-1a", id="sans-departement"),
        pytest.param(
            {"est_pluri": True, "specialites": ("SM04", "SM15"), "eligibilites": {"SM04": "oui", "SM15": "oui"}},
            "DER-1",
            id="C127",
        ),
        pytest.param({"jugements": {"CRI-5": ("conforme", "")}}, "CRI-7", id="CRI-7-non-examine"),
        pytest.param(
            {"jugements": {"CRI-5": ("non_conforme", "Une pathologie"), "CRI-7": ("conforme", "")}},
            "CRI-5",
            id="CRI-5-pathologie",
        ),
    ],
)
def test_valider_lettre_bloque_sur(faits, code):
    assert verdict("valider_lettre", **faits)[0] == {code}


@pytest.mark.parametrize(("base", "conforme"), [("medecins_presents", True), ("liberaux", False)])
def test_c115_dix_medecins(base, conforme):
    p = Parametres(base_dix_medecins=base)
    assert constat("CRI-1d", p, medecins_presents=10, liberaux=6).conforme is conforme


def test_cri_1b_un_perimetre_en_morceaux_avertit_seulement():
    for acte in ("deposer_lettre", "valider_lettre", "valider_projet"):
        bloque, avertit = verdict(acte, departements=("31", "34"), morceaux=2)
        assert "CRI-1b" not in bloque
        assert "CRI-1b" in avertit


SEUILS_BAS = {"liberaux": 101, "adherents_liberaux": 10, "medecins_presents": 9}


@pytest.mark.parametrize(
    ("derogations", "restent"),
    [
        pytest.param((), {"CRI-4", "CRI-1d"}, id="sans"),
        pytest.param(accord("CRI-4"), {"CRI-1d"}, id="C128"),
        pytest.param(accord("CRI-4", "CRI-1d"), set(), id="les-deux"),
        pytest.param(accord("CRI-4", accordee=False), {"CRI-4", "CRI-1d"}, id="refusee"),
        pytest.param(accord("CRI-4", accordee=None), {"CRI-4", "CRI-1d"}, id="silence"),
        pytest.param(accord("CRI-4", au=date(2026, 3, 9)), {"CRI-4", "CRI-1d"}, id="expiree"),
        pytest.param(accord("CRI-4", au=JOUR), {"CRI-1d"}, id="dernier-jour"),
        pytest.param(accord("CRI-4", du=date(2026, 3, 11)), {"CRI-4", "CRI-1d"}, id="pas-encore"),
    ],
)
def test_der_1_ne_leve_que_sa_portee(derogations, restent):
    assert verdict("valider_lettre", derogations=derogations, **SEUILS_BAS)[0] == restent


@pytest.mark.parametrize("code", [c for c, critere in CRITERES.items() if not critere.derogation])
def test_der_1_les_autres_criteres_ne_derogent_pas(code):
    nus = FaitsCriteres(jour=JOUR, derogations=accord(*CRITERES))
    assert next(c for c in evaluer(nus, NATIONAL) if c.code == code).derogation is False


def test_der_1_pendante_bloque_la_validation_et_la_signature():
    obstacles = {"derogation_pendante": "En attente devant la CPN."}
    for acte in ("valider_lettre", "valider_projet", "signer_amorcage"):
        assert verdict(acte, obstacles=obstacles)[0] == {"derogation_pendante"}


def test_avis_avertit_la_lettre_et_bloque_le_projet():
    obstacles = {"avis": "Avis non rendu."}
    assert verdict("valider_lettre", obstacles=obstacles) == (set(), {"avis"})
    assert verdict("valider_projet", obstacles=obstacles) == ({"avis"}, set())


def test_signer_amorcage():
    assert verdict("signer_amorcage", association="") == (set(), {"CRI-6"})
    assert verdict("signer_amorcage", obstacles={"conflit": "À régulariser."})[0] == {"conflit"}


def test_signer_dotation_demande_association_et_seuil():
    assert verdict("signer_dotation", association="", adherents_liberaux=1)[0] == {"CRI-6", "CRI-4"}


def test_valider_projet_ne_demande_pas_l_association():
    assert verdict("valider_projet", association="") == (set(), set())


@pytest.mark.parametrize(
    ("eligibilite", "bloque", "avertit"),
    [("oui", set(), set()), ("a_confirmer", set(), {"DEF-1"}), ("non", {"DEF-1"}, set())],
)
def test_deposer_lettre_eligibilite(eligibilite, bloque, avertit):
    assert verdict("deposer_lettre", eligibilites={"SM04": eligibilite}) == (bloque, avertit)


def test_un_jugement_defavorable_prime_un_controle_favorable():
    c = constat("CRI-1d", jugements={**PLEINS.jugements, "CRI-1d": ("non_conforme", "Comptage contesté.")})
    assert c.conforme is False
    assert "Comptage contesté." in c.constat


def test_une_reserve_n_empeche_rien():
    assert verdict("valider_lettre", jugements={**PLEINS.jugements, "CRI-2": ("reserve", "DAC absent")}) == (
        set(),
        set(),
    )


def test_les_portes_ne_nomment_que_des_codes_connus():
    connus = set(CRITERES) | {"accord_caisse", "avis", "conflit", "derogation_pendante", "tardif"}
    assert {code for listes in PORTES.values() for liste in listes for code in liste} <= connus
