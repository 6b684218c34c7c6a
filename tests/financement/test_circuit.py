"""The circuit of signature: delegations judged on the day, reminders once per step, the evidence file of the three parties."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.documents.models import Document, Piece, Sceau
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.models import Contrat, Delegation, Exemplaire, Signature
from financement.services import delegations
from financement.services.preuves import remettre
from financement.services.rappels import rappeler_signatures
from financement.services.textes import HORS_EMPREINTE
from tests.documents import fichiers
from tests.financement.conftest import MIDI, MOT_DE_PASSE, Distribution

JOUR = MIDI.date()


def deleguer(d: Distribution, de: str = "signataire", a: str = "instructeur", **champs) -> Delegation:
    valeurs = {"debut": JOUR, "fin": JOUR + timedelta(days=3), "reference": "décision n° 2026-12", **champs}
    valeurs.setdefault("delegataire", d.utilisateurs[a].pk)
    with contexte(d.acteurs[de]):
        return delegations.deleguer(acteur=d.acteurs[de], maintenant=d.maintenant, **valeurs)


def test_signer_par_delegation(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    refus = {
        "fin": {"fin": JOUR - timedelta(days=1)},
        "delegataire": {"delegataire": d.utilisateurs["gestionnaire"].pk},
        "reference": {"reference": " "},
    }
    for champ, faux in refus.items():
        with pytest.raises(ErreurMetier) as leve:
            deleguer(d, **faux)
        assert champ in leve.value.champs
    with pytest.raises(ErreurMetier, match="un an au plus"):
        deleguer(d, fin=JOUR + timedelta(days=800))
    for qui in ("instructeur", "porteur"):
        with pytest.raises(Interdit, match="Seul un signataire"):
            deleguer(d, de=qui, a="signataire")

    # Tomorrow's delegation says nothing today; today's does, and the act says by whom.
    demain = deleguer(d, debut=JOUR + timedelta(days=1))
    with horloge.figer(d.maintenant), pytest.raises(ErreurMetier):
        d.fait("instructeur", "signer_par_delegation")
    with pytest.raises(ErreurMetier, match="déjà votre délégation"):
        deleguer(d)
    with contexte(d.acteurs["signataire"]):
        delegations.revoquer(delegation=demain.pk, acteur=d.acteurs["signataire"], maintenant=d.maintenant)
    deleguer(d)
    with horloge.figer(d.maintenant):
        with pytest.raises(Interdit):
            d.fait("instructeur", "signer_amorcage")
        d.fait("instructeur", "signer_par_delegation", qualite="Instructrice")
    attendu = f"Par délégation de {d.utilisateurs['signataire'].nom_complet} (décision n° 2026-12)"
    with comme_portail():
        signature = Signature.objects.get(contrat__dossier=d.dossier)
        assert (signature.partie, signature.pouvoir, signature.moyen) == ("ars", attendu, "mot de passe")
        assert signature.signataire_id == d.utilisateurs["instructeur"].pk
        assert Sceau.objects.get(dossier=d.dossier).qualite == attendu
        acte = Evenement.objects.get(dossier=d.dossier, type="signature_contrat")
        assert (acte.role, acte.donnees["pouvoir"]) == ("ars_signataire", attendu)
        assert Evenement.objects.filter(type="delegation_donnee").count() == 2

    # The caisse: a delegation of yesterday is over; that of somebody who signs no more is worth nothing.
    deleguer(d, de="ordonnateur", a="gestionnaire", fin=JOUR)
    with contexte(d.acteurs["gestionnaire"]):
        assert delegations.recue(d.acteurs["gestionnaire"], JOUR) is not None
        assert delegations.recue(d.acteurs["gestionnaire"], JOUR + timedelta(days=1)) is None
    Rattachement.objects.filter(utilisateur=d.utilisateurs["ordonnateur"]).update(role="caisse_instructeur")
    with contexte(d.acteurs["gestionnaire"]):
        assert delegations.recue(d.acteurs["gestionnaire"], JOUR) is None
    with contexte(d.acteurs["porteur"]):
        assert not Delegation.objects.exists()


def test_rappels_et_preuves(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.fait("porteur", "signer_amorcage", qualite="Présidente")

    def rappels() -> list[int]:
        with comme_portail():
            lignes = Envoi.objects.filter(cle__startswith="courriel:financement:rappel_signature:").order_by("pk")
            return [e.charge["organisation"] for e in lignes]

    rappeler_signatures(au=MIDI + timedelta(days=1))
    assert rappels() == []
    for jours in (2, 2, 3, 6):
        rappeler_signatures(au=MIDI + timedelta(days=jours))
    assert rappels() == [d.dossier.ars_id, d.dossier.caisse_id]
    # Three steps missed make one reminder, and who has signed gets none.
    d.fait("signataire", "signer_amorcage")
    rappeler_signatures(au=MIDI + timedelta(days=31))
    assert rappels() == [d.dossier.ars_id, d.dossier.caisse_id, d.dossier.caisse_id]

    with comme_portail():
        contrat = Contrat.objects.select_related("document").get(dossier=d.dossier)
    with contexte(d.acteurs["gestionnaire"]):
        preuves = json.loads(
            remettre(dossier=d.dossier, contrat=contrat, acteur=d.acteurs["gestionnaire"], maintenant=d.maintenant)
        )
    lu = {nom: valeur for nom, valeur in preuves["texte_presente"].items() if nom not in HORS_EMPREINTE}
    canonique = json.dumps(lu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert preuves["empreinte_du_texte"] == hashlib.sha256(canonique.encode()).hexdigest()
    assert [(s["identite_verifiee_par"], s["porte_sur_ce_texte"]) for s in preuves["signatures"]] == [
        ("mot de passe", True)
    ] * 2
    assert [c["etat"] for c in preuves["document"]["cachets"]] == ["À apposer"] * 2
    assert "Non conservée" in preuves["adresse_ip"]
    assert [e["acte"] for e in preuves["journal"]] == ["Contrat proposé", "Signature", "Signature"]
    with comme_portail():
        assert Evenement.objects.filter(dossier=d.dossier, type="preuves_remises").count() == 1
    with contexte(d.acteurs["etranger"]), pytest.raises(Interdit):
        remettre(dossier=d.dossier, contrat=contrat, acteur=d.acteurs["etranger"], maintenant=d.maintenant)


def test_un_exemplaire_signe_a_la_main_vaut_signature_une_fois_confirme(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")

    def deposer(qui: str, signe_jour: str = "02/03/2026") -> None:
        fichier = SimpleUploadedFile("contrat.pdf", fichiers.pdf(), "application/pdf")
        d.fait(
            qui, "deposer_exemplaire", fichiers={"fichier": fichier}, nom="Dr Paul Signataire", signe_jour=signe_jour
        )

    for faux, phrase in (("03/03/2026", "dans le futur"), ("01/03/2026", "que depuis le")):
        with pytest.raises(ErreurMetier, match=phrase):
            deposer("porteur", faux)
    with pytest.raises(Interdit):
        deposer("gestionnaire")
    deposer("porteur")
    with pytest.raises(Conflit, match="attend déjà"):
        deposer("porteur")
    with comme_portail():
        ligne = Exemplaire.objects.get()
        assert not Signature.objects.filter(contrat__dossier=d.dossier).exists()
    constat = {"partie": "equipe", "conforme": "oui"}
    # Neither one's own, nor before the file is judged safe, nor by who may not sign, nor without a reason to refuse it.
    with pytest.raises(ErreurMetier):
        d.fait("porteur", "juger_exemplaire", **constat)
    with pytest.raises(Conflit, match="en cours d’analyse"):
        d.fait("signataire", "juger_exemplaire", **constat)
    with comme_portail():
        Piece.objects.filter(pk=ligne.piece_id).update(etat="sain", analysee_le=d.maintenant)
    with pytest.raises(Interdit):
        d.fait("instructeur", "juger_exemplaire", **constat)
    with pytest.raises(ErreurMetier, match="Dites ce qui ne va pas"):
        d.fait("signataire", "juger_exemplaire", partie="equipe", conforme="non")
    d.fait("signataire", "juger_exemplaire", **constat)
    with comme_portail():
        signature = Signature.objects.get(contrat__dossier=d.dossier)
        assert (signature.partie, signature.nom) == ("equipe", "Dr Paul Signataire")
        assert signature.signataire_id == d.utilisateurs["porteur"].pk
        assert signature.moyen == "exemplaire signé à la main, confirmé par une autre partie"
        assert d.utilisateurs["signataire"].nom_complet in signature.pouvoir
        assert Sceau.objects.get(dossier=d.dossier).est_manuscrit
        with pytest.raises(IntegrityError), transaction.atomic():
            Exemplaire.objects.update(juge_par=ligne.depose_par_id)
    with pytest.raises(Conflit):
        d.fait("ordonnateur", "juger_exemplaire", **constat)
    d.fait("signataire", "signer_amorcage")
    d.fait("ordonnateur", "signer_amorcage")
    assert d.dossier.statut == "amorcage_signe"


def test_la_page_des_delegations(distribution: Distribution):
    d = distribution
    client, adresse = Client(), reverse("delegations")
    client.force_login(d.utilisateurs["signataire"])
    valeurs = {
        "delegataire": d.utilisateurs["instructeur"].pk, "debut": "02/03/2026", "fin": "05/03/2026",
        "reference": "décision n° 2026-12", "mot_de_passe": "un autre",
    }  # fmt: skip
    with horloge.figer(d.maintenant):
        refusee = client.post(adresse, valeurs)
        assert "Le mot de passe ne correspond pas." in refusee.content.decode()
        assert client.post(adresse, valeurs | {"mot_de_passe": MOT_DE_PASSE}).status_code == 302
        page = client.get(adresse).content.decode()
        with comme_portail():
            delegation = Delegation.objects.get()
        assert (delegation.debut, delegation.fin) == (date(2026, 3, 2), date(2026, 3, 5))
        assert "En vigueur" in page
        client.post(reverse("delegation_revoquer", args=[delegation.pk]))
        assert "Révoquée" in client.get(adresse).content.decode()
    client.force_login(d.utilisateurs["porteur"])
    assert client.get(adresse).status_code == 403


def test_le_dossier_de_preuves_est_aussi_un_document_du_dossier(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        contrat = Contrat.objects.select_related("document").get(dossier=d.dossier)
    adresse = reverse("contrat_preuves_pdf", args=[d.dossier.numero, contrat.pk])
    page = reverse("contrat", args=[d.dossier.numero, contrat.pk])
    client = Client()
    client.force_login(d.utilisateurs["porteur"])
    assert adresse not in client.get(page).content.decode()
    assert client.post(adresse).status_code == 409
    deleguer(d)
    with horloge.figer(d.maintenant):
        d.fait("instructeur", "signer_par_delegation")
    assert adresse in client.get(page).content.decode()
    assert client.get(adresse).status_code == 405
    premiere = client.post(adresse)
    # Another party, nothing having changed: the same document.
    client.force_login(d.utilisateurs["gestionnaire"])
    assert client.post(adresse)["Location"] == premiere["Location"]
    client.force_login(d.utilisateurs["etranger"])
    assert client.post(adresse).status_code == 404

    d.fait("porteur", "signer_amorcage", qualite="Présidente")
    client.force_login(d.utilisateurs["porteur"])
    assert client.post(adresse)["Location"] != premiere["Location"]
    with comme_portail():
        premier, second = Document.objects.filter(dossier=d.dossier, type="dossier_preuves").order_by("version")
    (preuve,) = premier.donnees["signatures"]
    assert preuve["moyen"] == "mot de passe"
    assert preuve["designe"] == d.utilisateurs["signataire"].nom_complet
    assert preuve["pouvoir"].startswith("Par délégation de ")
    assert preuve["cachet"]["etat"] == "À apposer"
    assert premier.donnees["restent"] == ["l’équipe", "la caisse"]
    assert (second.remplace_id, len(second.donnees["signatures"])) == (premier.pk, 2)
    assert second.donnees["empreinte"] == contrat.empreinte
