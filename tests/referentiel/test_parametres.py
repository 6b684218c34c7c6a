"""Parameter sets: a change is another set, dated, with its source; each administration its own."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.comptes.session import acteur_de
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.nouveau_jeu import creer_jeu, dernier_jeu
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.familles import FAMILLES, par_famille
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db


def administrateur(code: str, role: Role) -> Rattachement:
    utilisateur = Utilisateur.objects.create_user(f"{code}@essai.test", None, nom="Admin")
    return Rattachement.objects.create(
        utilisateur=utilisateur,
        organisation=Organisation.objects.get(code=code),
        role=role,
        cree_le=horloge.maintenant(),
    )


@pytest.fixture
def regional() -> Rattachement:
    return administrateur("administration-76", Role.ADMIN_REGIONAL)


@pytest.fixture
def national() -> Rattachement:
    return administrateur("administration-nationale", Role.ADMIN_NATIONAL)


def session(rattachement: Rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def jeu(acteur, region, valeurs=None, jour=date(2027, 1, 1), source="Instruction du 1er décembre 2026"):
    return creer_jeu(
        region=region,
        valide_du=jour,
        valeurs={"delai_pieces": "45 jours"} if valeurs is None else valeurs,
        source=source,
        motif="Instruction reçue",
        vu=dernier_jeu(region),
        acteur=acteur,
        maintenant=horloge.maintenant(),
    )


def test_chacun_le_sien(regional, national):
    r, n = acteur_de(regional), acteur_de(national)
    for acteur, region in ((r, None), (r, "53"), (n, "76")):
        with pytest.raises(Interdit):
            jeu(acteur, region)
    assert jeu(r, "76").region_id == "76"
    assert jeu(n, None, Parametres().valeurs()).region is None


def test_un_jeu_ne_vaut_qu_a_sa_date_et_dans_sa_region(regional):
    jeu(acteur_de(regional), "76")
    assert parametres_du_jour("76", date(2026, 12, 31)).delai_pieces == Delai(1)
    assert parametres_du_jour("76", date(2027, 1, 1)).delai_pieces == Delai(0, 45)
    assert parametres_du_jour("53", date(2027, 1, 1)).delai_pieces == Delai(1)
    with comme_portail():
        assert Evenement.objects.get(type="jeu_parametres").donnees["region"] == "76"


def test_refus(regional):
    acteur = acteur_de(regional)
    for valeurs in ({}, {"bareme": "au hasard"}, {"inconnu": "1"}):
        with pytest.raises(ErreurMetier):
            jeu(acteur, "76", valeurs)
    with pytest.raises(ErreurMetier):
        jeu(acteur, "76", source=" ")
    jeu(acteur, "76")
    with pytest.raises(Conflit):
        jeu(acteur, "76")


def saisie(client: Client, **changements: str) -> dict[str, str]:
    """What the browser sends back from the preview: the form as shown, with what changes, and the activation."""
    formulaire = client.get(reverse("parametres_nouveau")).context["form"]
    champs = {nom: str(formulaire[nom].value() or "") for nom in formulaire.fields}
    activation = {
        "etape": "activer",
        "motif": "Instruction reçue",
        "vu": str(JeuParametres.objects.order_by("pk").last().pk),
    }
    return champs | {"valide_du": "2027-01-01", "source": "Instruction"} | activation | changements


def test_la_page_regionale_ne_garde_que_les_differences(regional):
    client = session(regional)
    reponse = client.post(
        reverse("parametres_nouveau"),
        saisie(client, delai_pieces="2 mois", bareme="table", bareme_table="10 : 50000\n50 : 80000"),
    )
    cree = JeuParametres.objects.get(region_id="76")
    assert reponse.url == reverse("parametres_jeu", args=[cree.pk])
    assert cree.valeurs == {"delai_pieces": "2 mois", "bareme": "table", "bareme_table": "10 : 50000.00\n50 : 80000.00"}
    page = client.get(reponse.url).content.decode()
    assert "2 mois" in page
    assert "50\u00a0: 80000.00" in page


def test_la_page_nationale_copie_tout(national):
    client = session(national)
    client.post(reverse("parametres_nouveau"), saisie(client, montant_amorcage="79000"))
    cree = JeuParametres.objects.get(valide_du=date(2027, 1, 1))
    assert cree.parametres.montant_amorcage == 79_000
    assert set(cree.valeurs) == set(Parametres().valeurs())


def test_un_jeu_incoherent_est_refuse_par_l_ecran_et_par_le_service(regional, national):
    """An override is judged with the national set that it completes."""
    client = session(national)
    page = client.post(reverse("parametres_nouveau"), saisie(client, seuil_creation="60"))
    assert "seuil_intermediaire" in page.context["form"].errors
    with pytest.raises(ErreurMetier) as refus:
        jeu(acteur_de(regional), "76", {"seuil_creation": 60})
    assert set(refus.value.champs) == {"seuil_intermediaire"}
    with pytest.raises(ErreurMetier):
        jeu(acteur_de(regional), "76", {"bareme": "table"})
    assert JeuParametres.objects.count() == 1


def test_le_jeu_national_montre_chaque_reglage(national):
    page = session(national).get(reverse("parametres_jeu", args=[JeuParametres.objects.get().pk])).content.decode()
    assert "Table du barème, effectif et montant" in page
    assert "Groupes de spécialités propres à ce jeu" in page
    for ecrit in ("80\u00a0000\u00a0€", "23\u00a0janvier\u00a02025", ">Oui<"):
        assert ecrit in page
    rangees = [nom for _, noms in par_famille(Parametres().valeurs()) for nom in noms]
    assert rangees == list(Parametres().valeurs())
    assert [titre for titre, _ in par_famille(rangees)] == [titre for titre, _ in FAMILLES]


def test_les_groupes_d_un_jeu_entrent_dans_les_dossiers(national):
    valeurs = Parametres().valeurs() | {"groupes_specialites": "SM04 : coeur-et-vaisseaux"}
    jeu(acteur_de(national), None, valeurs, jour=date(2026, 1, 1))
    assert make_dossier().groupes == ["coeur-et-vaisseaux"]


def test_la_page_dit_ce_qui_ne_va_pas(national):
    client = session(national)
    for changement in (
        {"delai_pieces": "bientôt"},
        {"source": ""},
        {},
        {"valide_du": "2025-01-01", "schema": "100_signature"},
    ):
        assert client.post(reverse("parametres_nouveau"), saisie(client, **changement)).status_code == 200
    assert JeuParametres.objects.count() == 1


def test_le_jeu_d_une_autre_region_est_introuvable(regional, national):
    autre = JeuParametres.objects.create(region_id="53", valide_du=date(2027, 1, 1), valeurs={}, source="x")
    assert session(regional).get(reverse("parametres_jeu", args=[autre.pk])).status_code == 404
    assert session(national).get(reverse("parametres_jeu", args=[autre.pk])).status_code == 200
