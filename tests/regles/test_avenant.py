"""An avenant carries what changes, no more; applied to the text before, it gives the text after."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financement.regles.avenant import Changement, Clause, appliquer, changements, date_effet, refus_effet, retenir


def texte(*articles: str) -> tuple[Clause, ...]:
    """« a=1 »: the article of code a, whose text is 1."""
    return tuple(Clause(code, code.upper(), f"<p>{html}</p>") for code, _, html in (a.partition("=") for a in articles))


def lus(clauses: tuple[Clause, ...]) -> list[tuple[str, str]]:
    return [(c.code, c.html) for c in clauses]


def test_chaque_article_ajoute_remplace_ou_retire():
    avant, apres = texte("a=1", "b=1", "c=1"), texte("n=0", "a=1", "c=2", "d=1")
    faits = changements(avant, apres)
    assert [(c.geste, c.code, c.numero, c.apres) for c in faits] == [
        ("ajoute", "n", 0, ""), ("remplace", "c", 3, ""), ("ajoute", "d", 0, "c"), ("retire", "b", 2, ""),
    ]  # fmt: skip
    assert lus(appliquer(avant, faits, source=1)) == lus(apres)
    assert [c.source for c in appliquer(avant, faits, source=1)] == [1, 0, 1, 1]
    assert changements(avant, avant) == ()


codes = st.lists(st.sampled_from("abcdef"), unique=True)


@given(codes, codes, st.sets(st.sampled_from("abcdef")))
def test_applique_donne_le_texte_voulu_sans_deplacer(avant: list[str], apres: list[str], changes: set[str]):
    ordre = [*(c for c in avant if c in apres), *(c for c in apres if c not in avant)]
    a = texte(*(f"{c}=1" for c in avant))
    b = texte(*(f"{c}={2 if c in changes else 1}" for c in ordre))
    assert lus(appliquer(a, changements(a, b), source=1)) == lus(b)


def test_la_redaction_propre_passe_avant_celle_du_modele():
    avant = texte("a=1", "b=1")
    tous = changements(avant, texte("a=2", "b=2", "c=1"))
    gardes = retenir(avant, tous, ["a", "b", "c"], Changement("remplace", "b", "B", "<p>propre</p>"))
    assert [(c.geste, c.code, c.html, c.numero) for c in gardes] == [
        ("remplace", "a", "<p>2</p>", 1), ("ajoute", "c", "<p>1</p>", 0), ("remplace", "b", "<p>propre</p>", 2),
    ]  # fmt: skip
    ajout = retenir(avant, tous, ["c"], Changement("ajoute", "z", "Z", "<p>z</p>"))
    assert [c.code for c in appliquer(avant, ajout, source=1)] == ["a", "b", "c", "z"]
    # An article that another avenant removed since is not written again by the back door.
    assert lus(appliquer(texte("a=1"), [Changement("remplace", "b", "B", "x")], source=2)) == lus(texte("a=1"))


@pytest.mark.parametrize(
    ("effet", "phrase"),
    [
        (date(2026, 3, 1), "Le contrat prend effet"),
        (date(2026, 3, 2), "ne vaut pas pour le passé"),
        (date(2031, 3, 2), "prend fin"),
        (date(2026, 5, 30), "L’avenant précédent"),
        (date(2026, 6, 1), ""),
        (date(2031, 3, 1), ""),
    ],
)
def test_jour_d_effet_dans_le_contrat_et_dans_l_ordre(effet: date, phrase: str):
    refus = refus_effet(
        effet, jour=date(2026, 3, 3), debut=date(2026, 3, 2), fin=date(2031, 3, 2), precedent=date(2026, 6, 1)
    )
    assert phrase in refus
    assert bool(refus) == bool(phrase)


def test_un_article_d_un_texte_sur_papier_est_connu_par_ce_qui_le_change():
    """It keeps its place from one avenant to the next, and stays named once removed."""
    premier = [
        Changement("remplace", "papier-a", "Article 4", "<p>4</p>"),
        Changement("retire", "papier-b", "Article 5"),
        Changement("ajoute", "c", "Contact", "<p>c</p>", apres="papier-b"),
    ]
    lu = appliquer((), premier, source=1)
    assert [(c.titre, c.html, c.source, c.est_supprimee) for c in lu] == [
        ("Article 4", "<p>4</p>", 1, False), ("Article 5", "", 1, True), ("Contact", "<p>c</p>", 1, False),
    ]  # fmt: skip
    suite = appliquer(
        lu, [Changement("retire", "papier-a", "Article 4"), Changement("retire", "c", "Contact")], source=2
    )
    assert [(c.titre, c.source, c.est_supprimee) for c in suite] == [("Article 4", 2, True), ("Article 5", 1, True)]


def test_jamais_avant_la_troisieme_signature():
    assert date_effet(date(2026, 5, 1), date(2026, 6, 3), None) == date(2026, 6, 3)
    assert date_effet(date(2026, 7, 1), date(2026, 6, 3), date(2026, 8, 1)) == date(2026, 8, 1)
