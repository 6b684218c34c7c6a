"""Counters, plausibility, account of use and versions: the pure rules on their hard cases (IND-1, IND-3, FIN-12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indicateurs.regles.compteurs import (
    ecrire_delais,
    incoherences,
    lire_delais,
    lire_mois,
    lire_nombre,
    phrase_delai,
    resumer,
    reunir,
)
from indicateurs.regles.emploi import ZERO, Compte
from indicateurs.regles.plausibilite import avertissements
from indicateurs.regles.versions import Ecart, differences


@pytest.mark.parametrize(
    ("texte", "mois"),
    [
        ("2026-05", date(2026, 5, 1)), ("05/2026", date(2026, 5, 1)), ("5/2026", date(2026, 5, 1)),
        ("2026-05-31", date(2026, 5, 1)), ("31/05/2026", date(2026, 5, 1)), (" 2026-12 ", date(2026, 12, 1)),
        ("2026-13", None), ("2026-00", None), ("mai 2026", None), ("", None), ("0000-01", None), (None, None),
    ],
)  # fmt: skip
def test_un_mois_se_lit(texte, mois):
    assert lire_mois(texte) == mois


@pytest.mark.parametrize(("valeur", "lu"), [("12", 12), (0, 0), ("1\u202f204", 1204), (3.0, 3), (" 7 ", 7)])
def test_un_nombre_se_lit(valeur, lu):
    assert lire_nombre(valeur) == lu


@pytest.mark.parametrize(
    ("valeur", "phrase"),
    [
        ("douze", "chiffres"), ("12,5", "chiffres"), (3.5, "chiffres"), (True, "chiffres"), ("1e3", "chiffres"), ("²", "chiffres"),
        ("-3", "négatif"), (-1, "négatif"), ("1000001", "grand"), ("9" * 5000, "grand"),
    ],
)  # fmt: skip
def test_ce_qui_n_est_pas_un_nombre_est_refuse_en_une_phrase(valeur, phrase):
    with pytest.raises(ValueError, match=phrase):
        lire_nombre(valeur)


@pytest.mark.parametrize(
    ("valeur", "effectifs"),
    [
        ({"3": 4, "10": 1}, {3: 4, 10: 1}), ([3, 3, 10], {3: 2, 10: 1}), ("3×4 ; 10", {3: 4, 10: 1}), ("10, 3x2\n3", {3: 3, 10: 1}),
        ({"3": 0}, {}), ([], {}), ("0", {0: 1}),
    ],
)  # fmt: skip
def test_des_delais_se_lisent_en_effectifs(valeur, effectifs):
    assert lire_delais(valeur) == effectifs
    assert lire_delais(ecrire_delais(effectifs)) == effectifs


@pytest.mark.parametrize(
    "valeur", ["trois", "3,5", "12,5 ; 4", {"-1": 2}, {"3": -2}, [1.5], "20001", {"a": 1}, list(range(401)), [[3]]]
)
def test_des_delais_faux_sont_refuses(valeur):
    with pytest.raises(ValueError, match=r"\w"):
        lire_delais(valeur)


@pytest.mark.parametrize(
    ("effectifs", "resume"),
    [
        ({}, None),
        ({7: 1}, {"mediane": 7, "p90": 7, "nombre": 1}),
        ({1: 1, 9: 1}, {"mediane": 1, "p90": 9, "nombre": 2}),
        (dict.fromkeys(range(1, 11), 1), {"mediane": 5, "p90": 9, "nombre": 10}),
        (dict.fromkeys(range(1, 12), 1), {"mediane": 6, "p90": 10, "nombre": 11}),
        ({0: 9, 365: 1}, {"mediane": 0, "p90": 0, "nombre": 10}),
        ({0: 89, 40: 11}, {"mediane": 0, "p90": 40, "nombre": 100}),
    ],
)
def test_mediane_et_neuvieme_decile(effectifs, resume):
    """A quantile is a delay that was seen: no half days, and one long delay among ten does not move the ninth."""
    assert resumer(effectifs) == resume


def test_un_delai_en_mots():
    assert phrase_delai("delai_tlx", {"mediane": 1, "p90": 30, "nombre": 2}) == (
        "Délai de réponse d’une téléexpertise\u00a0: médiane 1\u00a0heure, neuf sur dix en 30\u00a0heures (2\u00a0mesures)."
    )


def test_les_mois_font_l_annee():
    """Flows are summed, the stock is the last one known, histograms are put together; what a month does not say is counted as missing."""
    mois = {
        date(2026, 3, 1): {"i3": 5, "i4": 2, "delai_rdv": {3: 1, 9: 1}},
        date(2026, 1, 1): {"i1": 4, "i3": 1, "i4": 7},
        date(2026, 2, 1): {"i1": 0, "i3": 0, "delai_rdv": {3: 2}},
    }
    annee = reunir(mois)
    assert annee.valeurs == {"i1": 4, "i3": 6, "i4": 2}
    assert annee.delais == {"delai_rdv": {3: 3, 9: 1}}
    assert (annee.mois, annee.manquants) == (3, {"i1": 1, "i4": 1})
    assert reunir({}).valeurs == {}


def test_un_mois_qui_se_contredit():
    assert set(incoherences({"i1": 1, "i1b": 2, "i4": 0, "i5": 1})) == {"i1b", "i4"}
    assert incoherences({"i1": 2, "i1b": 2, "i4": None, "i5": 1}) == {}


@pytest.mark.parametrize(
    ("valeurs", "precedents", "champs"),
    [
        ({"i2": 300}, {}, []),
        ({"i2": 300}, {"i2": 100}, []),
        ({"i2": 301}, {"i2": 100}, ["i2"]),
        ({"i2": 33}, {"i2": 100}, ["i2"]),
        ({"i3": 9}, {"i3": 1}, []),
        ({"i3": 0}, {"i3": 1}, ["i3"]),
        ({"i3": 0}, {"i3": 0}, []),
        ({"i1": 40, "i2": 39}, {}, ["i2"]),
        ({"i2": 10, "i5": 11}, {}, ["i5"]),
        ({"i1": 5, "i2": None, "i5": None}, {"i1": 5}, []),
    ],
)
def test_ce_qui_surprend(valeurs, precedents, champs):
    assert [a.champ for a in avertissements(valeurs, precedents)] == champs


@pytest.mark.parametrize(
    ("disponible", "depense", "dit"), [("100", "100.01", True), ("100", "100", False), ("0", "5", False)]
)
def test_une_depense_au_dela_du_recu_surprend(disponible, depense, dit):
    vus = avertissements({}, {}, disponible=Decimal(disponible), depense=Decimal(depense))
    assert bool(vus) is dit


@pytest.mark.parametrize(
    ("report", "recu", "depense", "reste", "au_dela"),
    [
        ("0.00", "51111.11", "41000.50", "10110.61", "0.00"),
        ("10110.61", "50000.00", "60110.61", "0.00", "0.00"),
        ("0.00", "100.00", "100.01", "0.00", "0.01"),
    ],
)
def test_le_compte_d_emploi_au_centime(report, recu, depense, reste, au_dela):
    c = Compte(Decimal(report), Decimal(recu), Decimal(depense))
    assert (c.non_employe, c.au_dela) == (Decimal(reste), Decimal(au_dela))
    assert c.disponible - c.depense == c.non_employe - c.au_dela


def test_un_compte_sans_depense_ne_dit_rien():
    assert Compte(ZERO, Decimal(5)).non_employe is None


def test_ce_qui_differe():
    avant = {"i1": 1, "i2": None, "commentaires": "", "objectifs": {}}
    apres = {"i1": 2, "i2": "", "commentaires": None, "objectifs": {"a": "b"}}
    assert differences(avant, apres, ("i1", "i2", "commentaires", "objectifs", "i5")) == (
        Ecart("i1", 1, 2),
        Ecart("objectifs", {}, {"a": "b"}),
    )
