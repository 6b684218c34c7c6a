"""GOV-1 and GOV-2, MIS-1 to MIS-3, the regional strategy, the five lines of CRI-7 and what a criterion still waits for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dossiers.regles.criteres import CRITERES, Constat
from dossiers.regles.gouvernance import Membre, controle_cinq_ans, en_cours, manques_periode, voix_refusee
from dossiers.regles.jugements import LIGNES_CRI7, conclure, manques
from dossiers.regles.mission import ActiviteFait, avancement, manques_fiche
from dossiers.regles.motifs import MOTIFS, proposer, verifier_motifs
from dossiers.regles.strategie import Priorites, comparer
from dossiers.regles.suites import ATTENTE_EQUIPE, suite

JOUR = date(2026, 3, 10)
VEILLE, DEMAIN = JOUR - timedelta(days=1), JOUR + timedelta(days=1)
CARDIO = Membre("Claire", "deliberative", specialite="SM04")


@pytest.mark.parametrize(
    ("membre", "permis"),
    [
        (CARDIO, True),
        (Membre("x", "deliberative", specialite="SM54"), False),
        (Membre("x", "deliberative", specialite="SM26"), False),
        (Membre("x", "consultative", specialite="SM54"), True),
        (Membre("x", "deliberative", specialite="SM04", mode="hospitalier"), False),
        (Membre("x", "deliberative", specialite="SM04", mode="mixte"), True),
        (Membre("x", "deliberative", specialite="SM04", mode=""), False),
        (Membre("x", "deliberative", specialite="SM04", en_exercice=False), False),
        (Membre("x", "deliberative", specialite="SM04", personne_physique=False), False),
        (Membre("x", "deliberative", specialite=""), False),
        (Membre("x", "deliberative", specialite="SM04", est_medecin=False), False),
    ],
)
def test_gov_1(membre, permis):
    assert (voix_refusee(membre) is None) is permis


def test_periodes():
    assert manques_periode(JOUR, VEILLE) == {"fin": "La fin ne précède pas le début."}
    assert manques_periode(JOUR, JOUR) == manques_periode(JOUR, None) == manques_periode(None, JOUR) == {}
    assert [en_cours(JOUR, JOUR, j) for j in (VEILLE, JOUR, DEMAIN)] == [False, True, False]
    assert en_cours(date(2024, 2, 29), None, JOUR)


def test_gov_2_seules_les_consultations_tenues_comptent():
    c = controle_cinq_ans([VEILLE, JOUR, DEMAIN], JOUR, adherents=50, requis=51)
    assert (c.consultations, c.derniere, c.consultation_tenue, c.seuil_tenu) == (2, JOUR, True, False)
    rien = controle_cinq_ans([DEMAIN], JOUR, adherents=None, requis=51)
    assert (rien.consultation_tenue, rien.seuil_tenu) == (False, None)


def fiche(**champs):
    bons = {"valide_du": JOUR, "jour": JOUR, "delais": {"teleexpertise": 3}, "objectifs": {"internes": "Deux par an."}}
    return set(manques_fiche(**(bons | champs)))


def test_mis_1_delais_et_objectifs():
    assert fiche() == set()
    assert fiche(delais={"consultation": None}) == {"delai_consultation"}
    assert fiche(delais={"consultation": 0}) == set()
    assert fiche(delais={"consultation": 366}) == {"delai_consultation"}
    assert fiche(valide_du=DEMAIN) == {"valide_du"}
    assert fiche(objectifs={"internes": "  "}) == {"objectif_internes"}


def test_mis_1_mis_2_avancement():
    lus = [
        ActiviteFait("avis_ponctuel", JOUR, ecartee=True),
        ActiviteFait("avis_ponctuel", VEILLE, confirmee=True),
        ActiviteFait("second_recours", DEMAIN),
    ]
    etats = {a.code: (a.etat, a.obligatoire) for a in avancement(lus, JOUR)}
    assert etats["avis_ponctuel"] == ("confirmee", True)
    assert etats["second_recours"] == ("absente", True)
    assert etats["consultations_avancees"] == ("absente", False)
    demain = {a.code: a for a in avancement(lus, DEMAIN, consultations_avancees="obligatoires")}
    assert (demain["second_recours"].etat, demain["second_recours"].depuis) == ("declaree", DEMAIN)
    assert demain["consultations_avancees"].obligatoire


@pytest.mark.parametrize(
    ("jour", "vigueur"), [(VEILLE, False), (JOUR, True), (date(2028, 2, 29), True), (date(2028, 3, 1), False)]
)
def test_la_strategie_a_ses_jours(jour, vigueur):
    assert Priorites(JOUR, date(2028, 2, 29)).en_vigueur(jour) is vigueur


def test_ce_qui_concorde_avec_la_strategie():
    p = Priorites(JOUR, None, frozenset({"cardiologie"}), frozenset({"31", "09"}))
    noms = {"cardiologie": "Cardiologie", "31": "Haute-Garonne", "81": "Tarn"}
    specialites, territoire = comparer(p, ("cardiologie",), ("31", "81"), noms)
    assert specialites.concorde
    assert "Haute-Garonne, hors priorités\u00a0: Tarn" in territoire.phrase
    assert not comparer(p, ("nephrologie",), ("81",), noms)[0].concorde
    assert all(c.concorde for c in comparer(Priorites(JOUR, None), ("nephrologie",), ("81",), noms))


def lignes(**autres):
    return {c: {"avis": "conforme", "motif": ""} for c in LIGNES_CRI7} | autres


def test_cri_7_cinq_lignes():
    assert manques("CRI-7", "conforme", "", lignes()) == {}
    assert manques("CRI-7", "conforme", "") == {}
    reserve = {"avis": "reserve", "motif": "Deux ans d’existence."}
    assert conclure(lignes(solidite=reserve)) == "reserve"
    assert set(manques("CRI-7", "conforme", "", lignes(solidite=reserve))) == {"avis"}
    assert manques("CRI-7", "reserve", "Solidité.", lignes(solidite=reserve)) == {}
    assert manques("CRI-7", "non_conforme", "Ensemble.", lignes(solidite=reserve)) == {}
    assert set(manques("CRI-7", "reserve", "x", lignes(besoin={"avis": "reserve", "motif": " "}))) == {"motif_besoin"}
    partielle = {"besoin": {"avis": "conforme"}}
    assert set(manques("CRI-7", "conforme", "", partielle)) == {f"avis_{c}" for c in LIGNES_CRI7 if c != "besoin"}
    assert set(manques("CRI-5", "conforme", "", lignes())) == {"lignes"}
    assert set(manques("CRI-5", "reserve", " ")) == {"motif"}
    assert set(manques("CRI-5", "oui", "")) == {"avis"}


def constat(code, conforme, **autres):
    return Constat(code, CRITERES[code].libelle, conforme, "Le constat.", **autres)


def test_chaque_critere_dit_sa_suite():
    for code in CRITERES:
        for equipe in (True, False):
            assert suite(constat(code, True), equipe=equipe) == ""
            assert suite(constat(code, False), equipe=equipe).endswith(".")
    attendu = constat("CRI-7", None, source="Jugement attendu")
    assert suite(attendu, equipe=True) == ATTENTE_EQUIPE
    assert suite(attendu, equipe=False) != ATTENTE_EQUIPE


def test_un_critere_non_conforme_propose_son_motif():
    constats = [
        constat("CRI-1c", False),
        constat("CRI-4", False),
        constat("CRI-7", False),
        constat("CRI-5", False),
        constat("CRI-6", False),
        constat("CRI-1b", False, bloquant=False),
        constat("CRI-1d", None),
    ]
    for objet in MOTIFS:
        proposes = proposer(objet, constats)
        faits = [{"code": c, "critere": critere, "faits": dits} for c, (critere, dits) in proposes.items()]
        assert verifier_motifs(objet, faits) == {}
    assert set(proposer("lettre", constats)) == {"unicite", "cahier_des_charges", "besoin"}
    assert proposer("lettre", constats)["unicite"] == ("CRI-1c", "Unicité de la spécialité\u00a0: Le constat.")
    assert set(proposer("projet", constats)) == {"cahier_des_charges"}
    assert proposer("lettre", [constat("CRI-6", False)]) == {}
