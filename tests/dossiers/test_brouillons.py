"""RET-1: a draft that nobody writes is told of, then its content goes; the event stays, and it may be written again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.models import LettreIntention
from dossiers.services import brouillons
from dossiers.services.lettre import enregistrer_etape
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Piece
from ess_portal.journal.models import Envoi, Evenement
from indicateurs.exports.conservation import CONSERVATION
from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db


def ecrire(d, **donnees):
    acteur = d.acteur("porteur")
    with contexte(acteur):
        enregistrer_etape(numero=d.numero, etape="porteurs", donnees=donnees, acteur=acteur, maintenant=d.maintenant)


def lettre(d) -> LettreIntention:
    with comme_portail():
        return LettreIntention.objects.get(dossier__numero=d.numero)


def annonces(d) -> int:
    with comme_portail():
        return Envoi.objects.filter(dossier__numero=d.numero, charge__gabarit=brouillons.GABARIT).count()


def test_un_brouillon_oublie_s_annonce_puis_s_efface():
    d = make_dossier("brouillon").distribution
    repris = make_dossier("brouillon").distribution
    for x in (d, repris):
        ecrire(x, porteurs=[{"nom": "Castelnau"}], besoin="Six mois d’attente.")
    debut = d.maintenant
    assert brouillons.purger(au=debut + timedelta(days=330)) == 0
    assert annonces(d) == 0
    au = debut + timedelta(days=340)
    for _ in range(2):
        assert brouillons.purger(au=au) == 0
    assert (annonces(d), annonces(repris)) == (1, 1)
    repris.maintenant = au
    ecrire(repris, besoin="Toujours.")
    assert brouillons.purger(au=au + timedelta(days=29)) == 0
    assert lettre(d).porteurs
    assert brouillons.purger(au=au + timedelta(days=31)) == 1
    assert brouillons.purger(au=au + timedelta(days=32)) == 0
    efface = lettre(d)
    assert (efface.porteurs, efface.besoin, efface.enregistree_le) == ([], "", None)
    assert lettre(repris).besoin == "Toujours."
    with comme_portail():
        assert Evenement.objects.filter(dossier__numero=d.numero, type="effacer_brouillon").count() == 1
        assert not Piece.objects.filter(dossier__numero=d.numero).exclude(etat="refuse").exists()
    d.maintenant = au + timedelta(days=40)
    ecrire(d, besoin="Repris.")
    assert lettre(d).besoin == "Repris."


def test_la_liste_de_conservation_dit_le_terme_et_pourquoi():
    d = make_dossier("lettre_refusee").distribution
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        (ligne,) = [r for pk, r in CONSERVATION.lignes(acteur, {}, d.maintenant) if r[0] == d.numero]
        tard = d.maintenant + timedelta(days=366 * 6)
        echues = [r for pk, r in CONSERVATION.lignes(acteur, {"echues": ["oui"]}, tard)]
        assert [r for pk, r in CONSERVATION.lignes(acteur, {"echues": ["oui"]}, d.maintenant)] == []
    assert ligne[5] == "non"
    assert ligne[4].year - ligne[3].year == 5
    assert [r[0] for r in echues] == [d.numero]
