"""The library of motivations (MOT-1, MOT-2): who writes, what a version keeps, how a refusal takes a text without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from dossiers.models import Decision, Motivation
from dossiers.services import motivations
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from tests.dossiers.test_unicite import INSTANT, lettres_pretes
from tests.fabriques import client_de, make_acteur, make_utilisateur

pytestmark = pytest.mark.django_db
TEXTE = {"objet": "lettre", "motif": "besoin", "critere": "CRI-7", "titre": "Délais courts", "texte": "Trois semaines."}


def ecrire(acteur, pk: int | None = None, **champs: str) -> Motivation:
    with contexte(acteur):
        return motivations.enregistrer(acteur=acteur, maintenant=INSTANT, motivation=pk, **(TEXTE | champs))


def test_qui_ecrit_et_ce_qu_une_version_garde():
    signataire, regional = make_acteur("ars_signataire"), make_acteur("admin_regional")
    national, ailleurs = make_acteur("admin_national"), make_acteur("ars_signataire", departement="35")
    premiere = ecrire(signataire)
    assert (premiere.region_id, premiere.version) == ("76", 1)
    for role in ("ars_instructeur", "caisse_ordonnateur", "porteur_referent"):
        with pytest.raises(Interdit):
            ecrire(make_acteur(role))
    with pytest.raises(Introuvable):
        ecrire(ailleurs, premiere.pk)
    with pytest.raises(Interdit):
        ecrire(national, premiere.pk)
    with pytest.raises(Interdit):
        ecrire(signataire, Motivation.objects.filter(region=None).first().pk)
    seconde = ecrire(regional, premiere.pk, texte="Quatre semaines.")
    assert (seconde.fil, seconde.version, Motivation.objects.get(pk=premiere.pk).texte) == (
        premiere.fil,
        2,
        "Trois semaines.",
    )
    with pytest.raises(Conflit, match="dernière version"):
        ecrire(signataire, premiere.pk, texte="Cinq semaines.")
    for champ in ("titre", "texte", "motif"):
        with pytest.raises(ErreurMetier) as refus:
            ecrire(signataire, **{champ: " "})
        assert champ in refus.value.champs
    assert ecrire(national).region_id is None
    with contexte(regional):
        motivations.retirer(motivation=seconde.pk, acteur=regional, maintenant=INSTANT)
    assert not Motivation.objects.en_usage().filter(fil=premiere.fil).exists()
    with comme_portail():
        assert Evenement.objects.filter(type__in=("motivation", "motivation_retiree")).count() == 4


def test_un_refus_prend_un_texte_l_adapte_et_le_garde():
    (lettre,) = lettres_pretes(1)
    texte = ecrire(make_acteur("ars_signataire"), texte="Le délai est de [à compléter : délai].")
    ecrire(make_acteur("ars_signataire", departement="35"), titre="D’une autre région")
    client, url = (
        client_de(make_utilisateur("ars_instructeur")),
        reverse("acte", args=[lettre.numero, "refuser_lettre"]),
    )
    saisie = {
        "motif_besoin": "on",
        "faits_besoin": "Étude lue.",
        "modele_besoin": str(texte.pk),
        "faits_unicite": "Reste là.",
    }
    with horloge.figer(INSTANT + timedelta(days=5)):
        page = client.get(url).content.decode()
        assert "Délais courts" in page
        assert "D’une autre région" not in page
        assert 'Faits <span class="ess-facultatif"' not in page, "ils sont attendus de chaque motif coché"
        inseree = client.post(url, saisie | {"inserer": "besoin"})
        contenu = inseree.content.decode()
        assert inseree.status_code == 200
        assert "Étude lue.\n\nLe délai est de [à compléter : délai]." in contenu
        assert "Reste là." in contenu
        assert client.post(url, saisie | {"inserer": "inconnu"}).status_code == 200
        assert client.post(url, saisie | {"inserer": "besoin", "modele_besoin": "0"}).status_code == 200
        blanc = client.post(url, saisie | {"faits_besoin": texte.texte})
        assert blanc.status_code == 422
        assert "Complétez les passages entre crochets" in blanc.content.decode()
        assert client.post(url, saisie | {"faits_besoin": "Le délai est de douze jours."}).status_code == 302
    ecrire(make_acteur("ars_signataire"), texte.pk, texte="Un autre texte.")
    with comme_portail():
        assert Decision.objects.get().motifs[0]["faits"] == "Le délai est de douze jours."


def test_la_bibliotheque_a_l_ecran():
    signataire = make_utilisateur("ars_signataire")
    client = client_de(signataire)
    with horloge.figer(INSTANT):
        assert client.post(reverse("motivation_nouvelle"), {}).status_code == 422
        envoi = {"raison": "lettre:besoin", "critere": "CRI-7", "titre": "Délais courts", "texte": "Trois semaines."}
        assert client.post(reverse("motivation_nouvelle"), envoi | {"raison": "lettre:cout"}).status_code == 422
        assert client.post(reverse("motivation_nouvelle"), envoi).status_code == 302
        page = client.get(reverse("motivations")).content.decode()
        assert "Délais courts" in page
        assert "Texte national" in page
        m = Motivation.objects.get(titre="Délais courts")
        assert client.post(reverse("motivation", args=[m.pk]), envoi | {"texte": "Quatre semaines."}).status_code == 302
        seconde = Motivation.objects.get(fil=m.fil, est_courante=True)
        assert "Version 1" in client.get(reverse("motivation", args=[seconde.pk])).content.decode()
        depassee = client.post(reverse("motivation", args=[m.pk]), envoi | {"texte": "Ce qui vient d’être écrit."})
        assert depassee.status_code == 422
        assert "repartez de sa dernière version" in depassee.content.decode()
        assert "Ce qui vient d’être écrit." in depassee.content.decode()
        assert client.get(reverse("motivation", args=[m.pk])).status_code == 404
        invisible = client.post(reverse("motivation_nouvelle"), envoi | {"titre": "Délais\x07"})
        assert "caractères invisibles" in invisible.content.decode()
        assert client.post(reverse("motivation", args=[seconde.pk]), {"retirer": "1"}).status_code == 302
        assert client.get(reverse("motivation", args=[seconde.pk])).status_code == 404
