"""Who signs for each party is named: by default, by one's own party until it has signed, and nobody else signs in that place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement, Utilisateur
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.models import Contrat, Signature
from financement.services import delegations, signature
from financement.services.designations import designer_signataire
from financement.services.rappels import rappeler_signatures
from tests.financement.conftest import MIDI, MOT_DE_PASSE, Distribution, distribuer
from tests.financement.test_circuit import JOUR, deleguer
from tests.financement.test_concurrence import ensemble


def propose(d: Distribution) -> Contrat:
    with comme_portail():
        return Contrat.objects.get(dossier=d.dossier, statut="propose")


def pk(d: Distribution, qui: str) -> int:
    return d.utilisateurs[qui].pk


def collegue(d: Distribution, **champs) -> Utilisateur:
    """A second signatory of the ARS, `adjointe` in the cast."""
    personne = Utilisateur.objects.create_user("adjointe@exemple.fr", MOT_DE_PASSE, nom="Adjointe", prenom="Anne")
    lien = Rattachement.objects.create(
        utilisateur=personne, organisation_id=d.dossier.ars_id, role="ars_signataire", cree_le=MIDI, **champs
    )
    d.utilisateurs["adjointe"], d.acteurs["adjointe"] = personne, lien.acteur(d.dossier.ars_id)
    return personne


def signer(d: Distribution, qui: str) -> None:
    """The service itself, behind the buttons."""
    with contexte(d.acteurs[qui]):
        signature.signer_amorcage(numero=d.dossier.numero, acteur=d.acteurs[qui], maintenant=d.maintenant)


def a_signe(d: Distribution) -> dict[str, int]:
    with comme_portail():
        return {s.partie: s.signataire_id for s in Signature.objects.filter(contrat__dossier=d.dossier)}


def test_le_signataire_par_defaut_et_celui_d_une_autre_version(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    premier = propose(d)
    # The caisse has two signatories and no head: it names its own.
    assert [premier.designe(p) for p in ("equipe", "ars", "caisse")] == [pk(d, "porteur"), pk(d, "signataire"), None]
    d.fait("gestionnaire", "designer_signataire", signataire=pk(d, "ordonnateur2"))
    assert propose(d).empreinte == premier.empreinte
    d.fait("instructeur", "proposer_contrat_amorcage", objet_version="Une précision")
    second = propose(d)
    assert second.version == 2
    assert second.designe("caisse") == pk(d, "ordonnateur2")
    # Who signs no more is not named again; the one head of service is, among several.
    Rattachement.objects.filter(utilisateur=d.utilisateurs["ordonnateur2"]).update(role="caisse_instructeur")
    collegue(d, est_chef_de_service=True)
    Rattachement.objects.filter(utilisateur=d.utilisateurs["signataire"]).update(role="ars_instructeur")
    d.fait("instructeur", "proposer_contrat_amorcage", objet_version="Une autre")
    assert [propose(d).designe(p) for p in ("ars", "caisse")] == [pk(d, "adjointe"), pk(d, "ordonnateur")]


def test_une_autre_personne_ne_signe_pas_sans_reprendre_la_signature(distribution: Distribution):
    d = distribution
    collegue(d)
    Rattachement.objects.filter(utilisateur=d.utilisateurs["signataire"]).update(est_chef_de_service=True)
    d.fait("instructeur", "proposer_contrat_amorcage")
    with pytest.raises(Conflit, match=r"attend celle de .*Signataire"):
        d.fait("adjointe", "signer_amorcage")
    with pytest.raises(Interdit, match=r"La signature attendue est celle de .*Signataire"):
        signer(d, "adjointe")
    assert a_signe(d) == {}

    # An old page, a foreign party, a person of another organisation, one who may not sign: refused, nothing written.
    moi = {"signataire": pk(d, "adjointe"), "attendu": pk(d, "signataire")}
    with pytest.raises(Conflit, match="a changé"):
        d.fait("adjointe", "designer_signataire", signataire=pk(d, "adjointe"))
    for faux in ("ordonnateur", "instructeur", "porteur"):
        with pytest.raises(ErreurMetier) as leve:
            d.fait("signataire", "designer_signataire", signataire=pk(d, faux), attendu=pk(d, "signataire"))
        assert "signataire" in leve.value.champs
    with pytest.raises(ErreurMetier):
        d.fait("ordonnateur", "designer_signataire", **moi)
    with pytest.raises(ErreurMetier):
        d.fait("etranger", "designer_signataire", **moi)
    with contexte(d.acteurs["etranger"]), pytest.raises(ErreurMetier):
        designer_signataire(
            numero=d.dossier.numero, acteur=d.acteurs["etranger"], maintenant=d.maintenant, signataire=pk(d, "etranger")
        )
    with comme_portail():
        assert not Evenement.objects.filter(dossier=d.dossier, type="designer_signataire").exists()

    d.fait("adjointe", "designer_signataire", **moi)
    with comme_portail():
        trace = Evenement.objects.get(dossier=d.dossier, type="designer_signataire")
    assert (trace.donnees["avant"], trace.donnees["signataire"]) == (pk(d, "signataire"), pk(d, "adjointe"))
    with pytest.raises(Interdit):
        signer(d, "signataire")
    d.fait("adjointe", "signer_amorcage")
    assert a_signe(d) == {"ars": pk(d, "adjointe")}
    with pytest.raises(Conflit):
        d.fait("signataire", "designer_signataire", signataire=pk(d, "signataire"), attendu=pk(d, "adjointe"))


def test_le_delegataire_de_la_personne_designee_et_lui_seul(distribution: Distribution):
    d = distribution
    collegue(d, est_chef_de_service=True)
    d.fait("instructeur", "proposer_contrat_amorcage")
    assert propose(d).designe("ars") == pk(d, "adjointe")
    deleguer(d, de="signataire")
    with horloge.figer(d.maintenant), pytest.raises(ErreurMetier):
        d.fait("instructeur", "signer_par_delegation")
    with contexte(d.acteurs["instructeur"]), pytest.raises(Interdit, match="la personne qui doit signer"):
        signature.signer_par_delegation(
            numero=d.dossier.numero, acteur=d.acteurs["instructeur"], maintenant=d.maintenant
        )
    sienne = deleguer(d, de="adjointe", reference="décision n° 2026-40")
    with contexte(d.acteurs["adjointe"]):
        delegations.revoquer(delegation=sienne.pk, acteur=d.acteurs["adjointe"], maintenant=d.maintenant)
    with horloge.figer(d.maintenant), pytest.raises(ErreurMetier):
        d.fait("instructeur", "signer_par_delegation")
    assert a_signe(d) == {}
    deleguer(d, de="adjointe", reference="décision n° 2026-41")
    with horloge.figer(d.maintenant):
        d.fait("instructeur", "signer_par_delegation")
    with comme_portail():
        assert "2026-41" in Signature.objects.get(contrat__dossier=d.dossier).pouvoir


def test_la_personne_partie_entre_la_proposition_et_la_signature(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    collegue(d)
    deleguer(d)
    Utilisateur.objects.filter(pk=pk(d, "signataire")).update(is_active=False)
    # Neither his delegate nor a colleague signs in his place: it is taken over first, and the page says why.
    with horloge.figer(d.maintenant), pytest.raises(ErreurMetier):
        d.fait("instructeur", "signer_par_delegation")
    with pytest.raises(Interdit):
        signer(d, "adjointe")
    client, adresse = Client(), reverse("contrat", args=[d.dossier.numero, propose(d).pk])
    client.force_login(d.utilisateurs["adjointe"])
    with horloge.figer(d.maintenant):
        page = client.get(adresse).content.decode()
        assert "ne peut plus signer" in page
        assert "Reprendre la signature à mon nom" in page
        assert 'id="signature"' not in page
        choix = {"signataire": pk(d, "adjointe"), "attendu": pk(d, "signataire")}
        assert client.post(adresse, {"signataire": pk(d, "adjointe"), "attendu": ""}).status_code == 409
        assert client.post(adresse, {**choix, "signataire": "x"}).status_code == 422
        assert client.post(adresse, choix).status_code == 302
        assert 'id="signature"' in client.get(adresse).content.decode()
    # Reminders go to the whole organisation when nobody named can sign.
    Utilisateur.objects.filter(pk=pk(d, "adjointe")).update(is_active=False)
    rappeler_signatures(au=MIDI + timedelta(days=2))
    assert destinataires(d, "rappel_signature")[d.dossier.ars_id] == []


def destinataires(d: Distribution, cle: str) -> dict[int, list[int]]:
    """Of the last mail of this kind, by organisation."""
    with comme_portail():
        lignes = Envoi.objects.filter(cle__startswith=f"courriel:financement:{cle}:").order_by("pk")
        return {e.charge["organisation"]: e.charge["personnes"] for e in lignes}


def test_les_courriels_vont_a_la_personne_designee_puis_au_chef(distribution: Distribution):
    d = distribution
    Rattachement.objects.filter(utilisateur=d.utilisateurs["gestionnaire2"]).update(est_chef_de_service=True)
    deleguer(d)
    d.fait("instructeur", "proposer_contrat_amorcage")
    recus = destinataires(d, "contrat_propose")
    assert recus == {
        d.dossier.equipe_id: [pk(d, "porteur")],
        d.dossier.ars_id: [pk(d, "signataire"), pk(d, "instructeur")],
        d.dossier.caisse_id: [],
    }
    d.fait("gestionnaire", "designer_signataire", signataire=pk(d, "ordonnateur2"))
    assert destinataires(d, "designation") == {d.dossier.caisse_id: [pk(d, "ordonnateur2")]}
    rappeler_signatures(au=MIDI + timedelta(days=2))
    assert destinataires(d, "rappel_signature")[d.dossier.caisse_id] == [pk(d, "ordonnateur2")]
    rappeler_signatures(au=MIDI + timedelta(days=31))
    recus = destinataires(d, "rappel_signature")
    assert recus[d.dossier.caisse_id] == [pk(d, "ordonnateur2"), pk(d, "gestionnaire2")]


def test_un_contrat_d_avant_sans_signataire_designe_se_signe(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        Contrat.objects.update(signataire_equipe=None, signataire_ars=None, signataire_caisse=None)
    d.signe_a_trois(ordre=("porteur", "signataire", "ordonnateur2"))
    assert d.dossier.statut == "amorcage_signe"


def test_la_page_dit_qui_signera(distribution: Distribution):
    d = distribution
    Utilisateur.objects.filter(pk=pk(d, "signataire")).update(fonction="directrice générale")
    d.fait("instructeur", "proposer_contrat_amorcage")
    delegation = deleguer(d)
    client, adresse = Client(), reverse("contrat", args=[d.dossier.numero, propose(d).pk])
    client.force_login(d.utilisateurs["porteur"])
    with horloge.figer(d.maintenant):
        page = client.get(adresse).content.decode()
        assert "Signera\u00a0: Camille Signataire" in page
        assert "directrice générale" in page
        assert "par délégation jusqu’au" in page
        assert "Signataire à désigner" in page
    assert delegation.fin > JOUR


@pytest.mark.django_db(transaction=True)
def test_deux_designations_a_la_fois_une_seule_passe():
    d = distribuer()
    collegue(d)
    d.fait("instructeur", "proposer_contrat_amorcage")
    avant = propose(d).designe("ars")
    choix = ["adjointe", "signataire"]

    def designer(rang: int) -> None:
        d.fait("instructeur", "designer_signataire", signataire=pk(d, choix[rang % 2]), attendu=avant or "")

    passees = ensemble(6, designer)
    assert sum(passees) >= 1
    with comme_portail():
        assert Evenement.objects.filter(dossier=d.dossier, type="designer_signataire").count() == 1
        assert propose(d).designe("ars") in {pk(d, nom) for nom in choix}
