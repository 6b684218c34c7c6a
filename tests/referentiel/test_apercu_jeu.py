"""Before a set is activated: which dossiers it would change, date by date, and nothing written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.nouveau_jeu import apercu_jeu, creer_jeu, dernier_jeu
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from tests.fabriques import client_de, make_acteur, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db
MAINTENANT = datetime(2026, 3, 10, 9, tzinfo=UTC)
PREMIER = date(2027, 1, 1)
TROIS_MOIS = {"delai_instruction_lettre": "3 mois", "delai_instruction_projet": "3 mois"}


def regarder(acteur, region="76", valeurs=TROIS_MOIS, **options):
    with contexte(acteur):
        return apercu_jeu(
            region=region, valide_du=PREMIER, valeurs=valeurs, acteur=acteur, maintenant=MAINTENANT, **options
        )


def ecrits() -> tuple:
    with comme_portail():
        dates = sorted(Echeance.objects.values_list("pk", "dernier_jour", "statut"))
        return JeuParametres.objects.count(), Evenement.objects.count(), Envoi.objects.count(), dates


def test_chaque_dossier_a_ses_dates_et_ce_qu_il_garde():
    make_dossier()
    depose, projet = make_dossier("lettre_deposee"), make_dossier("projet_depose")
    make_dossier("lettre_deposee", departement="35")
    regional, national = make_acteur(Role.ADMIN_REGIONAL), make_acteur(Role.ADMIN_NATIONAL)
    avant = ecrits()
    vu = regarder(regional)
    assert (vu.jour, vu.changent, vu.restent, vu.pages) == (PREMIER, 1, 1, 1)
    ((nombre, dates),) = vu.brouillons
    assert nombre == 1
    assert ("Décision de l’ARS sur la lettre (DL-1)", date(2027, 3, 1), date(2027, 4, 1)) in dates
    (ligne,) = vu.lignes
    assert ligne.numero == depose.numero
    assert ligne.garde[0].startswith("Lettre déposée\u00a0: jeu national du ")
    assert ligne.suppose == "Si le projet est déposé complet le 1er\u00a0janvier\u00a02027"
    assert ("Décision sur le projet de santé (DL-3)", date(2027, 3, 1), date(2027, 4, 1)) in ligne.change
    (reste,) = regarder(regional, restes=True).lignes
    assert (reste.numero, reste.change, len(reste.garde)) == (projet.numero, (), 2)
    entier = Parametres.depuis(TROIS_MOIS).valeurs()
    assert regarder(national, region=None, valeurs=entier).changent == 2
    assert ecrits() == avant


def test_les_requetes_ne_croissent_pas_avec_les_dossiers():
    acteur = make_acteur(Role.ADMIN_REGIONAL)
    comptes = []
    for nombre in (1, 3):
        for _ in range(nombre):
            make_dossier("lettre_deposee")
        with CaptureQueriesContext(connection) as requetes:
            regarder(acteur)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1] <= 13


def test_les_pages_s_arretent_a_la_derniere(monkeypatch):
    monkeypatch.setattr("financement.apercu_jeu.PAR_PAGE", 2)
    numeros = sorted(make_dossier("lettre_deposee").numero for _ in range(3))
    acteur = make_acteur(Role.ADMIN_REGIONAL)
    lus = [regarder(acteur, page=page) for page in (1, 2, 9)]
    assert [(p.page, p.pages) for p in lus] == [(1, 2), (2, 2), (2, 2)]
    assert [ligne.numero for p in lus[:2] for ligne in p.lignes] == numeros


def test_l_ecran_montre_puis_active_avec_un_motif():
    depose = make_dossier("lettre_deposee")
    client = client_de(make_utilisateur(Role.ADMIN_REGIONAL))
    adresse = reverse("parametres_nouveau")
    formulaire = client.get(adresse).context["form"]
    champs = {nom: str(formulaire[nom].value() or "") for nom in formulaire.fields}
    champs |= {"valide_du": "2027-01-01", "source": "Instruction", **TROIS_MOIS}
    avant = ecrits()
    page = client.post(adresse, champs)
    assert depose.numero in page.content.decode()
    vu = page.context["activation"]["vu"].value()
    sans_motif = client.post(adresse, champs | {"etape": "activer", "vu": vu, "motif": " "})
    assert sans_motif.context["activation"].errors == {"motif": ["Écrivez pourquoi ce jeu est activé."]}
    assert 'aria-pressed="true"' in client.post(adresse, champs | {"montrer": "restent 7"}).content.decode()
    assert client.post(adresse, champs | {"etape": "modifier"}).context["form"]["source"].value() == "Instruction"
    assert ecrits() == avant
    reponse = client.post(adresse, champs | {"etape": "activer", "vu": vu, "motif": "Décision du comité"})
    cree = JeuParametres.objects.get(region_id="76")
    assert (reponse.url, cree.motif) == (reverse("parametres_jeu", args=[cree.pk]), "Décision du comité")
    lu = client.get(reponse.url).content.decode()
    assert "Décision du comité" in lu
    assert "Créé par Camille Essai" in lu
    assert ecrits()[3] == avant[3]


def test_deux_administrateurs_a_la_fois_un_seul_active():
    """The second one reads the preview again: the first one's set has moved what he saw."""
    acteur = make_acteur(Role.ADMIN_REGIONAL)
    vu = dernier_jeu("76")
    jeu = {"region": "76", "valeurs": TROIS_MOIS, "source": "Instruction", "acteur": acteur, "maintenant": MAINTENANT}
    creer_jeu(**jeu, valide_du=PREMIER, motif="Le premier", vu=vu)
    avant = ecrits()
    with pytest.raises(Conflit) as refus:
        creer_jeu(**jeu, valide_du=date(2027, 2, 1), motif="Le second", vu=vu)
    assert refus.value.code == "jeu_depasse"
    with pytest.raises(Conflit) as refus:
        creer_jeu(**jeu, valide_du=PREMIER, motif="Le second", vu=dernier_jeu("76"))
    assert set(refus.value.champs) == {"valide_du"}
    with pytest.raises(ErreurMetier) as sans:
        creer_jeu(**jeu, valide_du=date(2027, 2, 1), motif="  ", vu=dernier_jeu("76"))
    assert set(sans.value.champs) == {"motif"}
    assert ecrits() == avant


def test_une_valeur_dit_le_texte_qui_l_a_donnee():
    acteur = make_acteur(Role.ADMIN_NATIONAL)
    cree = creer_jeu(
        region=None, valide_du=PREMIER, valeurs=Parametres.depuis(TROIS_MOIS).valeurs(), source="Arrêté du 2 mars",
        motif="Arrêté", vu=dernier_jeu(None), acteur=acteur, maintenant=MAINTENANT,
    )  # fmt: skip
    page = client_de(make_utilisateur(Role.ADMIN_NATIONAL)).get(reverse("parametres_jeu", args=[cree.pk]))
    sources = {ligne["nom"]: ligne["source"] for _, lignes in page.context["familles"] for ligne in lignes}
    assert sources["delai_instruction_lettre"] == "Arrêté du 2 mars"
    assert sources["delai_retrait"].startswith("Convention médicale")
