"""The annual report (IND-1 to IND-3, FIN-12): what is refused is refused in a sentence."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from financement.models import Contrat
from indicateurs import services
from indicateurs.models import Rapport
from indicateurs.periodes import Periode, periodes
from indicateurs.selectors import page_rapports

EFFET, TERME = date(2025, 4, 1), date(2030, 4, 1)
SIGNATURE = datetime(2025, 3, 20, 10, tzinfo=UTC)
ANNIVERSAIRE = datetime(2026, 4, 1, 10, tzinfo=UTC)
COMPLET = {
    "i1": 40,
    "i1b": 25,
    "i2": 300,
    "i3": 60,
    "i4": 0,
    "i5": 0,
    "objectifs": {"internes": "Deux internes accueillis."},
    "qualitatifs": [{"libelle": "Délai ressenti", "resultat": "En baisse"}],
    "emploi_des_fonds": "Coordination",
    "montant_depense": Decimal("41000.50"),
}


@pytest.fixture
def dossier(reprendre):
    return reprendre("dotation_active")


@pytest.fixture
def contrats() -> list[tuple[date, ...]]:
    """(effect, term, early end if any) of each contrat de dotation."""
    return [(EFFET, TERME)]


@pytest.fixture
def contrat(dossier, contrats) -> None:
    with comme_portail():
        for version, (effet, terme, *fin) in enumerate(contrats, 1):
            Contrat.objects.create(
                dossier=dossier, type="dotation", version=version, statut="resilie" if fin else "signe", montant=50_000, contenu={},
                empreinte=f"{version:064d}", propose_le=SIGNATURE, signe_le=SIGNATURE, date_effet=effet, date_fin=terme,
                date_resiliation=fin[0] if fin else None, origine="reprise", jeu_national=dossier.jeu_national,
            )  # fmt: skip


@pytest.fixture
def ecrire(dossier, porteur, contrat):
    def faire(maintenant=ANNIVERSAIRE, annee: int = 1, **donnees) -> Rapport:
        with contexte(porteur[1]):
            return services.enregistrer_rapport(
                numero=dossier.numero, annee=annee, acteur=porteur[1], maintenant=maintenant, donnees=donnees
            )

    return faire


@pytest.fixture
def deposer(dossier, porteur, contrat):
    def faire(maintenant=ANNIVERSAIRE) -> Rapport:
        with contexte(porteur[1]):
            return services.deposer_rapport(numero=dossier.numero, annee=1, acteur=porteur[1], maintenant=maintenant)

    return faire


def annees(dossier, jour: date) -> list[Periode]:
    with comme_portail():
        return periodes(dossier, jour)


def test_les_annees_vont_d_anniversaire_en_anniversaire(dossier, contrat):
    assert annees(dossier, date(2026, 3, 31)) == [Periode(1, EFFET, date(2026, 3, 31))]
    assert [p.annee for p in annees(dossier, date(2026, 4, 1))] == [1, 2]


@pytest.mark.parametrize("contrats", [[(date(2028, 2, 29), date(2033, 2, 28))]])
def test_les_annees_d_un_contrat_du_29_fevrier(dossier, contrat):
    assert [(p.debut, p.fin) for p in annees(dossier, date(2030, 3, 1))] == [
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2029, 2, 28), date(2030, 2, 27)),
        (date(2030, 2, 28), date(2031, 2, 27)),
    ]


@pytest.mark.parametrize("contrats", [[(EFFET, TERME), (TERME, date(2035, 4, 1))]])
def test_les_annees_continuent_apres_un_renouvellement(dossier, contrat, ecrire):
    """Signed months before it takes effect, a renewal hides no year of the first contract; its own are the next ones."""
    avant = annees(dossier, date(2030, 3, 31))
    assert [(p.annee, p.fin) for p in avant][-1] == (5, date(2030, 3, 31))
    apres = annees(dossier, date(2031, 4, 1))
    assert [(p.annee, p.debut) for p in apres][5:] == [(6, TERME), (7, date(2031, 4, 1))]
    assert len(apres) == 7
    assert ecrire(i1=1, annee=1).debut == EFFET
    assert ecrire(maintenant=datetime(2031, 4, 1, 10, tzinfo=UTC), i1=1, annee=6).debut == TERME


def test_un_contrat_qui_a_pris_fin_n_a_pas_d_annee_d_un_jour(dossier, contrat):
    assert [p.annee for p in annees(dossier, date(2030, 6, 1))] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("contrats", [[(EFFET, TERME, date(2026, 6, 30))]])
def test_un_contrat_resilie_doit_encore_sa_derniere_annee(dossier, contrat):
    assert [(p.debut, p.fin) for p in annees(dossier, date(2029, 1, 1))] == [
        (EFFET, date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 29)),
    ]


@pytest.mark.parametrize("contrats", [[(EFFET, TERME, date(2026, 4, 2))]])
def test_une_annee_d_un_seul_jour_s_ecrit(ecrire):
    """FIN-10: the effective day is excluded, whether the contract ends in its year's middle or on its first days."""
    rapport = ecrire(annee=2, i1=1)
    assert (rapport.debut, rapport.fin) == (date(2026, 4, 1), date(2026, 4, 1))


def resilier_au(dossier, jour: date) -> None:
    with comme_portail():
        Contrat.objects.filter(dossier=dossier).update(statut="resilie", date_resiliation=jour)


def test_un_brouillon_suit_la_fin_du_contrat(ecrire, dossier):
    assert ecrire(i1=1).fin == date(2026, 3, 31)
    resilier_au(dossier, date(2025, 12, 1))
    assert ecrire(i1=2).fin == date(2025, 11, 30)


def test_le_rapport_depose_porte_la_fin_du_contrat(ecrire, deposer, dossier):
    ecrire(**COMPLET)
    resilier_au(dossier, date(2026, 3, 2))
    assert deposer().fin == date(2026, 3, 1)
    with comme_portail():
        assert Rapport.objects.get(dossier=dossier).fin == date(2026, 3, 1)


@pytest.mark.parametrize("contrats", [[]])
def test_sans_contrat_pas_de_rapport(ecrire):
    with pytest.raises(ErreurMetier, match="Aucun contrat de dotation"):
        ecrire(i1=1)


def test_une_annee_pas_commencee(ecrire):
    with pytest.raises(ErreurMetier, match="n’a pas commencé"):
        ecrire(annee=3, i1=1)


@pytest.mark.parametrize("contrats", [[(EFFET, TERME, date(2026, 4, 1))]])
def test_une_annee_apres_la_fin(ecrire):
    with pytest.raises(ErreurMetier, match="n’a pas d’année 2"):
        ecrire(annee=2, i1=1)


@pytest.mark.parametrize("annee", [0, 50, 999])
def test_un_rang_qui_n_est_pas_une_annee(ecrire, annee):
    with pytest.raises(Introuvable):
        ecrire(annee=annee, i1=1)


@pytest.mark.parametrize(
    ("donnees", "champ"),
    [
        ({"i1": 10, "i1b": 11}, "i1b"),
        ({"i4": 0, "i5": 1}, "i4"),
        ({"i5": 1}, "i4"),
        ({"i1": -1}, "i1"),
        ({"i4": 1}, "i4"),
    ],
)
def test_chiffres_incoherents_refuses_des_le_brouillon(ecrire, donnees, champ):
    """I1b ≤ I1, I5 > 0 ⇒ I4 > 0, nothing negative, I4 ≤ adhérents (none here)."""
    with pytest.raises(ErreurMetier) as refus:
        ecrire(**donnees)
    assert list(refus.value.champs) == [champ]
    with comme_portail():
        assert not Rapport.objects.exists()


@pytest.mark.parametrize(
    "faux",
    [
        {"i1": 1, "i1b": 2},
        {"i4": 0, "i5": 3},
        {"montant_depense": Decimal("-1")},
        {"statut": "depose"},
        {"statut": "a_corriger"},
        {"annee": 0},
    ],
)
def test_la_base_refuse_aussi(ecrire, faux):
    rapport = ecrire(i1=5)
    with comme_portail(), pytest.raises(IntegrityError), transaction.atomic():
        Rapport.objects.filter(pk=rapport.pk).update(**faux)


def test_un_brouillon_se_complete_en_plusieurs_fois(ecrire):
    ecrire(i1=5)
    rapport = ecrire(i1b=3)
    assert (rapport.i1, rapport.i1b, rapport.statut, rapport.debut, rapport.fin) == (
        5,
        3,
        "brouillon",
        EFFET,
        date(2026, 3, 31),
    )


def test_deposer_incomplet_nomme_chaque_manque(ecrire, deposer):
    ecrire(i1=5)
    with pytest.raises(ErreurMetier) as refus:
        deposer()
    assert set(refus.value.champs) == {
        "i1b",
        "i2",
        "i3",
        "i4",
        "i5",
        "qualitatif_1",
        "emploi_des_fonds",
        "montant_depense",
    }


def test_deposer_avant_le_dernier_mois(ecrire, deposer):
    ecrire(**COMPLET)
    with pytest.raises(ErreurMetier, match="à partir du 1er\u00a0mars\u00a02026"):
        deposer(datetime(2026, 2, 28, 22, 59, tzinfo=UTC))
    assert deposer(datetime(2026, 2, 28, 23, 0, tzinfo=UTC)).statut == "depose"


def test_depose_a_l_ars_et_a_la_caisse(ecrire, deposer, dossier):
    ecrire(**COMPLET)
    deposer()
    with comme_portail():
        envois = Envoi.objects.filter(dossier=dossier, charge__gabarit="rapport_depose")
        assert {e.charge["organisation"] for e in envois} == {dossier.ars_id, dossier.caisse_id}
        assert Document.objects.filter(dossier=dossier, type="rapport_activite").count() == 1
        assert Evenement.objects.get(dossier=dossier, type="deposer_rapport").donnees["i2"] == 300
        rubriques = Document.objects.get(dossier=dossier, type="rapport_activite").donnees["rubriques"]
        assert rubriques[0]["points"] == ["Accueillir des internes\u00a0: Deux internes accueillis."]
    with pytest.raises(Conflit, match="déposé"):
        ecrire(i1=50)
    with pytest.raises(Conflit):
        deposer()


def test_demander_une_correction_puis_valider(ecrire, deposer, dossier, instructeur):
    commun = {"numero": dossier.numero, "annee": 1, "acteur": instructeur[1], "maintenant": ANNIVERSAIRE}
    ecrire(**COMPLET)
    with contexte(instructeur[1]), pytest.raises(Conflit, match="attente"):
        services.valider_rapport(**commun)
    deposer()
    with contexte(instructeur[1]):
        with pytest.raises(ErreurMetier, match="à corriger"):
            services.demander_correction(**commun, texte=" ")
        services.demander_correction(**commun, texte="I2 semble double")
    ecrire(i2=150)
    deposer()
    with contexte(instructeur[1]):
        assert services.valider_rapport(**commun).statut == "valide"
    with comme_portail():
        assert [
            d.version for d in Document.objects.filter(dossier=dossier, type="rapport_activite").order_by("version")
        ] == [1, 2]
    with pytest.raises(Conflit):
        ecrire(i1=1)


def test_un_agent_ne_lit_pas_le_brouillon(ecrire, instructeur):
    ecrire(i1=5)
    with contexte(instructeur[1]):
        assert not Rapport.objects.pour(instructeur[1]).exists()


def test_les_ecrans_du_porteur(client, ecrire, dossier, porteur, contrat):
    client.force_login(porteur[0])
    adresse = f"/dossiers/{dossier.numero}/rapports/"
    with horloge.figer(ANNIVERSAIRE):
        assert client.get(adresse).status_code == 200
        page = client.get(f"{adresse}1/")
        assert page.status_code == 200
        assert "Déposer le rapport" in page.text
        reponse = client.post(f"{adresse}1/", {"i1": "5", "i1b": "9"})
        assert reponse.status_code == 422
        assert "plus nombreux" in reponse.text
        saisie = {k: str(v) for k, v in COMPLET.items() if k not in ("qualitatifs", "objectifs")} | {
            "objectif_internes": "Deux internes accueillis.",
            "qualitatif_1": "Délai",
            "resultat_1": "Mieux",
        }
        auto = client.post(f"{adresse}1/", saisie, headers={"HX-Request": "true"})
        assert "Enregistré à" in auto.text
        assert client.post(f"{adresse}1/", saisie | {"deposer": "1"}).status_code == 302
        lu = client.get(f"{adresse}1/").text
        assert "300" in lu
        assert "Accueillir des internes" in lu
        assert "Deux internes accueillis." in lu
        assert client.get(f"{adresse}7/").status_code == 422


def parties_lues(texte: str) -> dict[str, str]:
    """Anchor → state, of the summary at the top of the form."""
    sommaire = texte[texte.index('id="parties"') :].split("</nav>", 1)[0]
    lues = re.findall(r'href="#(\w+)">[^<]*</a>(.*?)</li>', sommaire, re.DOTALL)
    return {ancre: re.sub(r"<[^>]+>", "", badge).strip() for ancre, badge in lues}


def test_le_sommaire_du_formulaire_dit_ce_qui_manque_a_chaque_enregistrement(client, ecrire, dossier, porteur, contrat):
    client.force_login(porteur[0])
    adresse = f"/dossiers/{dossier.numero}/rapports/1/"
    with horloge.figer(ANNIVERSAIRE):
        page = client.get(adresse).text
        assert parties_lues(page) == {
            "nationaux": "6 réponses à compléter",
            "qualitatifs": "1 réponse à compléter",
            "objectifs": "Facultatif",
            "fonds": "2 réponses à compléter",
            "outil": "Facultatif",
            "pieces": "Facultatif",
        }
        assert all(f'id="{ancre}"' in page for ancre in parties_lues(page))

        def auto(**saisie: str) -> str:
            return client.post(adresse, saisie, headers={"HX-Request": "true"}).text

        suite = auto(i1="40", i1b="25", i2="300", i3="60", i4="", i5="3", qualitatif_1="Délai")
        # What contradicts itself is refused, and the summary stays as it was.
        assert "Pas enregistré" in suite
        assert "parties" not in suite
        suite = auto(
            i1="40", i1b="25", i2="300", i3="60", i4="0", i5="0", qualitatif_1="Délai", objectif_internes="Deux."
        )
        assert 'hx-swap-oob="true"' in suite
        assert parties_lues(suite) == {
            "nationaux": "Complet",
            "qualitatifs": "1 réponse à compléter",
            "objectifs": "Rempli",
            "fonds": "2 réponses à compléter",
            "outil": "Facultatif",
            "pieces": "Facultatif",
        }
        assert "hx-swap-oob" not in client.get(adresse).text
        # The summary and the filing ask for the same.
        assert parties_lues(client.get(adresse).text) == parties_lues(suite)
        refus = client.post(adresse, {"i1": "40", "i1b": "25", "i2": "300", "i3": "60", "i4": "0", "i5": "0", "qualitatif_1": "Délai", "deposer": "1"})  # fmt: skip
        assert set(refus.context["formulaire"].errors) == {"resultat_1", "emploi_des_fonds", "montant_depense"}


def test_les_ecrans_de_l_agent(client, ecrire, deposer, dossier, instructeur, contrat):
    client.force_login(instructeur[0])
    adresse = f"/dossiers/{dossier.numero}/rapports/1/"
    with horloge.figer(ANNIVERSAIRE):
        ecrire(**COMPLET)
        attendu = client.get(adresse).text
        assert "pas encore déposé" in attendu
        assert COMPLET["emploi_des_fonds"] not in attendu
        deposer()
        assert "Valider le rapport" in client.get(adresse).text
        assert client.post(adresse, {"corriger": "1", "texte": ""}).status_code == 422
        assert client.post(adresse, {"valider": "1"}).status_code == 302
        assert "Validé" in client.get(adresse).text


def test_la_mediane_de_la_region_se_dit_a_partir_de_cinq_equipes(dossier, porteur, contrat, ecrire, deposer):
    """The middle of the region's figures, never another's own: none under five équipes."""
    ecrire(**COMPLET)
    deposer()

    def lire() -> dict:
        with contexte(porteur[1]):
            return page_rapports(dossier.numero, acteur=porteur[1], maintenant=ANNIVERSAIRE)

    assert (lire()["region"]["equipes"], lire()["indicateurs"][0]["mediane"]) == (0, None)
    with comme_portail():
        fin = Rapport.objects.get(dossier=dossier).fin
        for rang, i1 in enumerate((10, 20, 30, 1000)):
            autre = Dossier.objects.create(
                numero=f"{dossier.region}-2025-9{rang}", nom=f"ESS {rang}", equipe=dossier.equipe, ars=dossier.ars, caisse=dossier.caisse, region=dossier.region,
                fuseau=dossier.fuseau, siege_departement=dossier.siege_departement, statut_depuis=ANNIVERSAIRE, cree_le=ANNIVERSAIRE, statut="dotation_active", origine="reprise",
            )  # fmt: skip
            Rapport.objects.create(
                dossier=autre, annee=1, debut=fin - timedelta(days=364), fin=fin, statut="depose", depose_le=ANNIVERSAIRE, enregistre_le=ANNIVERSAIRE,
                **(dict.fromkeys(Rapport.INDICATEURS, 0) | {"i1": i1}),
            )  # fmt: skip
    page, i1 = lire(), COMPLET["i1"]
    assert page["region"]["equipes"] == 5
    assert page["indicateurs"][0]["mediane"] == sorted((10, 20, 30, 1000, i1))[2]
