"""A recours gracieux is against a given decision: a filing or a withdrawal that comes since leaves it nothing to review."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from dossiers.models import Decision, Echeance, Tache
from dossiers.regles import apres_decision
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.typographie import date_fr
from tests.dossiers.test_mauvaises_saisies import scans, trace
from tests.dossiers.test_recours import actes, la_date, le_recours, page, regler
from tests.fabriques import Distribution, client_de, make_dossier, remplir_projet

pytestmark = pytest.mark.django_db
FRANC = Parametres(calcul_recours="franc")


def deposer_encore(d: Distribution) -> None:
    d.avancer(days=5)
    remplir_projet(d)
    d.fait("porteur", "deposer_projet")


def courriels(etape: str) -> list[tuple[int, str]]:
    """(organisation, text) of the mails about this step of the recours."""
    with comme_portail():
        charges = Envoi.objects.filter(charge__gabarit="recours", charge__contexte__etape=etape).values_list(
            "charge", flat=True
        )
        return [
            (c["organisation"], render_to_string("emails/recours.txt", c["contexte"] | {"adresse_portail": ""}))
            for c in charges
        ]


def test_un_nouveau_depot_laisse_le_recours_sans_objet_et_se_dit_aux_deux():
    regler(calcul_recours="franc")
    d = make_dossier("projet_refuse").distribution
    d.fait("porteur", "former_recours_gracieux", motifs="Le plan de déploiement est complet.")
    assert "met fin à votre recours gracieux" in page(d, "porteur")
    deposer_encore(d)
    # The refusal stands, filing or not: the time to go to court runs anew, and is reminded.
    with comme_portail():
        dl9 = Echeance.objects.get(regle="DL-9")
    assert (dl9.rang, dl9.statut, dl9.dernier_jour) == (1, "ouverte", apres_decision.dernier_jour(d.jour, FRANC))
    r, pourquoi = le_recours(), f"Une nouvelle version a été déposée le {date_fr(d.jour)}"
    assert (r.issue, r.mode, r.date_reponse, la_date().statut) == ("sans_objet", "expresse", d.jour, "annulee")
    assert r.reponse.startswith(pourquoi)
    dits = courriels("sans_objet")
    assert {o for o, _ in dits} == {d.acteur("porteur").organisation_id, d.acteur("instructeur").organisation_id}
    assert all(pourquoi in texte for _, texte in dits)
    with comme_portail():
        assert Evenement.objects.get(type="clore_recours").donnees["recours"] == r.pk
    assert (actes(d, "porteur"), actes(d, "instructeur")) == (set(), set())
    for qui in ("porteur", "instructeur"):
        assert "Sans objet" in page(d, qui)
    avant = trace(d)
    with pytest.raises(Conflit, match=r"n’attend plus de réponse\. Une nouvelle version"):
        d.fait("signataire", "repondre_recours", issue="accepte", motifs="Le recours est fondé.")
    assert trace(d) == avant
    # Silence has accepted the new version: nothing to contest, before any scan has written it down.
    d.avancer(days=70)
    assert actes(d, "porteur") == set()
    assert "Contester" not in page(d, "porteur")


def test_un_recours_poste_avant_un_nouveau_depot_s_enregistre_sans_objet():
    d = make_dossier("projet_refuse").distribution
    refus = d.jour
    deposer_encore(d)
    assert (actes(d, "porteur"), actes(d, "instructeur")) == (set(), {"enregistrer_recours"})
    with pytest.raises(Conflit, match="Aucune décision défavorable"):
        d.fait("porteur", "former_recours_gracieux", motifs="Le plan est complet.")
    d.avancer(days=2)
    jours = {"motifs": "Le plan est complet.", "date_reception": str(d.jour)}
    avant = trace(d)
    with pytest.raises(ErreurMetier) as trop_tard:
        d.fait("instructeur", "enregistrer_recours", scans(), date_depot=str(d.jour - timedelta(days=1)), **jours)
    assert "n’était en vigueur ce jour-là" in trop_tard.value.champs["date_depot"][0]
    assert trace(d) == avant
    d.fait("instructeur", "enregistrer_recours", scans(), date_depot=str(refus + timedelta(days=2)), **jours)
    r = le_recours()
    assert (r.issue, r.decision_id is not None, "nouvelle version" in r.reponse) == ("sans_objet", True, True)
    assert (actes(d, "instructeur"), d.relire().statut) == (set(), "projet_depose")
    with comme_portail():
        assert not Document.objects.filter(type="accuse_recours").exists()


def test_retirer_le_refus_repond_au_recours_et_ne_retire_que_la_decision_visee():
    d = make_dossier("lettre_refusee").distribution
    d.fait("porteur", "former_recours_gracieux", motifs="Le besoin est établi.")
    d.avancer(days=3)
    signataire, avant = d.acteur("signataire"), trace(d)
    with comme_portail():
        autre = Decision.objects.get().pk + 1
    with pytest.raises(Conflit, match="Une autre décision a été prise depuis"):  # a page read before
        d.fait("signataire", "retirer_refus_lettre", motivation="Fondé.", decision=str(autre))
    assert trace(d) == avant
    champ = f'<input type="hidden" name="decision" value="{autre - 1}"'
    assert champ in page(d, "signataire", reverse("acte", args=[d.numero, "retirer_refus_lettre"]))
    d.fait("signataire", "retirer_refus_lettre", motivation="L’étude établit le besoin.")
    r = le_recours()
    assert (r.issue, r.mode, r.date_reponse, r.repondu_par_id) == (
        "accepte",
        "expresse",
        d.jour,
        signataire.utilisateur_id,
    )
    (equipe, texte), *autres = courriels("reponse")
    assert (equipe, autres) == (d.acteur("porteur").organisation_id, [])
    assert "il est accepté" in texte
    with comme_portail():
        types = list(Evenement.objects.exclude(type="document_demande").order_by("seq").values_list("type", flat=True))
    assert types[-2:] == ["repondre_recours", "retirer_refus_lettre"]


def test_un_rejet_expres_part_par_une_lettre_et_le_tribunal_compte_de_sa_preuve():
    regler(calcul_recours="franc", preuve_notification="presentation")
    d = make_dossier("lettre_incomplete").distribution
    d.avancer(days=60)
    d.fait("instructeur", "classer", motivation="Rien reçu.")
    d.fait("porteur", "former_recours_gracieux", motifs="Les pièces étaient parties.")
    d.avancer(days=9)
    with horloge.figer(d.maintenant):
        agent, url = client_de(d.utilisateur("instructeur")), reverse("acte", args=[d.numero, "repondre_recours"])
        avant = trace(d)
        apercu = agent.post(
            url, {"issue": "rejete", "motifs": "Aucun envoi n’est établi.", "apercu": "1"}
        ).content.decode()
        for mots in (
            "Votre recours est rejeté.",
            "contre le classement du dossier",
            "saisir le tribunal administratif",
            "Aucun envoi n’est établi.",
        ):
            assert mots in apercu, mots
        assert trace(d) == avant
    d.fait("instructeur", "repondre_recours", issue="rejete", motifs="Aucun envoi n’est établi.")
    r = le_recours()
    assert (r.date_notification, r.cle_document) == (None, "recours:lettre:1")
    with comme_portail():
        lettre = Document.objects.get(cle=r.cle_document)
        assert (lettre.type, lettre.donnees["nature"], lettre.donnees["sens"]) == (
            "notification_decision",
            "recours",
            "defavorable",
        )
        assert Tache.objects.get(cle=f"presentation_pli:{r.cle_document}").faite_le is None
    d.avancer(days=4)
    presentee = d.jour - timedelta(days=1)
    d.fait("instructeur", "enregistrer_presentation", presentee_le=str(presentee), lettre=r.cle_document)
    with comme_portail():
        assert Tache.objects.get(cle=f"presentation_pli:{r.cle_document}").faite_le is not None
    assert le_recours().date_notification == presentee
    assert f"à compter du {date_fr(presentee)}" in page(d, "porteur")
