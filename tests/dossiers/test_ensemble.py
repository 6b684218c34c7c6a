"""At once, late, or without a worker: one outcome, at its legal date."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from dossiers.libelles import REGLES
from dossiers.models import Decision, Dossier, Echeance, Tache
from dossiers.regles.cycle import BASCULES, paires
from dossiers.services.passage import regler_dues
from dossiers.services.relances import creer
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, Occupe
from tests import fabriques

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.django_db(transaction=True)
def test_vingt_decisions_simultanees_une_seule() -> None:
    """Twenty people decide on one letter at once, ten to validate and ten to refuse: one wins, the others are told."""
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    d = dossier.distribution
    fabriques.juger_tout(d, "lettre")
    fabriques.rendre_avis(d)
    d.utilisateur("instructeur")

    def decider(rang: int) -> str:
        acte = "valider_lettre" if rang % 2 else "refuser_lettre"
        try:
            d.fait("instructeur", acte, motif_besoin="on", faits_besoin="Trois équipes déjà.")
        except Conflit as refus:
            return "conflit" if refus.message.endswith(".") else refus.message
        finally:
            connection.close()
        return acte

    with ThreadPoolExecutor(20) as pool:
        issues = Counter(pool.map(decider, range(20)))
    assert issues["conflit"] == 19, issues
    with comme_portail():
        decision = Decision.objects.get(dossier=dossier)
        final = Dossier.objects.get(pk=dossier.pk)
        actes = Evenement.objects.filter(dossier=dossier, type__in=("valider_lettre", "refuser_lettre")).count()
    assert actes == 1
    assert final.statut == ("lettre_validee" if decision.sens == "favorable" else "lettre_refusee")


@pytest.mark.django_db(transaction=True)
def test_qui_attend_trop_longtemps_est_prevenu() -> None:
    """A lock waited for in vain is a refusal in a sentence, not a breakdown: nothing is written, the other act goes on."""
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    d = dossier.distribution
    acteur = d.acteur("instructeur")

    def agir() -> None:
        try:
            with connection.cursor() as c:
                c.execute("SET lock_timeout = '20ms'")
            d.fait("instructeur", "refuser_lettre", motif_besoin="on", faits_besoin="Trois équipes déjà.")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), contexte(acteur):
        Dossier.objects.pour(acteur).verrouille(d.numero)
        with pytest.raises(Occupe, match="Une autre décision est en cours sur ce dossier") as refus:
            pool.submit(agir).result()
    assert refus.value.statut_http == 409
    assert d.relire().statut == "lettre_deposee"


@pytest.mark.django_db
def test_sans_moteur_cinq_jours_le_silence_a_decide() -> None:
    """CAL-9: five days after the tacit date and no pass since, a refusal is refused and the letter stands validated at its date."""
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    d = dossier.distribution
    with comme_portail():
        dl1 = Echeance.objects.get(dossier=dossier, regle="DL-1")
    d.maintenant = dl1.instant + timedelta(days=5)
    with pytest.raises(Conflit, match="réputée validée depuis le"):
        d.fait("instructeur", "refuser_lettre", motif_besoin="on", faits_besoin="Trois équipes.")
    regler_dues(au=d.maintenant)
    final = d.relire()
    assert (final.statut, final.statut_depuis) == ("lettre_validee", dl1.instant)
    with comme_portail():
        decision = Decision.objects.get(dossier=final)
        evenement = Evenement.objects.get(dossier=final, type="valider_lettre_tacite")
    assert (decision.mode, decision.date_acquise) == ("tacite", dl1.acquise_le)
    assert evenement.legal_le == dl1.instant
    assert evenement.enregistre_le == d.maintenant


@pytest.mark.django_db
def test_une_seconde_avant_le_refus_vaut() -> None:
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    d = dossier.distribution
    with comme_portail():
        d.maintenant = Echeance.objects.get(dossier=dossier, regle="DL-1").instant - timedelta(seconds=1)
    assert (
        d.fait("instructeur", "refuser_lettre", motif_besoin="on", faits_besoin="Trois équipes.").statut
        == "lettre_refusee"
    )
    assert regler_dues(au=d.maintenant + timedelta(days=30)) >= 0
    assert d.relire().statut == "lettre_refusee"


@pytest.mark.django_db
def test_le_second_passage_ne_change_rien() -> None:
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    d = dossier.distribution
    d.avancer(days=200)
    assert regler_dues(au=d.maintenant) > 0
    with comme_portail():
        avant = (Evenement.objects.count(), Envoi.objects.count(), Tache.objects.count(), Echeance.objects.count())
        assert regler_dues(au=d.maintenant) == 0
        assert (
            Evenement.objects.count(),
            Envoi.objects.count(),
            Tache.objects.count(),
            Echeance.objects.count(),
        ) == avant


@pytest.mark.django_db
def test_projet_tardif_jamais_clos_de_lui_meme() -> None:
    """DL-2: late is flagged, a task opens for the ARS, filing stays possible."""
    d = fabriques.make_dossier(statut="lettre_validee").distribution
    d.avancer(days=250)
    regler_dues(au=d.maintenant)
    dossier = d.relire()
    assert dossier.est_tardif
    assert dossier.statut == "lettre_validee"
    with comme_portail():
        assert Tache.objects.filter(dossier=dossier, type="statuer_retard", qui="ars").exists()
    fabriques.remplir_projet(d)
    assert d.fait("porteur", "deposer_projet").statut == "projet_depose"


@pytest.mark.django_db
def test_un_delai_accorde_leve_le_retard_qui_revient_quand_il_passe() -> None:
    d = fabriques.make_dossier(statut="lettre_validee").distribution
    d.avancer(days=250)
    regler_dues(au=d.maintenant)
    jusqu_au = d.jour + timedelta(days=30)
    accorde = d.fait(
        "instructeur", "statuer_retard", issue="accorder_delai", nouveau_delai=str(jusqu_au), motivation="Une absence."
    )
    assert not accorde.est_tardif
    with comme_portail():
        e = Echeance.objects.get(dossier=accorde, regle="DL-2")
    assert (e.statut, e.dernier_jour, accorde.prochaine_le) == ("ouverte", jusqu_au, e.instant)
    assert e.explication[-2]["libelle"] == "Délai accordé"
    d.maintenant = e.instant - timedelta(seconds=1)
    regler_dues(au=d.maintenant)
    assert not d.relire().est_tardif
    d.maintenant = e.instant
    regler_dues(au=d.maintenant)
    assert d.relire().est_tardif
    with comme_portail():
        assert Tache.objects.filter(dossier=accorde, type="statuer_retard", faite_le=None).count() == 1
        assert Evenement.objects.filter(dossier=accorde, type="projet_tardif").count() == 2


@pytest.mark.django_db
def test_un_projet_depose_dans_le_delai_accorde_est_depose_a_temps() -> None:
    d = fabriques.make_dossier(statut="lettre_validee").distribution
    d.avancer(days=250)
    regler_dues(au=d.maintenant)
    jusqu_au = d.jour + timedelta(days=30)
    d.fait(
        "instructeur", "statuer_retard", issue="accorder_delai", nouveau_delai=str(jusqu_au), motivation="Une absence."
    )
    d.avancer(days=20)
    fabriques.remplir_projet(d)
    assert not d.fait("porteur", "deposer_projet").est_tardif
    with comme_portail():
        assert Echeance.objects.get(dossier__numero=d.numero, regle="DL-2").statut == "tenue"


@pytest.mark.django_db
def test_dix_huit_mois_sans_activite_ouvrent_une_tache_jamais_un_ordre() -> None:
    """DL-5, REC-1: the caisse gets a task with its delay; nothing is recovered by itself."""
    d = fabriques.make_dossier(statut="amorcage_signe").distribution
    d.avancer(days=600)
    regler_dues(au=d.maintenant)
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type="ouvrir_recuperation")
        dl5 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-5")
    assert tache.qui == "caisse"
    assert tache.ouverte_le == dl5.instant
    assert d.relire().statut == "amorcage_signe"


@pytest.mark.django_db
def test_opposition_de_la_caisse_arrete_le_silence() -> None:
    """AVI-2: an unfavourable motivated act within the two months; no tacit validation afterwards."""
    d = fabriques.make_dossier(statut="projet_depose").distribution
    d.fait("gestionnaire", "rendre_avis", sens="defavorable", texte="Des lignes de garde menacées.", opposition="on")
    d.avancer(days=400)
    regler_dues(au=d.maintenant)
    assert d.relire().statut == "projet_depose"
    with comme_portail():
        assert Echeance.objects.get(dossier__numero=d.numero, regle="DL-3").statut == "arretee"


@pytest.mark.django_db
def test_conflit_tacite_nait_et_se_signale() -> None:
    """CRI-1c: two letters on one territory become tacit the same night: both are born, the later one is flagged."""
    premiere = fabriques.make_dossier(statut="lettre_deposee", departement="31")
    seconde = fabriques.make_dossier(statut="lettre_deposee", departement="31")
    au = premiere.distribution.maintenant + timedelta(days=90)
    regler_dues(au=au)
    a, b = premiere.distribution.relire(), seconde.distribution.relire()
    assert {a.statut, b.statut} == {"lettre_validee"}
    assert (a.est_a_regulariser, b.est_a_regulariser) == (False, True)


@pytest.mark.django_db
def test_fuseau_de_martinique() -> None:
    """CAL-4: the day of a filing at 21:00 in Martinique is that day, and silence ends at midnight there."""
    d = fabriques.Distribution(departement="972", maintenant=datetime(2025, 7, 1, 1, 0, tzinfo=UTC))
    dossier = fabriques.make_dossier(statut="lettre_deposee", distribution=d)
    with comme_portail():
        dl1 = Echeance.objects.get(dossier=dossier, regle="DL-1")
    assert dl1.dernier_jour == date(2025, 8, 30)
    assert dl1.instant == datetime.combine(date(2025, 8, 31), time(), ZoneInfo("America/Martinique"))


@pytest.mark.django_db
def test_la_base_connait_les_memes_transitions_que_la_table() -> None:
    with connection.cursor() as c:
        c.execute("SELECT source, cible FROM dossiers_transitionpermise")
        assert set(c.fetchall()) == {(a.value, b.value) for a, b in paires()}


def test_la_garde_laisse_passer_les_seules_bascules_du_silence() -> None:
    gardes = import_module("dossiers.migrations.0015_gardes_du_silence")
    assert set(gardes.AUTOMATIQUES) == {(de.value, vers.value) for de, vers in BASCULES.items()}
    assert set(BASCULES.items()) <= paires()


# How the last link of a chain may be forged by who gives its rank himself; the first one is not forged.
MAILLONS = {
    "juste": ("p.seq + 1", "p.empreinte", "autre", True),
    "hash d’avant": ("p.seq + 1", "repeat('0', 64)", "autre", False),
    "rang sauté": ("p.seq + 2", "p.empreinte", "autre", False),
    "chaîne neuve": ("1", "''", "autre", False),
    "contenu": ("p.seq + 1", "p.empreinte", "falsifie", False),
}


@pytest.mark.django_db
@pytest.mark.parametrize("cas", MAILLONS)
def test_la_base_verifie_un_evenement_ecrit_avec_son_rang(cas) -> None:
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    seq, precedent, contenu, passe = MAILLONS[cas]
    requete = f"""
    INSERT INTO journal_evenement (flux, seq, dossier_id, type, acteur_nom, role, legal_le, enregistre_le, donnees, precedent, empreinte)
    SELECT p.flux, {seq}, p.dossier_id, '{contenu}', 'Le portail', 'systeme', p.legal_le, p.legal_le, '{{}}', {precedent},
      journal_maillon({precedent}, p.flux, {seq}, p.dossier_id, NULL, 'autre', NULL, 'Le portail', 'systeme', p.legal_le, p.legal_le, '{{}}')
    FROM journal_evenement p WHERE p.dossier_id = %s ORDER BY p.seq DESC LIMIT 1"""
    refus = nullcontext() if passe else pytest.raises(IntegrityError)
    with comme_portail(), refus, transaction.atomic(), connection.cursor() as c:
        c.execute(requete, [dossier.pk])
    with comme_portail(), connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM journal_evenement e WHERE type = 'autre' AND empreinte = journal_empreinte(e)", []
        )
        assert c.fetchone() == (int(passe),)


@pytest.mark.django_db
def test_un_evenement_ne_se_reecrit_pas() -> None:
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    for requete in (
        "UPDATE journal_evenement SET type = 'autre'",
        "DELETE FROM journal_evenement",
        "TRUNCATE journal_evenement",
    ):
        with (
            pytest.raises(Exception, match=r"permission|réécrit"),
            transaction.atomic(),
            comme_portail(),
            connection.cursor() as c,
        ):
            c.execute(requete)
    with comme_portail(), connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM journal_evenement e WHERE dossier_id = %s AND empreinte <> journal_empreinte(e)",
            [dossier.pk],
        )
        assert c.fetchone() == (0,)


@pytest.mark.django_db
def test_apres_l_opposition_la_decision_expresse_est_attendue_puis_en_retard() -> None:
    """AVI-2: two months from the opposition; then late everywhere, nothing implied, and met by the decision."""
    d = fabriques.make_dossier(statut="projet_depose").distribution
    d.fait("gestionnaire", "rendre_avis", sens="defavorable", texte="Des lignes de garde menacées.", opposition="on")
    instructeur = fabriques.client_de(d.utilisateur("instructeur"))
    with comme_portail():
        e = Echeance.objects.get(dossier__numero=d.numero, regle="AVI-2")
    assert (e.statut, e.qui, e.dernier_jour) == ("ouverte", "ars", date(d.jour.year, d.jour.month + 2, d.jour.day))
    with horloge.figer(d.maintenant):
        assert "Décision expresse attendue au plus tard" in instructeur.get(f"/dossiers/{d.numero}/").content.decode()
    d.maintenant = e.instant - timedelta(days=7)
    assert creer(au=d.maintenant) == 1
    with comme_portail():
        rappel = Envoi.objects.filter(cle__startswith="courriel:relance:", dossier__numero=d.numero).last()
    assert rappel.charge["contexte"]["libelle"] == REGLES["AVI-2"]
    d.maintenant = e.instant
    d.avancer(days=8)
    for passage in (False, True):
        if passage:
            regler_dues(au=d.maintenant)
        with horloge.figer(d.maintenant):
            assert "Décision expresse en retard" in instructeur.get(f"/dossiers/{d.numero}/").content.decode()
            assert "en retard" in instructeur.get("/dossiers/").content.decode()
            assert "Décision expresse sur le projet" in instructeur.get("/pilotage/").content.decode()
    assert d.relire().statut == "projet_depose"
    with comme_portail():
        assert Evenement.objects.get(dossier__numero=d.numero, type="decision_expresse_en_retard").legal_le == e.instant
        ecrits = Envoi.objects.filter(dossier__numero=d.numero, cle__startswith=f"echeance:{e.pk}:")
        assert [(x.charge["organisations"], x.charge["contexte"]["evenement"]) for x in ecrits] == [
            ([e.ars_id], "decision_expresse_en_retard")
        ]
    d.fait("instructeur", "refuser_projet", motif_destabilisation="on", faits_destabilisation="Des lignes de garde.")
    with comme_portail():
        assert Echeance.objects.get(dossier__numero=d.numero, regle="AVI-2").statut == "tenue"
