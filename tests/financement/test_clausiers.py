"""Clauses as editable text: national and regional versions, variables, previews; a contract takes the text in force on its day."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents import texte_riche
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.typographie import accord
from financement.models import Clausier
from financement.services import clausiers
from tests.fabriques import client_de, make_acteur, make_utilisateur
from tests.financement.conftest import MIDI, Distribution
from tests.financement.test_contrats import contrat_de

pytestmark = pytest.mark.django_db
JOUR = MIDI.date()


def fait(acteur, nom: str, annexe: str = "amorcage", **champs):
    with contexte(acteur):
        return getattr(clausiers, nom)(annexe=annexe, acteur=acteur, maintenant=MIDI, **champs)


def activer(acteur, projet: Clausier, **champs) -> Clausier:
    return fait(acteur, "activer", revision=projet.revision, objet="Essai", **({"valide_du": JOUR} | champs))


def titres(region: str | None) -> list[str]:
    with comme_portail():
        return [a.titre for a in clausiers.en_vigueur("amorcage", region, JOUR).articles]


def test_une_region_recrit_ajoute_deplace_et_revient_au_national():
    signataire, national = make_acteur("ars_signataire"), make_acteur("admin_national")
    depart = titres("76")
    with pytest.raises(Interdit):
        fait(make_acteur("ars_instructeur"), "bouger", code="objet", pas=1, revision=0)
    projet = fait(signataire, "ecrire", code="nouveau", titre="Appui local", texte="- un\n- deux", revision=0)
    projet = fait(
        signataire,
        "ecrire",
        code="emploi-des-fonds",
        titre="Emploi des fonds",
        texte="Compte **clos** chaque année.",
        revision=1,
    )
    with pytest.raises(Conflit, match="a changé depuis"):
        fait(signataire, "bouger", code="objet", pas=1, revision=1)
    assert titres("76") == depart, "un projet ne change pas le texte en vigueur"
    projet = fait(signataire, "bouger", code=projet.articles[-1]["code"], pas=-1, revision=projet.revision)
    projet = activer(signataire, projet)
    assert titres("76") == [*depart[:-1], "Appui local", depart[-1]]
    assert titres("53") == titres(None) == depart
    with comme_portail():
        lu = {a.code: a for a in clausiers.en_vigueur("amorcage", "76", JOUR).articles}
    assert lu["emploi-des-fonds"].html == "<p>Compte <strong>clos</strong> chaque année.</p>"

    # The national text moves on: the région reads it where she wrote nothing.
    ligne = fait(national, "ecrire", code="duree", titre="Durée et terme", texte="Deux ans.", revision=0)
    activer(national, ligne)
    assert "Durée et terme" in titres("76")
    with comme_portail():
        assert (
            clausiers.en_vigueur("amorcage", "76", JOUR).nom == "texte Occitanie, version 1 (texte national, version 2)"
        )
        assert clausiers.en_vigueur("amorcage", "76", JOUR - timedelta(days=1)).nom == "texte national, version 1"

    retour = fait(signataire, "retirer", code="emploi-des-fonds", revision=0)
    activer(signataire, retour)
    with comme_portail():
        lu = {a.code: a for a in clausiers.en_vigueur("amorcage", "76", JOUR).articles}
        assert lu["emploi-des-fonds"].origine == "national"
        assert Evenement.objects.filter(type="clausier_active").count() == 3
    with pytest.raises(IntegrityError, match="ne se réécrit pas"), transaction.atomic():
        Clausier.objects.filter(pk=projet.pk).update(objet="Autre")
    with pytest.raises(IntegrityError, match="ne se réécrit pas"), transaction.atomic():
        Clausier.objects.filter(pk=projet.pk).delete()


def test_le_texte_national_dit_quelles_regions_il_laisse_incompletes():
    """What a région wrote herself no longer says what the nation moved there: named before it is activated, and completed afterwards."""
    signataire, national, autre = (make_acteur(r) for r in ("ars_signataire", "admin_national", "admin_regional"))
    client, region = client_de(make_utilisateur("admin_national")), client_de(make_utilisateur("ars_signataire"))
    page, liste = reverse("clausier", args=["amorcage"]), reverse("clausiers")
    projet = fait(signataire, "ecrire", code="duree", titre="Durée locale", texte="Deux ans.", revision=0)
    activer(signataire, projet)
    with comme_portail():
        avant = {a.code: a for a in clausiers.en_vigueur("amorcage", None, JOUR).articles}
    du_montant = next(a for a in avant.values() if "{{ seconde_part }}" in a.html)
    cite = texte_riche.vers_saisie(avant["duree"].html) + "\n\nSeconde part\u00a0: {{ seconde_part }}."
    ligne = fait(national, "ecrire", code="duree", titre="Durée", texte=cite, revision=0)
    with horloge.figer(MIDI):
        assert "Contrats incomplets" not in client.get(page).content.decode()
    ailleurs = texte_riche.vers_saisie(du_montant.html).replace("{{ seconde_part }}", "le reste")
    ligne = fait(
        national, "ecrire", code=du_montant.code, titre=du_montant.titre, texte=ailleurs, revision=ligne.revision
    )
    with horloge.figer(MIDI):
        lue = client.get(page).content.decode()
        assert f"Contrats incomplets dans {accord(1, 'région')}" in lue
        assert "Occitanie\u00a0:" in lue
        phrase = (
            "«\u00a0seconde_part\u00a0» (seconde part) manque à sa rédaction de l’article «\u00a0Durée locale\u00a0»"
        )
        assert phrase in lue
        envoi = {"revision": str(ligne.revision), "valide_du": JOUR.isoformat(), "objet": "Seconde part"}
        assert "tout nouveau contrat\u00a0: Occitanie." in client.post(page, envoi, follow=True).content.decode()
        # The région reads why on her page, which opens, and completes her text there.
        assert region.get(liste).status_code == 200
        manque = region.get(page)
        assert (manque.status_code, "Aucun contrat ne peut être proposé" in manque.content.decode()) == (200, True)
    with comme_portail(), pytest.raises(ErreurMetier, match="seconde_part"):
        clausiers.en_vigueur("amorcage", "76", JOUR)
    with comme_portail():
        assert clausiers.en_vigueur("amorcage", "53", JOUR)
    projet = fait(autre, "ecrire", code="duree", titre="Durée locale", texte="Puis {{ seconde_part }}.", revision=0)
    activer(autre, projet)
    with horloge.figer(MIDI):
        assert "Aucun contrat ne peut" not in region.get(page).content.decode()


def test_une_variable_inconnue_ou_absente_est_nommee():
    signataire = make_acteur("ars_signataire")

    def refus(**champs) -> ErreurMetier:
        with pytest.raises(ErreurMetier) as levee:
            fait(
                signataire,
                "ecrire",
                **({"code": "nouveau", "titre": "Essai", "texte": "Essai", "revision": 0} | champs),
            )
        return levee.value

    assert "«\u00a0iban\u00a0»" in refus(texte="Au compte {{ iban }}.").champs["texte"][0]
    assert "«\u00a0equipe\u00a0»" in refus(texte="Pour {{ **equipe** }}.").champs["texte"][0]
    assert "accolades" in refus(texte="Pour {{ equipe.").champs["texte"][0]
    assert set(refus(titre=" ", texte="<script>x</script><p> </p>").champs) == {"titre", "texte"}
    manque = refus(code="montant-et-versement", texte="À verser : {{ premiere_part }}.")
    assert "la variable obligatoire «\u00a0seconde_part\u00a0» (seconde part)" in manque.message
    with comme_portail():
        assert not Clausier.objects.filter(version__gt=1).exists()
    projet = fait(signataire, "bouger", code="objet", pas=1, revision=0)
    for champs, phrase in (
        ({"valide_du": JOUR - timedelta(days=1)}, "ne vaut pas pour le passé"),
        ({"objet": " "}, "ce qui change"),
    ):
        with pytest.raises(ErreurMetier) as levee:
            fait(signataire, "activer", revision=projet.revision, **({"valide_du": JOUR, "objet": "x"} | champs))
        assert phrase in str(levee.value.champs)
    fait(signataire, "abandonner", revision=projet.revision)
    with pytest.raises(Conflit, match="abandonné"):
        activer(signataire, projet)


@pytest.mark.parametrize(
    ("saisie", "propre"),
    [
        (
            "Un **gras**, *incliné*.\nsuite\n\n1. a\n2. b",
            "<p>Un <strong>gras</strong>, <em>incliné</em>.<br>suite</p><ol><li>a</li><li>b</li></ol>",
        ),
        ("•\tun\n•\tdeux", "<ul><li>un</li><li>deux</li></ul>"),
        ("a < b & 2 * 3 * 4 <script>x</script>", "<p>a &lt; b &amp; 2 * 3 * 4 &lt;script&gt;x&lt;/script&gt;</p>"),
        (
            '<p class=MsoNormal style="color:red"><b>Objet</b><o:p></o:p></p><!--[if gte mso 9]><xml>z</xml><![endif]-->'
            '<p class=MsoListParagraph><span>·<span>&nbsp;&nbsp; </span></span>Un</p><p onclick="x()">Fin<script>alert(1)</script></p>',
            "<p><strong>Objet</strong></p><ul><li>Un</li></ul><p>Fin</p>",
        ),
    ],
)
def test_ce_qui_est_saisi_ou_colle_devient_un_texte_propre(saisie: str, propre: str):
    assert texte_riche.depuis_saisie(saisie) == propre
    assert texte_riche.depuis_saisie(texte_riche.vers_saisie(propre)) == propre


def test_un_contrat_prend_le_texte_de_son_jour_et_les_ecrans_le_montrent(distribution: Distribution):
    client = client_de(make_utilisateur("ars_signataire"))
    page, article = (
        reverse("clausier", args=["amorcage"]),
        reverse("clausier_article", args=["amorcage", "emploi-des-fonds"]),
    )
    with horloge.figer(MIDI):
        assert "affecté à l’objet" in client.get(article).content.decode()
        faux = client.post(article, {"revision": "0", "titre": "Emploi", "texte": "{{ iban }}"})
        assert (faux.status_code, "Variable inconnue" in faux.content.decode()) == (422, True)
        envoi = {"revision": "0", "titre": "Emploi des fonds", "texte": "Compte **clos** pour {{ equipe }}."}
        assert client.post(article, envoi).status_code == 302
        assert client.post(article, envoi).status_code == 422, "périmé"
        contenu = client.get(page).content.decode()
        assert "Article modifié" in contenu
        assert "<ins>" in contenu
        assert "<del>" in contenu
        apercu = client.get(reverse("clausier_apercu", args=["amorcage"]), {"dossier": distribution.dossier.numero})
        assert f"Compte <strong>clos</strong> pour {distribution.dossier.nom}." in apercu.content.decode()
        assert "sans valeur contractuelle" in apercu.content.decode()
        assert client.get(reverse("clausier_apercu", args=["amorcage"]), {"dossier": "76-1999-0001"}).status_code == 404
        pdf = client.get(reverse("clausier_apercu_pdf", args=["amorcage"]))
        assert pdf.content.startswith(b"%PDF-")
        assert client.post(page, {"revision": "1", "valide_du": "2026-03-01", "objet": "x"}).status_code == 422
        assert client.post(page, {"revision": "1", "valide_du": "2026-03-02", "objet": "Clôture"}).status_code == 302
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    pris = contrat_de(distribution).contenu
    lues = {c["code"]: c["html"] for c in pris["clauses"]}
    assert lues["emploi-des-fonds"] == f"<p>Compte <strong>clos</strong> pour {distribution.dossier.nom}.</p>"
    assert pris["modele"] == "texte Occitanie, version 1 (texte national, version 1)"


def dits(contrat) -> list[str]:
    """What the mail that proposes a contract says between its first and its last sentences, the same to the three parties."""
    with comme_portail():
        envois = Envoi.objects.filter(cle__startswith=f"courriel:financement:contrat_propose:{contrat.pk}:")
        lus = [e.charge["contexte"] for e in envois]
    assert len(lus) == 3
    assert {x["chemin"] for x in lus} == {reverse("contrat", args=[contrat.dossier.numero, contrat.pk])}
    assert len({tuple(x["phrases"]) for x in lus}) == 1
    return lus[0]["phrases"][1:-1]


def test_une_nouvelle_version_se_signe_de_nouveau_et_dit_ce_qui_change(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("porteur", "signer_amorcage")
    signataire = make_acteur("ars_signataire")
    activer(
        signataire, fait(signataire, "ecrire", code="duree", titre="Durée", texte="Il dure **deux ans**.", revision=0)
    )
    client = client_de(distribution.utilisateurs["porteur"])
    with horloge.figer(MIDI):
        premiere = client.get(reverse("contrat", args=[distribution.dossier.numero, contrat_de(distribution).pk]))
        assert "Ce qui change</h2>" not in premiere.content.decode()
        distribution.fait("gestionnaire", "proposer_contrat_amorcage", objet_version="Durée")
        seconde = contrat_de(distribution)
        assert (seconde.version, seconde.reste_a_signer()) == (2, ["equipe", "ars", "caisse"])
        assert dits(premiere.context["contrat"]) == []
        assert dits(seconde) == [
            "Cette version remplace la version 1, qui était en signature.",
            "La signature déjà donnée (l’équipe) n’a plus d’effet\u00a0: chaque partie signe de nouveau, même si elle avait signé.",
            "Ce qui change\u00a0: Durée. Passages concernés\u00a0: «\u00a0Durée\u00a0». Les différences sont montrées sur la page du contrat.",
        ]
        page = client.get(reverse("contrat", args=[distribution.dossier.numero, seconde.pk])).content.decode()
    assert "Différences avec la version 1" in page
    assert page.count("Article modifié") == 1
    assert "<ins>" in page
    assert "<del>" in page
    assert "Article ajouté" not in page
    with horloge.figer(MIDI):
        adresse = reverse("contrat_word", args=[distribution.dossier.numero, seconde.pk])
        word, encore = client.get(adresse), client.get(adresse)
        assert (
            client.get(adresse.replace(str(seconde.pk), str(contrat_de(distribution, version=1).pk))).status_code == 404
        )
    assert word.content == encore.content
    lu = Document(io.BytesIO(word.content))
    assert lu.sections[0].header.paragraphs[0].text.startswith("Projet, sans valeur contractuelle")
    lignes = [p.text for p in lu.paragraphs]
    assert "Il dure deux ans." in lignes
    assert [p.text for p in lu.paragraphs if any(r.bold and r.text == "deux ans" for r in p.runs)] == [
        "Il dure deux ans."
    ]
    assert [c.text for c in lu.tables[0].rows[-1].cells] == ["Total", "", "80\u00a0000\u00a0€"]
