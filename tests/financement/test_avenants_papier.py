"""Avenants to a contract signed out of the portal, whose text is its scan; what an avenant may not say or decide."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.actions import preparer
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.donnees import lire
from ess_portal.documents.models import Document
from ess_portal.documents.rendu import rendre
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.models import Contrat, DemandeAvenant
from financement.services import series
from financement.services.reprise import reprendre_contrat
from financement.services.textes import empreinte
from tests.financement.conftest import Distribution
from tests.financement.test_avenants import dernier, proposer
from tests.financement.test_series import lancer


@pytest.fixture
def papier(distribution: Distribution, passer) -> Contrat:
    """The credit signed by hand before the portal."""
    d = distribution
    with comme_portail():
        contrat = reprendre_contrat(
            dossier=d.dossier, type="amorcage", montant=Decimal(80000), signe_le=(d.maintenant - timedelta(days=20)).date(),
            acteur=d.acteurs["instructeur"], maintenant=d.maintenant, reference="GED 2026/14",
        )  # fmt: skip
    passer("amorcage_signe")
    return contrat


def page(d: Distribution, nom: str, *suite: object, **champs: str) -> str:
    client = Client()
    client.force_login(d.utilisateurs["signataire"])
    with horloge.figer(d.maintenant):
        reponse = client.get(reverse(nom, args=[d.dossier.numero, *suite]), champs)
    assert reponse.status_code == 200
    return reponse.content.decode().replace("\u00a0", " ")


def signer(d: Distribution) -> Contrat:
    with horloge.figer(d.maintenant):
        d.signe_a_trois("signer_avenant")
    return dernier(d)


def test_il_porte_ses_propres_articles_et_la_version_consolidee_dit_que_le_texte_est_le_scan(distribution, papier):
    d, jour = distribution, distribution.maintenant.date()
    client = Client()
    client.force_login(d.utilisateurs["signataire"])
    with horloge.figer(d.maintenant):
        adresse = reverse("contrat_consolide", args=[d.dossier.numero, papier.pk])
        assert client.get(adresse).status_code == 404, "rien à lire sans avenant"
        with contexte(d.acteurs["instructeur"]):
            action, dossier = preparer(
                "proposer_avenant", numero=d.dossier.numero, acteur=d.acteurs["instructeur"], maintenant=d.maintenant
            )
            champs = action.formulaire(dossier=dossier, acteur=d.acteurs["instructeur"]).fields
    assert "articles" not in champs
    assert [c for c, _ in champs["particulier"].choices] == ["", "ajouter", "remplacer", "retirer"]
    for champ, faux in {
        "particulier_titre": {"particulier": "remplacer", "particulier_titre": " "},
        "particulier_texte": {"particulier": "remplacer", "particulier_texte": " "},
        "particulier": {"particulier": "remplacer:objet"},
        "articles": {"particulier": "", "particulier_titre": "", "particulier_texte": ""},
    }.items():
        with pytest.raises(ErreurMetier) as leve:
            proposer(d, **({"date_effet": jour} | faux))
        assert champ in leve.value.champs, champ

    nomme = {"particulier_titre": "Article 4,  Montant", "particulier_texte": "Quarante mille euros."}
    avenant = proposer(d, date_effet=jour, particulier="remplacer", **nomme)
    assert empreinte(avenant.contenu) == avenant.empreinte
    vue = page(d, "contrat", avenant.pk)
    assert "Article remplacé : Article 4, Montant" in vue
    assert "Son texte est celui de l’exemplaire signé" in vue
    avenant = signer(d)
    assert avenant.contenu["sur_papier"] is True
    lue = page(d, "contrat_consolide", papier.pk)
    assert "Il a été signé hors du portail : son texte est celui de l’exemplaire signé" in lue
    assert "Article modifié par l’avenant n° 1" in lue
    assert "Aucun avenant n’a encore pris effet" in page(
        d, "contrat_consolide", papier.pk, au=(jour - timedelta(days=1)).isoformat()
    )
    # The same article again, under the name that it bears: one article, not two; then removed, it stays named.
    proposer(d, date_effet=jour, particulier="remplacer", particulier_titre="article 4, montant", particulier_texte="Trente.")  # fmt: skip
    signer(d)
    proposer(d, date_effet=jour, particulier="retirer", particulier_titre="Article 9", particulier_texte="")
    signer(d)
    code = avenant.contenu["changements"][0]["code"]
    proposer(d, date_effet=jour, particulier=f"retirer:{code}", particulier_titre="", particulier_texte="")
    signer(d)
    with pytest.raises(ErreurMetier):
        proposer(d, date_effet=jour, particulier=f"remplacer:{code}")
    with comme_portail():
        consolidee = Document.objects.get(dossier=d.dossier, cle=f"contrat_consolide:{papier.pk}:4")
        propose = Document.objects.get(pk=avenant.document_id)
    assert [(a["titre"], a["source"]) for a in consolidee.donnees["articles"]] == [
        ("article 4, montant", "supprimé par l’avenant n°\u00a04"),
        ("Article 9", "supprimé par l’avenant n°\u00a03"),
    ]
    for document in (propose, consolidee):
        assert rendre(
            document.type, lire(document.type, document.donnees), titre="Essai", version=1, code="ABCD-EFGH"
        ).octets.startswith(b"%PDF")


def test_une_serie_de_textes_laisse_les_contrats_sur_papier(distribution, papier):
    with contexte(distribution.acteurs["instructeur"]):
        assert not series.possibles("avenant", distribution.acteurs["instructeur"], distribution.maintenant).exists()


def test_un_avenant_ne_vaut_pas_pour_le_passe_et_n_a_pas_de_variable(contrat_signe: Distribution):
    d = contrat_signe
    d.avance(10)
    for champ, phrase, faux in (
        ("date_effet", "ne vaut pas pour le passé", {"date_effet": d.maintenant.date() - timedelta(days=1)}),
        ("particulier_texte", "accolades", {"particulier_texte": "Pour {{ equipe }}, {{ iban }}."}),
        ("particulier_titre", "accolades", {"particulier_titre": "Pour {% x %}"}),
    ):
        with pytest.raises(ErreurMetier) as leve:
            proposer(d, **faux)
        assert phrase in leve.value.champs[champ][0]
    with comme_portail():
        assert not Contrat.objects.filter(dossier=d.dossier, type="avenant").exists()
    with pytest.raises(ErreurMetier) as leve:
        lancer(d, [d.dossier.numero], genre="avenant", objet_version="x", date_effet=d.maintenant.date() - timedelta(days=1))  # fmt: skip
    assert "date_effet" in leve.value.champs


def test_une_balise_hostile_reste_un_texte(contrat_signe: Distribution):
    """Pasted markup keeps its words and nothing that runs, on the screen as in the file."""
    d = contrat_signe
    hostile = '<p>Avant<script>alert(1)</script><img src=x onerror="alert(2)"></p><a href="javascript:x">lien</a>'
    avenant = proposer(d, particulier_titre="<b onmouseover=x>Titre</b>", particulier_texte=hostile)
    html = avenant.contenu["changements"][-1]["html"]
    assert "<script" not in html
    assert "onerror" not in html
    assert "javascript" not in html
    vue = page(d, "contrat", avenant.pk)
    assert "<b onmouseover" not in vue
    assert "&lt;b onmouseover" in vue


def test_seule_l_ars_accorde_la_demande_et_pas_par_une_serie(contrat_signe: Distribution):
    d = contrat_signe

    def issues() -> list[str]:
        with comme_portail():
            return list(DemandeAvenant.objects.filter(dossier=d.dossier).values_list("issue", flat=True))

    with horloge.figer(d.maintenant):
        d.fait("porteur", "demander_avenant", objet="Étendre le territoire au Tarn")
    proposer(d, qui="gestionnaire")
    assert issues() == [""], "la caisse ne répond pas à la place de l’ARS"
    with horloge.figer(d.maintenant):
        d.fait("gestionnaire", "proposer_avenant", objet_version="Contact", date_effet=d.maintenant.date(), particulier="ajouter", particulier_titre="T", particulier_texte="t", repond_a_la_demande=True)  # fmt: skip
    assert issues() == [""]
    for qui, attendu in (("gestionnaire", False), ("instructeur", True)):
        with horloge.figer(d.maintenant), contexte(d.acteurs[qui]):
            action, dossier = preparer(
                "proposer_avenant", numero=d.dossier.numero, acteur=d.acteurs[qui], maintenant=d.maintenant
            )
            aide = action.formulaire(dossier=dossier, acteur=d.acteurs[qui]).fields["objet_version"].help_text
        assert ("accorde la demande" in aide) is attendu
    with horloge.figer(d.maintenant), contexte(d.acteurs["instructeur"]):
        donnees = series._donnees(
            series.Serie(genre="avenant", donnees={"objet_version": "x", "date_effet": "2026-04-01"}), _change(d), d.maintenant
        )  # fmt: skip
    assert donnees["repond_a_la_demande"] is False
    proposer(d)
    assert issues() == ["accordee"]


def _change(d: Distribution):
    d.dossier.departements = ["31", "81"]
    d.dossier.save(update_fields=("departements",))
    return d.dossier


def test_une_nouvelle_version_d_un_avenant_montre_ce_qui_change_et_dit_que_les_signatures_tombent(contrat_signe):
    d = contrat_signe
    proposer(d)
    with horloge.figer(d.maintenant):
        d.fait("porteur", "signer_avenant")
    seconde = proposer(d, particulier_texte="Il répond **tous les jours**.", objet_version="Point de contact")
    vue = page(d, "contrat", seconde.pk)
    assert "Différences avec la version 1" in vue
    assert "chaque partie signe de nouveau" in vue
    ecrit = vue.partition("Différences avec la version 1")[2].partition("Différences avec le texte en vigueur")[0]
    assert [m for m in ("lundi", "tous", "Parties", "Tarn") if m in ecrit] == ["lundi", "tous", "Tarn"]
