"""CAL-7: what proves a notification, by setting; what a signature leaves to silence."""

from __future__ import annotations

import pytest

from dossiers.regles.notification import (
    Remise,
    a_presenter_avant,
    attend_sa_preuve,
    notifiee_le,
    presentation_admise,
    preuve_attendue,
    sans_effet,
)
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import j

REMISE = Remise(j("2026-04-20"), j("2026-04-25"), j("2026-04-23"))


@pytest.mark.parametrize(
    ("preuve", "attendue"),
    [
        ("mise_a_disposition", "2026-04-20"),
        ("premiere_consultation", "2026-04-25"),
        ("presentation", "2026-04-23"),
    ],
)
def test_CAL_7_la_preuve_que_le_reglage_nomme(preuve: str, attendue: str) -> None:
    p = Parametres(preuve_notification=preuve)
    assert notifiee_le(REMISE, p) == j(attendue)
    assert notifiee_le(Remise(), p) is None


@pytest.mark.parametrize(
    ("objet", "sens", "reglages", "attend"),
    [
        pytest.param("lettre", "defavorable", {}, False, id="mise à disposition, comme toujours"),
        pytest.param("lettre", "defavorable", {"preuve_notification": "presentation"}, True, id="pli"),
        pytest.param("lettre", "defavorable", {"preuve_notification": "premiere_consultation"}, True, id="lecture"),
        pytest.param("lettre", "favorable", {"preuve_notification": "presentation"}, False, id="une validation"),
        pytest.param("projet", "defavorable", {"preuve_notification": "presentation"}, False, id="projet, signature"),
        pytest.param(
            "projet",
            "defavorable",
            {"preuve_notification": "presentation", "fait_foi_projet": "notification"},
            True,
            id="projet, notification",
        ),
        pytest.param(
            "lettre",
            "defavorable",
            {"preuve_notification": "presentation", "fait_foi_lettre": "signature"},
            False,
            id="lettre, signature",
        ),
    ],
)
def test_CAL_7_un_refus_qui_attend(objet: str, sens: str, reglages: dict[str, str], attend: bool) -> None:
    assert attend_sa_preuve(objet, sens, Parametres(**reglages)) is attend


@pytest.mark.parametrize(
    ("jour", "mot"),
    [(None, "Indiquez"), ("2026-04-19", "avant la signature"), ("2026-05-02", "à venir"), ("2026-04-20", ""), ("2026-05-01", "")],
)  # fmt: skip
def test_CAL_7_le_jour_d_une_presentation(jour: str | None, mot: str) -> None:
    refus = presentation_admise(j(jour) if jour else None, signee_le=j("2026-04-20"), aujourd_hui=j("2026-05-01"))
    assert mot in (refus or "")
    assert bool(refus) is bool(mot)


def test_CAL_7_sans_personne_a_qui_ecrire_le_pli_fait_foi() -> None:
    p = Parametres()
    assert attend_sa_preuve("lettre", "defavorable", p, joignable=False)
    assert not attend_sa_preuve("lettre", "favorable", p, joignable=False)
    assert preuve_attendue(p, joignable=True) == "mise_a_disposition"
    assert preuve_attendue(p, joignable=False) == "presentation"


@pytest.mark.parametrize(
    ("dernier", "limite"),
    [(None, "2026-05-05"), ("2026-06-01", "2026-05-05"), ("2026-04-27", "2026-04-27"), ("2026-04-19", "2026-04-20")],
)
def test_CAL_7_le_jour_ou_un_pli_doit_etre_enregistre(dernier: str | None, limite: str) -> None:
    """Fifteen days from the signature, never past the last day of the silence, never before the signature."""
    p = Parametres()
    assert a_presenter_avant(j("2026-04-20"), p, dernier_jour=j(dernier) if dernier else None) == j(limite)


@pytest.mark.parametrize(
    ("presentee", "dernier", "mot"),
    [
        (None, "2026-05-02", "n’était pas prouvée"),
        ("2026-05-03", "2026-05-02", "n’était pas prouvée"),
        ("2026-05-02", None, "n’était pas prouvée"),
        ("2026-05-02", "2026-05-02", "présenté le 2\u00a0mai\u00a02026, dans le délai"),
    ],
)
def test_CAL_7_pourquoi_un_refus_est_reste_sans_effet(presentee: str | None, dernier: str | None, mot: str) -> None:
    assert mot in sans_effet(j(presentee) if presentee else None, dernier_jour=j(dernier) if dernier else None)
