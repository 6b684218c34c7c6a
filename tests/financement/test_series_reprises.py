"""The rows of a series that were not done are asked for again: judged anew with who asks, done once whatever is delivered twice."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.documents.rendu import Rendu
from ess_portal.documents.services import emission
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, Interdit, Introuvable
from financement.models import Contrat, Serie
from financement.services import series
from tests.financement.conftest import Distribution
from tests.financement.test_series import dossiers, lancer


def client_de(d: Distribution, qui: str) -> Client:
    client = Client()
    client.force_login(d.utilisateurs[qui])
    return client


def reprendre(d: Distribution, serie: Serie, qui: str) -> int:
    with contexte(d.acteurs[qui]):
        return series.reprendre(pk=serie.pk, acteur=d.acteurs[qui], maintenant=d.maintenant)


def etats(serie: Serie) -> list[tuple[str, int]]:
    with comme_portail():
        return list(serie.lignes.order_by("rang").values_list("etat", "essai"))


@pytest.fixture(autouse=True)
def sans_pdf(monkeypatch):
    monkeypatch.setattr(emission, "rendre", lambda *_, **__: Rendu(b"%PDF-1.7", 1))


def test_une_ligne_refusee_puis_reprise_par_une_autre_personne(distribution: Distribution):
    d = distribution
    (autre,) = dossiers(d, 1)
    serie = lancer(d, [autre, d.dossier.numero])
    adresse = reverse("serie", args=[serie.pk])
    with horloge.figer(d.maintenant):
        d.fait("signataire", "proposer_contrat_amorcage")
        with pytest.raises(Conflit, match="n’est à reprendre"):
            reprendre(d, serie, "instructeur")
        relais.vider(types=("serie", "document"))
        relais.vider(types=("serie", "document"))
        assert etats(serie) == [("proposee", 1), ("refusee", 1)]
        assert "Reprendre 1 dossier non proposé" in client_de(d, "signataire").get(adresse).content.decode().replace(
            "\u00a0", " "
        )
        assert client_de(d, "etranger").post(adresse).status_code == 404
        assert client_de(d, "porteur").post(adresse).status_code == 403
        for qui, erreur in (("etranger", Introuvable), ("porteur", Interdit)):
            with pytest.raises(erreur):
                reprendre(d, serie, qui)
        # Asked again too early, it is refused again for the same reason; he who asked first has left meanwhile.
        Rattachement.objects.filter(utilisateur=d.utilisateurs["instructeur"]).update(retire_le=d.maintenant)
        assert client_de(d, "signataire").post(adresse).status_code == 302
        relais.vider(types=("serie", "document"))
        assert etats(serie) == [("proposee", 1), ("refusee", 2)]
        d.fait("porteur", "refuser_contrat", motif="Le nom est à corriger.")
        assert client_de(d, "signataire").post(adresse).status_code == 302
        assert client_de(d, "signataire").post(adresse).status_code == 409, "deux clics, une reprise"
        relais.vider(types=("serie", "document"))
    assert etats(serie) == [("proposee", 1), ("proposee", 3)]
    with comme_portail():
        contrat = Contrat.objects.get(dossier=d.dossier, statut="propose")
        assert contrat.propose_par == d.utilisateurs["signataire"]
        motifs = [e.donnees["dossiers"] for e in Evenement.objects.filter(type="serie_reprise").order_by("pk")]
        assert [list(m) for m in motifs] == [[d.dossier.numero]] * 2
        assert "déjà en signature" in motifs[0][d.dossier.numero]
        assert Contrat.objects.filter(dossier__numero=autre).count() == 1, "une ligne faite ne se refait pas"


def test_une_ligne_abandonnee_par_une_panne_se_reprend_une_seule_fois(distribution: Distribution):
    d = distribution
    serie = lancer(d, [d.dossier.numero])
    adresse = reverse("serie", args=[serie.pk])
    with comme_portail():
        ligne = serie.lignes.get()
        Envoi.objects.filter(cle=ligne.cle).update(statut="rebut")
    with horloge.figer(d.maintenant):
        page = client_de(d, "instructeur").get(adresse).content.decode()
        assert "Échec technique" in page
        assert 'http-equiv="refresh"' not in page
        assert client_de(d, "instructeur").post(adresse).status_code == 302
        assert "En attente" in client_de(d, "instructeur").get(adresse).content.decode()
        # The administration puts the first effect back meanwhile: both are delivered, one is done.
        Envoi.objects.filter(cle=f"serie:{ligne.pk}").update(statut="pret")
        relais.vider(types=("serie", "document"))
        relais.vider(types=("serie", "document"))
    assert etats(serie) == [("proposee", 2)]
    with comme_portail():
        assert Contrat.objects.filter(dossier=d.dossier).count() == 1
