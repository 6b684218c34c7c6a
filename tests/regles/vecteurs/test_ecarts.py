"""The vectors on which the two tellings once differed, kept with what the text says of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import NATIONAL, faits, j, toutes, une


@pytest.mark.parametrize(
    ("duree", "jours"),
    [
        pytest.param(Delai(36), ["2025-03-01", "2026-03-01", "2027-03-01"], id="trois ans"),
        pytest.param(Delai(30), ["2025-03-01", "2026-03-01"], id="deux ans et demi"),
        pytest.param(Delai(72), [f"{annee}-03-01" for annee in range(2025, 2031)], id="six ans"),
    ],
)
def test_DL_7_autant_d_anniversaires_que_le_contrat_a_d_annees(duree: Delai, jours: list[str]) -> None:
    """FIN-6: the contract's years run from its first day; the engine counted five whatever the contract's duration."""
    e = toutes(faits(lettre_recue="2023-03-01", effet_dotation="2024-03-01"), Parametres(duree_contrat_dotation=duree))
    assert [v.dernier_jour for (regle, _, _), v in e.items() if regle == "DL-7"] == [j(jour) for jour in jours]


@pytest.mark.parametrize(
    ("oppose_le", "arrete"),
    [
        pytest.param("2026-05-25", False, id="la veille du dépôt"),
        pytest.param("2026-05-26", True, id="le jour du cachet"),
        pytest.param("2026-05-28", True, id="entre le cachet et la réception"),
        pytest.param("2026-07-29", True, id="le dernier jour"),
        pytest.param("2026-07-30", False, id="le lendemain"),
    ],
)
def test_AVI_2_un_projet_venu_par_la_poste_se_conteste_des_son_depot(oppose_le: str, arrete: bool) -> None:
    """§3: the flag stands on a filed projet, and paper is filed by its postmark (CAL-8); what came before is of another one."""
    f = faits(lettre_recue="2025-12-30", projet_depose="2026-05-26", projet_recu="2026-05-29")
    e = toutes(replace(f, opposition_caisse_le=j(oppose_le)))
    assert (e[("DL-3", "projet", 1)].dernier_jour is None, ("AVI-2", "projet", 1) in e) == (arrete, arrete)


def test_DL_6_est_un_delai_de_l_equipe() -> None:
    """CAL-3: the target is hers to reach, so the setting moves it from a Sunday; the contract's own days stay."""
    f = faits(lettre_recue="2025-03-10", effet_dotation="2025-10-19")
    reporte = Parametres(depart_5_ans="date_effet", prorogation_jour_ouvre_porteur=True)
    assert une(f, "DL-6", "projet", replace(NATIONAL, depart_5_ans="date_effet")).dernier_jour == j("2030-10-19")
    assert une(f, "DL-6", "projet", reporte).dernier_jour == j("2030-10-21")
    assert une(f, "DUR-1", "dotation", reporte).dernier_jour == j("2030-10-18")
