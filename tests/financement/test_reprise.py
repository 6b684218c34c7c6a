"""A dossier from elsewhere, on its real screen: acts and sums of the paper file, échéances from the real days (§6)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse

from dossiers import faits
from dossiers.models import ActiviteMission, Dossier, Echeance, Tache
from dossiers.regles.reprise import ACTES, ENTREES, verifier_reprise
from dossiers.services import unicite
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle import horloge
from financement.echeancier import echeancier
from financement.forms.reprise import attendus, natures
from financement.models import Contrat, Versement
from financement.services import deductions
from financement.verification_versements import sommes_versees
from tests.documents.fichiers import pdf
from tests.fabriques import client_de, make_utilisateur

pytestmark = pytest.mark.django_db
INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AUJOURDHUI = date(2026, 3, 2)
LETTRE = {"lettre_deposee_le": "28/02/2025", "lettre_validee_le": "28/04/2025"}
PROJET = {"projet_depose_le": "28/08/2025", "projet_valide_le": "31/10/2025"}
ASSOCIATION = {
    "association": "Association Cœur 31",
    "rna": "W311234567",
    "finess": "310000013",
    "finess_le": "10/11/2025",
}


@pytest.fixture
def agent():
    return make_utilisateur(Role.ARS_INSTRUCTEUR)


@pytest.fixture(autouse=True)
def horloge_figee():
    with horloge.figer(INSTANT):
        yield


def saisie(statut: str, regime: str = "standard", **champs: str) -> dict[str, object]:
    return {
        "regime": regime, "statut": statut, "nom": "ESS reprise", "equipe": "ESS reprise", "specialites": ["SM04"],
        "departements": ["31"], "siege_departement": "31", "siege_commune": "Toulouse",
        "caisse": caisses_possibles("31")[0].code, "liberaux": "50", "adherents_declares": "20", "medecins_presents": "60",
        "actes": [SimpleUploadedFile("contrat.pdf", pdf(), content_type="application/pdf")], **champs,
    }  # fmt: skip


def verser(n: int, nature: str, montant: str, jour: str, annee: str = "") -> dict[str, str]:
    valeurs = {"nature": nature, "montant": montant, "paye_le": jour, "annee": annee, "reference": f"VIR {n}"}
    return {f"versement_{n}_{nom}": v for nom, v in valeurs.items()}


def reprendre(agent, statut: str, regime: str = "standard", **champs: str) -> Dossier:
    reponse = client_de(agent).post(reverse("dossier_reprendre"), saisie(statut, regime, **champs))
    assert reponse.status_code == 302, reponse.context["form"].errors
    with comme_portail():
        return Dossier.objects.get(numero=reponse.url.strip("/").rpartition("/")[2])


def erreurs(agent, statut: str, regime: str = "standard", **champs: str) -> dict[str, list[str]]:
    reponse = client_de(agent).post(reverse("dossier_reprendre"), saisie(statut, regime, **champs))
    assert reponse.status_code == 422
    return reponse.context["form"].errors


def echeances(dossier: Dossier) -> dict[tuple[str, int], Echeance]:
    return {(e.regle, e.rang): e for e in Echeance.objects.filter(dossier=dossier)}


def test_amorcage_signe_avec_sa_premiere_part(agent):
    """28 February + 6 months: 28 August; the first half is paid, the second waits for its conditions."""
    dossier = reprendre(
        agent, "amorcage_signe", **LETTRE, amorcage_signe_le="05/05/2025", **verser(1, "amorcage_1", "40000", "20/05/2025")
    )  # fmt: skip
    with comme_portail():
        dues = echeances(dossier)
        assert dues["DL-2", 1].dernier_jour == date(2025, 8, 28)
        assert dues["DL-5", 1].dernier_jour == date(2026, 8, 28)
        assert (dossier.statut, dossier.est_tardif, dossier.origine) == ("amorcage_signe", True, "reprise")
        assert dossier.statut_depuis.date() == date(2025, 5, 5)
        contrat = Contrat.objects.get(dossier=dossier)
        assert (contrat.origine, contrat.montant, contrat.signe_jour) == ("reprise", Decimal(80_000), date(2025, 5, 5))
        lignes = {x.nature: x for x in echeancier(dossier, AUJOURDHUI)}
        assert lignes["amorcage_1"].versement.statut == "paye"
        assert not lignes["amorcage_2"].est_proposable
        faits_externes = faits.externes(dossier, AUJOURDHUI)
        assert (faits_externes.amorcage_signe_le, faits_externes.amorcage_solde) == (date(2025, 5, 5), False)
        types = list(Evenement.objects.filter(dossier=dossier).order_by("seq").values_list("type", flat=True))
    assert [t for t in types if t.startswith("reprendre")] == ["reprendre", "reprendre_contrat", "reprendre_versement"]


def test_dotation_active_une_annee_payee(agent):
    """The grant runs from its own day: first anniversary to come, nothing asked of what is paid."""
    dossier = reprendre(
        agent, "dotation_active", **LETTRE, **PROJET, **ASSOCIATION, amorcage_signe_le="05/05/2025", dotation_signee_le="15/01/2026",
        dotation_montant="55555,56", effectif="20", avis_ponctuel_le="01/06/2025", second_recours_le="01/07/2025",
        **verser(1, "amorcage_1", "40000", "20/05/2025"), **verser(2, "amorcage_2", "40000", "20/11/2025"),
        **verser(3, "dotation", "55555,56", "01/02/2026", "1"),
    )  # fmt: skip
    with comme_portail():
        dotation = Contrat.objects.get(dossier=dossier, type="dotation")
        assert (dotation.date_effet, dotation.date_fin) == (date(2026, 1, 15), date(2031, 1, 15))
        dues = echeances(dossier)
        assert dues["DL-7", 1].dernier_jour == date(2027, 1, 15)
        assert dues["DUR-1", 1].dernier_jour == date(2031, 1, 14)
        assert {dues[r, 1].statut for r in ("DL-2", "DL-4", "DL-5")} == {"tenue"}
        assert not Tache.objects.filter(dossier=dossier).exists()
        assert ActiviteMission.objects.filter(dossier=dossier, confirmee_le__isnull=False).count() == 2
        x = faits.externes(dossier, AUJOURDHUI)
        assert (x.amorcage_solde, x.annees_versees) == (True, (1,))
        assert Versement.objects.filter(dossier=dossier, origine="reprise", statut="paye").count() == 3
        ligne = next(x for x in echeancier(dossier, AUJOURDHUI) if x.nature == "dotation")
    assert (ligne.annee, ligne.versement.montant) == (1, Decimal("55555.56"))


def test_un_29_fevrier_et_la_deuxieme_annee_deja_payee(agent):
    """A contract from the first possible day (2025-01-01), signed before; year 2 paid outside asks no check again."""
    dossier = reprendre(
        agent, "dotation_active", "existante_conforme", projet_valide_le="29/02/2024", **ASSOCIATION, dotation_signee_le="01/03/2024",
        dotation_montant="50000", avis_ponctuel_le="01/03/2024", second_recours_le="01/03/2024",
        **verser(1, "dotation", "50000", "10/01/2025", "1"), **verser(2, "dotation", "50000", "10/01/2026", "2"),
    )  # fmt: skip
    with comme_portail():
        dues = echeances(dossier)
        assert dues["DL-7", 1].dernier_jour == date(2026, 1, 1)
        assert dues["DL-7", 1].statut == "tenue"
        assert dues["DL-7", 2].statut == "ouverte"
        assert dues["DL-6", 1].dernier_jour == date(2029, 2, 28)
        assert not Tache.objects.filter(dossier=dossier, type="controle_annuel").exists()


def test_une_deuxieme_annee_due_ouvre_son_controle(agent):
    dossier = reprendre(
        agent, "dotation_active", "existante_conforme", projet_valide_le="10/02/2025", **ASSOCIATION, dotation_signee_le="01/03/2025",
        dotation_montant="50000", **verser(1, "dotation", "50000", "10/03/2025", "1"),
    )  # fmt: skip
    with comme_portail():
        assert echeances(dossier)["DL-7", 1].statut == "echue"
        assert Tache.objects.filter(dossier=dossier, type="controle_annuel").count() == 1


def test_credit_transitoire_et_financement_de_l_ars(agent):
    """TRA-3, TRA-6: 24 000 € once, the clock from the commitment, the dotation the day after the ARS's funding."""
    dossier = reprendre(
        agent, "dotation_active", "mise_en_conformite", **PROJET, **ASSOCIATION, amorcage_signe_le="30/06/2025",
        engagement_le="30/06/2025", ars_debut="01/01/2025", ars_fin="31/01/2026", ars_montant="60000", dotation_signee_le="15/01/2026",
        dotation_montant="50000", **verser(1, "transitoire", "24000", "15/07/2025"),
    )  # fmt: skip
    with comme_portail():
        assert Contrat.objects.get(dossier=dossier, type="transitoire").montant == Decimal(24_000)
        assert Contrat.objects.get(dossier=dossier, type="dotation").date_effet == date(2026, 2, 1)
        assert echeances(dossier)["DL-2", 1].dernier_jour == date(2025, 12, 30)


def test_ce_qui_fut_verse_se_deduit_d_un_autre_dossier(agent):
    """FIN-13: one credit per ESS, whatever the dossiers."""
    champs = LETTRE | {"amorcage_signe_le": "05/05/2025", "association": "Association", "rna": "W311234567"}
    reprendre(agent, "amorcage_signe", **champs, **verser(1, "amorcage_1", "40000", "20/05/2025"))
    autre = reprendre(agent, "lettre_validee", **LETTRE, association="Association", rna="W311234567")
    with comme_portail():
        assert deductions.deja_recu(autre) == Decimal(40_000)


CREDIT = LETTRE | {"amorcage_signe_le": "05/05/2025", "association": "Association", "rna": "W311234567"}
CONFIRME = {"credit_confirme": "on"}
ENTIER = verser(1, "amorcage_1", "40000", "20/05/2025") | verser(2, "amorcage_2", "40000", "20/11/2025")


def signalements() -> list[tuple[str, Decimal, Decimal]]:
    with comme_portail():
        lus = Evenement.objects.filter(type="credit_unique_a_examiner").order_by("pk")
        return [
            (e.dossier.numero, Decimal(e.donnees["verse_ailleurs"]), Decimal(e.donnees["total"]))
            for e in lus.select_related("dossier")
        ]


@pytest.mark.fautes_plantees
def test_fin13_un_second_credit_repris_est_un_fait_dit_et_a_examiner(agent):
    """Two whole credits were really paid: both are written, the caisse has the difference to examine, and the accounts hold."""
    premier = reprendre(agent, "amorcage_signe", **CREDIT, **ENTIER)
    assert signalements() == []
    autre = CREDIT | {"equipe": "Autre espace", "departements": ["09"]}
    (phrase,) = erreurs(agent, "amorcage_signe", **autre, **ENTIER).pop("credit_confirme")
    assert "soit 80\u00a0000,00\u00a0€ de plus" in phrase
    assert "Rien n’est encore écrit" in phrase
    with comme_portail():
        assert Dossier.objects.count() == 1
    second = reprendre(agent, "amorcage_signe", **autre | CONFIRME, **ENTIER)
    assert signalements() == [(second.numero, Decimal(80_000), Decimal(160_000))]
    with comme_portail():
        tache = Tache.objects.get(type="credit_unique")
        assert (tache.dossier_id, tache.qui, tache.faite_le) == (second.pk, "caisse", None)
        envois = Envoi.objects.filter(cle__contains="credit_unique", dossier=second)
        assert len(envois) == 2
        (phrase,) = {e.charge["contexte"]["phrases"][0] for e in envois}
        assert "elle a reçu 160\u00a0000,00\u00a0€, soit 80\u00a0000,00\u00a0€ de plus" in phrase
        assert list(sommes_versees()) == []
    vide = reprendre(
        agent, "amorcage_signe", **autre | CONFIRME | {"equipe": "Troisième espace", "departements": ["82"]}
    )
    with comme_portail():
        assert list(sommes_versees()) == []
        # Not a cent more than what the entries wrote: what is paid since is a fault.
        de_trop = Versement.objects.get(dossier=premier, nature="amorcage_2")
        de_trop.dossier, de_trop.contrat = vide, Contrat.objects.get(dossier=vide)
        de_trop.pk, de_trop.numero, de_trop.nature = None, "V-DE-TROP", "amorcage_unique"
        de_trop.montant, de_trop.cle_idempotence = Decimal("0.01"), "de-trop"
        de_trop.save(force_insert=True)
        (faute,) = sommes_versees()
    assert "FIN-13" in faute


def test_fin13_un_dossier_relie_par_un_troisieme_compte(agent):
    """The first shares its RNA with the second, the second its équipe with the third: one ESS, as `verifier` reads it."""
    moitie = verser(1, "amorcage_1", "40000", "20/05/2025")
    reprendre(agent, "amorcage_signe", **CREDIT | {"equipe": "Une", "departements": ["09"]}, **moitie)
    deux = reprendre(agent, "amorcage_signe", **CREDIT | {"equipe": "Deux"} | CONFIRME, **moitie)
    assert [n for n, *_ in signalements()] == [deux.numero]
    with comme_portail():
        code = deux.equipe.code
    sans = {"association": "", "rna": "", "equipe": code}
    trois = reprendre(agent, "amorcage_signe", **CREDIT | sans | CONFIRME, **moitie)
    assert signalements()[1] == (trois.numero, Decimal(80_000), Decimal(120_000))
    with comme_portail():
        assert deductions.deja_recu(trois) == Decimal(80_000)
        assert list(sommes_versees()) == []


def test_fin13_un_contrat_repris_trop_haut_est_dit_un_contrat_diminue_ne_l_est_pas(agent):
    moitie = verser(1, "amorcage_1", "40000", "20/05/2025")
    reprendre(agent, "amorcage_signe", **CREDIT, **moitie)
    juste = reprendre(agent, "amorcage_signe", **CREDIT | {"equipe": "Juste", "amorcage_montant": "40000"})
    assert signalements() == []
    haut = reprendre(agent, "amorcage_signe", **CREDIT | {"equipe": "Haut"} | CONFIRME)
    assert signalements() == [(haut.numero, Decimal(40_000), Decimal(40_000))]
    with comme_portail():
        assert not Tache.objects.filter(dossier=juste, type="credit_unique").exists()
        assert list(sommes_versees()) == []


def test_lettre_validee_sans_relance_de_ce_qui_est_passe(agent):
    dossier = reprendre(agent, "lettre_validee", **LETTRE)
    with comme_portail():
        assert echeances(dossier)["AVI", 1].statut == "annulee"
        assert not Tache.objects.filter(dossier=dossier, type="avis_en_retard").exists()


def test_pages_du_dossier_repris(agent):
    dossier = reprendre(
        agent, "amorcage_signe", **LETTRE, amorcage_signe_le="05/05/2025", **verser(1, "amorcage_1", "40000", "20/05/2025")
    )  # fmt: skip
    client = client_de(agent)
    with comme_portail():
        contrat = Contrat.objects.get(dossier=dossier)
    journal = client.get(reverse("journal", args=[dossier.numero])).content.decode()
    assert "Contrat repris, signé hors du portail" in journal
    assert "Versement repris, fait hors du portail" in journal
    page = client.get(reverse("contrat", args=[dossier.numero, contrat.pk]))
    assert "Signé hors du portail" in page.content.decode()
    for nom in ("dossier", "versements_dossier", "contrats_dossier"):
        assert client.get(reverse(nom, args=[dossier.numero])).status_code == 200


def test_la_saisie_est_guidee_du_regime_a_ce_que_le_dossier_peut_avoir(agent):
    """Each regime, each of its steps: the page asks for what such a dossier may have, never for what would be refused."""
    client, adresse = client_de(agent), reverse("dossier_reprendre")
    assert f'href="{adresse}"' in client.get(reverse("dossiers")).content.decode()

    def liens(suite: str) -> list[str]:
        return re.findall(rf'<a href="({adresse}\?[^"]+)">', client.get(f"{adresse}{suite}").content.decode())

    regimes = liens("")
    assert regimes == [f"{adresse}?regime={regime}" for regime in ENTREES]
    assert liens("?regime=inconnu") == liens("?regime=") == regimes
    for regime, etapes in ENTREES.items():
        suites = liens(f"?regime={regime}")
        assert len(suites) == (0 if len(etapes) == 1 else len(etapes)), regime
        for etape in etapes:
            page = client.get(adresse, {"regime": regime, "statut": etape.value})
            form, texte = page.context["form"], page.content.decode()
            demandes = {c.name for _, _, champs in form.parties() for c in champs}
            assert not demandes & {"regime", "statut"}
            assert demandes >= attendus(regime, etape) - {"actes"}
            # What the rule refuses at this step is not asked.
            jours = dict.fromkeys(ACTES, AUJOURDHUI)
            refuses = {n for n, mots in verifier_reprise(regime, etape, jours, AUJOURDHUI).items() if "cet" in mots.lower() or "ce régime" in mots.lower()}  # fmt: skip
            assert not demandes & refuses, (regime, etape)
            assert ("Versement déjà fait" in texte) == bool(natures(regime, etape))
            for _, (nature, *_) in form.versements():
                assert {code for code, _ in nature.field.widget.choices} == {""} | natures(regime, etape)
            assert f'name="statut" value="{etape.value}"' in texte
    # A step that the regime does not enter at: the step is asked again.
    assert liens("?regime=existante_conforme&statut=lettre_deposee") == liens("?regime=existante_conforme")


def test_une_saisie_refusee_garde_ce_que_sa_page_ne_demandait_pas(agent):
    """Typed or wrong, a field is seen, whatever the step."""
    champs = (
        LETTRE
        | {"amorcage_signe_le": "05/05/2025", "ars_montant": "1000"}
        | verser(1, "dotation", "1", "10/05/2025", "1")
    )
    reponse = client_de(agent).post(reverse("dossier_reprendre"), saisie("amorcage_signe", **champs))
    form = reponse.context["form"]
    vus = {c.name for _, _, lus in form.parties() for c in lus}
    assert "ars_montant" in vus
    assert "dotation" in {code for code, _ in form["versement_1_nature"].field.widget.choices}
    assert 'value="1000"' in reponse.content.decode()
    # Without a regime nothing is guided: all is shown, the two questions with it.
    sans = client_de(agent).post(reverse("dossier_reprendre"), saisie("amorcage_signe", regime=""))
    assert sans.status_code == 422
    assert {"regime", "statut", "finess"} <= {c.name for _, _, lus in sans.context["form"].parties() for c in lus}


def test_refus_dits_sur_leur_champ(agent):
    assert set(erreurs(agent, "amorcage_signe", **LETTRE)) == {"amorcage_signe_le"}
    trop = LETTRE | {"amorcage_signe_le": "05/05/2025", "amorcage_montant": "80000,01"}
    assert set(erreurs(agent, "amorcage_signe", **trop)) == {"amorcage_montant"}
    verse = erreurs(agent, "amorcage_signe", **LETTRE, amorcage_signe_le="05/05/2025", **verser(2, "amorcage_1", "80001", "20/05/2025"))  # fmt: skip
    assert set(verse) == {"versement_1_montant"}
    sans_acte = saisie("lettre_deposee", lettre_deposee_le="01/03/2026") | {"actes": []}
    reponse = client_de(agent).post(reverse("dossier_reprendre"), sans_acte)
    assert set(reponse.context["form"].errors) == {"actes"}
    with comme_portail():
        assert not Dossier.objects.exists()


def courriels_de_conflit() -> dict[str, tuple[int, bool]]:
    """Number → (how many mails, whether they say that it came second)."""
    with comme_portail():
        envois = list(Envoi.objects.filter(charge__gabarit="conflit"))
    par_numero: dict[str, list[dict]] = {}
    for e in envois:
        par_numero.setdefault(e.charge["contexte"]["numero"], []).append(e.charge["contexte"])
    return {n: (len(c), c[0]["a_regulariser"]) for n, c in par_numero.items()}


def test_cri_1c_repris_apres_un_autre_il_est_signale_et_les_deux_cotes_prevenus(agent):
    premier = reprendre(agent, "lettre_validee", **LETTRE, equipe="Première", nom="ESS Première")
    assert (premier.est_a_regulariser, courriels_de_conflit()) == (False, {})
    tard = LETTRE | {"lettre_validee_le": "29/04/2025"}
    second = reprendre(agent, "lettre_validee", **tard, equipe="Seconde", nom="ESS Seconde")
    assert second.est_a_regulariser
    with comme_portail():
        assert not Dossier.objects.get(pk=premier.pk).est_a_regulariser
    assert courriels_de_conflit() == {premier.numero: (3, False), second.numero: (3, True)}
    with comme_portail():
        for e in Envoi.objects.filter(charge__gabarit="conflit"):
            texte = render_to_string(
                "emails/conflit.txt", e.charge["contexte"] | {"adresse_portail": "https://portail"}
            )
            assert "instruit hors du portail" in texte
            assert ("ESS Première" in texte) is (e.charge["contexte"]["numero"] == premier.numero)


def test_cri_1c_repris_mais_valide_avant_il_garde_sa_place(agent):
    plus_jeune = reprendre(agent, "lettre_validee", **LETTRE, equipe="Jeune", nom="ESS Jeune")
    tot = {"lettre_deposee_le": "28/01/2025", "lettre_validee_le": "28/03/2025"}
    ancien = reprendre(agent, "lettre_validee", **tot, equipe="Ancienne", nom="ESS Ancienne")
    assert not ancien.est_a_regulariser
    assert courriels_de_conflit() == {plus_jeune.numero: (3, True), ancien.numero: (3, False)}
    with comme_portail():
        assert [o.numero for o in unicite.obstacles(plus_jeune, INSTANT, signature=True)] == [ancien.numero]


def test_cri_1c_repris_au_projet_depose_apres_un_autre_il_est_signale(agent):
    """Its letter's decision is history: the base asks for no territory, whatever the state the dossier comes in with."""
    premier = reprendre(agent, "lettre_validee", **LETTRE, equipe="Première", nom="ESS Première")
    tard = {"lettre_deposee_le": "29/09/2025", "lettre_validee_le": "28/11/2025", "projet_depose_le": "27/02/2026"}
    second = reprendre(agent, "projet_depose", **tard, equipe="Seconde", nom="ESS Seconde")
    assert (second.statut, second.est_a_regulariser) == ("projet_depose", True)
    assert courriels_de_conflit() == {premier.numero: (3, False), second.numero: (3, True)}


def test_cri_1c_repris_entre_deux_chacun_apprend_sa_place(agent):
    premier = reprendre(agent, "lettre_validee", **LETTRE, equipe="Première", nom="ESS Première")
    dernier_ = LETTRE | {"lettre_validee_le": "29/05/2025"}
    dernier = reprendre(agent, "lettre_validee", **dernier_, equipe="Dernière", nom="ESS Dernière")
    with comme_portail():
        Envoi.objects.all().delete()
    milieu_ = LETTRE | {"lettre_validee_le": "29/04/2025"}
    milieu = reprendre(agent, "lettre_validee", **milieu_, equipe="Milieu", nom="ESS Milieu")
    with comme_portail():
        rangs = {
            (
                e.cle.split("reprise:")[1].split(":")[1],
                e.charge["contexte"]["numero"],
                e.charge["contexte"]["a_regulariser"],
            )
            for e in Envoi.objects.filter(charge__gabarit="conflit")
        }
    autres = {str(premier.pk): premier.numero, str(dernier.pk): dernier.numero}
    assert {(autres[pk], n, second) for pk, n, second in rangs} == {
        (premier.numero, premier.numero, False),
        (premier.numero, milieu.numero, True),
        (dernier.numero, dernier.numero, True),
        (dernier.numero, milieu.numero, False),
    }


def test_cri_1c_ailleurs_ou_en_mise_en_conformite_rien_a_regulariser(agent):
    reprendre(agent, "lettre_validee", **LETTRE, equipe="Première")
    ailleurs = reprendre(agent, "lettre_validee", **LETTRE, equipe="Ailleurs", departements=["09"])
    ancienne = reprendre(
        agent, "lettre_validee", "mise_en_conformite", equipe="Ancienne", lettre_validee_le="29/04/2025"
    )
    assert not ailleurs.est_a_regulariser
    assert not ancienne.est_a_regulariser
    assert courriels_de_conflit() == {}
