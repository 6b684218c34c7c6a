"""DL-8: the équipe is invited and left the time to answer before its validation is withdrawn."""

from __future__ import annotations

import pytest

from dossiers.regles.retrait import invitation_admise, observations
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import j

P = Parametres()


@pytest.mark.parametrize(
    ("invitee", "aujourd_hui", "fondement", "mot"),
    [
        (None, "2026-03-24", "L242-1", "Indiquez le jour"),
        ("2026-03-25", "2026-03-24", "L242-1", "Indiquez le jour"),
        ("2026-03-06", "2026-03-24", "L242-1", "ne peut pas la précéder"),
        ("2026-03-08", "2026-03-23", "L242-1", "à partir du 24\u00a0mars\u00a02026"),
        ("2026-03-08", "2026-03-23", "L242-2", "15\u00a0jours"),
        ("2026-03-08", "2026-03-24", "L242-1", ""),
        ("2026-03-24", "2026-03-24", "L242-4", ""),
    ],
)
def test_DL_8_l_invitation_et_son_delai(invitee: str | None, aujourd_hui: str, fondement: str, mot: str) -> None:
    phrase = invitation_admise(
        j(invitee) if invitee else None,
        decidee_le=j("2026-03-07"),
        aujourd_hui=j(aujourd_hui),
        fondement=fondement,
        p=P,
        fuseau="Europe/Paris",
    )
    assert mot in phrase if mot else phrase is None


def test_DL_8_le_delai_vient_du_reglage_et_s_explique() -> None:
    o = observations(j("2026-01-31"), Parametres.depuis({"delai_observations": "1 mois"}), fuseau="Europe/Paris")
    assert (o.jusquau, o.decision_des) == (j("2026-02-28"), j("2026-03-01"))
    assert [e.reglage for e in o.explication if e.reglage] == ["delai_observations"]
    assert o.explication[-1].valeur == "1er\u00a0mars\u00a02026"
