"""DL-1 to DL-9, AVI-1 and DUR-1: the cases and the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dossiers.regles.delais import borne, retrait_permis
from dossiers.regles.echeances import (
    DecisionFait,
    calculer,
    reference_lettre,
)
from dossiers.regles.explication import jour_ecrit
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import NATIONAL, demande, faits, j, toutes, une


@pytest.mark.parametrize(
    ("recue", "dernier", "acquise", "reglages"),
    [
        pytest.param("2025-03-10", "2025-05-10", "2025-05-11", {}, id="C001"),
        pytest.param("2025-12-31", "2026-02-28", "2026-03-01", {}, id="C002"),
        pytest.param("2025-12-28", "2026-02-28", "2026-03-01", {}, id="C004"),
        pytest.param("2023-12-31", "2024-02-29", "2024-03-01", {}, id="C005"),
        pytest.param("2025-06-30", "2025-08-30", "2025-08-31", {}, id="C007"),
        pytest.param("2025-03-01", "2025-05-01", "2025-05-02", {}, id="C008 et C023"),
        pytest.param("2025-01-15", "2025-03-16", "2025-03-17", {"mode_naissance": "lendemain"}, id="C010"),
        pytest.param(
            "2025-03-01", "2025-05-01", "2025-05-02", {"prorogation_jour_ouvre_porteur": True}, id="jamais prorogé"
        ),
        pytest.param(
            "2025-03-10", "2025-06-10", "2025-06-11", {"delai_instruction_lettre": Delai(3)}, id="délai réglé"
        ),
    ],
)
def test_DL_1_le_silence_vaut_validation(recue: str, dernier: str, acquise: str, reglages: dict[str, Any]) -> None:
    e = une(faits(lettre_recue=recue), "DL-1", p=Parametres(**reglages))
    assert (e.dernier_jour, e.acquise_le, e.suspendue, e.qui) == (j(dernier), j(acquise), False, "ars")
    assert e.instant == borne(j(dernier), "Europe/Paris")


def test_DL_1_C137_l_heure_d_ete_entre_les_deux() -> None:
    e = une(faits(lettre_recue="2025-01-30"), "DL-1")
    assert (e.acquise_le, e.instant) == (j("2025-03-31"), datetime.fromisoformat("2025-03-30T22:00:00+00:00"))


@pytest.mark.parametrize(
    ("jour", "permis"), [pytest.param("2025-09-10", True, id="C025"), pytest.param("2025-09-11", False, id="C026")]
)
def test_DL_8_compte_du_dernier_jour_d_une_decision_tacite(jour: str, permis: bool) -> None:
    tacite = DecisionFait("favorable", "tacite", j("2025-05-10"), j("2025-05-10"))
    e = une(faits(lettre_recue="2025-03-10", lettre_decision=tacite), "DL-8")
    assert (e.dernier_jour, e.acquise_le) == (j("2025-09-10"), None)
    assert retrait_permis(j(jour), e.dernier_jour) is permis


def test_DL_8_compte_de_la_signature_d_une_decision_expresse() -> None:
    expresse = DecisionFait("favorable", "expresse", j("2025-05-09"), j("2025-05-12"))
    assert une(faits(lettre_recue="2025-03-10", lettre_decision=expresse), "DL-8").dernier_jour == j("2025-09-09")


@pytest.mark.parametrize(
    ("valeurs", "reglages", "attendu"),
    [
        pytest.param({"lettre_recue": "2025-03-10"}, {}, "2025-09-10", id="C028"),
        pytest.param({"lettre_recue": "2025-08-31"}, {}, "2026-02-28", id="C029"),
        pytest.param({"lettre_recue": "2024-02-29"}, {}, "2024-08-29", id="C031"),
        pytest.param({"lettre_recue": "2025-08-30"}, {}, "2026-02-28", id="C032"),
        pytest.param(
            {"lettre_recue": "2025-03-10", "amorcage_signe_le": "2025-06-02"},
            {"depart_6_mois": "signature_contrat"},
            "2025-12-02",
            id="C034",
        ),
        pytest.param({"lettre_recue": "2025-03-10"}, {"depart_6_mois": "validation_li"}, "2025-11-10", id="C035"),
        pytest.param(
            {"lettre_recue": "2025-06-01", "lettre_premier_depot": "2025-01-10"},
            {"date_reference_li": "premier_depot"},
            "2025-07-10",
            id="C037",
        ),
        pytest.param(
            {"lettre_recue": "2025-05-15"}, {"prorogation_jour_ouvre_porteur": False}, "2025-11-15", id="C041 samedi"
        ),
        pytest.param(
            {"lettre_recue": "2025-05-15"}, {"prorogation_jour_ouvre_porteur": True}, "2025-11-17", id="CAL-3 reporté"
        ),
        pytest.param(
            {"lettre_recue": "2025-01-10", "lettre_demandes": (demande("2025-02-01", "2025-06-01"),)},
            {},
            "2025-12-01",
            id="CAL-5 de la lettre complète",
        ),
    ],
)
def test_DL_2_dernier_jour_pour_deposer(valeurs: dict[str, Any], reglages: dict[str, Any], attendu: str) -> None:
    e = une(faits(**valeurs), "DL-2", p=Parametres(**reglages), presumer_tacite=True)
    assert (e.dernier_jour, e.acquise_le, e.qui) == (j(attendu), None, "equipe")


def test_DL_2_C037_alerte_avant_la_validation_de_la_lettre() -> None:
    f = faits(lettre_recue="2025-06-01", lettre_premier_depot="2025-01-10")
    p = Parametres(date_reference_li="premier_depot")
    assert une(f, "DL-1", p=p).dernier_jour == j("2025-08-01")
    assert [t for t in une(f, "DL-2", p=p).explication if "antérieure à la validation" in t.detail]
    assert not [t for t in une(f, "DL-2").explication if t.valeur == "alerte"]


@pytest.mark.parametrize("reglage", ["signature_contrat", "validation_li"])
def test_DL_2_DL_5_sans_leur_origine_il_n_y_a_pas_de_date(reglage: str) -> None:
    p = Parametres(depart_6_mois=reglage, depart_18_mois=reglage)
    assert {e.regle for e in calculer(faits(lettre_recue="2025-03-10"), p)} == {"DL-1", "AVI"}


def test_DL_2_DL_5_suspendues_tant_que_la_lettre_est_incomplete() -> None:
    f = faits(lettre_recue="2025-03-01", lettre_demandes=(demande("2025-03-20"),))
    for regle in ("DL-2", "DL-5"):
        e = une(f, regle)
        assert (e.suspendue, e.dernier_jour, e.instant) == (True, None, None)
    assert reference_lettre(f, NATIONAL) is None
    assert reference_lettre(f, Parametres(date_reference_li="premier_depot")) == j("2025-03-01")


def test_DL_2_une_lettre_validee_n_attend_plus_de_piece() -> None:
    f = faits(lettre_recue="2025-03-01", lettre_demandes=(demande("2025-03-20"),))
    validee = replace(f, lettre_decision=DecisionFait("favorable", "expresse", j("2025-04-01"), j("2025-04-01")))
    assert une(validee, "DL-2").dernier_jour == j("2025-09-01")


@pytest.mark.parametrize(
    ("depart", "dl2", "dl5"),
    [
        pytest.param("engagement", "2025-08-15", "2026-08-15", id="engagement"),
        pytest.param("signature", "2025-09-20", "2026-09-20", id="signature"),
        pytest.param("aucun", None, None, id="aucun"),
    ],
)
def test_TRA_depart_transitoire(depart: str, dl2: str | None, dl5: str | None) -> None:
    f = faits(est_transitoire=True, engagement_transitoire_le="2025-02-15", amorcage_signe_le="2025-03-20")
    e = toutes(f, Parametres(depart_transitoire=depart))
    attendu = {("DL-2", "lettre", 1): dl2, ("DL-5", "lettre", 1): dl5}
    assert {cle: v.dernier_jour for cle, v in e.items()} == {c: j(v) for c, v in attendu.items() if v}


@pytest.mark.parametrize(
    ("recue", "dernier"),
    [
        pytest.param("2025-01-31", "2026-07-31", id="C047"),
        pytest.param("2026-08-31", "2028-02-29", id="C049"),
        pytest.param("2024-08-31", "2026-02-28", id="C050"),
        pytest.param("2025-03-10", "2026-09-10", id="C053"),
    ],
)
def test_DL_5_dix_huit_mois(recue: str, dernier: str) -> None:
    e = une(faits(lettre_recue=recue), "DL-5")
    assert (e.dernier_jour, e.instant) == (j(dernier), borne(j(dernier), "Europe/Paris"))


@pytest.mark.parametrize(
    ("valeurs", "reglages", "attendu"),
    [
        pytest.param({"projet_recu": "2025-09-10"}, {}, "2026-09-10", id="C052 et C053"),
        pytest.param({"projet_recu": "2025-09-15", "projet_depose": "2025-09-10"}, {}, "2026-09-10", id="C040 cachet"),
        pytest.param(
            {"projet_recu": "2025-09-10"}, {"depart_1_an": "validation_projet"}, "2026-11-10", id="validation"
        ),
    ],
)
def test_DL_4_les_deux_activites(valeurs: dict[str, str], reglages: dict[str, str], attendu: str) -> None:
    f = faits(lettre_recue="2025-03-10", **valeurs)
    assert une(f, "DL-4", "projet", Parametres(**reglages), presumer_tacite=True).dernier_jour == j(attendu)


def test_DL_4_pas_pour_un_projet_refuse() -> None:
    refus = DecisionFait("defavorable", "expresse", j("2025-10-01"), j("2025-10-02"))
    f = faits(lettre_recue="2025-03-10", projet_recu="2025-09-10", projet_decision=refus)
    assert {e.regle for e in calculer(f, NATIONAL) if e.objet == "projet"} == {"DL-3", "AVI"}


@pytest.mark.parametrize(
    ("recu", "dernier", "acquise"),
    [
        pytest.param("2025-08-31", "2025-10-31", "2025-11-01", id="C043"),
        pytest.param("2025-09-15", "2025-11-15", "2025-11-16", id="C040 réception"),
    ],
)
def test_DL_3_le_projet_repute_valide(recu: str, dernier: str, acquise: str) -> None:
    e = une(faits(lettre_recue="2025-03-10", projet_recu=recu, projet_depose="2025-08-30"), "DL-3", "projet")
    assert (e.dernier_jour, e.acquise_le) == (j(dernier), j(acquise))


def test_AVI_1_un_mois_sur_la_lettre_et_le_projet() -> None:
    f = faits(lettre_recue="2025-01-31", projet_recu="2025-08-31")
    assert [une(f, "AVI", o).dernier_jour for o in ("lettre", "projet")] == [j("2025-02-28"), j("2025-09-30")]
    assert une(f, "AVI").qui == "caisse"


@pytest.mark.parametrize(
    ("fait_foi", "dl6"), [pytest.param("signature", "2030-10-20"), pytest.param("notification", "2030-10-25")]
)
def test_DL_6_cinq_ans_de_la_validation(fait_foi: str, dl6: str) -> None:
    decision = DecisionFait("favorable", "expresse", j("2025-10-20"), j("2025-10-25"))
    f = faits(lettre_recue="2025-03-10", projet_recu="2025-08-31", projet_decision=decision)
    assert une(f, "DL-6", "projet", Parametres(fait_foi_projet=fait_foi)).dernier_jour == j(dl6)
    effet = replace(f, effet_dotation=j("2026-01-01"))
    assert une(effet, "DL-6", "projet", Parametres(depart_5_ans="date_effet")).dernier_jour == j("2031-01-01")


def test_DL_7_DUR_1_C097_toujours_depuis_le_premier_jour() -> None:
    e = toutes(faits(lettre_recue="2027-03-10", effet_dotation="2028-02-29"))
    jours = [e[("DL-7", "dotation", n)].dernier_jour for n in range(1, 6)]
    assert jours == [j("2029-02-28"), j("2030-02-28"), j("2031-02-28"), j("2032-02-29"), j("2033-02-28")]
    assert e[("DUR-1", "dotation", 1)].dernier_jour == j("2033-02-27")


@pytest.mark.parametrize(
    ("notifiee", "calcul", "dernier"),
    [
        pytest.param("2025-03-10", "aucun", None, id="par défaut, aucune date"),
        pytest.param("2025-03-10", "franc", "2025-05-12", id="franc, puis lundi"),
        pytest.param("2025-03-11", "franc", "2025-05-12", id="franc"),
        pytest.param("2025-02-28", "franc", "2025-04-29", id="franc, fin février"),
    ],
)
def test_DL_9_recours(notifiee: str, calcul: str, dernier: str | None) -> None:
    refus = DecisionFait("defavorable", "expresse", j(notifiee), j(notifiee))
    e = toutes(faits(lettre_recue="2025-02-01", lettre_decision=refus), Parametres(calcul_recours=calcul))
    dl9 = e.get(("DL-9", "lettre", 1))
    assert (dl9.dernier_jour if dl9 else None) == (j(dernier) if dernier else None)
    assert ("DL-8", "lettre", 1) not in e


def test_presumer_le_silence_ne_contredit_pas_une_decision_connue() -> None:
    refus = DecisionFait("defavorable", "expresse", j("2025-04-01"), j("2025-04-01"))
    f = faits(lettre_recue="2025-03-10", lettre_decision=refus)
    assert ("DL-8", "lettre", 1) not in toutes(f, presumer_tacite=True)
    assert ("DL-8", "lettre", 1) not in toutes(faits(lettre_recue="2025-03-10"))


def test_l_explication_parle_francais() -> None:
    f = faits(
        fuseau="Indian/Reunion", lettre_recue="2025-03-01", lettre_demandes=(demande("2025-03-20", "2025-04-10"),)
    )
    etapes = une(f, "DL-1").explication
    assert [t.libelle for t in etapes] == [
        "Point de départ",
        "Arrêt du délai",
        "Nouveau point de départ",
        "Délai donné à l’ARS pour décider",
        "Jour de la semaine",
        "Dernier jour de l’ARS",
    ]
    assert "heure de La Réunion" in etapes[-1].detail
    assert "11\u00a0juin\u00a02025 à 0\u00a0h" in etapes[-1].detail
    assert jour_ecrit(j("2026-03-01")) == "1er\u00a0mars\u00a02026"


@pytest.mark.parametrize(("oppose_le", "attendue"), [("2025-12-31", "2026-02-28"), ("2026-01-15", "2026-03-15")])
def test_AVI_2_la_decision_expresse_a_son_jour(oppose_le: str, attendue: str) -> None:
    """From the opposition, at the set's delay; the silence itself has no date any more."""
    f = faits(lettre_recue="2025-03-10", projet_recu="2025-11-20", opposition_caisse_le=j(oppose_le))
    e = une(f, "AVI-2", "projet")
    assert (e.dernier_jour, e.acquise_le, e.qui) == (j(attendue), None, "ars")
    assert une(f, "DL-3", "projet").dernier_jour is None
    assert une(f, "AVI-2", "projet", Parametres(delai_apres_opposition=Delai(jours=10))).dernier_jour == j(
        oppose_le
    ) + timedelta(days=10)


def test_AVI_2_sans_opposition_qui_arrete_pas_de_jour() -> None:
    f = faits(lettre_recue="2025-03-10", projet_recu="2025-11-20")
    assert "AVI-2" not in {e.regle for e in calculer(f, NATIONAL)}
    tardive = replace(f, opposition_caisse_le=j("2026-01-21"))
    assert "AVI-2" not in {e.regle for e in calculer(tardive, NATIONAL)}
