"""The calendar of échéances: its numbers are those of the rows behind them, of one perimeter, month by month and quarter by quarter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit
from indicateurs.pilotage.agenda import page
from indicateurs.pilotage.echeances import Filtres
from indicateurs.regles.periode import MOIS_SEUL, TRIMESTRE, contenant
from tests.fabriques import client_de

from .conftest import JOUR, MAINTENANT


def lire(acteur, *, genre=MOIS_SEUL, mois=JOUR, jour=None, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), contenant(mois, genre), jour, MAINTENANT)


def jours(p) -> dict[date, tuple[int, int, int]]:
    return {
        c.jour: (c.nombre, c.tacites, c.retards)
        for _, semaines in p["mois"]
        for semaine in semaines
        for c in semaine
        if c and c.nombre
    }


def dans(jours_: int) -> date:
    return JOUR + timedelta(days=jours_)


def test_une_equipe_n_y_entre_pas(porteur):
    with pytest.raises(Interdit):
        lire(porteur[1])


def test_chaque_jour_compte_ses_echeances_et_le_trimestre_les_reunit(
    reprendre,
    echeance,
    instructeur,
    autre_ars,
):
    attendues: dict[date, list[int]] = {}
    for ecart, regle, objet, statut in (
        (5, "AVI", "lettre", "lettre_deposee"),
        (5, "DL-1", "lettre", "lettre_deposee"),
        (70, "DL-2", "projet", "lettre_validee"),
        (-4, "AVI", "lettre", "lettre_deposee"),
        (5, "DL-8", "lettre", "lettre_deposee"),  # a right that ends: nobody's work
    ):
        echeance(reprendre(statut), regle, ecart, objet)
        if regle != "DL-8":
            lu = attendues.setdefault(dans(ecart), [0, 0, 0])
            lu[0] += 1
            lu[1] += regle == "DL-1"
            lu[2] += ecart < 0
    echeance(reprendre("lettre_deposee", ars=autre_ars, region="53"), "AVI", 5, "lettre")
    for genre in (MOIS_SEUL, TRIMESTRE):
        vus: dict[date, tuple[int, int, int]] = {}
        for mois in sorted({j.replace(day=1) for j in (dans(-4), dans(5), dans(70))}):
            vus |= jours(lire(instructeur[1], genre=genre, mois=mois))
        assert vus == {j: tuple(n) for j, n in attendues.items()}


def test_un_jour_choisi_montre_ses_lignes(reprendre, echeance, instructeur):
    un, deux = reprendre("lettre_deposee"), reprendre("lettre_deposee")
    echeance(un, "AVI", 0, "lettre")
    echeance(deux, "AVI", 1 if dans(1).month == JOUR.month else -1, "lettre")
    p = lire(instructeur[1])
    assert (p["nombre"], len(p["lignes"])) == (2, 2)
    p = lire(instructeur[1], jour=JOUR)
    assert [x["dossier"].numero for x in p["lignes"]] == [un.numero]
    assert "(1 échéance)" in p["titre_lignes"].replace("\u00a0", " ")
    # A day of another month chooses nothing.
    assert lire(instructeur[1], jour=dans(200))["nombre"] == 2


def test_les_filtres_restent_d_une_periode_a_l_autre(reprendre, echeance, instructeur):
    echeance(reprendre("lettre_deposee", departements=["31"]), "AVI", 0, "lettre")
    echeance(reprendre("lettre_deposee", departements=["09"]), "AVI", 0, "lettre")
    p = lire(instructeur[1], departement="31")
    assert p["nombre"] == 1
    assert all("departement=31" in url for *_, url in p["autour"])
    assert p["garder"] == {"periode": "mois", "debut": f"{JOUR:%Y-%m}"}
    assert p["actifs"][0]["url"] == f"?periode=mois&debut={JOUR:%Y-%m}"


@pytest.mark.parametrize(
    "adresse",
    ["?periode=siecle&debut=2026-99&jour=hier", "?debut=0000-01", "?debut=2099-12&periode=trimestre", "?debut=2000-01"],
)
def test_une_adresse_fausse_montre_une_periode(instructeur, adresse):
    reponse = client_de(instructeur[0]).get(reverse("agenda") + adresse)
    assert reponse.status_code == 200
    assert "Aucune échéance" in reponse.content.decode()


def test_un_nombre_constant_de_requetes(reprendre, echeance, instructeur, national):
    with horloge.figer(MAINTENANT):
        comptes = []
        for n in (1, 6):
            for _ in range(n):
                echeance(reprendre("lettre_deposee"), "AVI", 0, "lettre")
            for qui in (instructeur, national):
                client = client_de(qui[0])
                client.get(reverse("agenda"))
                with CaptureQueriesContext(connection) as requetes:
                    assert client.get(reverse("agenda"), {"periode": "trimestre"}).status_code == 200
                comptes.append(len(requetes))
    assert comptes[:2] == comptes[2:]
    assert max(comptes) <= 20
    with comme_portail():
        assert Echeance.objects.count() == 7
