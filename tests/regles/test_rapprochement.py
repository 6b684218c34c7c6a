"""Reconciliation (B58): thirty planted gaps are named and none invented; on random lists, what is planted is what is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from financement.regles.rapprochement import CODES, CREDIT, Mouvement, Ordre, Rapprochement, jumelles, rapprocher
from financement.regles.virement import ouvre_suivant

EXECUTION, VALIDATION, FIN = date(2026, 3, 3), date(2026, 3, 2), date(2026, 3, 31)


def ordre(rang: int, **champs) -> Ordre:
    return Ordre(
        **{
            "reference": f"V-2026-{rang:04d}", "montant": Decimal(1000 + rang) + Decimal("0.37"), "iban": f"FR76{rang:023d}",
            "execution": EXECUTION, "du": VALIDATION, "lot": "L-2026-0001", **champs,
        }
    )  # fmt: skip


def paye(o: Ordre, **champs) -> Mouvement:
    return Mouvement(
        **{
            "cle": f"B-{o.reference}", "reference": o.reference, "montant": o.montant, "devise": "EUR", "jour": o.execution, "iban": o.iban,
            **champs,
        }
    )  # fmt: skip


def codes(r: Rapprochement) -> Counter[tuple[str, str]]:
    return Counter((e.code, e.reference) for e in r.ecarts)


def planter(code: str, o: Ordre) -> tuple[Ordre, list[Mouvement], str]:
    """The order, what the bank then says of it, and the reference under which the gap is to be named."""
    centime, autre = Decimal("0.01"), "FR7699999999999999999999999"
    m = paye(o)
    lus: dict[str, tuple[Ordre, list[Mouvement]]] = {
        "absent": (o, []),
        "double": (o, [m, replace(m, cle=f"{m.cle}-2")]),
        "montant": (o, [replace(m, montant=m.montant - centime)]),
        "iban": (o, [replace(m, iban=autre)]),
        "retard": (o, [replace(m, jour=ouvre_suivant(o.execution) + timedelta(days=1))]),
        "anticipe": (o, [replace(m, jour=o.du - timedelta(days=1))]),
        "reference": (o, [replace(m, reference="PERDUE")]),
        "rejet": (o, [m, replace(m, cle=f"{m.cle}-R", sens=CREDIT, rejet="AC04 Compte clos")]),
        "devise": (o, [replace(m, devise="CHF")]),
        "fractionne": (o, [replace(m, cle=f"{m.cle}-{n}", montant=x) for n, x in enumerate((centime, o.montant - centime))]),
        "bloque": (replace(o, empechement="l’IBAN a changé"), [m]),
    }  # fmt: skip
    commande, mouvements = lus[code]
    return commande, mouvements, o.reference


PLANTABLES = ("absent", "double", "montant", "iban", "retard", "anticipe", "reference", "rejet", "devise", "fractionne", "bloque")  # fmt: skip


def test_trente_ecarts_plantes(preuve):
    ordres, mouvements, attendus = [], [], Counter()
    for rang in range(1, 201):
        o = ordre(rang)
        if rang <= 26:
            code = PLANTABLES[rang % len(PLANTABLES)]
            o, lus, reference = planter(code, o)
            attendus[code, reference] += 1
            mouvements += lus
        else:
            mouvements.append(paye(o))
        ordres.append(o)
    inconnu, groupe = ordre(9001), ordre(9002, lot="L-2026-0002")
    ordres.append(groupe)
    mouvements += [
        paye(inconnu), paye(ordre(9003)),
        paye(ordre(1), cle="X", reference="AUTRE", montant=Decimal("5.00"), iban=ordre(50).iban),
        Mouvement(cle="G", reference="L-2026-0002", montant=groupe.montant, devise="EUR", jour=EXECUTION),
        Mouvement(cle="L", reference="LOYER", montant=Decimal("900.00"), devise="EUR", jour=EXECUTION, iban="FR7612345"),
    ]  # fmt: skip
    attendus += Counter(
        [("inconnue", inconnu.reference), ("inconnue", "V-2026-9003"), ("inconnue", "AUTRE"), ("groupe", "L-2026-0002")]
    )
    r = rapprocher(ordres, mouvements, arrete_au=FIN, lots=["L-2026-0001", "L-2026-0002"])
    fautes = (codes(r) - attendus) + (attendus - codes(r))
    assert not fautes
    # The late and the doubled ones are paid too: the gap does not hide the payment.
    payes = 174 + sum(n for (code, _), n in attendus.items() if code in ("retard", "double"))
    assert (len(r.accords), r.etrangers, attendus.total()) == (payes, 1, 30)
    assert {e.code for e in r.ecarts} <= set(CODES)
    preuve.noter(cas=attendus.total(), fautes=len(fautes), plancher=30)


@given(choix=st.lists(st.sampled_from(("ok", *PLANTABLES)), max_size=40), graine=st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_ce_qui_est_plante_est_ce_qui_est_trouve(choix, graine):
    ordres, mouvements, attendus, payes = [], [], Counter(), set()
    for rang, code in enumerate(choix, 1):
        o = ordre(rang)
        if code == "ok":
            lus = [paye(o)]
        else:
            o, lus, reference = planter(code, o)
            attendus[code, reference] += 1
        if code in ("ok", "retard", "double"):
            payes.add(o.reference)
        ordres.append(o)
        mouvements += lus
    graine.shuffle(mouvements)
    graine.shuffle(ordres)
    r = rapprocher(ordres, mouvements, arrete_au=FIN, lots=["L-2026-0001"])
    assert codes(r) == attendus
    assert {a.ordre.reference for a in r.accords} == payes
    assert len({a.mouvement.cle for a in r.accords}) == len(r.accords)


@pytest.mark.parametrize(
    ("arrete_au", "attendu"),
    [(None, []), (date(2026, 3, 3), []), (date(2026, 3, 4), ["absent"])],
)
def test_ce_qui_manque_a_eu_le_temps_de_venir(arrete_au, attendu):
    r = rapprocher([ordre(1)], [], arrete_au=arrete_au)
    assert [e.code for e in r.ecarts] == attendu


def test_un_paiement_deja_rapproche_puis_rendu_ou_redebite():
    o = ordre(1, rapproche=True)
    assert [e.code for e in rapprocher([o], [], arrete_au=FIN).ecarts] == []
    assert [e.code for e in rapprocher([o], [paye(o)], arrete_au=FIN).ecarts] == ["double"]
    rendu = paye(o, sens=CREDIT, rejet="AC04")
    assert [e.code for e in rapprocher([o], [rendu], arrete_au=FIN).ecarts] == ["rejet"]


def test_un_retour_defait_ce_que_rien_ne_debite_plus():
    """By day, whatever the statement and the order in which they are confirmed; only what settles the payment undoes it."""
    o = ordre(1)
    debit, rendu = paye(o), paye(o, cle="R", sens=CREDIT, rejet="AC04", jour=date(2026, 3, 6))
    encore, refus = paye(o, cle="B2", jour=date(2026, 3, 10)), paye(o, cle="X", rejet="")
    ailleurs, peu = paye(o, cle="A", iban="FR7699"), paye(o, cle="P", sens=CREDIT, montant=Decimal("12.00"))
    for connu, lus, attendus, payes in (
        ({"ailleurs": (rendu,)}, [debit], ["rendu"], 0),
        ({"ailleurs": (debit, rendu)}, [encore], ["retard"], 1),
        ({"ailleurs": (debit,), "rapproche": True, "paye_le": debit.jour}, [rendu], ["rejet"], 0),
        ({"ailleurs": (debit, encore), "rapproche": True}, [replace(rendu, jour=date(2026, 3, 12))], ["partiel"], 0),
        ({"rapproche": True, "ailleurs": (debit,), "est_definitif": True}, [rendu], ["partiel"], 0),
        ({"en_attente": (debit,)}, [refus], ["partiel"], 0),
        ({}, [refus], ["rejet"], 0),
        ({}, [refus, ailleurs], ["partiel", "iban"], 0),
        ({}, [peu], ["partiel"], 0),
        ({}, [debit, peu], ["partiel"], 1),
        ({"paye_le": date(2026, 3, 2)}, [debit], ["jour"], 1),
    ):
        r = rapprocher([replace(o, **connu)], lus, arrete_au=None)
        assert [e.code for e in r.ecarts] == attendus, (connu, lus)
        assert len(r.accords) == payes, (connu, lus)
    sans = rapprocher([replace(o, iban="")], [paye(o, reference="LOYER", iban="")], arrete_au=None)
    assert (sans.ecarts, sans.etrangers) == ((), 1)


def test_la_meme_ligne_par_un_autre_format_n_est_pas_un_double():
    o = ordre(1)
    connu, csv = paye(o), paye(o, cle="csv:1", iban="")
    assert jumelles([("csv:1", csv)], [connu]) == {"csv:1": connu.cle}
    # A second debit of the day, another account, day or sum: another movement.
    assert jumelles([("csv:1", csv), ("csv:2", replace(csv, cle="csv:2"))], [connu]) == {"csv:1": connu.cle}
    for autre in (
        replace(csv, iban="FR7699"),
        replace(csv, jour=FIN),
        replace(csv, sens=CREDIT),
        replace(csv, montant=Decimal("0.01")),
    ):
        assert jumelles([("csv:1", autre)], [connu]) == {}
    vide = replace(csv, reference="")
    assert jumelles([("csv:1", vide)], [vide]) == {}


def test_sans_compte_dit_le_numero_et_le_montant_suffisent():
    o = ordre(1)
    (accord,) = rapprocher([o], [paye(o, iban="")], arrete_au=FIN).accords
    assert not accord.iban_lu


def test_deux_iban_echanges_sont_nommes_l_un_et_l_autre():
    a, b = ordre(1), ordre(2)
    r = rapprocher([a, b], [paye(a, iban=b.iban), paye(b, iban=a.iban)], arrete_au=FIN)
    assert codes(r) == Counter([("iban", a.reference), ("iban", b.reference)])
    assert not r.accords
