"""Many signatures of one doctor at the same second, on real commits: one adhésion (ADH-1, ADH-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from adhesions import jetons
from adhesions.effectifs import effectif
from adhesions.models import ActeAdhesion, Adhesion, LienSignature, VersionAdhesion
from adhesions.services import ajouter_adherent
from adhesions.services.signature import Issue, demander_code, signer
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import Conflit, Occupe

from .conftest import MIDI, dossier_de, porteur_de, rpps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.preuve]
# Beyond, threads wait for a connection of the server rather than for each other.
ENSEMBLE = 50


def inviter(porteur, dossier, rang: int = 1) -> Adhesion:
    with contexte(porteur):
        return ajouter_adherent(
            numero=dossier.numero, acteur=porteur, maintenant=MIDI, rpps=rpps(rang), nom="Roques", prenom="Camille",
            specialite="SM04", mode="liberal", courriel="c@exemple.fr",
        )  # fmt: skip


def jeton_et_code(adhesion: Adhesion) -> tuple[str, str]:
    with comme_portail():
        lien = LienSignature.objects.get(adhesion=adhesion)
    demander_code(jetons.jeton(lien.sel), choix={}, maintenant=MIDI)
    return jetons.jeton(lien.sel), jetons.code(lien.sel, 1)


def jusqu_au_bout(acte: Callable[[int], str], rang: int) -> str:
    """Whoever is told that the row is busy (409 on the screen) does it again."""
    while True:
        try:
            return acte(rang)
        except OperationalError as echec:
            if not Occupe.est(echec):
                raise


def ensemble(nombre: int, acte: Callable[[int], str]) -> Counter[str]:
    """The outcomes of the same act from threads that start together, each with its own connection."""
    depart = Barrier(min(nombre, ENSEMBLE))

    def un(rang: int) -> str:
        try:
            if rang < depart.parties:
                depart.wait(timeout=60)
            return jusqu_au_bout(acte, rang)
        except Conflit as refus:
            return refus.code
        finally:
            connection.close()

    with ThreadPoolExecutor(depart.parties) as pool:
        return Counter(pool.map(un, range(nombre)))


def test_cent_signatures_par_le_meme_lien(preuve):
    porteur = porteur_de("course")
    dossier = dossier_de(porteur, ["31"])
    jeton, code = jeton_et_code(inviter(porteur, dossier))
    nombre = preuve.taille(20, 100)
    issues = ensemble(nombre, lambda _: signer(jeton, code=code, maintenant=MIDI))
    assert issues == {Issue.SIGNEE: 1, "deja_signee": nombre - 1}
    with comme_portail():
        comptes = [m.objects.count() for m in (VersionAdhesion, ActeAdhesion)]
        assert comptes == [1, 1]
        assert effectif(dossier, MIDI.date()) == 1
        evenements = Evenement.objects.filter(type="signer_adhesion").count()
    preuve.noter(cas=nombre, fautes=evenements - 1, plancher=20, signees=issues[Issue.SIGNEE])


def test_un_medecin_signe_dans_cent_equipes_a_la_fois(preuve, monkeypatch):
    """ADH-2 with « bloquer »: équipes of one specialty that know nothing of each other, the same doctor, one adhésion."""
    monkeypatch.setattr("adhesions.services.double.parametres", lambda *_: Parametres(double_adhesion="bloquer"))
    nombre = preuve.taille(12, 100)
    liens = []
    for n in range(nombre):
        porteur = porteur_de(f"equipe{n}")
        liens.append(jeton_et_code(inviter(porteur, dossier_de(porteur, ["31"]))))
    issues = ensemble(nombre, lambda n: signer(liens[n][0], code=liens[n][1], maintenant=MIDI))
    assert issues == {Issue.SIGNEE: 1, "double_adhesion": nombre - 1}
    with comme_portail():
        signees = Adhesion.objects.filter(etat="signee").count()
    preuve.noter(cas=nombre, fautes=signees - 1, plancher=12, signees=signees)
