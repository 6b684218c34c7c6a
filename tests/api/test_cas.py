"""The published cases that a calculator can answer with the national settings, each under its own number."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from .conftest import Appelant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def compteur_neuf(db):
    cache.clear()


def echeance(anonyme: Appelant, regle: str, objet: str, **faits: object) -> dict:
    r = anonyme.post("calculs/echeances/", {"departement": "31", **faits})
    assert r.status_code == 200, r.content
    return next(e for e in r.json()["echeances"] if (e["regle"], e["objet"]) == (regle, objet))


def demande(le: str, *, indispensable: bool = True, recue: str | None = None) -> list[dict]:
    return [{"demandee_le": le, "indispensable": indispensable, "recue_le": recue}]


LETTRES = {
    "C001": ("2025-03-10", [], "2025-05-10", "2025-05-11"),
    "C002": ("2025-12-31", [], "2026-02-28", "2026-03-01"),
    "C004": ("2025-12-28", [], "2026-02-28", "2026-03-01"),
    "C005": ("2023-12-31", [], "2024-02-29", "2024-03-01"),
    "C007": ("2025-06-30", [], "2025-08-30", "2025-08-31"),
    "C008": ("2025-03-01", [], "2025-05-01", "2025-05-02"),
    "C016": ("2025-03-01", demande("2025-03-20"), None, None),
    "C019": ("2025-03-01", demande("2025-05-05"), "2025-05-01", "2025-05-02"),
    "C020": ("2025-03-01", demande("2025-03-20", indispensable=False), "2025-05-01", "2025-05-02"),
    "C137": ("2025-01-30T08:00:00+01:00", [], "2025-03-30", "2025-03-31"),
}  # fmt: skip


@pytest.mark.parametrize("cas", LETTRES)
def test_lettre(anonyme: Appelant, cas: str):
    recue, demandes, dernier, acquise = LETTRES[cas]
    e = echeance(anonyme, "DL-1", "lettre", lettre_recue=recue, lettre_demandes=demandes)
    assert (e["dernier_jour"], e["acquise_le"], e["suspendue"]) == (dernier, acquise, dernier is None)


DATES = {
    "C025": ("DL-8", "lettre", {"lettre_recue": "2025-03-10"}, "2025-09-10"),
    "C028": ("DL-2", "lettre", {"lettre_recue": "2025-03-10"}, "2025-09-10"),
    "C029": ("DL-2", "lettre", {"lettre_recue": "2025-08-31"}, "2026-02-28"),
    "C031": ("DL-2", "lettre", {"lettre_recue": "2024-02-29"}, "2024-08-29"),
    "C032": ("DL-2", "lettre", {"lettre_recue": "2025-08-30"}, "2026-02-28"),
    "C040": ("DL-3", "projet", {"lettre_recue": "2025-03-10", "projet_recu": "2025-09-15", "projet_depose": "2025-09-10"}, "2025-11-15"),
    "C041": ("DL-2", "lettre", {"lettre_recue": "2025-05-15"}, "2025-11-15"),
    "C043": ("DL-3", "projet", {"lettre_recue": "2025-03-10", "projet_recu": "2025-08-31"}, "2025-10-31"),
    "C047": ("DL-5", "lettre", {"lettre_recue": "2025-01-31"}, "2026-07-31"),
    "C049": ("DL-5", "lettre", {"lettre_recue": "2026-08-31"}, "2028-02-29"),
    "C052": ("DL-4", "projet", {"lettre_recue": "2025-03-10", "projet_recu": "2025-09-10"}, "2026-09-10"),
    "C053": ("DL-5", "lettre", {"lettre_recue": "2025-03-10", "projet_recu": "2025-09-10"}, "2026-09-10"),
    "C131": ("DL-1", "lettre", {"departement": "972", "lettre_recue": "2025-07-01T01:00:00Z"}, "2025-08-30"),
}  # fmt: skip


@pytest.mark.parametrize("cas", DATES)
def test_dates(anonyme: Appelant, cas: str):
    regle, objet, faits, dernier = DATES[cas]
    assert echeance(anonyme, regle, objet, **faits)["dernier_jour"] == dernier


INSTANTS = {
    "C133": ("31", "2025-08-26", "2025-10-26", "2025-10-26T23:00:00Z"),
    "C134": ("31", "2025-01-30", "2025-03-30", "2025-03-30T22:00:00Z"),
    "C136": ("973", "2025-10-31", "2025-12-31", "2026-01-01T03:00:00Z"),
}  # fmt: skip


@pytest.mark.parametrize("cas", INSTANTS)
def test_instant_limite(anonyme: Appelant, cas: str):
    departement, recue, dernier, instant = INSTANTS[cas]
    e = echeance(anonyme, "DL-1", "lettre", departement=departement, lettre_recue=recue)
    assert (e["dernier_jour"], e["instant"]) == (dernier, instant)


DOTATIONS = {
    "C070": ([("2025-04-01", 11)], {}, "50555.56"), "C071": ([("2025-04-01", 20)], {}, "55555.56"), "C073": ([("2025-04-01", 50)], {}, "72222.22"),
    "C074": ([("2025-04-01", 55)], {}, "75000.00"), "C076": ([("2025-04-01", 99)], {}, "99444.44"), "C077": ([("2025-04-01", 100)], {}, "100000.00"),
    "C079": ([("2025-04-01", 250)], {}, "100000.00"), "C080": ([("2025-04-01", 55)], {"bareme": "mille_par_medecin"}, "55000.00"),
    "C082": ([("2025-04-01", 9)], {}, None), "C083": ([("2025-04-01", 9)], {"sous_10": "plancher"}, "50000.00"),
    "C085": ([("2025-04-01", 9)], {"sous_10": "lineaire_prolonge"}, "49444.44"), "C086": ([("2025-04-01", 9)], {"sous_10": "zero"}, "0.00"),
    "C088": ([("2025-04-01", 20), ("2025-10-01", 15)], {}, "54170.47"),
    "C089": ([("2025-04-01", 20), ("2025-10-01", 15)], {"effectif": "date_anniversaire"}, "52777.78"),
    "C091": ([("2027-04-01", 12), ("2028-03-01", 18)], {}, "51393.44"), "C092": ([("2025-04-01", 90), ("2025-10-01", 120)], {}, "100000.00"),
    "C094": ([("2025-04-01", 12), ("2025-10-18", 8)], {}, "50106.54"), "C095": ([("2025-04-01", 11), ("2025-10-01", 8)], {}, None),
}  # fmt: skip


@pytest.mark.parametrize("cas", DOTATIONS)
def test_dotation(anonyme: Appelant, cas: str):
    marches, reglages, montant = DOTATIONS[cas]
    corps = {"debut": marches[0][0], "effectifs": [{"du": du, "nombre": n} for du, n in marches], **reglages}
    lu = anonyme.post("calculs/dotation/", corps).json()
    assert (lu["montant"], lu["a_arbitrer"]) == (montant, montant is None)


def test_anniversaires_sans_derive_C097(anonyme: Appelant):
    r = anonyme.post(
        "calculs/echeances/", {"departement": "31", "lettre_recue": "2027-01-01", "effet_dotation": "2028-02-29"}
    )
    jours = [e["dernier_jour"] for e in r.json()["echeances"] if e["regle"] == "DL-7"]
    assert jours[:4] == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


@pytest.mark.parametrize(("liberaux", "requis"), [(100, 10), (99, 10), (90, 9), (30, 3), (10, 1), (101, 11)])
def test_seuil_C106_a_C113(anonyme: Appelant, liberaux: int, requis: int):
    for adherents in (requis - 1, requis):
        lu = anonyme.post(
            "calculs/seuils/", {"liberaux": liberaux, "adherents_liberaux": adherents, "medecins_presents": 10}
        ).json()
        assert lu["creation"] == {"requis": requis, "atteint": adherents >= requis}
        assert lu["dix_medecins"] == {"atteint": True}


def test_cible_exacte_C118(anonyme: Appelant):
    lu = anonyme.post("calculs/seuils/", {"liberaux": 100, "adherents_liberaux": 50, "medecins_presents": 100}).json()
    assert lu["cible"] == {"requis": 50, "atteint": True}


IDENTIFIANTS = {
    "C139": ("finess", "750712184", "750712184"), "C140": ("finess", "750712185", None), "C142": ("finess", "2B0000020", "2B0000020"),
    "C143": ("finess", "75 071 218 4", "750712184"), "C146": ("siren", "732829320", "732829320"), "C148": ("siret", "35600000049837", "35600000049837"),
    "C149": ("iban", "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
}  # fmt: skip


@pytest.mark.parametrize("cas", IDENTIFIANTS)
def test_identifiant(anonyme: Appelant, cas: str):
    type_, valeur, normalise = IDENTIFIANTS[cas]
    lu = anonyme.post("calculs/identifiants/", {"type": type_, "valeur": valeur}).json()
    assert lu == {"valide": normalise is not None, "normalise": normalise}
