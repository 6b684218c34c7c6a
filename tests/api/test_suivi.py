"""The lists of a dossier, the bytes of its documents, the sandbox's clock, the schema."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.documents.services import produire
from ess_portal.socle import horloge
from tests.fabriques import PDF, Distribution, make_dossier, make_piece, make_utilisateur

from .conftest import Appelant, appelant

LISTES = ("echeances", "journal", "documents", "pieces", "avis", "recours", "versements", "adhesions", "rapports")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("liste", LISTES)
def test_listes_d_un_dossier(liste: str):
    d = make_dossier("amorcage_signe").distribution
    for qui in ("porteur", "instructeur", "gestionnaire", "regional", "national"):
        reponse = appelant(d.utilisateur(qui)).get(f"dossiers/{d.numero}/{liste}/")
        assert reponse.status_code == 200, (qui, reponse.content)
        corps = reponse.json()
        assert set(corps) == {"count", "next", "previous", "results"}
        attendues = 0 if liste in ("recours", "versements", "adhesions", "rapports", "pieces") else 1
        assert corps["count"] >= attendues
    voisin = appelant(make_utilisateur("ars_instructeur", departement="35"))
    etranger, absent = (voisin.get(f"dossiers/{n}/{liste}/") for n in (d.numero, "76-1999-9999"))
    assert (etranger.status_code, absent.status_code) == (404, 404)
    assert etranger.content == absent.content


def test_montants_et_journal_d_une_vie_entiere():
    d = make_dossier("dotation_active").distribution
    caisse, porteur = appelant(d.utilisateur("gestionnaire")), appelant(d.utilisateur("porteur"))
    versements = caisse.get(f"dossiers/{d.numero}/versements/").json()["results"]
    assert [(v["nature"], v["montant"], v["statut"]) for v in versements] == [
        ("amorcage_1", "40000.00", "paye"),
        ("amorcage_2", "40000.00", "paye"),
    ]
    adhesions = porteur.get(f"dossiers/{d.numero}/adhesions/").json()["results"]
    assert {a["etat"] for a in adhesions} == {"signee"}
    assert all(len(a["rpps"]) == 11 for a in adhesions)
    lus = {
        q: {e["type"] for e in appelant(d.utilisateur(q)).get(f"dossiers/{d.numero}/journal/").json()["results"]}
        for q in ("porteur", "instructeur")
    }
    assert "juger" not in lus["porteur"]
    assert lus["instructeur"] >= {"deposer_projet", "signer_dotation", "marquer_paye"}
    detail = caisse.get(f"dossiers/{d.numero}/").json()
    assert [x["objet"] for x in detail["decisions"]] == ["lettre", "projet"]
    assert detail["association"]["finess"]
    echeances = caisse.get(f"dossiers/{d.numero}/echeances/").json()["results"]
    assert {"DL-4", "DL-5", "DL-7", "DUR-1"} <= {e["regle"] for e in echeances}


def test_contenu_d_un_document(depose: Distribution):
    porteur = appelant(depose.utilisateur("porteur"))
    document = porteur.get(f"dossiers/{depose.numero}/documents/").json()["results"][0]
    attente = porteur.client.get(document["contenu"], headers={"Authorization": f"Bearer {porteur.jeton}"})
    assert (attente.status_code, attente.json()["code"]) == (409, "en_preparation")
    with comme_portail():
        produire(Document.objects.get(pk=document["id"]).pk)
    lu = porteur.get(f"documents/{document['id']}/contenu/")
    assert (lu.status_code, lu["Content-Type"], lu.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert lu["Content-Disposition"].startswith("attachment")
    voisin = appelant(make_utilisateur("porteur_referent"))
    etranger, absent = (
        voisin.get(f"documents/{i}/contenu/") for i in (document["id"], "00000000-0000-4000-8000-000000000000")
    )
    assert (etranger.status_code, etranger.content) == (404, absent.content)


def test_contenu_d_une_piece(depose: Distribution):
    piece = make_piece(depose, empreinte=hashlib.sha256(PDF).hexdigest())
    attente = make_piece(depose, etat="en_analyse", analysee_le=None)
    porteur = appelant(depose.utilisateur("porteur"))
    assert porteur.get(f"pieces/{piece.pk}/contenu/").content == PDF
    assert porteur.get(f"pieces/{attente.pk}/contenu/").status_code == 409
    assert appelant(make_utilisateur("porteur_referent")).get(f"pieces/{piece.pk}/contenu/").status_code == 404


def test_horloge_du_bac_a_sable(depose: Distribution, anonyme: Appelant, settings):
    corps = {"maintenant": "2026-06-01T00:00:00+02:00"}
    assert anonyme.post("bac-a-sable/horloge/", corps).status_code == 401
    assert appelant(depose.utilisateur("instructeur")).post("bac-a-sable/horloge/", corps).status_code == 403
    admin = appelant(depose.utilisateur("regional"))
    for faux in (
        {},
        {"maintenant": "2026-06-01"},
        {"maintenant": "2026-06-01T00:00:00"},
        {"maintenant": 3},
        {"maintenant": "0001-01-01T00:00:00+14:00"},
        [],
    ):
        assert admin.post("bac-a-sable/horloge/", faux).status_code == 422, faux
    fige = horloge._fige[:]
    horloge._fige.clear()
    try:
        reponse = admin.post("bac-a-sable/horloge/", corps)
    finally:
        horloge._fige.extend(fige)
    assert reponse.status_code == 200, reponse.content
    assert reponse.json()["maintenant"].startswith("2026-05-31T22:00")
    assert (depose.numero, "valider_lettre_tacite") in {(e["dossier"], e["type"]) for e in reponse.json()["evenements"]}
    assert depose.relire().statut == "lettre_validee"
    settings.BAC_A_SABLE = False
    assert admin.post("bac-a-sable/horloge/", corps).status_code == 404


def test_schema_complet_sans_avertissement(client, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    assert capsys.readouterr().err == ""
    schema = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert schema.status_code == 200
    corps = schema.json()
    assert corps["openapi"].startswith("3.1")
    assert all(chemin.startswith("/api/v1/") for chemin in corps["paths"])
    for chemin, operations in corps["paths"].items():
        for methode, operation in operations.items():
            assert any(code.startswith("2") for code in operation["responses"]), (chemin, methode)
            assert operation.get("description"), (chemin, methode)


def test_un_recours_se_forme_se_lit_et_recoit_sa_reponse():
    d = make_dossier("lettre_refusee").distribution
    actions = f"dossiers/{d.numero}/actions"
    with horloge.figer(d.maintenant):
        porteur, agent = appelant(d.utilisateur("porteur")), appelant(d.utilisateur("instructeur"))
        forme = porteur.post(f"{actions}/former_recours_gracieux/", {"motifs": "Le besoin est établi."})
        assert forme.status_code == 200, forme.content
        (lu,) = agent.get(f"dossiers/{d.numero}/recours/").json()["results"]
        fin = date.fromisoformat(lu["dernier_jour"])
        assert (lu["acte"], lu["version"], lu["issue"], lu["silence"]) == (
            "le refus de la lettre d’intention",
            1,
            "",
            "rejet",
        )
        demande = agent.post(f"{actions}/demander_pieces_recours/", {"texte": "L’étude."})
        assert demande.status_code == 200, demande.content
        assert "completer_recours" in porteur.get(f"{actions}/").content.decode()
        (lu,) = porteur.get(f"dossiers/{d.numero}/recours/").json()["results"]
        assert [(x["texte"], x["recue_le"]) for x in lu["demandes"]] == [("L’étude.", None)]
        repousse = lu["dernier_jour"]
        assert date.fromisoformat(repousse) > fin
    # Past its last day, silence has answered: nothing has written it down.
    with horloge.figer(d.maintenant + timedelta(days=150)):
        (lu,) = porteur.get(f"dossiers/{d.numero}/recours/").json()["results"]
    assert (lu["issue"], lu["mode"], lu["date_reponse"]) == ("rejete", "implicite", repousse)
