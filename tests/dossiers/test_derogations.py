"""The life of a dérogation through its acts: who may what, what is frozen, what it lifts, who is warned and when (DER-1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from dossiers import grille
from dossiers.models import Derogation, Echeance, Relance
from dossiers.services import relances
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from tests.fabriques import Distribution, client_de, juger_tout, make_dossier

pytestmark = pytest.mark.django_db
BAS = {"medecins_presents": "8", "liberaux": "6", "adherents_declares": "3"}


def lettre(**champs) -> Distribution:
    d = make_dossier("lettre_deposee", **(BAS | champs)).distribution
    juger_tout(d, "lettre")
    return d


def une(d: Distribution) -> Derogation:
    with comme_portail():
        return Derogation.objects.get(dossier__numero=d.numero)


def demander(d: Distribution, qui: str = "porteur", portee=("CRI-1d",), **champs) -> Derogation:
    d.fait(qui, "demander_derogation", portee=list(portee), fondement="circonstances", motif="Peu dense.", **champs)
    with comme_portail():
        return Derogation.objects.filter(dossier__numero=d.numero).latest("pk")


def jour(d: Distribution, ecart: int = 0) -> str:
    return (d.jour + timedelta(days=ecart)).isoformat()


def bloque(d: Distribution) -> set[str]:
    with comme_portail():
        return {p.code for p in grille.portes(d.relire(), "valider_lettre", d.jour)[0]}


def test_de_la_demande_a_l_accord_le_controle_se_leve():
    d = lettre()
    assert bloque(d) == {"CRI-1d"}
    demande = demander(d)
    assert (demande.demandeur, demande.chiffres[0]["code"]) == ("equipe", "CRI-1d")
    assert "8 médecins" in demande.chiffres[0]["constat"]
    assert bloque(d) == {"CRI-1d", "derogation_pendante"}
    d.fait("instructeur", "aviser_derogation", derogation=demande.pk, sens="favorable", texte="")
    d.fait("gestionnaire", "aviser_derogation", derogation=demande.pk, sens="reserves", texte="À revoir dans un an.")
    d.avancer(days=3)
    d.fait("instructeur", "envoyer_derogation", derogation=demande.pk, envoyee_le=jour(d), session_le=jour(d, 10))
    d.avancer(days=10)
    champs = {"derogation": demande.pk, "issue": "conditions", "session_le": jour(d), "reference": "CPN-12"}
    d.fait("instructeur", "statuer_derogation", **champs, conditions="Un point à un an.", valide_au=jour(d, 400))
    assert bloque(d) == set()
    with comme_portail():
        etapes = [e.donnees["etape"] for e in Evenement.objects.filter(type="derogation").order_by("seq")]
        assert etapes == ["demande", "avis_ars", "avis_caisse", "envoi", "decision"]
    assert d.fait("instructeur", "valider_lettre").statut == "lettre_validee"


def test_les_chiffres_du_jour_de_la_demande_ne_changent_plus():
    d = lettre()
    demander(d)
    with comme_portail():
        d.relire().lettre.__class__.objects.filter(dossier__numero=d.numero).update(medecins_presents=30)
    assert "8 médecins" in une(d).chiffres[0]["constat"]


def test_elle_ne_vaut_que_pendant_sa_validite():
    d = lettre()
    demande = demander(d, "instructeur")
    d.avancer(days=1)
    d.fait(
        "instructeur", "statuer_derogation", derogation=demande.pk, issue="accordee", session_le=jour(d), reference="C",
        valide_du=jour(d, 2), valide_au=jour(d, 3),
    )  # fmt: skip
    lus = []
    for _ in range(5):
        lus.append("CRI-1d" in bloque(d))
        d.avancer(days=1)
    assert lus == [True, True, False, False, True]


INTERDITS = (
    ("gestionnaire", "demander_derogation"),
    ("porteur", "aviser_derogation"),
    ("gestionnaire", "envoyer_derogation"),
    ("porteur", "statuer_derogation"),
    ("gestionnaire", "statuer_derogation"),
    ("porteur", "corriger_derogation"),
    ("gestionnaire", "retirer_derogation"),
    ("regional", "enregistrer_derogation"),
    ("national", "demander_derogation"),
)


def test_a_chacun_son_acte():
    d = lettre()
    demande = demander(d)
    for qui, acte in INTERDITS:
        with pytest.raises(Interdit):
            d.fait(qui, acte, derogation=demande.pk)
    assert une(d).issue == "demandee"


def test_un_avis_ne_se_rend_qu_une_fois_et_se_motive():
    d = lettre()
    demande = demander(d)
    with pytest.raises(ErreurMetier) as refus:
        d.fait("instructeur", "aviser_derogation", derogation=demande.pk, sens="defavorable", texte=" ")
    assert list(refus.value.champs) == ["texte"]
    d.fait("instructeur", "aviser_derogation", derogation=demande.pk, sens="favorable", texte="")
    with pytest.raises(Conflit):
        d.fait("signataire", "aviser_derogation", derogation=demande.pk, sens="defavorable", texte="Non.")
    assert une(d).avis_ars == "favorable"


def test_qui_a_demande_retire():
    d = lettre()
    demande = demander(d, "instructeur")
    with pytest.raises(Conflit):
        d.fait("porteur", "retirer_derogation", derogation=demande.pk, motif="Plus besoin.")
    d.fait("instructeur", "retirer_derogation", derogation=demande.pk, motif="Sans objet.")
    assert une(d).issue == "retiree"
    assert bloque(d) == {"CRI-1d"}


def test_une_correction_est_un_acte_qui_dit_pourquoi():
    d = lettre()
    d.fait(
        "instructeur", "enregistrer_derogation", portee=["CRI-1d"], motif="Tension", demandee_le=jour(d, -9), issue="accordee",
        session_le=jour(d, -1), reference="CPN-1", valide_au=jour(d, 1),
    )  # fmt: skip
    champs = {"derogation": une(d).pk, "issue": "accordee", "session_le": jour(d, -1), "reference": "CPN-2"}
    with pytest.raises(ErreurMetier) as refus:
        d.fait("instructeur", "corriger_derogation", **champs, raison=" ")
    assert list(refus.value.champs) == ["raison"]
    d.fait("instructeur", "corriger_derogation", **champs, raison="Erreur de saisie.")
    assert (une(d).reference, une(d).valide_au) == ("CPN-2", None)
    with comme_portail():
        donnees = Evenement.objects.filter(type="derogation").latest("seq").donnees
    assert (donnees["avant"]["reference"], donnees["apres"]["reference"]) == ("CPN-1", "CPN-2")
    assert donnees["motif"] == "Erreur de saisie."


HOSTILES = [
    ({"portee": []}, "portee"),
    ({"portee": ["CRI-5"]}, "portee"),
    ({"portee": ["<script>"]}, "portee"),
    ({"motif": " "}, "motif"),
    ({"motif": "x" * 6001}, "motif"),
    ({"demandee_le": "31/02/2026"}, "demandee_le"),
    ({"demandee_le": "2999-01-01"}, "demandee_le"),
    ({"issue": "oui"}, "issue"),
    ({"issue": "accordee"}, "session_le"),
    ({"issue": "accordee", "session_le": "2026-03-01"}, "reference"),
    ({"issue": "conditions", "session_le": "2026-03-01", "reference": "C"}, "conditions"),
    ({"issue": "refusee", "session_le": "2999-01-01"}, "session_le"),
    ({"issue": "accordee", "session_le": "2026-03-01", "reference": "C" * 81}, "reference"),
    ({"fondement": "parce que"}, "fondement"),
    ({"valide_du": "2026-03-05", "valide_au": "2026-03-04"}, "valide_au"),
]


def test_une_saisie_fausse_est_dite_sur_son_champ():
    d = lettre()
    bons = {"portee": ["CRI-1d"], "motif": "Tension", "demandee_le": jour(d, -5), "issue": "demandee"}
    for champs, champ in HOSTILES:
        with pytest.raises(ErreurMetier) as refus:
            d.fait("instructeur", "enregistrer_derogation", **(bons | champs))
        phrase = refus.value.champs[champ][0]
        assert phrase[0].isupper(), phrase
        assert phrase.endswith((".", ")")), phrase
    with comme_portail():
        assert not Derogation.objects.filter(dossier__numero=d.numero).exists()
        assert not Evenement.objects.filter(type="derogation").exists()


def test_la_derogation_d_un_autre_dossier_n_existe_pas():
    mien, autre = lettre(), lettre(departement="32", specialites=["SM30"])
    etrangere = demander(autre)
    demander(mien)
    with pytest.raises(ErreurMetier) as refus:
        mien.fait("instructeur", "envoyer_derogation", derogation=etrangere.pk, envoyee_le=jour(mien))
    assert list(refus.value.champs) == ["derogation"] or isinstance(refus.value, Introuvable)


def test_deux_specialites_deux_portees():
    """Eight doctors in all: the request names one specialty, the total stays."""
    d = lettre(specialites=["SM16", "SM30"])
    with pytest.raises(ErreurMetier) as refus:
        demander(d, portee=["DER-1"], groupes=["nephrologie"])
    assert list(refus.value.champs) == ["groupes"]
    assert demander(d, portee=["CRI-1d"], groupes=["nephrologie"]).groupes == ["nephrologie"]


def test_l_ars_est_prevenue_30_puis_10_jours_avant_une_fois_chacun():
    d = lettre()
    demander(d)
    with comme_portail():
        dl1 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-1")

    def passer(avant: int) -> list[int]:
        au = dl1.instant - timedelta(days=avant + 1) + timedelta(hours=10)
        for _ in range(2):
            relances.creer(au=au)
        with comme_portail():
            lues = Relance.objects.filter(echeance=dl1, genre="derogation")
            return list(lues.order_by("-palier").values_list("palier", flat=True))

    assert [passer(n) for n in (31, 30, 29, 11, 10, 9, 1)] == [[], [30], [30], [30], [30, 10], [30, 10], [30, 10]]
    with comme_portail():
        envois = Envoi.objects.filter(cle__startswith="courriel:derogation_pendante:")
        assert {e.charge["organisation"] for e in envois} == {d.relire().ars_id}
        assert envois.count() == 2


def test_plus_d_alerte_une_fois_decidee_ni_pour_qui_n_a_rien_demande():
    d, sans = lettre(), lettre(departement="32", specialites=["SM30"])
    demande = demander(d)
    d.fait("instructeur", "retirer_derogation", derogation=demande.pk, motif="Sans objet.")
    with comme_portail():
        dl1 = Echeance.objects.get(dossier__numero=sans.numero, regle="DL-1")
    relances.creer(au=dl1.instant - timedelta(days=5))
    with comme_portail():
        assert not Relance.objects.filter(genre="derogation").exists()


def test_les_delais_d_alerte_sont_ceux_des_parametres():
    JeuParametres.objects.create(
        region_id="76", valide_du=date(2026, 1, 1), valeurs={"paliers_derogation": [20]}, source="Essai"
    )
    d = lettre()
    demander(d)
    with comme_portail():
        dl1 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-1")
    for avant in (25, 15):
        relances.creer(au=dl1.instant - timedelta(days=avant))
    with comme_portail():
        assert list(Relance.objects.filter(genre="derogation").values_list("palier", flat=True)) == [20]


def test_le_silence_de_l_ars_n_accorde_rien():
    """A tacit validation of two specialties is born without its dérogation, and flagged; only the right scope clears it."""
    d = lettre(specialites=["SM16", "SM30"], medecins_presents="60", liberaux="50", adherents_declares="20")
    demande = demander(d, portee=["DER-1"])
    autre = demander(d, portee=["CRI-4"])
    d.avancer(days=90)
    regler_dues(au=d.maintenant)
    assert (d.relire().statut, d.relire().est_a_regulariser) == ("lettre_validee", True)
    decision = {"issue": "accordee", "session_le": jour(d), "reference": "CPN-3"}
    d.fait("instructeur", "statuer_derogation", derogation=autre.pk, **decision)
    assert d.relire().est_a_regulariser
    d.fait("instructeur", "statuer_derogation", derogation=demande.pk, **decision)
    assert not d.relire().est_a_regulariser


def test_une_derogation_expiree_n_empeche_pas_le_signalement():
    d = lettre(specialites=["SM16", "SM30"], medecins_presents="60", liberaux="50", adherents_declares="20")
    demande = demander(d, "instructeur", portee=["DER-1"])
    champs = {"issue": "accordee", "session_le": jour(d), "reference": "CPN-3", "valide_au": jour(d, 20)}
    d.fait("instructeur", "statuer_derogation", derogation=demande.pk, **champs)
    d.avancer(days=90)
    regler_dues(au=d.maintenant)
    assert d.relire().est_a_regulariser


@pytest.mark.parametrize(("reglage", "permis"), [("CPN", False), ("ARS", True)])
def test_l_ars_assouplit_elle_meme_ou_le_reglage_le_dit(reglage, permis):
    JeuParametres.objects.create(
        region_id="76", valide_du=date(2026, 1, 1), valeurs={"assouplissement": reglage}, source="Essai"
    )
    d = lettre()
    if not permis:
        with pytest.raises(Conflit):
            d.fait("instructeur", "assouplir_perimetre", motif="Territoire de montagne.")
        return
    d.fait("instructeur", "assouplir_perimetre", motif="Territoire de montagne.")
    assert (une(d).instance, une(d).portee, une(d).issue) == ("ARS", ["CRI-1a"], "accordee")


def test_la_page_de_chacun():
    d = lettre()
    demande = demander(d)
    d.fait("gestionnaire", "aviser_derogation", derogation=demande.pk, sens="reserves", texte="Note réservée.")
    url = reverse("derogations", args=[d.numero])
    with horloge.figer(d.maintenant):
        pages = {
            qui: client_de(d.utilisateur(qui)).get(url).content.decode()
            for qui in ("porteur", "instructeur", "gestionnaire", "national")
        }
    for texte in pages.values():
        assert "Dix médecins présents" in texte
        assert "8 médecins" in texte
        assert "Avis attendu de l’ARS, puis envoi" in texte
    assert "Note réservée." in pages["instructeur"]
    assert "Note réservée." not in pages["porteur"]
    assert "Enregistrer la décision de la CPN" in pages["instructeur"]
    assert "Enregistrer la décision" not in pages["gestionnaire"]
