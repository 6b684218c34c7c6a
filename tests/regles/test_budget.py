"""What is to come: each sum once, on its day, the whole equal to what is committed and not paid plus the years that begin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

from financement.regles.budget import HORIZON, Attendu, DotationSignee, FaitsBudget, attendus, par_mois
from financement.regles.livre import Enveloppe, Soldes

JOUR = date(2026, 11, 20)
CREDIT = Enveloppe("assurance_maladie", "amorcage")


def annee(rang: int) -> Enveloppe:
    return Enveloppe("assurance_maladie", "dotation", rang)


def test_la_seconde_part_attend_le_projet():
    signe = Soldes(engage_total=D(80000), a_liquider=D(80000))
    f = FaitsBudget(enveloppes={CREDIT: signe}, seconde_part=D(40000), projet_au_plus_tard=date(2027, 3, 1))
    assert list(attendus(f, JOUR)) == [Attendu(JOUR, D(40000)), Attendu(date(2027, 3, 1), D(40000))]
    paye = Soldes(engage_total=D(80000), a_liquider=D(40000), acquis=D(40000))
    tardif = FaitsBudget(enveloppes={CREDIT: paye}, seconde_part=D(40000), projet_au_plus_tard=date(2026, 1, 1))
    assert list(attendus(tardif, JOUR)) == [Attendu(JOUR, D(40000))]
    propose = Soldes(engage_total=D(80000), a_ordonnancer=D(40000), acquis=D(40000))
    assert list(attendus(FaitsBudget(enveloppes={CREDIT: propose}, seconde_part=D(40000)), JOUR)) == [Attendu(JOUR, D(40000))]  # fmt: skip


def test_les_annees_qui_commencent_jusqu_au_terme():
    contrat = DotationSignee(date(2022, 3, 2), date(2027, 3, 2), D(50000))
    f = FaitsBudget(
        enveloppes={annee(n): Soldes(engage_total=D(50000 + n), acquis=D(50000 + n)) for n in (1, 2, 3, 4)},
        dotations=(contrat,),
    )
    # Year 5 has begun and nobody has proposed it; none follows the term.
    assert list(attendus(f, JOUR)) == [Attendu(JOUR, D(50004), 5, est_engage=False)]
    suite = DotationSignee(date(2027, 3, 2), date(2032, 3, 2), D(60000))
    renouvele = FaitsBudget(
        enveloppes={**f.enveloppes, annee(6): Soldes(engage_total=D(60000), a_liquider=D(60000))},
        dotations=(suite, contrat),
    )
    assert list(attendus(renouvele, JOUR)) == [
        Attendu(date(2027, 3, 2), D(60000), 6),
        Attendu(JOUR, D(50004), 5, est_engage=False),
        Attendu(date(2028, 3, 2), D(60000), 7, est_engage=False),
    ]


def test_chaque_somme_est_rangee_une_fois():
    contrat = DotationSignee(date(2026, 12, 1), date(2031, 12, 1), D("53888.89"))
    f = FaitsBudget(
        enveloppes={annee(1): Soldes(engage_total=D("53888.89"), a_liquider=D("53888.89"))}, dotations=(contrat,)
    )
    lus = list(attendus(f, JOUR))
    mois, au_dela = par_mois(lus, JOUR)
    assert len(mois) == HORIZON
    assert (mois[date(2026, 12, 1)], mois[date(2027, 12, 1)], au_dela) == (D("53888.89"), D("53888.89"), 0)
    assert sum(mois.values()) + au_dela == sum(x.montant for x in lus)


def test_une_annee_qui_commence_apres_le_dernier_mois_n_est_pas_dite_engagee():
    """Eighteen months are calendar ones: 20 November to 30 April, and not the first days of May."""
    contrat = DotationSignee(date(2026, 5, 5), date(2031, 5, 5), D(48000))
    f = FaitsBudget(enveloppes={annee(1): Soldes(engage_total=D(48000), acquis=D(48000))}, dotations=(contrat,))
    mois, au_dela = par_mois(attendus(f, JOUR), JOUR)
    assert ({m for m, n in mois.items() if n}, au_dela) == ({date(2027, 5, 1)}, 0)
    mois, _ = par_mois(attendus(f, date(2026, 12, 1)), date(2026, 12, 1))
    assert {m for m, n in mois.items() if n} == {date(2027, 5, 1), date(2028, 5, 1)}


def test_un_contrat_clos_compte_ses_annees_et_n_en_ouvre_plus():
    clos = DotationSignee(date(2026, 3, 2), date(2026, 9, 10), D(50000), est_close=True)
    nouveau = DotationSignee(date(2026, 11, 2), date(2031, 11, 2), D(60000))
    f = FaitsBudget(enveloppes={}, dotations=(clos, nouveau))
    assert [(x.annee, x.jour) for x in attendus(f, JOUR)] == [(2, JOUR), (3, date(2027, 11, 2))]
