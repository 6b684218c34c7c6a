"""Reference data: complete, loaded again without change, quick."""

from __future__ import annotations

import time

import pytest
from django.core.management import call_command

from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.chargement import carte, charger
from ess_portal.referentiel.models import Caisse, Departement, JeuParametres, Region, Specialite
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import ars_competente, caisses_possibles, parametres_du_jour

pytestmark = pytest.mark.django_db


def test_tout_est_la():
    assert (Region.objects.count(), Departement.objects.count()) == (18, 104)
    assert (Caisse.objects.count(), Specialite.objects.count()) == (107, 107)
    par_type = {t: Organisation.objects.filter(type=t).count() for t in ("ars", "caisse", "administration")}
    assert par_type == {"ars": 18, "caisse": 107, "administration": 19}
    saint_pierre = Departement.objects.get(code="975")
    assert (saint_pierre.region, saint_pierre.est_ouvert) == (None, False)


def test_chaque_ars_a_le_tribunal_de_son_siege():
    """CJA R. 221-3: Saint-Denis (93) is Montreuil's, Ajaccio is Bastia's, Gourbeyre is la Guadeloupe's."""
    lus = dict(Region.objects.order_by("code").values_list("code", "tribunal"))
    assert lus == {
        "01": "la Guadeloupe", "02": "la Martinique", "03": "la Guyane", "04": "La Réunion", "06": "Mayotte", "11": "Montreuil",
        "24": "Orléans", "27": "Dijon", "28": "Caen", "32": "Lille", "44": "Nancy", "52": "Nantes", "53": "Rennes",
        "75": "Bordeaux", "76": "Montpellier", "84": "Lyon", "93": "Marseille", "94": "Bastia",
    }  # fmt: skip


def test_recharger_ne_change_rien_et_va_vite():
    avant = list(Organisation.objects.order_by("pk").values())
    debut = time.monotonic()
    charger()
    assert time.monotonic() - debut < 2
    assert list(Organisation.objects.order_by("pk").values()) == avant
    assert JeuParametres.objects.count() == 1


def test_les_coordonnees_saisies_restent():
    ars = Organisation.objects.get(code="ars-76")
    assert ars.courriel.endswith(".invalid")
    Organisation.objects.filter(pk=ars.pk).update(courriel="ess@ars.example", telephone="")
    call_command("referentiel", verbosity=0)
    ars.refresh_from_db()
    assert (ars.courriel, ars.telephone) == ("ess@ars.example", "")


def test_hors_bac_a_sable_rien_n_est_invente(settings):
    settings.BAC_A_SABLE = False
    Organisation.objects.filter(code="ars-76").update(courriel="", telephone="", adresse="")
    charger()
    assert Organisation.objects.get(code="ars-76").courriel == ""


def test_voisins_reciproques_et_pieces_isolees():
    lignes = {d.code: d for d in Departement.objects.all()}
    for d in lignes.values():
        assert all(d.code in lignes[v].voisins for v in d.voisins), d.code
    assert lignes["31"].voisins == ["09", "11", "32", "65", "81", "82"]
    assert (lignes["2A"].voisins, lignes["2B"].voisins) == (["2B"], ["2A"])
    assert all(not lignes[code].voisins for code in ("971", "972", "973", "974", "975", "976", "977", "978"))
    assert all(d.trace for d in lignes.values() if d.est_ouvert)
    assert carte()["cadre"] == "0 0 613 585"


def test_competences():
    assert ars_competente("31").code == "ars-76"
    assert ars_competente("977").code == "ars-01"
    assert [c.code for c in caisses_possibles("978")] == ["cgss-de-la-guadeloupe"]
    assert len(caisses_possibles("59")) > 1


def test_le_premier_jeu_porte_chaque_valeur():
    jeu = JeuParametres.objects.get(region__isnull=True)
    assert jeu.valeurs == Parametres().valeurs()
    assert "avril 2025" in jeu.source
    assert parametres_du_jour("76", jeu.valide_du) == Parametres()
