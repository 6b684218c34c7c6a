"""What a signatory reads before signing again: words, not marks of form."""

from __future__ import annotations

from ess_portal.documents.texte_riche import vers_lecture, vers_saisie
from financement.regles.comparaison import Passage, ecarts


def article(riche: str, code: str = "a", titre: str = "Objet") -> Passage:
    return Passage(code, titre, vers_saisie(riche), vers_lecture(riche))


AVANT = "<p>Le <strong>montant</strong> est versé.</p><ul><li>Une part</li><li>Le solde</li></ul>"


def test_les_differences_se_lisent_sans_marques():
    (ecart,) = ecarts([article(AVANT)], [article(AVANT.replace("versé", "payé"))])
    assert ecart.genre == "modifie"
    assert ecart.fragments == (
        ("", "Le montant est "), ("del", "versé"), ("ins", "payé"), ("", ".\n\n–\u00a0Une part\n–\u00a0Le solde")
    )  # fmt: skip


def test_les_memes_mots_sous_une_autre_forme_se_disent():
    (ecart,) = ecarts([article(AVANT)], [article(AVANT.replace("<strong>montant</strong>", "montant"))])
    assert (ecart.genre, [geste for geste, _ in ecart.fragments]) == ("presente", [""])
    assert ecarts([article(AVANT)], [article(AVANT)]) == []


def test_un_article_ajoute_retire_deplace():
    a, b, c = (article(f"<p>{x}</p>", x, x.upper()) for x in "abc")
    lus = ecarts([a, b], [b, a, c])
    assert [(e.genre, e.titre) for e in lus] in (
        [("deplace", "B"), ("ajoute", "C")],
        [("deplace", "A"), ("ajoute", "C")],
    )
    assert [(e.genre, e.fragments) for e in ecarts([a, b], [a])] == [("retire", (("del", "b"),))]
