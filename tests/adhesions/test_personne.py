"""Requests of a person: everything known is given; what may go goes from every table, and the counts do not move."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from adhesions import jetons
from adhesions.effectifs import effectif, effectifs
from adhesions.models import Adhesion, Professionnel
from adhesions.regles.effacement import Faits, repondre
from adhesions.services import corriger_adhesion, sortir_adherent
from adhesions.services.certificat import editer_certificat
from adhesions.services.effacement import effacer_personne, etudier
from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.roles import Role
from ess_portal.documents.models import Document
from ess_portal.documents.services import produire_en_attente
from ess_portal.journal import relais
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from tests.fabriques import client_de, make_acteur, make_utilisateur

from .conftest import MIDI, rpps
from .test_signature import signer_tout

CINQ_ANS = Delai(mois=60)
JOUR = date(2031, 3, 1)
S, F = date(2025, 1, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("faits", "possible", "possible_le"),
    [
        (Faits([]), True, None),
        (Faits([(S, None)]), False, None),
        (Faits([(S, None)], est_finance=True), False, None),
        (Faits([(S, F)]), True, None),
        (Faits([(S, F)], est_finance=True), True, None),
        (Faits([(S, F + timedelta(days=1))], est_finance=True), False, date(2031, 3, 2)),
        (Faits([(S, F)], est_finance=True, contrat_vivant=True), False, None),
        (Faits([(S, F)], est_finance=True, contrat_vivant=True, fin_contrat=date(2032, 1, 1)), False, date(2032, 1, 2)),
        (Faits([(S, F)], est_finance=True, procedure_ouverte=True), False, None),
        (Faits([(S, F), (F + timedelta(days=9), None)], est_finance=True), False, None),
        (Faits([(S, JOUR)]), False, None),
    ],
)
def test_quand_on_efface(faits, possible, possible_le):
    """RET-1: five years after the exit, never under a live contract or an open procedure; at once when nothing was paid for."""
    reponse = repondre(faits, JOUR, CINQ_ANS)
    assert (reponse.possible, reponse.possible_le) == (possible, possible_le)
    assert possible or "RGPD" in reponse.motif


@pytest.fixture
def national(db) -> Acteur:
    return make_acteur(Role.ADMIN_NATIONAL)


CANARIS = (
    "Zéphyrine-Canari",
    "Oriflamme",
    "canari@exemple.fr",
    "12, rue du Canari",
    "Motif qui nomme Zéphyrine-Canari",
)


@pytest.fixture
def partie(inviter, porteur, settings) -> Adhesion:
    """Signed online, corrected, left, certified; the mails gone, the documents made."""
    settings.EMAIL_BACKEND = "ess_portal.journal.courriel.BoiteCapturee"
    nom, prenom, courriel, lieux, motif = CANARIS
    adhesion = inviter(rpps=rpps(70), nom=nom, prenom=prenom, courriel=courriel, lieux=lieux)
    signer_tout(adhesion)
    commun = {"numero": adhesion.dossier.numero, "adhesion": adhesion.pk, "acteur": porteur, "maintenant": MIDI}
    with contexte(porteur):
        corriger_adhesion(
            **commun, motif="Erreur de saisie", corrections={"mode": "mixte", "prenom": f"{prenom}-Marie"}
        )
        sortir_adherent(**commun, date_sortie=date(2026, 7, 20), motif=motif)
        editer_certificat(**commun)
    relais.vider()
    produire_en_attente()
    return adhesion


def tables_qui_disent(*textes: str) -> set[str]:
    """Every table of the base, as the portal reads it, whose rows hold one of these texts."""
    trouvees = set()
    with comme_portail(), connection.cursor() as c:
        c.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'referentiel%' ORDER BY 1"
        )
        for (table,) in c.fetchall():
            c.execute(
                f'SELECT count(*) FROM "{table}" x WHERE row_to_json(x)::text ILIKE ANY(%s)',
                [[f"%{t}%" for t in textes]],
            )
            if c.fetchone()[0]:
                trouvees.add(table)
    return trouvees


def test_la_reponse_a_une_demande_d_acces_dit_tout(partie, national):
    client = client_de(make_utilisateur(Role.ADMIN_NATIONAL))
    reponse = client.get(f"/administration/personnes/{rpps(70)}/donnees.json")
    donnees = json.loads(reponse.content)
    texte = json.dumps(donnees, ensure_ascii=False)
    for canari in CANARIS:
        assert canari in texte
    adhesion = donnees["adhésions"][0]
    assert [a["type"] for a in adhesion["actes"]] == ["signature", "correction", "sortie"]
    assert {d["titre"].split(" n°")[0] for d in adhesion["documents"]} == {
        "Formulaire d’adhésion",
        "Certificat d’adhésion",
    }
    with comme_portail():
        assert Evenement.objects.filter(type="repondre_acces").count() == 1
    page = client.get(f"/administration/personnes/{rpps(70)}/")
    assert page.status_code == 200
    assert CANARIS[0] in page.text


def test_l_effacement_ne_laisse_rien_et_ne_change_aucun_effectif(partie, national, dossier):
    with comme_portail():
        avant = effectifs(dossier, date(2026, 7, 1), date(2026, 8, 1))
        assert effectif(dossier, date(2026, 7, 10)) == 1
    assert tables_qui_disent(rpps(70), "Zéphyrine", "canari@") > {"adhesions_adhesion", "documents_document"}
    with contexte(national):
        sorts = effacer_personne(
            rpps=rpps(70), motif="Lettre du 3 mars", acteur=national, maintenant=MIDI + timedelta(days=30)
        )
    assert [s.reponse.possible for s in sorts] == [True]
    assert tables_qui_disent(rpps(70), "Zéphyrine", "Oriflamme", "canari@", "rue du Canari") == set()
    with comme_portail():
        assert effectifs(dossier, date(2026, 7, 1), date(2026, 8, 1)) == avant
        assert Professionnel.objects.get().rpps == jetons.pseudonyme(rpps(70))
        documents = Document.objects.filter(dossier=dossier, type__in=("formulaire_adhesion", "certificat_adhesion"))
        assert {d.etat for d in documents} == {"efface"}
        assert all(d.octets is None and d.empreinte for d in documents.defer(None))
        assert Evenement.objects.filter(dossier=dossier, type="effacer_personne").count() == 1


def test_un_document_efface_ne_revient_pas_et_personne_d_autre_n_efface(partie, porteur):
    with comme_portail():
        document = Document.objects.filter(type="certificat_adhesion").get()
    with pytest.raises(DatabaseError, match="déjà émis"), contexte(porteur):
        Document.objects.filter(pk=document.pk).update(etat="efface", octets=None, donnees={})
    with comme_portail():
        with pytest.raises(DatabaseError, match="déjà émis"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(etat="efface", octets=None, donnees={"nom": "reste"})
        Document.objects.filter(pk=document.pk).update(etat="efface", octets=None, donnees={})
        with pytest.raises(DatabaseError, match="ne revient pas"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(etat="a_produire")


def test_une_adhesion_en_cours_n_est_pas_effacee(inviter, national):
    adhesion = inviter(rpps=rpps(71))
    signer_tout(adhesion)
    with contexte(national):
        sorts = effacer_personne(rpps=rpps(71), motif="Demande", acteur=national, maintenant=MIDI)
    assert not sorts[0].reponse.possible
    with comme_portail():
        assert Adhesion.objects.get(pk=adhesion.pk).nom == adhesion.nom
        refus = Evenement.objects.get(type="refuser_effacement").donnees
    assert "en cours" in refus["motif"]


def test_revenir_apres_un_effacement_ne_compte_pas_deux_fois(partie, national, inviter):
    """The pseudonym is still the same person: a form signed inside the erased days is refused."""
    with contexte(national):
        effacer_personne(rpps=rpps(70), motif="Demande", acteur=national, maintenant=MIDI)
    retour = inviter(rpps=rpps(70))
    with pytest.raises(Conflit, match="déjà adhérent"):
        signer_tout(retour, MIDI + timedelta(days=3))


def test_qui_repond(inviter, porteur, national):
    inviter(rpps=rpps(72))
    with contexte(porteur), pytest.raises(Interdit):
        etudier(rpps(72), acteur=porteur, maintenant=MIDI)
    regional = make_acteur(Role.ADMIN_REGIONAL, departement="35")
    with contexte(regional):
        assert etudier(rpps(72), acteur=regional, maintenant=MIDI) == [], "une autre région ne sait rien"
    with contexte(national):
        with pytest.raises(ErreurMetier, match="demande reçue"):
            effacer_personne(rpps=rpps(72), motif=" ", acteur=national, maintenant=MIDI)
        with pytest.raises(ErreurMetier, match="ne connaît"):
            effacer_personne(rpps=rpps(99), motif="Demande", acteur=national, maintenant=MIDI)


def test_l_ecran_de_l_administration(inviter):
    inviter(rpps=rpps(73))
    client = client_de(make_utilisateur(Role.ADMIN_NATIONAL))
    assert client.get("/administration/personnes/").status_code == 200
    assert client.post("/administration/personnes/", {"rpps": "123"}).status_code == 422
    page = f"/administration/personnes/{rpps(73)}/"
    assert client.post("/administration/personnes/", {"rpps": f"8{rpps(73)}"})["Location"] == page
    assert client.get("/administration/personnes/abc/").status_code == 404
    assert client.post(page, {"motif": "Demande"}).status_code == 422
    assert client.post(page, {"motif": "Demande", "confirmation": "on"}).status_code == 302
    with comme_portail():
        assert not Adhesion.objects.filter(professionnel__rpps=rpps(73)).exists()
        assert Dossier.objects.count() == 1
