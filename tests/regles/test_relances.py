"""Steps before a date (REL-1), and before the end of a contract (DUR-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dossiers.regles.relances import Personne, destinataires, jours_avant, palier_atteint
from ess_portal.referentiel.regles.composes import Echelle
from ess_portal.referentiel.regles.parametres import Parametres, ParametresInvalides


@pytest.mark.parametrize(
    ("fin", "alertes"),
    [
        (date(2031, 3, 31), (date(2030, 9, 30), date(2030, 12, 31))),
        (date(2030, 8, 31), (date(2030, 2, 28), date(2030, 5, 31))),
        (date(2028, 8, 29), (date(2028, 2, 29), date(2028, 5, 29))),
    ],
)
def test_six_et_trois_mois_avant_la_fin_de_date_a_date(fin: date, alertes: tuple[date, date]) -> None:
    assert tuple(fin - timedelta(days=n) for n in jours_avant(fin, Parametres().alertes_fin_contrat)) == alertes


def test_le_palier_le_plus_proche_seulement() -> None:
    paliers = (184, 92, 30, 15)
    assert [palier_atteint(n, paliers) for n in (185, 184, 93, 92, 20, 15, 0)] == [None, 184, 184, 92, 30, 15, 15]


@pytest.mark.parametrize(
    ("reste", "palier", "niveaux"),
    [
        (31, None, ()),
        (30, 30, ("charge",)),
        (16, 30, ("charge",)),
        (15, 15, ("charge",)),
        (3, 7, ("charge",)),
        (2, 2, ("charge", "chef")),
        (1, 2, ("charge", "chef")),
        (0, 0, ("charge", "chef", "region")),
    ],
)
def test_rel_1_a_qui_selon_les_jours_qui_restent(reste: int, palier: int | None, niveaux: tuple[str, ...]) -> None:
    """Days without a pass are made up for by the nearest step only."""
    p = Parametres()
    assert palier_atteint(reste, p.paliers_relance) == palier
    assert palier is None or p.echelle_relance.niveaux(palier) == niveaux


def test_une_echelle_vaut_de_sa_ligne_a_la_suivante() -> None:
    e = Echelle.lire("5 : chef; 1 : region, charge")
    assert [e.niveaux(n) for n in (184, 6, 5, 2, 1, 0)] == [
        *[("charge",)] * 2, *[("charge", "chef")] * 2, *[("charge", "region")] * 2
    ]  # fmt: skip
    assert Echelle.lire(str(e)) == e
    assert str(Parametres().echelle_relance).splitlines()[-1] == "0 : charge, chef, region"


@pytest.mark.parametrize("texte", ["2", "2 :", "-1 : chef", "2 : patron", "deux : chef", "2 : chef; 2 : charge"])
def test_une_echelle_illisible_est_refusee(texte: str) -> None:
    with pytest.raises(ParametresInvalides) as refus:
        Parametres.depuis({"echelle_relance": texte})
    assert "jours avant puis destinataires" in refus.value.erreurs["echelle_relance"]


def test_une_echelle_vide_est_refusee() -> None:
    assert set(Parametres.depuis({"echelle_relance": ""}).incoherences()) == {"echelle_relance"}


ARS, CAISSE, ADMINISTRATION = 1, 2, 3
SERVICE = (
    Personne(10, ARS, "ars_instructeur"),
    Personne(11, ARS, "ars_instructeur", est_chef=True),
    Personne(12, ARS, "ars_signataire"),
    Personne(20, CAISSE, "caisse_instructeur"),
    Personne(30, ADMINISTRATION, "admin_regional", region="76"),
    Personne(31, ADMINISTRATION + 1, "admin_regional", region="53"),
    Personne(40, ADMINISTRATION + 2, "admin_national"),
)
TOUS = ("charge", "chef", "region")


@pytest.mark.parametrize(
    ("niveaux", "suivi_par", "sans", "attendus"),
    [
        # The agent who follows it alone; else everybody of the role; each once, at the first level that names him.
        (("charge",), 10, (), [(10, "charge")]),
        (("charge",), None, (), [(10, "charge"), (11, "charge"), (12, "charge")]),
        (TOUS, 10, (), [(10, "charge"), (11, "chef"), (30, "region")]),
        (TOUS, 11, (), [(11, "charge"), (30, "region")]),
        # The agent who follows it works elsewhere, or has left.
        (("charge",), 20, (), [(10, "charge"), (11, "charge"), (12, "charge")]),
        (("charge",), 99, (), [(10, "charge"), (11, "charge"), (12, "charge")]),
        # Nobody said to be the head: who signs answers for the service.
        (("charge", "chef"), 10, (11,), [(10, "charge"), (12, "chef")]),
        # Nobody is left there, nor in the region: never into the void.
        (("charge",), 10, (10, 11, 12), [(30, "releve")]),
        (TOUS, 10, (10, 11, 12), [(30, "releve")]),
        (("charge",), 10, (10, 11, 12, 30), [(40, "releve")]),
        # Neither head nor signatory: his rung is the regional administrator's at once.
        (("charge", "chef"), 10, (11, 12), [(10, "charge"), (30, "releve")]),
    ],
)
def test_rel_1_destinataires(
    niveaux: tuple[str, ...], suivi_par: int | None, sans: tuple[int, ...], attendus: list[tuple[int, str]]
) -> None:
    personnes = [p for p in SERVICE if p.utilisateur not in sans]
    trouves = destinataires(niveaux, qui="ars", organisation=ARS, region="76", suivi_par=suivi_par, personnes=personnes)
    assert [(d.utilisateur, d.niveau) for d in trouves] == attendus


@pytest.mark.parametrize(
    ("absences", "niveaux", "suivi_par", "attendus"),
    [
        ({ARS: {10: 12}}, ("charge",), 10, [(12, "charge", "Hugo")]),
        # The substitute is away too, or has left: the organisation.
        ({ARS: {10: 12, 12: 11}}, ("charge",), 10, [(11, "charge", "Hugo")]),
        ({ARS: {10: 99}}, ("charge",), 10, [(11, "charge", "Hugo"), (12, "charge", "Hugo")]),
        # All are away: the one named finds it when he is back, the regional administrator reads it at once, else the national one.
        (
            {ARS: {10: 11, 11: 12, 12: 10}},
            ("charge",),
            10,
            [(10, "charge", ""), (11, "releve", ""), (30, "releve", "")],
        ),
        (
            {ARS: {10: 11, 11: 12, 12: 10}, ADMINISTRATION: {30: 31}},
            ("charge",),
            10,
            [(10, "charge", ""), (11, "releve", ""), (30, "releve", ""), (40, "releve", "")],
        ),
        # The substitute is himself the head of service: written to once.
        ({ARS: {10: 11}}, ("charge", "chef"), 10, [(11, "charge", "Hugo")]),
        # Away from elsewhere only.
        ({CAISSE: {10: 20}}, ("charge",), 10, [(10, "charge", "")]),
    ],
)
def test_une_absence_ne_laisse_jamais_un_rappel_dans_le_vide(
    absences: dict[int, dict[int, int]], niveaux: tuple[str, ...], suivi_par: int, attendus: list[tuple[int, str, str]]
) -> None:
    personnes = [replace(p, nom="Hugo" if p.utilisateur == 10 else "") for p in SERVICE]
    trouves = destinataires(
        niveaux, qui="ars", organisation=ARS, region="76", suivi_par=suivi_par, personnes=personnes, absences=absences
    )
    assert [(d.utilisateur, d.niveau, d.absent) for d in trouves] == attendus
