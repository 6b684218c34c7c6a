"""What an account may do, the doing, and one effect for one key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from dossiers.actions import toutes
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Evenement
from tests.documents.fichiers import pdf
from tests.fabriques import MOT_DE_PASSE, Distribution, make_dossier, make_utilisateur

from .conftest import Appelant, appelant


def evenements(d: Distribution, type_: str) -> int:
    with comme_portail():
        return Evenement.objects.filter(dossier__numero=d.numero, type=type_).count()


@pytest.mark.django_db
def test_actions_offertes_avec_leurs_champs(depose: Distribution):
    offertes = appelant(depose.utilisateur("instructeur")).get(f"dossiers/{depose.numero}/actions/").json()
    par_nom = {a["nom"]: a for a in offertes}
    assert {"valider_lettre", "refuser_lettre", "demander_pieces_lettre", "suivre"} <= set(par_nom)
    assert "deposer_lettre" not in par_nom
    assert [c["nom"] for c in par_nom["valider_lettre"]["champs"]] == ["message"]
    pieces = {c["nom"]: c for c in par_nom["demander_pieces_lettre"]["champs"]}
    assert (pieces["indispensables"]["type"], pieces["date_limite"]["type"]) == ("texte_long", "date")
    transferer = {c["nom"]: c for c in par_nom["transferer"]["champs"]}
    assert transferer["siege_departement"]["type"] == "choix"
    assert {"valeur": "31", "libelle": "Haute-Garonne (31)"} in transferer["siege_departement"]["choix"]
    assert appelant(depose.utilisateur("regional")).get(f"dossiers/{depose.numero}/actions/").json() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "qui", ["porteur", "collaborateur", "instructeur", "signataire", "gestionnaire", "ordonnateur"]
)
def test_ce_qui_est_offert_est_permis_et_le_reste_refuse(depose: Distribution, qui: str):
    """A button cannot lie: every act offered passes the gate of state and role, the others stop at it."""
    caller = appelant(depose.utilisateur(qui))
    offertes = {a["nom"] for a in caller.get(f"dossiers/{depose.numero}/actions/").json()}
    for nom in toutes():
        code = caller.post(f"dossiers/{depose.numero}/actions/{nom}/", {"motifs": 3}).status_code
        assert (code in (403, 409)) == (nom not in offertes), (nom, code)
        if nom in offertes:
            with connection.cursor() as curseur:
                curseur.execute("SELECT 1")


@pytest.mark.django_db
def test_vie_d_une_lettre(depose: Distribution):
    n = depose.numero
    caisse, ars, equipe = (appelant(depose.utilisateur(q)) for q in ("gestionnaire", "instructeur", "porteur"))
    assert caisse.post(f"dossiers/{n}/actions/rendre_avis/", {"sens": "favorable"}).status_code == 200
    bloque = ars.post(f"dossiers/{n}/actions/valider_lettre/", {})
    assert (bloque.status_code, bloque.json()["code"]) == (422, "criteres")
    demande = ars.post(f"dossiers/{n}/actions/demander_pieces_lettre/", {"indispensables": "Étude"})
    assert (demande.status_code, demande.json()["statut"]) == (200, "lettre_incomplete")
    fichier = SimpleUploadedFile("etude.pdf", pdf(), content_type="application/pdf")
    fourni = equipe.multipart(f"dossiers/{n}/actions/completer_lettre/", {"reponses": ["0"], "fichiers": fichier})
    assert fourni.status_code == 200, fourni.content
    assert (fourni.status_code, fourni.json()["statut"]) == (200, "lettre_deposee")
    refus = ars.post(f"dossiers/{n}/actions/refuser_lettre/", {"motifs": [{"code": "trop_cher", "faits": "x"}]})
    assert (refus.status_code, refus.json()["code"]) == (422, "contenu")
    refus = ars.post(f"dossiers/{n}/actions/refuser_lettre/", {"motifs": [{"code": "besoin", "faits": " "}]})
    assert list(refus.json()["champs"]) == ["faits_besoin"]
    refus = ars.post(
        f"dossiers/{n}/actions/refuser_lettre/", {"motifs": [{"code": "besoin", "faits": "Trois équipes."}]}
    )
    assert (refus.status_code, refus.json()["statut"]) == (200, "lettre_refusee")
    encore = ars.post(
        f"dossiers/{n}/actions/refuser_lettre/", {"motifs": [{"code": "besoin", "faits": "Trois équipes."}]}
    )
    assert (encore.status_code, encore.json()["code"]) == (409, "etat")
    assert [p["nom_fichier"] for p in ars.get(f"dossiers/{n}/pieces/").json()["results"]] == ["etude.pdf"]


@pytest.mark.django_db
def test_les_deux_premieres_signatures_laissent_le_statut():
    d = make_dossier("lettre_validee").distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    chemin = f"dossiers/{d.numero}/actions/signer_amorcage/"
    sans = appelant(d.utilisateur("porteur")).post(chemin, {})
    assert (sans.status_code, sans.json()["code"]) == (403, "reauthentification")
    faux = appelant(d.utilisateur("porteur")).post(chemin, {"mot_de_passe": "non"})
    assert (faux.status_code, faux.json()["code"], list(faux.json()["champs"])) == (
        403,
        "reauthentification",
        ["mot_de_passe"],
    )
    assert appelant(d.utilisateur("porteur")).post(chemin, {"mot_de_passe": 12}).status_code == 422
    statuts = []
    for qui in ("porteur", "signataire", "ordonnateur"):
        fait = appelant(d.utilisateur(qui)).post(chemin, {"mot_de_passe": MOT_DE_PASSE})
        assert fait.status_code == 200, fait.content
        statuts.append(fait.json()["statut"])
    assert statuts == ["lettre_validee", "lettre_validee", "amorcage_signe"]


@pytest.mark.django_db
def test_etranger_absent_role_et_acte_inconnu(depose: Distribution):
    voisin = appelant(make_utilisateur(Role.ARS_SIGNATAIRE, departement="35"))
    corps = {"message": ""}
    a, b = (voisin.post(f"dossiers/{n}/actions/valider_lettre/", corps) for n in (depose.numero, "76-1999-9999"))
    assert (a.status_code, b.status_code) == (404, 404)
    assert a.content == b.content
    assert (
        appelant(depose.utilisateur("porteur"))
        .post(f"dossiers/{depose.numero}/actions/valider_lettre/", corps)
        .status_code
        == 403
    )
    assert (
        appelant(depose.utilisateur("regional"))
        .post(f"dossiers/{depose.numero}/actions/suivre/", {}, **{"Idempotency-Key": "k"})
        .status_code
        == 403
    )
    assert (
        appelant(depose.utilisateur("instructeur"))
        .post(f"dossiers/{depose.numero}/actions/inventer/", corps)
        .status_code
        == 404
    )


@pytest.mark.django_db
def test_meme_cle_meme_reponse_autre_corps_refuse(depose: Distribution):
    ars = appelant(depose.utilisateur("instructeur"))
    chemin, cle = f"dossiers/{depose.numero}/actions/demander_pieces_lettre/", {"Idempotency-Key": "a-1"}
    corps = {"autres": "Une précision"}
    premiere = ars.post(chemin, corps, **cle)
    rejouee = ars.post(chemin, corps, **cle)
    assert (premiere.status_code, rejouee.status_code) == (200, 200)
    assert rejouee.json() == premiere.json()
    assert evenements(depose, "demander_precision") == 1
    autre = ars.post(chemin, {"autres": "Une autre"}, **cle)
    assert (autre.status_code, autre.json()["code"]) == (422, "cle_idempotence")
    assert ars.post(chemin, corps, **{"Idempotency-Key": "x" * 201}).status_code == 422
    signataire = appelant(depose.utilisateur("signataire"))
    assert signataire.post(chemin, {"autres": "Une autre"}, **cle).status_code == 200
    assert evenements(depose, "demander_precision") == 2


@pytest.mark.django_db
def test_un_acte_refuse_rend_sa_cle(depose: Distribution):
    ars = appelant(depose.utilisateur("instructeur"))
    chemin, cle = f"dossiers/{depose.numero}/actions/demander_pieces_lettre/", {"Idempotency-Key": "a-2"}
    assert ars.post(chemin, {}, **cle).status_code == 422
    assert ars.post(chemin, {"autres": "Une précision"}, **cle).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_cinquante_demandes_en_parallele_un_seul_effet(preuve):
    d = make_dossier("lettre_deposee").distribution
    jeton = appelant(d.utilisateur("instructeur")).jeton
    nombre = preuve.taille(50, 200)

    def demander(_: int):
        try:
            caller = Appelant(jeton)
            r = caller.post(
                f"dossiers/{d.numero}/actions/demander_pieces_lettre/",
                {"autres": "Une précision"},
                **{"Idempotency-Key": "p-1"},
            )
            return r.status_code, r.content
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as equipe:
        reponses = list(equipe.map(demander, range(nombre)))
    assert {statut for statut, _ in reponses} == {200}
    corps = {c for _, c in reponses}
    effets = evenements(d, "demander_precision")
    preuve.noter(cas=nombre, fautes=abs(effets - 1) + (len(corps) - 1), plancher=50, effets=effets)


@pytest.mark.django_db
def test_creation_sous_cle():
    porteur = appelant(make_utilisateur(Role.PORTEUR_REFERENT))
    corps = {"nom": "ESS Garonne", "specialites": ["SM04"], "siege_departement": "31"}
    numeros = {porteur.post("dossiers/", corps, **{"Idempotency-Key": "c-1"}).json()["numero"] for _ in range(3)}
    assert len(numeros) == 1
    assert porteur.get("dossiers/").json()["count"] == 1
