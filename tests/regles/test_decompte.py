"""The yearly statement against a second implementation, written from the text of FIN-4 to FIN-10 alone, on 600 years drawn once."""

from __future__ import annotations

import random
from calendar import isleap
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from financement.regles.decompte import Annee, Lectures, etablir
from financement.regles.decompte_gele import empreinte, faits, lire, resultat

TABLE = ((10, D("50000.00")), (30, D("66666.66")), (70, D("91000.10")))
SOUS_10 = ("manuel", "plancher", "prorata_10", "lineaire_prolonge", "zero")


@dataclass(frozen=True)
class Rapport:
    """A positive quotient of integers, in euros; no fraction of the library is used here."""

    haut: int
    bas: int = 1

    def centimes(self, parts: int = 1, sur: int = 1) -> int:
        """× parts ÷ sur, in cents, the half rounded up."""
        haut, bas = self.haut * 100 * parts, self.bas * sur
        return (2 * haut + bas) // (2 * bas)


def fin_d_annee(debut: date) -> date:
    """FIN-6: the eve of the anniversary; 29 February gives 28 February."""
    bissextile = (debut.month, debut.day) == (2, 29) and not isleap(debut.year + 1)
    return debut.replace(year=debut.year + 1, day=28 if bissextile else debut.day) - timedelta(1)


def formule(somme: int, jours: int, bareme: str) -> Rapport:
    """FIN-4 for n = somme ÷ jours."""
    if bareme == "table":
        atteints = [m for n, m in TABLE if n * jours <= somme]
        return Rapport(int(max(atteints) * 100), 100)
    if bareme == "mille_par_medecin":
        return Rapport(min(100_000 * jours, max(50_000 * jours, 1000 * somme)), jours)
    # 50 000 + (n − 10) × 50 000 ÷ 90, capped
    return Rapport(min(100_000 * 90 * jours, 50_000 * 90 * jours + (somme - 10 * jours) * 50_000), 90 * jours)


def sous_dix(somme: int, jours: int, lecture: str) -> Rapport | None:
    """FIN-8 for n = somme ÷ jours under ten."""
    return {
        "manuel": None,
        "plancher": Rapport(50_000),
        "prorata_10": Rapport(50_000 * somme, 10 * jours),
        "lineaire_prolonge": Rapport(max(0, 50_000 * 90 * jours + (somme - 10 * jours) * 50_000), 90 * jours),
        "zero": Rapport(0),
    }[lecture]


def attendu(a: Annee) -> tuple[int, int, int, int | None]:
    """(days, sum of the headcounts or the photo, its divisor, cents due) of a year, day by day."""
    x, terme = a.lectures, fin_d_annee(a.debut)
    sur, par_jour, courant, marches = (terme - a.debut).days + 1, [], 0, dict(a.marches)
    for rang in range((a.fin - a.debut).days + 1):
        courant = marches.get(a.debut + timedelta(rang), courant)
        par_jour.append(courant)
    vecus = len(par_jour)
    photo = x.effectif == "date_anniversaire" and a.fin == terme
    somme, jours = (par_jour[-1], 1) if photo else (sum(par_jour), vecus)
    if somme < 10 * jours:
        lu = sous_dix(somme, jours, x.sous_10)
        return vecus, somme, jours, None if lu is None else lu.centimes(vecus, sur)
    if x.ordre == "moyenne(D)" and not photo and a.fin == terme:
        lus = [formule(n, 1, x.bareme) for n in par_jour]
        commun = 9_000
        total = sum(r.haut * (commun // r.bas) for r in lus)
        return vecus, somme, jours, Rapport(total, commun * vecus).centimes()
    return vecus, somme, jours, formule(somme, jours, x.bareme).centimes(vecus, sur)


def tirages() -> list[Annee]:
    """600 years: leap ones, 29 Februaries, ended early, around ten and around a hundred, every reading."""
    h, annees = random.Random(20260401), []
    for rang in range(600):
        debut = date(2028, 2, 29) if rang % 20 == 0 else date(2025, 1, 1) + timedelta(h.randrange(3650))
        terme = fin_d_annee(debut)
        fin = debut + timedelta(h.randrange((terme - debut).days)) if rang % 4 == 0 else terme
        autour = h.choice((9, 10, 11, 40, 99, 130))
        bareme = h.choice(("lineaire", "lineaire", "mille_par_medecin", "table"))
        bas = 10 if bareme == "table" else 0
        effectif = lambda centre=autour, bas=bas: max(bas, centre + h.randint(-4, 4))  # noqa: E731
        jours = sorted(h.sample(range(1, 365), h.randrange(6)))
        annees.append(
            Annee(
                rang=1, debut=debut, terme=terme, fin=fin,
                marches=((debut, effectif()), *((debut + timedelta(j), effectif()) for j in jours)),
                lectures=Lectures(
                    bareme=bareme, table=TABLE if bareme == "table" else (),
                    effectif=h.choice(("moyenne_journaliere", "moyenne_journaliere", "date_anniversaire")),
                    ordre=h.choice(("D(moyenne)", "D(moyenne)", "moyenne(D)")), sous_10=h.choice(SOUS_10),
                    regularisation=h.random() < 0.9,
                ),
                avance=D(h.randrange(0, 10_000_001)) / 100,
            )
        )  # fmt: skip
    return annees


ANNEES = tirages()


def test_fin_4_a_10_six_cents_annees_contre_une_seconde_ecriture():
    vus = set()
    for a in ANNEES:
        d, (jours, somme, diviseur, centimes) = etablir(a), attendu(a)
        assert (d.jours, d.effectif_moyen * diviseur) == (jours, somme), a
        assert d.du == (None if centimes is None else D(centimes) / 100), a
        if centimes is None:
            assert (d.a_arbitrer, d.ecart, len(d.simulations)) == (True, None, 4)
        else:
            assert d.ecart == (D(centimes) / 100 - a.avance if a.lectures.regularisation else 0), a
        vus.add((a.lectures.bareme, a.lectures.ordre, a.lectures.effectif, d.a_arbitrer, a.fin == a.terme))
    assert len(vus) > 30  # every reading met every other


def test_le_decompte_gele_se_relit_et_redonne_les_memes_chiffres():
    for a in ANNEES:
        gele = faits(a)
        assert lire(gele) == a
        assert resultat(etablir(lire(gele))) == resultat(etablir(a))


def test_l_empreinte_tient_a_chaque_fait_et_a_chaque_chiffre():
    a = ANNEES[1]
    gele, chiffres = faits(a), resultat(etablir(a))
    assert empreinte(dict(reversed(gele.items())), chiffres) == empreinte(gele, chiffres)
    autres = [
        {**gele, "avance": "0.01"},
        {**gele, "effectifs": [*gele["effectifs"][:-1], [gele["effectifs"][-1][0], 99]]},
        {**gele, "lectures": {**gele["lectures"], "sous_10": "autre"}},
    ]
    assert len({empreinte(x, chiffres) for x in (gele, *autres)}) == 4
    assert empreinte(gele, {**chiffres, "du": "1.00"}) != empreinte(gele, chiffres)


DEBUT = date(2026, 4, 1)
NEUF = Annee(
    rang=2, debut=DEBUT, terme=date(2027, 3, 31), fin=date(2027, 3, 31), marches=((DEBUT, 9),), lectures=Lectures(), avance=D("50000.00")
)  # fmt: skip


def test_fin_8_ce_que_la_caisse_arbitre_fait_le_decompte():
    d = etablir(NEUF)
    assert (d.calcule, d.du, d.ecart) == (None, None, None)
    assert [str(m) for m in d.simulations.values()] == ["50000.00", "45000.00", "49444.44", "0.00"]
    for arbitre, ecart in (("45000.00", "-5000.00"), ("0.00", "-50000.00"), ("50000.00", "0.00")):
        d = etablir(replace(NEUF, arbitre=D(arbitre), motif="Prorata de dix."))
        assert (d.a_arbitrer, d.du, d.ecart) == (True, D(arbitre), D(ecart))
        assert "Prorata de dix." in [x["detail"] for x in d.lignes]


def test_fin_7_sans_regularisation_l_avance_reste():
    d = etablir(replace(NEUF, marches=((DEBUT, 20),), lectures=Lectures(regularisation=False)))
    assert (d.du, d.ecart) == (D("55555.56"), D("0.00"))
    assert d.lignes[-1]["detail"] == "Le contrat n’en prévoit pas"


def test_fin_10_c104_l_annee_interrompue_dit_son_prorata():
    debut = date(2026, 4, 1)
    a = Annee(
        rang=2, debut=debut, terme=date(2027, 3, 31), fin=date(2026, 9, 30), marches=((debut, 55),), lectures=Lectures(), avance=D("75000.00")
    )  # fmt: skip
    d = etablir(a)
    assert (d.jours, d.sur, d.du, d.ecart) == (183, 365, D("37602.74"), D("-37397.26"))
    assert any("183 jours courus ÷ 365" in x["detail"] for x in d.lignes)


def test_fin_8_une_annee_interrompue_n_est_arrondie_qu_une_fois():
    """9 then 8 doctors over three days of 365: 50 000 × n ÷ 10 × 3 ÷ 365, no cent in between."""
    marches = ((DEBUT, 9), (DEBUT + timedelta(1), 8))
    a = replace(NEUF, fin=DEBUT + timedelta(2), marches=marches, lectures=Lectures(sous_10="prorata_10"))
    assert etablir(a).du == D("342.47")


@pytest.mark.parametrize("fin", [date(2026, 3, 31), date(2027, 4, 1)], ids=["avant", "apres"])
def test_la_periode_est_de_l_annee(fin):
    with pytest.raises(ValueError, match="hors de l’année"):
        etablir(replace(NEUF, fin=fin))
    with pytest.raises(ValueError, match="premier jour"):
        etablir(replace(NEUF, fin=date(2026, 9, 30), marches=((date(2026, 5, 1), 9),)))
