"""Competences of the siège and its changes (ORG-2, ORG-3): who decides, who reads, what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.actions import executer
from dossiers.models import Avis, Dossier, Echeance
from dossiers.services import echanges
from dossiers.services.decisions import rendre_avis
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.services import ars_competente, caisses_possibles
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from tests.fabriques import Distribution, make_acteur, make_dossier

pytestmark = pytest.mark.django_db
GARD, LOZERE, BDR = "30", "48", "13"


def transferer(d: Distribution, departement: str, caisse: str) -> Dossier:
    return d.fait(
        "instructeur", "transferer", siege_departement=departement, siege_commune="Marseille", caisse=caisse,
        date_effet=d.jour.isoformat(),
    )  # fmt: skip


def horloges(d: Distribution) -> list[tuple]:
    with comme_portail():
        return list(
            Echeance.objects.filter(dossier__numero=d.numero).order_by("pk").values_list("regle", "instant", "statut", "dernier_jour")
        )  # fmt: skip


def test_le_siege_designe_une_caisse_le_perimetre_des_lecteurs():
    d = make_dossier("lettre_deposee", departement=GARD, departements=[GARD, BDR]).distribution
    dossier = d.relire()
    assert dossier.ars == ars_competente(GARD)
    lecteurs = set(Organisation.objects.filter(pk__in=dossier.lecteurs).values_list("code", flat=True))
    assert lecteurs == {ars_competente(BDR).code, *(c.code for c in caisses_possibles(BDR))}


def test_une_autre_caisse_lit_et_commente_sans_decider():
    d = make_dossier("lettre_deposee", departement=GARD, departements=[GARD, BDR]).distribution
    voisine = make_acteur("caisse_instructeur", departement=BDR)
    with contexte(voisine):
        assert Dossier.objects.pour(voisine).filter(numero=d.numero).exists()
        for fil in ("partage", "prive"):
            echanges.ecrire_message(numero=d.numero, texte="Vu.", fil=fil, acteur=voisine, maintenant=d.maintenant)
    with contexte(voisine), pytest.raises((ErreurMetier, Interdit)):
        executer(
            "rendre_avis",
            numero=d.numero,
            acteur=voisine,
            maintenant=d.maintenant,
            donnees={"sens": "favorable"},
            fichiers={},
        )
    with comme_portail():
        assert Avis.objects.get(dossier__numero=d.numero).rendu_le is None


def test_un_changement_de_siege_ne_touche_a_aucun_delai():
    d = make_dossier("lettre_deposee", departement=GARD, departements=[GARD, BDR]).distribution
    d.avancer(days=10)
    avant, horloges_avant = d.relire(), horloges(d)
    caisse = caisses_possibles(BDR)[0]
    apres = transferer(d, BDR, caisse.code)
    assert (apres.ars, apres.caisse, apres.siege_commune) == (ars_competente(BDR), caisse, "Marseille")
    assert (apres.fuseau, apres.region, apres.bascule_le, apres.statut) == (
        avant.fuseau,
        avant.region,
        avant.bascule_le,
        avant.statut,
    )
    assert horloges(d) == horloges_avant
    assert {avant.ars_id, avant.caisse_id} <= set(apres.lecteurs)
    assert {apres.ars_id, apres.caisse_id}.isdisjoint(apres.lecteurs)
    with comme_portail():
        assert set(Echeance.objects.filter(dossier=apres).values_list("ars_id", "caisse_id")) == {
            (apres.ars_id, apres.caisse_id)
        }


def test_l_avis_attendu_passe_a_la_nouvelle_caisse_le_journal_reste_aux_deux():
    d = make_dossier("lettre_deposee", departement=GARD, departements=[BDR]).distribution
    avant = d.relire()
    caisse = caisses_possibles(BDR)[0]
    apres = transferer(d, BDR, caisse.code)
    nouvelle = make_acteur("caisse_instructeur", departement=BDR)
    with contexte(nouvelle):
        rendre_avis(numero=d.numero, sens="favorable", acteur=nouvelle, maintenant=d.maintenant + timedelta(hours=1))
    with comme_portail():
        assert Avis.objects.get(dossier=apres).caisse == caisse
        assert Evenement.objects.filter(dossier=apres, type="transferer").count() == 1
        chez = Evenement.objects.filter(dossier=None, type="transferer")
        assert {e.organisation_id for e in chez} == {avant.ars_id, avant.caisse_id}
        assert {e.donnees["numero"] for e in chez} == {d.numero}
    ancienne = d.acteur("instructeur")
    with contexte(ancienne):
        assert not Dossier.objects.pour(ancienne).filter(numero=d.numero).exists()


def test_une_caisse_qui_ne_dessert_pas_le_siege_est_refusee():
    d = make_dossier("lettre_deposee", departement=GARD).distribution
    with pytest.raises(ErreurMetier):
        transferer(d, BDR, caisses_possibles(LOZERE)[0].code)
    assert d.relire().ars == ars_competente(GARD)


@pytest.mark.parametrize(
    ("departement", "nombre"), [("59", 4), ("62", 2), ("64", 2), ("76", 2), ("977", 1), ("978", 1)]
)
def test_plusieurs_caisses_se_choisissent(departement: str, nombre: int):
    caisses = caisses_possibles(departement)
    assert len(caisses) == nombre
    if departement in ("977", "978"):
        assert caisses == caisses_possibles("971")
