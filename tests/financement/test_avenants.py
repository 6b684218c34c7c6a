"""An avenant: the changed clauses only, signed by three and sealed as the contract was, in effect on its day; the text that then stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.actions import preparer
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document, Sceau
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.livre.soldes import par_enveloppe
from financement.models import Contrat, DemandeAvenant
from financement.selectors import consolide
from financement.services.textes import empreinte
from tests.financement.conftest import Distribution

OBJET = "Extension du territoire au Tarn"


def proposer(d: Distribution, qui: str = "instructeur", **champs) -> Contrat:
    champs = {
        "objet_version": OBJET,
        "date_effet": d.maintenant.date() + timedelta(days=30),
        "particulier": "ajouter",
        "particulier_titre": "Point de contact",
        "particulier_texte": "Il répond **du lundi au vendredi**.",
        **champs,
    }
    with horloge.figer(d.maintenant):
        d.fait(qui, "proposer_avenant", **champs)
    return dernier(d)


def dernier(d: Distribution) -> Contrat:
    with comme_portail():
        return Contrat.objects.filter(dossier=d.dossier, type="avenant").latest("pk")


def possibles(d: Distribution) -> dict[str, str]:
    """The choices of the form: code → words."""
    with horloge.figer(d.maintenant), contexte(d.acteurs["instructeur"]):
        action, dossier = preparer(
            "proposer_avenant", numero=d.dossier.numero, acteur=d.acteurs["instructeur"], maintenant=d.maintenant
        )
        formulaire = action.formulaire(dossier=dossier, acteur=d.acteurs["instructeur"])
        return dict(formulaire.fields["articles"].choices) if "articles" in formulaire.fields else {}


def texte_au(d: Distribution, jour: date) -> dict[str, tuple[str, int]]:
    with comme_portail():
        dossier = d.relu()
        contrat = Contrat.objects.get(dossier=dossier, type="amorcage", statut="signe")
        lus = consolide.consolider(dossier, contrat, jour).articles
    return {a.titre: (a.html, a.source) for a in lus}


def test_un_avenant_de_sa_proposition_a_la_version_consolidee(contrat_signe: Distribution):
    d = contrat_signe
    d.avance(10)
    jour = d.maintenant.date()
    # Nothing changed in the dossier but the association, which no clause cites: the model has nothing to say.
    assert possibles(d) == {}
    with comme_portail():
        d.dossier.departements = ["31", "81"]
        d.dossier.save(update_fields=("departements",))
    assert list(possibles(d).values()) == ["Article 1, Objet (remplacé)"]
    codes = list(possibles(d))

    for champ, faux in {
        "date_effet": {"date_effet": jour - timedelta(days=60)},
        "articles": {"particulier": "", "particulier_titre": "", "particulier_texte": ""},
        "particulier": {"particulier": ""},
        "particulier_texte": {"particulier_texte": " "},
        "particulier_titre": {"particulier_titre": " "},
        "objet_version": {"objet_version": "  "},
    }.items():
        with pytest.raises(ErreurMetier) as leve:
            proposer(d, **faux)
        assert champ in leve.value.champs
    with pytest.raises((ErreurMetier, Interdit)):
        proposer(d, qui="porteur")
    with pytest.raises(ErreurMetier):
        proposer(d, articles=["inconnu"])

    premier = proposer(d, articles=codes)
    assert (premier.rang, premier.version, premier.statut) == (1, 1, "propose")
    d.fait("porteur", "signer_avenant")
    # Another version: the signature given on the first one lapses.
    avenant = proposer(d, articles=codes, objet_version="Extension et point de contact")
    with comme_portail():
        assert Contrat.objects.get(pk=premier.pk).statut == "remplace"
    assert (avenant.rang, avenant.version) == (1, 2)
    assert [c["geste"] for c in avenant.contenu["changements"]] == ["remplace"] * len(codes) + ["ajoute"]
    assert empreinte(avenant.contenu) == avenant.empreinte
    with pytest.raises(Conflit, match="n’est pas possible"):
        d.fait("instructeur", "proposer_contrat_dotation")

    d.avance(1)
    with comme_portail():
        avant = par_enveloppe(d.relu())
    d.signe_a_trois("signer_avenant")
    avenant = dernier(d)
    assert (avenant.statut, avenant.date_effet) == ("signe", jour + timedelta(days=30))
    assert d.dossier.statut == "amorcage_signe"
    with comme_portail():
        assert par_enveloppe(d.dossier) == avant
        assert Sceau.objects.filter(document=avenant.document_id).count() == 3
        assert Evenement.objects.filter(dossier=d.dossier, type="signer_avenant").count() == 1
        consolidee = Document.objects.get(dossier=d.dossier, type="contrat_consolide")
    titres = [a["titre"] for a in consolidee.donnees["articles"]]
    assert titres[-1] == "Point de contact"
    assert consolidee.donnees["au"] == avenant.date_effet.isoformat()
    assert [a["source"] for a in consolidee.donnees["articles"]][-1] == "ajouté par l’avenant n°\u00a01"

    # The day before its effect the contract reads as it was signed.
    veille, le_jour = texte_au(d, avenant.date_effet - timedelta(days=1)), texte_au(d, avenant.date_effet)
    assert "Point de contact" not in veille
    assert {source for _html, source in veille.values()} == {0}
    assert le_jour["Point de contact"] == ("<p>Il répond <strong>du lundi au vendredi</strong>.</p>", 1)
    assert any("Tarn" in html for html, source in le_jour.values() if source == 1)
    assert not any("Tarn" in html for html, _source in veille.values())

    # The next one starts from this text, and not before it.
    with pytest.raises(ErreurMetier) as leve:
        proposer(d, date_effet=avenant.date_effet - timedelta(days=1))
    assert "L’avenant précédent" in leve.value.champs["date_effet"][0]
    code = avenant.contenu["changements"][-1]["code"]
    second = proposer(
        d, date_effet=avenant.date_effet, particulier=f"retirer:{code}", particulier_titre="", particulier_texte=""
    )
    assert (second.rang, second.version) == (2, 1)
    _pages(d, avenant, second)

    # The contract it changes ends first: nothing is left to sign.
    with comme_portail():
        Contrat.objects.filter(dossier=d.dossier, type="amorcage", statut="signe").update(statut="resilie")
    with pytest.raises(Conflit, match="a pris fin"):
        d.fait("porteur", "signer_avenant")
    with comme_portail():
        Contrat.objects.filter(dossier=d.dossier, type="amorcage").update(statut="signe")


def test_la_demande_de_l_equipe_et_le_silence_de_l_ars(contrat_signe: Distribution):
    """CAL-6: two months, suspended by the items asked for; then it is rejected without anybody, and may be granted all the same."""
    d = contrat_signe

    def fait(qui: str, acte: str, **champs) -> None:
        with horloge.figer(d.maintenant):
            d.fait(qui, acte, **champs)

    def page() -> str:
        client = Client()
        client.force_login(d.utilisateurs["porteur"])
        with horloge.figer(d.maintenant):
            return client.get(reverse("contrats_dossier", args=[d.dossier.numero])).content.decode()

    with pytest.raises(ErreurMetier):
        fait("signataire", "demander_avenant", objet="x")
    fait("porteur", "demander_avenant", objet="Étendre le territoire au Tarn")
    with pytest.raises(ErreurMetier):
        fait("porteur", "demander_avenant", objet="Encore")
    assert "au plus tard le 2\u00a0mai\u00a02026\u00a0; sans réponse, la demande est réputée rejetée" in page()
    for reponse in ("refuser", "pieces"):
        with pytest.raises(ErreurMetier) as leve:
            fait("instructeur", "repondre_demande_avenant", reponse=reponse)
        assert "motif" in leve.value.champs
    d.avance(10)
    fait("instructeur", "repondre_demande_avenant", reponse="pieces", motif="Statuts à jour.")
    d.avance(5)
    fait("porteur", "completer_demande_avenant", complement="Statuts déposés")
    assert "au plus tard le 7\u00a0mai\u00a02026" in page()
    d.avance(60)
    assert "Réputée rejetée" in page()
    with pytest.raises(ErreurMetier, match="peut encore être accordée"):
        fait("instructeur", "repondre_demande_avenant", reponse="refuser", motif="Non")
    # Asked again, it is granted by the avenant that the ARS proposes.
    fait("porteur", "demander_avenant", objet="Étendre le territoire au Tarn")
    proposer(d)
    assert "Accordée" in page()
    with comme_portail():
        lues = DemandeAvenant.objects.filter(dossier=d.dossier).order_by("pk")
        assert [(x.issue, x.est_remplacee) for x in lues] == [("", True), ("accordee", False)]


def _pages(d: Distribution, avenant: Contrat, second: Contrat) -> None:
    client = Client()
    client.force_login(d.utilisateurs["signataire"])
    numero = d.dossier.numero
    with horloge.figer(d.maintenant):
        page = client.get(reverse("contrat", args=[numero, second.pk])).content.decode()
        assert "supprimé\u00a0: Point de contact" in page
        assert "Version 2" not in page
        liste = client.get(reverse("contrats_dossier", args=[numero])).content.decode()
        assert "Avenant n°\u00a01" in liste
        adresse = reverse("contrat_consolide", args=[numero, avenant.modifie_id])
        lue = client.get(adresse, {"au": avenant.date_effet.isoformat()}).content.decode()
        assert "ajouté par l’avenant n°\u00a01" in lue
        assert "Pas encore" not in lue
        assert "Pas encore" in client.get(adresse).content.decode()
        assert client.get(adresse, {"au": "hier"}).status_code == 422
        assert client.get(reverse("contrat_consolide", args=[numero, avenant.pk])).status_code == 404
        assert client.get(reverse("contrat_word", args=[numero, second.pk])).status_code == 200
