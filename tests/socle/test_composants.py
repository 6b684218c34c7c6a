"""The house's components: never the colour alone, labels tied to their fields, and an error for a misspelt key."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django import forms
from django.template import Context, Template

from ess_portal.socle import composants, rendu

AUJOURDHUI = date(2026, 4, 28)


def rendre(source: str, **contexte: object) -> str:
    return Template("{% load ess %}" + source).render(Context(contexte))


class Formulaire(forms.Form):
    nom = forms.CharField(label="Nom", help_text="Tel qu’il paraîtra")
    debut = forms.DateField(label="Début", input_formats=rendu.FORMATS_DATE)
    note = forms.CharField(label="Note", required=False)
    choix = forms.MultipleChoiceField(
        label="Départements", widget=forms.CheckboxSelectMultiple, choices=[("31", "31"), ("32", "32")]
    )

    default_renderer = rendu.RenduDsfr


@pytest.mark.parametrize("variante", sorted(composants.VARIANTES))
def test_un_etat_a_son_icone_et_son_texte(variante: str) -> None:
    html = composants.etat(variante, "Réserves <b>")
    assert "fr-icon-" in html
    assert "Réserves &lt;b&gt;" in html


def test_un_etat_inconnu_est_refuse() -> None:
    with pytest.raises(ValueError, match="variante"):
        composants.etat("rouge", "Réserves")


@pytest.mark.parametrize(
    ("jour", "classe", "texte"),
    [
        (date(2026, 4, 27), "erreur", "en retard de 1 jour"),
        (date(2026, 5, 4), "erreur", "dans 6 jours"),
        (date(2026, 5, 5), "alerte", "dans 7 jours"),
        (date(2026, 5, 13), "alerte", "dans 15 jours"),
        (date(2026, 5, 14), "neutre", "dans 16 jours"),
    ],
)
def test_l_urgence_d_un_delai(jour: date, classe: str, texte: str) -> None:
    html = composants.delai(jour, AUJOURDHUI, precision="validation tacite le lendemain", rouge=7, proche=15)
    assert f"ess-etat--{classe}" in html
    assert texte in html
    assert "validation tacite" in html


def test_un_delai_arrete_ne_crie_pas() -> None:
    assert "ess-etat--info" in composants.delai(date(2026, 4, 29), AUJOURDHUI, arrete=True, rouge=7, proche=15)


def test_une_cle_mal_ecrite_est_une_erreur() -> None:
    with pytest.raises(ValueError, match="titr"):
        rendre("{% frise etapes %}", etapes=[{"titr": "Lettre"}])


def test_la_frise_n_a_qu_une_etape_courante() -> None:
    html = rendre(
        "{% frise etapes %}",
        etapes=[{"titre": t, "etat": e} for t, e in (("a", "fait"), ("b", "retard"), ("c", "cours"), ("d", "venir"))],
    )
    assert html.count('aria-current="step"') == 1
    assert "En retard" in html


def test_le_calcul_finit_par_son_resultat() -> None:
    html = rendre(
        "{% calcul etapes %}",
        etapes=[
            {"libelle": "Départ", "valeur": date(2026, 3, 10), "cle": "ignorée"},
            {"libelle": "Dernier jour", "valeur": date(2026, 5, 10)},
        ],
    )
    assert html.index("ess-calcul__resultat") < html.index("Dernier jour")
    assert "10\u00a0mai\u00a02026" in html


def test_la_jauge_decide_en_entiers() -> None:
    """124 liberals: 13 are needed for 10 %, and 12 do not reach it."""
    seuils = composants.Jauge(12, 124).seuils({10: "au départ"})
    assert seuils == [{"pourcent": 10, "libelle": "au départ", "atteint": False, "manque": 1}]
    assert composants.Jauge(90, 100).largeur == "60.0"
    assert composants.Jauge(3, 0).largeur == "0"
    assert composants.Jauge(0, 0).seuils({10: ""})[0]["atteint"] is False


def test_les_roles_d_un_tableau_en_cartes() -> None:
    html = rendre(
        '{% tableau "L" %}<thead><tr><th scope="col">A</th></tr></thead><tbody><tr><th scope="row">b</th><td>c</td></tr></tbody>{% endtableau %}'
    )
    for role in ("rowgroup", "row", "columnheader", "rowheader", "cell"):
        assert f'role="{role}"' in html


def test_chaque_champ_est_decrit_par_son_aide_et_son_erreur() -> None:
    form = Formulaire({"nom": "", "debut": "10/05/2026"})
    html = str(form)
    champ = re.search(r'<input[^>]*name="nom"[^>]*>', html)[0]
    assert 'aria-describedby="id_nom-aide id_nom-erreur"' in champ
    assert 'aria-invalid="true"' in champ
    for cible in ("id_nom-aide", "id_nom-erreur", "id_choix-legende"):
        assert f'id="{cible}"' in html
    assert html.count("(facultatif)") == 1
    assert "style=" not in html


def test_une_date_tapee_a_la_francaise_revient_dans_le_calendrier() -> None:
    html = str(Formulaire({"debut": "10/05/2026"}))
    assert re.search(r'<input[^>]*type="date"[^>]*value="2026-05-10"', html)


def test_une_date_impossible_revient_telle_quelle() -> None:
    html = str(Formulaire({"debut": "32/13/2026"}))
    assert re.search(r'<input[^>]*type="text"[^>]*value="32/13/2026"', html)


def test_le_resume_mene_aux_champs() -> None:
    html = rendre("{% resume_erreurs form %}", form=Formulaire({}))
    assert 'href="#id_nom"' in html
    assert 'href="#id_choix_0"' in html
    assert "autofocus" in html
    assert rendre("{% resume_erreurs form %}", form=Formulaire()).strip() == ""
