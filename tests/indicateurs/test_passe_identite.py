"""Who the équipe was on a past day: name, territory, siège, association, register, each read from the fact that said it then."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dossiers.models import Association, Dossier, Instance, Siege
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle.typographie import date_fr
from indicateurs.passe import gouvernance, identite
from indicateurs.passe.archives import lire
from indicateurs.passe.rembobiner import rembobiner
from indicateurs.regles.passe import Lecture
from tests.dossiers.test_registre import SIEGE
from tests.fabriques import Distribution, make_dossier
from tests.indicateurs.test_passe import page

pytestmark = pytest.mark.django_db


def lu(
    d: Distribution, instant: datetime, lecture: Lecture, qui: str = "instructeur"
) -> tuple[dict[str, tuple[str, str]], list[tuple[str, ...]]]:
    """({what: (value, source)}, the register's lines without their body)."""
    acteur = d.acteur(qui)
    with contexte(acteur):
        dossier = Dossier.objects.pour(acteur).au(d.maintenant).select_related("ars", "caisse").get(numero=d.numero)
        archives = lire(dossier, acteur)
        p = rembobiner(archives, instant, lecture)
        traits = {nom: (valeur, source) for nom, valeur, source in identite.lignes(p, archives)}
        return traits, [ligne[1:] for ligne in gouvernance.lignes(p, archives)]


def test_l_equipe_et_son_registre_se_relisent_comme_ils_etaient():
    """Association corrected, siège moved, voice changed, body dissolved: each from its day; in between, what the portal did not know yet."""
    d = make_dossier("finess_attribue").distribution
    dossier = d.relire()
    debut, premier = d.jour, d.maintenant + timedelta(hours=1)
    with comme_portail():
        association = Association.objects.get(dossier=dossier)
        depose = dossier.depots.get(objet="lettre").date_depot
    d.avancer(days=10)
    d.fait("porteur", "creer_instance", type="bureau", nom="Bureau", creee_le=f"{d.jour}")
    with comme_portail():
        instance = Instance.objects.get(dossier=dossier).pk
    d.fait("porteur", "ajouter_siege", instance=str(instance), **{**SIEGE, "debut": f"{d.jour}"})
    elue, elue_le = d.maintenant, d.jour
    with comme_portail():
        siege = Siege.objects.get(dossier=dossier).pk
    d.avancer(days=10)
    consultative = {**SIEGE, "debut": f"{elue_le}", "fonction": "Invitée", "voix": "consultative"}
    d.fait("porteur", "corriger_siege", siege=str(siege), raison="Cesse ses fonctions.", **consultative)
    invitee = d.maintenant
    d.avancer(days=10)
    d.fait(
        "porteur",
        "corriger_association",
        type="loi_1901",
        nom="Cœur d’Oc",
        siren=association.siren,
        representant="C. C.",
    )
    corrigee = d.maintenant
    d.avancer(days=10)
    transfere = d.jour - timedelta(days=5)
    d.fait(
        "instructeur", "transferer", siege_departement="34", siege_commune="Montpellier",
        caisse=caisses_possibles("34")[0].code, date_effet=f"{transfere}",
    )  # fmt: skip
    d.avancer(days=10)
    d.fait("porteur", "dissoudre_instance", instance=str(instance), dissoute_le=f"{d.jour - timedelta(days=3)}")
    d.avancer(days=1)

    avant, sans_registre = lu(d, premier, Lecture.VRAI)
    assert (avant, sans_registre) == lu(d, premier, Lecture.SU)
    assert sans_registre == []
    assert avant["Nom"] == (dossier.nom, f"Lettre d’intention du {date_fr(depose)}")
    assert avant["Territoire"][0] == "Haute-Garonne (31)"
    assert avant["Siège"][0] == "Le Chef-Lieu, Haute-Garonne (31)"
    assert avant["Association"][0] == f"{association.nom}, SIREN\u00a0{association.siren}"
    assert avant["Numéro FINESS"] == (association.finess, f"Attribué le {date_fr(debut)}")

    assert lu(d, elue, Lecture.VRAI)[1] == [("Claire Castelnau", "Présidente", "Voix délibérative", date_fr(elue_le))]
    assert [x[1:3] for x in lu(d, invitee, Lecture.SU)[1]] == [("Invitée", "Voix consultative")]
    assert lu(d, invitee, Lecture.VRAI)[0]["Association"] == avant["Association"]
    assert lu(d, corrigee, Lecture.VRAI)[0]["Association"] == (
        f"Cœur d’Oc, SIREN\u00a0{association.siren}",
        f"Correction du {date_fr(corrigee.date())}",
    )

    entre = d.maintenant - timedelta(days=13)  # three days after the transfer counts, two before it is recorded
    vrai, su = (lu(d, entre, x)[0] for x in Lecture)
    assert vrai["Siège"] == ("Montpellier, Hérault (34)", f"Transfert du {date_fr(transfere)}")
    assert su["Siège"] == avant["Siège"]
    dissous = d.maintenant - timedelta(days=2)
    assert lu(d, dissous, Lecture.VRAI)[1] == []
    assert [x[3] for x in lu(d, dissous, Lecture.SU)[1]] == [date_fr(elue_le)]

    html = page(d, "instructeur", premier.strftime("%Y-%m-%dT%H:%M")).content.decode()
    assert "Le Chef-Lieu, Haute-Garonne (31)" in html
    assert association.siren in html
    assert "Cœur d’Oc" not in html


def test_ce_qu_aucun_fait_ne_garde_est_dit_tel_qu_aujourd_hui():
    d = make_dossier("brouillon").distribution
    d.avancer(days=1)
    traits, _ = lu(d, d.maintenant, Lecture.VRAI, "porteur")
    assert traits["Nom"] == (d.relire().nom, identite.BROUILLON)
    assert traits["Association"][0] == identite.NON_DECLAREE
