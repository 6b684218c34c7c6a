"""CAL-7: a refusal counts by the proof of its notification that the setting names; silence goes on until it has come, never both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from dossiers.actions import executer, preparer
from dossiers.models import Decision, DemandePieces, Dossier, Echeance, Preparation, Tache
from dossiers.services import decisions, retraits
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.documents.models import Document, Lecture
from ess_portal.documents.services import noter_lecture
from ess_portal.journal.models import Evenement
from ess_portal.journal.relais import vider
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from tests.api.conftest import appelant
from tests.dossiers.test_unicite import INSTANT, Lettre, lettres_pretes
from tests.fabriques import client_de, make_acteur, make_utilisateur

MOTIFS = [{"code": "besoin", "critere": "CRI-7", "faits": "Trois équipes couvrent déjà le territoire."}]
REFUS = {"motif_besoin": "on", "faits_besoin": "Trois équipes couvrent déjà le territoire."}


def regler(preuve: str, **autres: str) -> None:
    with comme_portail():
        JeuParametres.objects.create(
            region_id="76",
            valide_du=date(2026, 1, 1),
            valeurs={"preuve_notification": preuve, **autres},
            source="Essai",
        )


def refuser(lettre: Lettre, maintenant: datetime) -> Dossier:
    with contexte(lettre.acteur):
        decisions.refuser(
            numero=lettre.numero, objet="lettre", motifs=MOTIFS, acteur=lettre.acteur, maintenant=maintenant
        )
    return lettre.relire()


def nuit_de(lettre: Lettre) -> datetime:
    with comme_portail():
        return Dossier.objects.values_list("bascule_le", flat=True).get(numero=lettre.numero)


def lettre_de_decision(lettre: Lettre) -> Document:
    with comme_portail():
        return Document.objects.select_related("dossier").get(
            dossier__numero=lettre.numero, type="notification_decision"
        )


def lire(lettre: Lettre, maintenant: datetime, acteur=None) -> None:
    document = lettre_de_decision(lettre)
    acteur = acteur or make_acteur("porteur_referent", document.dossier.equipe)
    with contexte(acteur):
        noter_lecture(document=document, acteur=acteur, maintenant=maintenant)


def presenter(lettre: Lettre, maintenant: datetime, **donnees: str) -> None:
    with contexte(lettre.acteur):
        executer(
            "enregistrer_presentation",
            numero=lettre.numero,
            acteur=lettre.acteur,
            maintenant=maintenant,
            donnees=donnees,
        )


def renoncer(lettre: Lettre, motivation: str) -> None:
    with contexte(lettre.acteur):
        executer(
            "renoncer_decision",
            numero=lettre.numero,
            acteur=lettre.acteur,
            maintenant=INSTANT + timedelta(days=11),
            donnees={"motivation": motivation},
        )


def taches_du_pli() -> list[tuple[object, ...]]:
    with comme_portail():
        lignes = Tache.objects.filter(type="presentation_pli").order_by("pk")
        return list(lignes.values_list("qui", "a_faire_au_plus_tard", "faite_le"))


def decisions_de(lettre: Lettre) -> list[Decision]:
    with comme_portail():
        return list(Decision.objects.filter(dossier__numero=lettre.numero).order_by("pk"))


@pytest.mark.django_db
def test_par_defaut_mise_a_disposition_vaut_notification():
    (lettre,) = lettres_pretes(1)
    dossier = refuser(lettre, INSTANT + timedelta(days=10))
    (decision,) = decisions_de(lettre)
    assert dossier.statut == "lettre_refusee"
    assert decision.date_signature == decision.date_notification == date(2026, 3, 12)
    lire(lettre, INSTANT + timedelta(days=12))
    presenter(lettre, INSTANT + timedelta(days=14), presentee_le="14/03/2026", reference="1A 123")
    (decision,) = decisions_de(lettre)
    assert decision.date_notification == date(2026, 3, 12)


@pytest.mark.django_db
def test_la_premiere_lecture_par_l_equipe_met_le_refus_en_vigueur():
    regler("premiere_consultation")
    (lettre,) = lettres_pretes(1)
    nuit, signature = nuit_de(lettre), INSTANT + timedelta(days=10)
    dossier = refuser(lettre, signature)
    assert (dossier.statut, dossier.bascule_le, decisions_de(lettre)) == ("lettre_deposee", nuit, [])
    with pytest.raises(Conflit, match="déjà signé"):
        refuser(lettre, signature + timedelta(hours=1))
    lire(lettre, signature + timedelta(days=1), lettre.acteur)  # the ARS reads its own letter
    lire(lettre, signature + timedelta(days=1), make_acteur("porteur_referent"))  # another équipe's
    assert lettre.relire().statut == "lettre_deposee"
    lire(lettre, nuit - timedelta(seconds=1))
    dossier, (decision,) = lettre.relire(), decisions_de(lettre)
    assert (dossier.statut, dossier.bascule_le) == ("lettre_refusee", None)
    assert (decision.date_signature, decision.date_notification) == (date(2026, 3, 12), date(2026, 5, 2))
    assert decision.motifs == MOTIFS
    assert decision.decidee_par_id == lettre.acteur.utilisateur_id
    assert regler_dues(au=nuit + timedelta(days=1)) >= 0
    assert [d.mode for d in decisions_de(lettre)] == ["expresse"]
    with comme_portail():
        refuse = Evenement.objects.get(dossier=dossier, type="refuser_lettre")
        preparation = Preparation.objects.get(dossier=dossier)
    assert (refuse.acteur_id, refuse.donnees["notifiee_le"]) == (lettre.acteur.utilisateur_id, "2026-05-02")
    assert preparation.decision_id == decision.pk


@pytest.mark.django_db
@pytest.mark.parametrize("preuve", ["premiere_consultation", "presentation"])
def test_une_preuve_venue_apres_le_silence_ne_change_rien(preuve: str):
    regler(preuve)
    (lettre,) = lettres_pretes(1)
    nuit = nuit_de(lettre)
    refuser(lettre, nuit - timedelta(hours=1))
    # No scan has come: the proof itself finds the silence (CAL-9).
    if preuve == "premiere_consultation":
        lire(lettre, nuit)
    else:
        presenter(lettre, nuit + timedelta(days=1), presentee_le="02/05/2026")
    (decision,) = decisions_de(lettre)
    assert (decision.mode, lettre.relire().statut) == ("tacite", "lettre_validee")
    with comme_portail():
        assert Preparation.objects.get().decision is None
        assert Document.objects.filter(type="notification_decision").count() == 1
    with contexte(lettre.acteur), pytest.raises(Conflit, match="retrait, jusqu’au 2\u00a0septembre\u00a02026 inclus"):
        preparer("refuser_lettre", numero=lettre.numero, acteur=lettre.acteur, maintenant=nuit + timedelta(days=2))


@pytest.mark.django_db
def test_la_presentation_du_pli_au_jour_dit():
    regler("presentation")
    (lettre,) = lettres_pretes(1)
    signature = INSTANT + timedelta(days=10)
    with pytest.raises(Conflit, match="n’est pas possible"):
        presenter(lettre, signature, presentee_le="12/03/2026")
    with comme_portail():
        DemandePieces.objects.create(
            dossier=Dossier.objects.get(), objet="lettre", items=[], est_indispensable=False, demandee_le=date(2026, 3, 9),
            date_limite=date(2026, 4, 9),
        )  # fmt: skip
    refuser(lettre, signature)
    lire(lettre, signature + timedelta(days=1))
    assert taches_du_pli() == [("ars", date(2026, 3, 27), None)]
    for faux, mot in (
        ("11/03/2026", "avant la signature"),
        ("30/03/2026", "à venir"),
        ("", "Indiquez le jour"),
        ("hier", "lisible"),
    ):
        with pytest.raises(ErreurMetier) as refus:
            presenter(lettre, signature + timedelta(days=8), presentee_le=faux)
        assert mot in str(refus.value.champs["presentee_le"])
    assert (lettre.relire().statut, decisions_de(lettre)) == ("lettre_deposee", [])
    presenter(lettre, signature + timedelta(days=8), presentee_le="16/03/2026", reference="1A 123")
    (decision,) = decisions_de(lettre)
    assert (decision.date_signature, decision.date_notification) == (date(2026, 3, 12), date(2026, 3, 16))
    assert lettre.relire().statut == "lettre_refusee"
    with comme_portail():
        assert DemandePieces.objects.get().levee_le == date(2026, 3, 16)
        assert Evenement.objects.get(type="refuser_lettre").legal_le == datetime(2026, 3, 16, 11, tzinfo=UTC)
        entree = Evenement.objects.get(type="enregistrer_presentation")
        assert entree.legal_le == datetime(2026, 3, 16, 11, tzinfo=UTC) < entree.enregistre_le
        tache = Tache.objects.get(type="presentation_pli")
        assert (tache.faite_par_id, tache.commentaire) == (
            lettre.acteur.utilisateur_id,
            "Pli présenté le 16\u00a0mars\u00a02026.",
        )
    with pytest.raises(Conflit, match="déjà enregistrée"):
        presenter(lettre, signature + timedelta(days=9), presentee_le="16/03/2026")


@pytest.mark.django_db
def test_un_refus_du_projet_compte_de_sa_signature_et_se_prouve_ensuite():
    """`fait_foi` = signature: in force at once, notified when it is proved."""
    regler("premiere_consultation", fait_foi_lettre="signature", calcul_recours="franc")
    (lettre,) = lettres_pretes(1)
    refuser(lettre, INSTANT + timedelta(days=10))
    (decision,) = decisions_de(lettre)
    assert (lettre.relire().statut, decision.date_notification) == ("lettre_refusee", None)
    with comme_portail():
        assert not Echeance.objects.filter(regle="DL-9").exists()
    lire(lettre, INSTANT + timedelta(days=20))
    (decision,) = decisions_de(lettre)
    assert decision.date_notification == date(2026, 3, 22)
    with comme_portail():
        assert Echeance.objects.get(regle="DL-9").dernier_jour == date(2026, 5, 26)


@pytest.mark.django_db
def test_renoncer_ou_valider_apres_un_refus_signe():
    regler("presentation")
    premiere, seconde = lettres_pretes(2)
    for lettre in (premiere, seconde):
        refuser(lettre, INSTANT + timedelta(days=10))
    with pytest.raises(ErreurMetier, match="corriger"):
        renoncer(premiere, " ")
    assert [x[2] for x in taches_du_pli()] == [None, None]
    renoncer(premiere, "Erreur de dossier.")
    assert [x[2] is None for x in taches_du_pli()] == [False, True]
    refuser(premiere, INSTANT + timedelta(days=12))
    assert seconde.valider(INSTANT + timedelta(days=12)).statut == "lettre_validee"
    with comme_portail():
        assert Preparation.objects.ouvertes().count() == 1
        assert Tache.objects.get(faite_le=None, type="presentation_pli").dossier.numero == premiere.numero
        assert Document.objects.filter(dossier__numero=premiere.numero, type="notification_decision").count() == 2


@pytest.mark.django_db
def test_ce_que_chacun_lit():
    regler("premiere_consultation")
    (lettre,) = lettres_pretes(1)
    nuit, signature = nuit_de(lettre), INSTANT + timedelta(days=10)
    refuser(lettre, signature)
    document = lettre_de_decision(lettre)
    porteur, instructeur = (
        make_utilisateur("porteur_referent", document.dossier.equipe),
        make_utilisateur("ars_instructeur"),
    )
    admin = make_utilisateur("admin_regional")
    fiche, documents = reverse("dossier", args=[lettre.numero]), reverse("documents", args=[lettre.numero])
    with horloge.figer(signature + timedelta(days=1)):
        page = client_de(instructeur).get(fiche).content.decode()
        assert "sans effet avant sa notification" in page
        assert "Sans elle jusqu’au 2\u00a0mai\u00a02026 inclus" in page
        assert "L’ARS a signé une décision" in client_de(porteur).get(fiche).content.decode()
        assert "Notification non prouvée" in client_de(admin).get(documents).content.decode()
        assert "Notification des décisions" not in client_de(porteur).get(documents).content.decode()
        actes = {a["nom"] for a in appelant(instructeur).get(f"dossiers/{lettre.numero}/actions/").json()}
        assert {"enregistrer_presentation", "renoncer_decision"} <= actes
    with horloge.figer(nuit + timedelta(hours=1)):
        page = client_de(instructeur).get(fiche).content.decode()
        assert "Refus du 12\u00a0mars\u00a02026 sans effet" in page
        assert "Il reste le retrait, jusqu’au 2\u00a0septembre\u00a02026 inclus" in page
    lire(lettre, nuit - timedelta(days=1))
    presenter(lettre, nuit - timedelta(hours=1), presentee_le="20/03/2026", reference="1A 123")
    with horloge.figer(nuit):
        page = client_de(admin).get(documents).content.decode()
    assert "présenté le 20\u00a0mars\u00a02026, n° 1A 123" in page
    with comme_portail():
        assert Lecture.objects.get().utilisateur.nom_complet in page


@pytest.mark.django_db
def test_un_refus_n_est_pas_notifie_a_une_equipe_sans_compte():
    """Made available with its mail: to nobody, it is not. The registered letter alone proves it, and silence goes on."""
    (lettre,) = lettres_pretes(1)
    with comme_portail():
        Rattachement.objects.filter(organisation__dossiers__numero=lettre.numero).update(retire_le=INSTANT)
    client = client_de(make_utilisateur("ars_instructeur"))
    documents = reverse("documents", args=[lettre.numero])
    with horloge.figer(INSTANT + timedelta(days=10)):
        url = reverse("acte", args=[lettre.numero, "refuser_lettre"])
        assert "Signer le refus" in client.post(url, REFUS | {"apercu": "1"}).content.decode()
        fait = client.post(url, REFUS, follow=True).content.decode()
        assert "L’équipe n’a pas encore de compte" in fait
        assert "la présentation du pli recommandé" in fait
        vider(types=("courriel",))
        page = client.get(documents).content.decode()
        assert "personne de l’équipe ne pouvait le recevoir" in page
        assert "envoyé le" not in page
    assert (lettre.relire().statut, decisions_de(lettre)) == ("lettre_deposee", [])
    presenter(lettre, INSTANT + timedelta(days=14), presentee_le="14/03/2026")
    (decision,) = decisions_de(lettre)
    assert (lettre.relire().statut, decision.date_notification) == ("lettre_refusee", date(2026, 3, 14))


@pytest.mark.django_db
def test_un_refus_prepare_ne_refuse_pas_le_depot_suivant():
    """Signed on the first filing, beaten by silence, its letter read once the delay runs on a second filing: nothing happens."""
    regler("premiere_consultation")
    (lettre,) = lettres_pretes(1)
    nuit = nuit_de(lettre)
    refuser(lettre, INSTANT + timedelta(days=10))
    ancienne = lettre_de_decision(lettre)
    regler_dues(au=nuit)
    with contexte(lettre.acteur):
        for jour, transition in ((17, "retirer_validation_lettre"), (18, "retirer_refus_lettre")):
            retraits.retirer(
                numero=lettre.numero,
                transition=transition,
                motivation="Comptage faux.",
                contradictoire_le=jour_local(nuit, "Europe/Paris"),
                acteur=make_acteur("ars_signataire"),
                maintenant=nuit + timedelta(days=jour),
            )
    assert lettre.relire().statut == "lettre_deposee"
    with comme_portail():
        assert not Preparation.objects.ouvertes().exists()
        Preparation.objects.update(close_le=None)  # as one that was left open
    acteur = make_acteur("porteur_referent", ancienne.dossier.equipe)
    with contexte(acteur):
        noter_lecture(document=ancienne, acteur=acteur, maintenant=nuit + timedelta(days=19))
    assert lettre.relire().statut == "lettre_deposee"


@pytest.mark.django_db
def test_un_pli_presente_a_temps_et_saisi_apres_la_nuit():
    regler("presentation")
    (lettre,) = lettres_pretes(1)
    nuit = nuit_de(lettre)
    refuser(lettre, nuit - timedelta(days=3, hours=1))
    # Fifteen days, and never after the last day of the silence.
    assert taches_du_pli() == [("ars", date(2026, 5, 2), None)]
    presenter(lettre, nuit + timedelta(hours=1), presentee_le="30/04/2026")
    assert lettre.relire().statut == "lettre_validee"
    assert taches_du_pli()[0][2] == nuit + timedelta(hours=1)
    with comme_portail():
        assert Evenement.objects.get(type="enregistrer_presentation").legal_le == datetime(2026, 4, 30, 10, tzinfo=UTC)
    with horloge.figer(nuit + timedelta(hours=2)):
        client = client_de(make_utilisateur("ars_instructeur"))
        page = client.get(reverse("dossier", args=[lettre.numero]))
        carte = client.get(reverse("documents", args=[lettre.numero])).content.decode()
        lue = appelant(make_utilisateur("caisse_instructeur", lettre.relire().caisse)).get(f"dossiers/{lettre.numero}/")
        porteur = appelant(make_utilisateur("porteur_referent", lettre.relire().equipe)).get(
            f"dossiers/{lettre.numero}/"
        )
    texte = page.content.decode()
    (notification,) = lue.json()["notifications"]
    assert (notification["fait_foi"], notification["notifiee_le"]) == ("presentation", None)
    assert (notification["presentee_le"], notification["objet"], notification["lectures"]) == (
        "2026-04-30",
        "lettre",
        [],
    )
    assert notification["sans_effet"].startswith("Son pli recommandé a été présenté le 30\u00a0avril")
    assert porteur.json()["notifications"] == []
    assert [(x["canal"], x["date_depot"]) for x in porteur.json()["depots"]] == [("portail", "2026-03-02")]
    for lu in (texte, carte):
        assert "Son pli recommandé a été présenté le 30\u00a0avril\u00a02026, dans le délai, mais le portail" in lu
    assert "Sans effet" in carte
    assert "Notification non prouvée" not in carte
    assert "n’était pas prouvée à temps" not in texte
    assert "Il reste le retrait, jusqu’au 2\u00a0septembre\u00a02026 inclus" in texte
