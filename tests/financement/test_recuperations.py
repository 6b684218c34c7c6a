"""Recovery and résiliation (REC-1, REC-2): each step, and each way to do it wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from dossiers.actions import disponibles
from dossiers.models import Dossier, Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.session import acteur_de
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.typographie import date_fr
from financement.livre.soldes import par_enveloppe
from financement.livre.soldes import total as somme
from financement.models import Contrat, MouvementRecuperation, Recuperation, Versement
from financement.recuperations.retards import relancer_retards
from financement.recuperations.verification import recuperations
from financement.services.deductions import deja_recu
from financement.services.retours import constater_retour
from tests.fabriques import Distribution, client_de, make_dossier, make_utilisateur, rattachement_de

pytestmark = pytest.mark.django_db
D = Decimal


def une(d: Distribution) -> Recuperation:
    with comme_portail():
        return Recuperation.objects.prefetch_related("mouvements", "termes").get(dossier__numero=d.numero)


def mouvement(d: Distribution, **champs: str) -> MouvementRecuperation:
    with comme_portail():
        return MouvementRecuperation.objects.get(dossier__numero=d.numero, **champs)


def retirer(d: Distribution) -> None:
    """The projet's validation is withdrawn: the solde, 40 000 €, may be asked back."""
    le = d.jour.isoformat()
    d.avancer(days=16)
    d.fait(
        "signataire", "retirer_validation_projet", fondement="L242-2", contradictoire_le=le, motivation="Comptage faux."
    )


def refuse(d: Distribution, qui: str, acte: str, champ: str, texte: str, **saisie: Any) -> None:
    """A sentence on the field, and nothing is written."""
    with comme_portail():
        avant = Evenement.objects.count(), MouvementRecuperation.objects.count()
    with pytest.raises(ErreurMetier) as refus, transaction.atomic():
        d.fait(qui, acte, **saisie)
    dit = " ".join(refus.value.champs.get(champ, [])) if champ else refus.value.message
    assert texte in dit, (refus.value.message, refus.value.champs)
    with comme_portail():
        assert (Evenement.objects.count(), MouvementRecuperation.objects.count()) == avant


def second(d: Distribution, role: str, nom: str) -> None:
    """Another person of the same caisse."""
    d.utilisateurs[nom] = make_utilisateur(role, departement=d.departement)
    d.acteurs[nom] = acteur_de(rattachement_de(d.utilisateurs[nom]))


def prochaine(d: Distribution, r: Recuperation, qui: str) -> str:
    """The sentence that the page of the recovery begins with: the next step and its day, in the reader's words."""
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur(qui)).get(reverse("recuperation", args=[d.numero, r.numero]))
    return page.context["essentiel"]


def test_de_la_tache_a_la_derniere_echeance():
    d = make_dossier("dotation_active").distribution
    second(d, "caisse_instructeur", "gestionnaire2")
    retirer(d)
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type="ouvrir_recuperation")
    faits = {"origine": "retrait", "motif": "Le comptage des adhérents était faux."}
    # Wrong amounts, wrong people, late without a reason.
    refuse(
        d, "gestionnaire", "ouvrir_recuperation", "montant", "plus que ce qui a été versé", **faits, montant="40000,01"
    )
    refuse(d, "gestionnaire", "ouvrir_recuperation", "montant", "positif", **faits, montant="-1")
    refuse(d, "gestionnaire", "ouvrir_recuperation", "montant", "deux décimales", **faits, montant="1,234")
    refuse(
        d,
        "gestionnaire",
        "ouvrir_recuperation",
        "origine",
        "Rien n’est à récupérer",
        **(faits | {"origine": "dix_huit_mois"}),
    )
    with pytest.raises(Interdit):
        d.fait("porteur", "ouvrir_recuperation", **faits)
    d.avancer(days=60)
    assert d.jour > tache.a_faire_au_plus_tard
    refuse(d, "gestionnaire", "ouvrir_recuperation", "motif_retard", "raison du retard", **faits)
    d.fait("gestionnaire", "ouvrir_recuperation", **faits, motif_retard="Attente du recours de l’équipe.")
    r = une(d)
    assert (r.statut, r.montant_propose, r.fondement, r.creancier) == (
        "contradictoire",
        D("40000.00"),
        "L242-2",
        "caisse",
    )
    refuse(d, "gestionnaire", "ouvrir_recuperation", "origine", "le demande déjà", **faits)
    with comme_portail():
        tache.refresh_from_db()
        assert tache.faite_le == d.maintenant
        assert Tache.objects.get(cle=f"observations:{r.numero}").a_faire_au_plus_tard == r.observations_jusquau
        lettre = Document.objects.get(cle=f"recuperation:{r.pk}:notification")
    assert lettre.donnees["essentiel"] == "Il est envisagé de vous demander 40\u00a0000,00\u00a0€."
    assert lettre.donnees["explication"]

    # Nothing is decided before the équipe has spoken, nor before it is heard.
    with pytest.raises(Conflit, match="observations jusqu’au"):
        d.fait("ordonnateur", "decider_recuperation", sens="tout", motivation="Motifs.", vues="0")
    attendue = {qui: prochaine(d, r, qui) for qui in ("porteur", "ordonnateur")}
    assert all(f"jusqu’au {date_fr(r.observations_jusquau)} inclus" in mots for mots in attendue.values())
    d.fait("porteur", "presenter_observations", texte="Nous contestons.", demande_audience="on", est_complete="on")
    assert prochaine(d, r, "porteur").startswith(
        "Vous avez demandé à être entendus\u00a0: la date de l’audience est à fixer."
    )
    with pytest.raises(Conflit, match="entendue"):
        d.fait("ordonnateur", "decider_recuperation", sens="tout", motivation="Motifs.", vues="1")
    refuse(d, "ordonnateur", "decider_recuperation", "vues", "Rouvrez cette page", sens="tout", motivation="Motifs.")
    refuse(
        d, "gestionnaire", "fixer_audience", "jour", "à venir", jour=d.jour.isoformat(), heure="14:30", lieu="Toulouse"
    )
    d.fait(
        "gestionnaire", "fixer_audience", jour=(d.jour + timedelta(days=5)).isoformat(), heure="14:30", lieu="Toulouse"
    )
    assert "14\u00a0h\u00a030" in prochaine(d, r, "ordonnateur")
    refuse(d, "gestionnaire", "consigner_audience", "tenue_le", "à venir", tenue_le="2199-01-01", compte_rendu="Dit.")
    d.avancer(days=5)
    d.fait(
        "gestionnaire", "consigner_audience", tenue_le=d.jour.isoformat(), compte_rendu="La présidente a été entendue."
    )
    assert "a dit ses observations complètes le" in prochaine(d, r, "ordonnateur")
    assert "Rien n’est à payer" in prochaine(d, r, "porteur")
    with pytest.raises(Conflit, match="nouvelles observations"):
        d.fait("ordonnateur", "decider_recuperation", sens="tout", motivation="Motifs.", vues="0")
    with pytest.raises(Interdit):
        d.fait("gestionnaire", "decider_recuperation", sens="tout", motivation="Motifs.", vues="1")
    refuse(
        d,
        "ordonnateur",
        "decider_recuperation",
        "montant",
        "inférieure",
        sens="partie",
        montant="40000",
        motivation="M.",
        vues="1",
    )
    refuse(
        d,
        "ordonnateur",
        "decider_recuperation",
        "montant",
        "Indiquez la part",
        sens="partie",
        motivation="M.",
        vues="1",
    )
    with pytest.raises(Interdit):
        d.fait("ordonnateur", "decider_recuperation", sens="tout", motivation="M.", vues="1", mot_de_passe="faux")
    d.fait(
        "ordonnateur",
        "decider_recuperation",
        sens="partie",
        montant="30000,00",
        motivation="Le reste a servi.",
        vues="1",
    )
    r = une(d)
    assert (r.statut, r.montant, r.reste) == ("a_rembourser", D("30000.00"), D("30000.00"))
    dossier = d.relire()
    with comme_portail():
        s = somme(par_enveloppe(dossier))
        assert (s.trop_percu, s.a_recuperer) == (D("30000.00"), D("30000.00"))
        assert Document.objects.get(cle=f"recuperation:{r.pk}:decision").donnees["delai_recours"] == "2\u00a0mois"

    # Instalments: to the cent, forward, to come.
    j1, j2 = d.jour + timedelta(days=30), d.jour + timedelta(days=60)
    for faux, mot in (
        (f"{j1:%d/%m/%Y} 10000\n{j2:%d/%m/%Y} 19999,99", "reste dû"),
        (f"{j2:%d/%m/%Y} 10000\n{j1:%d/%m/%Y} 20000", "se suivent"),
        (f"{j1:%d/%m/%Y} 10000,001", "Ligne 1"),
        ("demain 30000", "Ligne 1"),
    ):
        refuse(d, "ordonnateur", "echelonner_recuperation", "echeances", mot, echeances=faux)
    d.fait("ordonnateur", "echelonner_recuperation", echeances=f"{j1:%d/%m/%Y} 10000\n{j2:%d/%m/%Y} 20000")
    with comme_portail():
        plan = Document.objects.get(cle=f"recuperation:{r.pk}:echeancier:2")
    assert plan.donnees["essentiel"] == "Vous remboursez 30\u00a0000,00\u00a0€ en 2 échéances."
    # A late instalment is told once per step.
    d.avancer(days=31)
    with comme_portail():
        assert relancer_retards(au=d.maintenant) == 2
        ecrits = Envoi.objects.filter(cle__contains="retard:").count()
        relancer_retards(au=d.maintenant)
        assert Envoi.objects.filter(cle__contains="retard:").count() == ecrits == 2

    _le_verificateur_voit()

    # Two people for the money; never more than what is owed; the same reference once.
    recu = {"recu_le": d.jour.isoformat(), "reference": "VIR-1"}
    refuse(d, "gestionnaire", "enregistrer_remboursement", "montant", "Il reste", montant="30000,01", **recu)
    refuse(d, "gestionnaire", "enregistrer_remboursement", "montant", "positif", montant="-5", **recu)
    refuse(
        d,
        "gestionnaire",
        "enregistrer_remboursement",
        "recu_le",
        "suit la décision",
        montant="5",
        recu_le="2020-01-01",
        reference="V",
    )
    d.fait("gestionnaire", "enregistrer_remboursement", montant="12000", **recu)
    refuse(d, "gestionnaire", "enregistrer_remboursement", "reference", "déjà saisi", montant="12000", **recu)
    with pytest.raises(Conflit, match="attend sa confirmation"):
        d.fait("ordonnateur", "echelonner_recuperation", nombre="2", premiere=j2.isoformat())
    m = mouvement(d)
    with pytest.raises(Interdit, match="autre personne"):
        d.fait("gestionnaire", "confirmer_mouvement", mouvement=str(m.pk))
    d.fait("gestionnaire2", "confirmer_mouvement", mouvement=str(m.pk))
    with pytest.raises(Conflit):  # a stale page
        d.fait("gestionnaire2", "confirmer_mouvement", mouvement=str(m.pk))
    assert une(d).reste == D("18000.00")
    d.fait("gestionnaire", "proposer_remise", montant="3000", motif="Difficultés de trésorerie.")
    remise = mouvement(d, nature="remise")
    with pytest.raises(Interdit, match="ordonnateur"):
        d.fait("gestionnaire2", "confirmer_mouvement", mouvement=str(remise.pk))
    d.fait("ordonnateur", "confirmer_mouvement", mouvement=str(remise.pk))
    d.fait("gestionnaire2", "enregistrer_remboursement", montant="15000", recu_le=d.jour.isoformat(), reference="VIR-2")
    d.fait("gestionnaire", "confirmer_mouvement", mouvement=str(mouvement(d, reference="VIR-2").pk))
    r = une(d)
    assert (r.statut, r.reste, r.close_le) == ("soldee", 0, d.maintenant)
    with comme_portail():
        s = somme(par_enveloppe(dossier))
        assert (s.a_recuperer, s.recupere, s.remis) == (0, D("27000.00"), D("3000.00"))
        assert list(recuperations()) == []
        # FIN-13: what was repaid is no longer a credit received; what was remitted is.
        voisin = Dossier(pk=0, equipe_id=dossier.equipe_id, groupes=dossier.groupes, departements=dossier.departements)
        assert deja_recu(voisin) == D("53000.00")
        assert not Tache.objects.filter(
            dossier=dossier, faite_le=None, type__in=("rembourser", "observations", "decider_recuperation")
        ).exists()
    # What the decision gave up is said in its letter, and not asked again for the same withdrawal.
    with comme_portail():
        calcul = Document.objects.get(cle=f"recuperation:{r.pk}:decision").donnees["calcul"]
        assert ("Somme abandonnée", "10\u00a0000,00\u00a0€") in [(x["libelle"], x["valeur"]) for x in calcul]
    refuse(d, "gestionnaire", "ouvrir_recuperation", "origine", "Rien n’est à récupérer", **faits)
    _se_lit(d, r)
    _la_base_refuse(r)


def _le_verificateur_voit() -> None:
    """What slips past the acts is named by `verifier`: a plan that does not sum, a repayment that the ledger ignores, a closing too early."""
    confirme = """INSERT INTO financement_mouvementrecuperation (dossier_id, recuperation_id, nature, statut, montant, jour, reference, motif,
        propose_le, propose_par_id, confirme_le, confirme_par_id, motif_annulation)
        SELECT dossier_id, id, 'remboursement', 'confirme', montant, presentee_le, 'X', '', ouverte_le, ouverte_par_id, decidee_le,
        decidee_par_id, '' FROM financement_recuperation"""
    plan = """INSERT INTO financement_termerecuperation (dossier_id, recuperation_id, plan, jour, montant, deja_regle)
        SELECT dossier_id, id, 9, payer_jusquau, montant - 0.01, 0 FROM financement_recuperation"""
    with comme_portail():
        assert list(recuperations()) == []
        for sql, mots in (
            (plan, ["échéances"]),
            (confirme, ["étape", "remboursements ou remises"]),
            ("UPDATE financement_recuperation SET statut = 'soldee', close_le = decidee_le", ["étape"]),
        ):
            point = transaction.savepoint()
            with connection.cursor() as curseur:
                curseur.execute(sql)
            dits = list(recuperations())
            transaction.savepoint_rollback(point)
            assert len(dits) == len(mots), dits
            assert all(mot in dit for mot, dit in zip(mots, dits, strict=True)), dits


def _se_lit(d: Distribution, r: Recuperation) -> None:
    """The page for each reader, nobody else; the list for the agents; the journal in words."""
    adresse = f"/dossiers/{d.numero}/recuperations/{r.numero}/"
    with horloge.figer(d.maintenant):
        for qui in ("porteur", "instructeur", "gestionnaire", "regional"):
            lecteur = client_de(d.utilisateur(qui))
            page = lecteur.get(adresse).content.decode()
            assert "La présidente a été entendue." in page
            assert "27\u00a0000" not in page or "30\u00a0000,00\u00a0€" in page
            assert lecteur.get(f"/dossiers/{d.numero}/versements/").status_code == 200
        liste = client_de(d.utilisateur("gestionnaire")).get("/recuperations/?onglet=soldee").content.decode()
        assert r.numero in liste
        assert client_de(d.utilisateur("porteur")).get("/recuperations/").status_code == 403
        etranger = client_de(make_utilisateur("porteur_referent"))
        assert etranger.get(adresse).status_code == 404
        journal = client_de(d.utilisateur("porteur")).get(f"/dossiers/{d.numero}/journal/").content.decode()
        assert "Échéancier de remboursement accordé" in journal


def _la_base_refuse(r: Recuperation) -> None:
    """Whoever writes: no illegal jump, no decision rewritten, nothing beyond what was decided, nothing erased."""
    for sql in (
        "UPDATE financement_recuperation SET statut = 'contradictoire', close_le = NULL",
        "UPDATE financement_recuperation SET montant = 1",
        "UPDATE financement_recuperation SET montant_propose = 1",
        "DELETE FROM financement_recuperation",
        "UPDATE financement_mouvementrecuperation SET montant = 1",
        "UPDATE financement_mouvementrecuperation SET statut = 'annule'",
        "UPDATE financement_observationrecuperation SET texte = ''",
        "DELETE FROM financement_termerecuperation",
    ):
        with comme_portail(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(sql)
    un = MouvementRecuperation(
        dossier_id=r.dossier_id, recuperation=r, nature="remboursement", montant=D("0.01"), jour=date(2026, 1, 1), reference="X",
        propose_le=r.close_le, propose_par_id=r.ouverte_par_id,
    )  # fmt: skip
    with comme_portail(), pytest.raises(IntegrityError), transaction.atomic():
        un.save()


def test_ce_que_la_banque_a_rendu_pendant_le_contradictoire_n_est_plus_demande():
    d = make_dossier("dotation_active").distribution
    retirer(d)
    d.fait("gestionnaire", "ouvrir_recuperation", origine="retrait", motif="Le comptage était faux.")
    d.fait("porteur", "presenter_observations", texte="Rien à dire.", est_complete="on")
    with comme_portail():
        v = Versement.objects.get(dossier__numero=d.numero, nature="amorcage_2")
        constater_retour(
            numero=d.numero, versement=v.numero, jour=d.jour, motif="Compte clos", acteur=d.acteurs["gestionnaire"], maintenant=d.maintenant
        )  # fmt: skip
    with pytest.raises(Conflit, match="abandonnez la procédure"):
        d.fait("ordonnateur", "decider_recuperation", sens="tout", motivation="Oui.", vues="1")
    d.fait("ordonnateur", "abandonner_recuperation", motif="La banque a rendu la somme.")
    assert une(d).statut == "sans_suite"


def resiliable(d: Distribution, qui: str) -> bool:
    """Is the act offered to this person?"""
    with contexte(d.acteur(qui)):
        return "resilier" in {a.nom for a in disponibles(d.relire(), d.acteur(qui))}


def test_resilier_pour_manquements_est_une_procedure():
    d = make_dossier("dotation_active").distribution
    d.fait("gestionnaire", "proposer_versement", nature="dotation")
    with comme_portail():
        numero = d.relire().versements.get(nature="dotation").numero
    d.fait("ordonnateur", "valider_versement", versement=numero)
    d.fait("gestionnaire", "marquer_paye", versement=numero, reference="DOT-1")
    assert not resiliable(d, "signataire")
    assert resiliable(d, "porteur")  # a notice asks for no breach
    with pytest.raises(Conflit, match="Notifiez d’abord"):
        d.fait("signataire", "resilier", motif="Manquements.")
    with pytest.raises(Interdit):
        d.fait("instructeur", "notifier_manquements", manquements="Aucun rapport.")
    refuse(d, "signataire", "notifier_manquements", "manquements", "un par un", manquements=" ")
    d.fait("signataire", "notifier_manquements", manquements="Le rapport de 2026 n’est pas remis.")
    with pytest.raises(Conflit):
        d.fait("signataire", "notifier_manquements", manquements="Encore.")
    assert resiliable(d, "signataire")
    with pytest.raises(Conflit, match="observations jusqu’au"):
        d.fait("signataire", "resilier", motif="Manquements.")
    d.fait("porteur", "repondre_manquements", texte="Le rapport part demain.")
    with pytest.raises(Conflit):
        d.fait("porteur", "repondre_manquements", texte="Bis.")
    with pytest.raises(Interdit):  # who notified decides
        d.fait("ordonnateur", "resilier", motif="Manquements.")
    d.avancer(days=73)
    d.fait("signataire", "resilier", motif="Le rapport n’est jamais venu.")
    with comme_portail():
        contrat = Contrat.objects.get(dossier__numero=d.numero, type="dotation")
        procedure = contrat.dossier.procedures_resiliation.get()
        assert (contrat.statut, contrat.date_resiliation, procedure.issue) == ("resilie", d.jour, "resilie")
        lettres = Document.objects.filter(dossier=contrat.dossier, type="lettre_financiere").order_by("cree_le", "pk")
        assert [x.titre for x in lettres] == ["Manquements au contrat", "Résiliation du contrat"]
        assert lettres[1].donnees["delai_recours"]
        avance = contrat.dossier.versements.get(nature="dotation").montant
    # FIN-10: 73 days lived of 365, the effective day excluded: a fifth is due, the rest is proposed.
    d.fait("gestionnaire", "ouvrir_recuperation", origine="resiliation", motif="Résiliation en cours d’année.")
    r = une(d)
    assert [x["libelle"] for x in r.calcul][:3] == [
        "Versé pour l’année en cours",
        "Jours vécus",
        "Effectif moyen des jours vécus",
    ]
    assert r.calcul[1]["valeur"] == "73"
    assert r.assiette == r.montant_propose == avance - (avance / 5).quantize(D("0.01"))
    # Giving up says why, and frees the dossier.
    d.fait("ordonnateur", "abandonner_recuperation", motif="L’équipe a remboursé d’elle-même.")
    assert une(d).statut == "sans_suite"


def test_l_apercu_montre_la_lettre_sans_rien_ecrire_ni_demander_le_mot_de_passe():
    d = make_dossier("dotation_active").distribution
    retirer(d)
    adresse = f"/dossiers/{d.numero}/actions/ouvrir_recuperation/"
    saisie = {"origine": "retrait", "motif": "Le comptage était faux."}
    with horloge.figer(d.maintenant):
        agent = client_de(d.utilisateur("gestionnaire"))
        page = agent.post(adresse, saisie | {"apercu": "1"}).content.decode()
        assert "Il est envisagé de vous demander 40\u00a0000,00\u00a0€." in page
        with comme_portail():
            assert not Recuperation.objects.exists()
        agent.post(adresse, saisie)
        d.avancer(days=1)
    d.fait("porteur", "presenter_observations", texte="Rien à dire.", est_complete="on")
    with horloge.figer(d.maintenant):
        decideur = client_de(d.utilisateur("ordonnateur"))
        adresse = f"/dossiers/{d.numero}/actions/decider_recuperation/"
        page = decideur.post(
            adresse, {"sens": "tout", "motivation": "Oui.", "vues": "1", "mot_de_passe": "secret", "apercu": "1"}
        ).content.decode()
        assert "Voies et délais de recours" in page
        assert 'value="secret"' not in page
        assert 'name="mot_de_passe"' in page
    assert une(d).statut == "contradictoire"
    with pytest.raises(ErreurMetier):
        d.fait("porteur", "presenter_observations", texte="Trop tard.", recuperation="R-ailleurs-1")
    d.avancer(days=90)
    with pytest.raises(Conflit, match="pris fin"):
        d.fait("porteur", "presenter_observations", texte="Trop tard.")
