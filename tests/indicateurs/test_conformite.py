"""The dashboard of conformity: each équipe as its own pages say it, filters, secrecy for the nation, few queries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adhesions.models import Demographie, Fiche, ImportAnnuaire
from adhesions.seuils import suivre
from dossiers.models import Dossier, LettreIntention
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import euros
from financement.selectors import budget
from indicateurs.conformite.lecture import suivies
from indicateurs.conformite.page import page
from indicateurs.models import Rapport
from indicateurs.pilotage.echeances import Filtres
from indicateurs.regles.conformite import palier
from tests.fabriques import client_de, make_adherents, make_dossier

from .conftest import MAINTENANT
from .test_evaluation import deposer


def lire(acteur, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), MAINTENANT)


def valeurs(p, nom: str) -> dict[str, int | None]:
    (figure,) = (f for f in p["figures"] if f["nom"] == nom)
    return {r.libelle: r.valeurs[0] for r in figure["dessin"].rangs}


@pytest.mark.parametrize(
    ("adherents", "base", "attendu"),
    [
        (0, None, None),
        (3, 0, None),
        (10, 101, 0),
        (11, 101, 10),
        (30, 101, 10),
        (31, 101, 30),
        (50, 101, 30),
        (51, 101, 50),
        (1, 1, 50),
    ],
)
def test_palier(adherents, base, attendu):
    assert palier(adherents, base, (10, 30, 50)) == attendu


def test_une_equipe_n_y_entre_pas(porteur):
    with pytest.raises(Interdit):
        lire(porteur[1])


@pytest.mark.django_db
def test_chaque_equipe_est_comptee_comme_sur_sa_page():
    """The letter's figures, the directory's, imported ones: the measure and the headcount of many are those of each one."""
    d, autre, tiers = (make_dossier("lettre_validee", departements=[code]).distribution for code in ("31", "09", "32"))
    make_adherents(d, 12)
    make_adherents(autre, 3)
    with comme_portail():
        LettreIntention.objects.filter(dossier__numero=autre.numero).update(liberaux=None, medecins_presents=None)
        ImportAnnuaire.objects.create(fichier="essai.txt", extrait_le=d.maintenant, commence_le=d.maintenant)
        for rang in range(8):
            Fiche.objects.create(
                rpps=f"1010000{rang:04}", nom="ESSAI", profession="10", specialites=["SM04"], departements=["09"],
                departements_liberaux=["09"] if rang < 5 else [], recherche="essai",
            )  # fmt: skip
        Demographie.objects.create(
            groupe="cardiologie",
            departement_id="32",
            liberaux=77,
            presents=90,
            date_comptage=d.jour,
            source="Essai",
            importee_le=d.maintenant, organisation=d.relire().ars,
        )  # fmt: skip
        dossiers = [x.relire() for x in (d, autre, tiers)]
        lues = {x.numero: x for x in suivies(d.acteur("instructeur"), Filtres(), d.maintenant, lignes=9).premieres}
        for x in dossiers:
            seul = suivre(x, d.jour).total
            assert (lues[x.numero].adherents, lues[x.numero].base) == (seul.adherents, seul.liberaux), x.numero
    # Those of the second one practise beyond its perimeter.
    assert [lues[x.numero].adherents for x in dossiers] == [12, 0, 0]
    assert [lues[x.numero].base for x in dossiers[1:]] == [5, 77]


@pytest.mark.django_db
def test_les_chiffres_importes_se_cumulent_comme_sur_sa_page():
    """Several specialties are added up, one that stands in two groups is counted once; an import that leaves a département out is not read."""
    pluri = make_dossier("lettre_validee", departements=["65"]).distribution
    partiel = make_dossier("lettre_validee", departements=["81", "82"]).distribution
    instructeur = pluri.acteur("instructeur")

    def bases() -> list[int | None]:
        with comme_portail():
            lues = {x.numero: x for x in suivies(instructeur, Filtres(), pluri.maintenant, lignes=9).premieres}
            seuls = [suivre(x.relire(), pluri.jour).total.liberaux for x in (pluri, partiel)]
        assert [lues[x.numero].base for x in (pluri, partiel)] == seuls
        return seuls

    with comme_portail():
        (cardiologie,), autre, ars = pluri.relire().groupes, "neurologie", pluri.relire().ars
        Dossier.objects.filter(numero=pluri.numero).update(groupes=[cardiologie, autre], est_pluri=True)
        declares = LettreIntention.objects.get(dossier__numero=partiel.numero).liberaux
        for groupe, code, jours, liberaux in (
            (cardiologie, "65", 9, 500),
            (cardiologie, "65", 0, 10),  # the last one is read
            (autre, "65", 0, 25),
            (partiel.relire().groupes[0], "81", 0, 400),
        ):
            Demographie.objects.create(
                groupe=groupe, departement_id=code, liberaux=liberaux, presents=liberaux, source="Essai",
                date_comptage=pluri.jour - timedelta(days=jours), importee_le=pluri.maintenant, organisation=ars,
            )  # fmt: skip
    assert bases() == [35, declares]
    with comme_portail():
        Dossier.objects.filter(numero=pluri.numero).update(est_pluri=False)
    assert bases() == [25, declares]


def test_les_figures_comptent_les_lignes(reprendre, echeance, instructeur, administrateur, autre_ars):
    for rang in range(3):
        d = reprendre("dotation_active", nom=f"ESS suivie {rang}")
        echeance(d, "DL-7", -28, "dotation", rang=1, statut="echue")
    deposer(d, an=2026)
    with comme_portail():
        Rapport.objects.filter(dossier=d).update(outil_le=date(2026, 1, 5), outil_informatique="Agenda partagé")
    reprendre("lettre_deposee")  # not followed yet
    reprendre("lettre_deposee", bascule_le=MAINTENANT, nom="ESS née du silence")  # validated by silence (CAL-9)
    reprendre(
        "dotation_active",
        ars=autre_ars,
        caisse=Organisation.objects.filter(type="caisse", departement="35").first(),
        region="53",
    )
    for acteur in (instructeur[1], administrateur[1]):
        p = lire(acteur)
        assert [x["nom"] for x in p["lignes"]] == ["ESS née du silence", "ESS suivie 0", "ESS suivie 1", "ESS suivie 2"]
        assert valeurs(p, "paliers") == {
            "Moins de 10\u00a0%": 0, "10\u00a0% atteints": 0, "30\u00a0% atteints": 0, "50\u00a0% atteints": 0, "Libéraux non comptés": 4,
        }  # fmt: skip
        assert list(valeurs(p, "socle").values()) == [4, 0, 0]
        assert list(valeurs(p, "outil").values()) == [3, 0, 1, 0]
        assert list(valeurs(p, "attendus").values()) == [2, 0, 1, 0]
        assert len(p["a_recevoir"]) == 3
    assert lire(instructeur[1], groupe="neurologie")["lignes"] == []
    texte = client_de(instructeur[0]).get("/pilotage/conformite/?departement=31").text
    assert "ESS suivie 2" in texte


@pytest.mark.django_db
def test_l_argent_est_celui_du_budget():
    d = make_dossier("dotation_active").distribution
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        attendu = budget.total(budget.lire(acteur, d.maintenant))
        lu = page(acteur, Filtres(), d.maintenant)
        ailleurs = page(acteur, Filtres(departement="2A"), d.maintenant)
    dits = {c["libelle"]: c["valeur"] for c in lu["chiffres"]}
    assert dits["versés"] == euros(attendu.verse.quantize(Decimal(1)))
    assert attendu.engage > 0
    assert {c["valeur"] for c in ailleurs["chiffres"]} == {euros(Decimal(0))}


def test_la_nation_ne_lit_pas_les_petits_nombres(reprendre, national):
    for _ in range(6):
        reprendre("dotation_active", nom="Secrète")
    for d in [reprendre("dotation_active", nom="Secrète") for _ in range(2)]:
        deposer(d, an=2026)
        with comme_portail():
            Rapport.objects.filter(dossier=d).update(outil_informatique="En préparation")
    p = lire(national[1])
    assert valeurs(p, "paliers")["Libéraux non comptés"] == 8
    assert None in valeurs(p, "outil").values()
    assert 2 not in valeurs(p, "outil").values()
    assert (p["lignes"], p["a_recevoir"]) == ([], [])
    assert "Secrète" not in client_de(national[0]).get("/pilotage/conformite/").text


def test_un_nombre_constant_de_requetes(reprendre, echeance, instructeur, national):
    def compter_(acteur) -> int:
        with CaptureQueriesContext(connection) as requetes:
            lire(acteur)
        return len(requetes)

    def faire() -> None:
        d = reprendre("dotation_active")
        echeance(d, "DL-7", -28, "dotation", rang=1, statut="echue")
        deposer(reprendre("dotation_active"), an=2026)

    faire()
    acteurs = (instructeur[1], national[1])
    for acteur in acteurs:
        lire(acteur)
    avant = [compter_(a) for a in acteurs]
    for _ in range(4):
        faire()
    assert [compter_(a) for a in acteurs] == avant
