"""The budget is the ledger, recounted by hand: no cent more, no cent less, whoever reads and however many dossiers."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge, tableur
from financement.livre.passer import passer
from financement.models import Contrat, Ecriture, LigneEcriture
from financement.selectors import budget
from tests.financement.conftest import Distribution, creer_dossier_valide

PAYE = {"804", "805", "806", "807"}


def recompte() -> dict[str, Counter]:
    """Line by line, without the portal's queries: committed, paid, recovered, by year and by department."""
    sommes = {nom: Counter() for nom in ("engage", "verse", "recupere", "a_recuperer")}
    with comme_portail():
        for x in LigneEcriture.objects.select_related("ecriture__dossier").filter(
            ecriture__financeur="assurance_maladie"
        ):
            montant = x.montant if x.sens == "D" else -x.montant
            for cle in (str(x.ecriture.date_comptable.year), x.ecriture.dossier.siege_departement):
                sommes["engage"][cle] -= montant if x.compte == "800" else 0
                sommes["verse"][cle] += montant if x.compte in PAYE else 0
                sommes["recupere"][cle] += montant if x.compte == "806" else 0
                sommes["a_recuperer"][cle] += montant if x.compte == "805" else 0
    return sommes


@pytest.mark.fautes_plantees
def test_le_budget_est_le_livre_recompte(contrat_signe: Distribution):
    d = contrat_signe
    with horloge.figer(d.maintenant):
        d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
        d.fait("ordonnateur", "valider_versement")
        d.fait("gestionnaire", "marquer_paye", reference="VIR-1")
    ecrire(d, d.dossier, ("trop_percu", "5000.00"), ("recuperation", "1200.55"))
    client = Client()
    client.force_login(d.utilisateurs["gestionnaire"])
    with (
        horloge.figer(d.maintenant),
        CaptureQueriesContext(
            connection,
        ) as une,
    ):
        page = client.get(reverse("budget"))
    # A second dossier, elsewhere and of another year: as many queries.
    with comme_portail():
        autre = creer_dossier_valide(
            d.dossier.equipe, d.dossier.ars, d.dossier.caisse, "77", "amorcage_signe", departements=["81"],
            siege_departement="81", specialites=["SM04", "SM15"],
        )  # fmt: skip
        modele = Contrat.objects.get(dossier=d.dossier)
        Contrat.objects.create(
            dossier=autre, type="amorcage", statut="signe", montant=80000, contenu={}, empreinte="0" * 64, propose_le=d.maintenant,
            signe_le=d.maintenant, date_effet=d.maintenant.date(), jeu_national=modele.jeu_national,
        )  # fmt: skip
    ecrire(d, autre, ("engagement", "80000.00"), annee=2025)
    with horloge.figer(d.maintenant), CaptureQueriesContext(connection) as deux:
        page = client.get(reverse("budget"))
    assert len(deux) <= len(une)

    compte = recompte()
    with contexte(d.acteurs["gestionnaire"]):
        lu = budget.lire(d.acteurs["gestionnaire"], d.maintenant)
        tarn = budget.lire(d.acteurs["gestionnaire"], d.maintenant, departement="81")
    for par, cles in (("annee", ("2025", "2026")), ("departement", ("31", "81"))):
        lignes = dict(zip(cles, [x for _nom, x in budget.grouper(lu, par)], strict=True))
        for mesure, attendu in compte.items():
            assert {c: getattr(x, mesure) for c, x in lignes.items()} == {c: attendu[c] for c in cles}, (par, mesure)
    somme = budget.total(lu)
    assert (somme.engage, somme.verse) == (160000, 40000)
    # 40 000 of the first dossier after its projet, 80 000 of the second: each is to come once.
    assert somme.a_venir == sum(m for _mois, m in budget.mois_a_venir(lu)) == 120000
    assert [nom for nom, _ in budget.grouper(lu, "specialite")][-1] == "Plusieurs spécialités"
    assert (budget.total(tarn).engage, len(tarn.departements)) == (80000, 2)

    with horloge.figer(d.maintenant):
        octets = client.get(reverse("budget_exporter")).content.decode("utf-8-sig")
        rangees = list(csv.DictReader(io.StringIO(octets), delimiter=";"))
        engage = sum(Decimal(r["Montant"].replace(",", ".")) for r in rangees if r["Mesure"] == "Engagé")
        assert engage == somme.engage
        assert page.content.count(b'role="img"') == 2
        assert "160\u00a0000\u00a0€" in page.content.decode()
        etranger = Client()
        etranger.force_login(d.utilisateurs["etranger"])
        assert "Aucun financement engagé" in etranger.get(reverse("budget")).content.decode()


def ecrire(d: Distribution, dossier, *actes: tuple[str, str], annee: int = 2026) -> None:
    with comme_portail():
        for type_, montant in actes:
            passer(
                dossier=dossier, type=type_, poste=Ecriture.Poste.AMORCAGE, montant=Decimal(montant), cle=f"{type_}:essai", source=dossier,
                date_comptable=d.maintenant.date().replace(year=annee), acteur=d.acteurs["ordonnateur"], maintenant=d.maintenant,
            )  # fmt: skip


def test_un_montant_negatif_est_un_nombre_dans_le_fichier():
    """What was found in one year and paid back in the next: the second year's remainder is negative, and a spreadsheet adds it up."""
    lu = budget.Budget(date(2027, 3, 1), departements={"31": "Haute-Garonne"}, specialites={"SM04": "=Cardiologie"})
    lu.lignes[(2026, "31", "SM04")] = budget.Ligne(trop_percu=Decimal(5000), a_recuperer=Decimal(5000))
    lu.lignes[(2027, "31", "SM04")] = budget.Ligne(recupere=Decimal(5000), a_recuperer=Decimal("-5000"))
    octets = tableur.ecrire("csv", "Budget", budget.lignes_csv(lu))
    rangees = list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
    montants = [Decimal(r["Montant"].replace(",", ".")) for r in rangees if r["Mesure"] == "Reste à récupérer"]
    assert montants == [Decimal("5000.00"), Decimal("-5000.00")]
    assert {r["Montant"] for r in rangees} == {"5000,00", "-5000,00"}
    assert {r["Spécialité"] for r in rangees} == {"'=Cardiologie"}
