"""One night of tacit dates: an engine that was stopped, two scans at once, a refusal in the last second (CAL-7, CAL-9)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle, islice, product
from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection

from dossiers.models import Decision, Dossier, Echeance
from dossiers.regles.statuts import Statut
from dossiers.services import decisions
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle.erreurs import Conflit
from tests.dossiers.test_unicite import SIMULTANES, Lettre, lettres_pretes

METROPOLE = [f"{n:02}" for n in range(1, 96) if n != 20]
MOTIFS = [{"code": "besoin", "critere": "CRI-7", "faits": "Trois équipes couvrent déjà le territoire."}]


def une_nuit(nombre: int) -> list[Lettre]:
    """Letters filed the same day over the country, some on the same ground: all their silences decide at the same midnight."""
    terrains = ({"departements": [code], "specialites": [s]} for s, code in cycle(product(("SM04", "SM15"), METROPOLE)))
    return lettres_pretes(0, *islice(terrains, nombre))


def lignes() -> tuple[int, ...]:
    with comme_portail():
        return tuple(m.objects.count() for m in (Decision, Evenement, Envoi, Echeance))


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_trois_jours_d_arret_puis_deux_passages_a_la_fois(preuve):
    """Each dossier decided once, at its legal instant, by whichever scan; a second pass writes nothing."""
    n = preuve.taille(60, 2_000)
    une_nuit(n)
    with comme_portail():
        nuit = Dossier.objects.values_list("bascule_le", flat=True).distinct().get()
    au = nuit + timedelta(days=3)
    depart = Barrier(2)

    def passer(_rang: int) -> int:
        try:
            depart.wait(60)
            return regler_dues(au=au, lot=preuve.taille(7, 250), fils=2)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        reglees = sum(pool.map(passer, range(2)))
    with comme_portail():
        tacites = Counter(
            Decision.objects.filter(mode="tacite", prise_le=nuit, enregistree_le=au).values_list("dossier")
        )
        evenements = Counter(
            Evenement.objects.filter(type="valider_lettre_tacite", legal_le=nuit, enregistre_le=au).values_list(
                "dossier"
            )
        )
        valides = Dossier.objects.filter(statut=Statut.LETTRE_VALIDEE, statut_depuis=nuit).count()
        avis = Echeance.objects.filter(regle="AVI", statut="echue").count()
    apres = lignes()
    seconds = regler_dues(au=au, fils=2)
    preuve.noter(
        cas=n,
        fautes=sum(abs(f) for f in (n - len(tacites), n - len(evenements), n - valides, reglees - n - avis, seconds))
        + sum(c - 1 for c in (tacites + evenements).values() if c != 2)
        + (lignes() != apres),
        plancher=n,
        reglees=reglees,
    )


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_un_refus_une_seconde_avant_et_le_passage_jamais_les_deux(preuve):
    """The refusal is signed in time and the scan comes at midnight: whoever has the dossier first decides, the other one is told."""
    n = preuve.taille(16, 200)
    lettres = une_nuit(n)
    with comme_portail():
        nuit = Dossier.objects.values_list("bascule_le", flat=True).distinct().get()
    regler_dues(au=nuit - timedelta(seconds=2))  # the caisse's avis, due before
    finis = Event()

    def refuser(lettre: Lettre) -> str:
        try:
            with contexte(lettre.acteur):
                decisions.refuser(
                    numero=lettre.numero, objet="lettre", motifs=MOTIFS, acteur=lettre.acteur,
                    maintenant=nuit - timedelta(seconds=1),
                )  # fmt: skip
        except Conflit as refus:
            return refus.code
        except OperationalError:  # the scan held the row for long: what one is told is to try again
            return refuser(lettre)
        finally:
            connection.close()
        return "refusée"

    def passer() -> None:
        try:
            while not finis.is_set():
                regler_dues(au=nuit, lot=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(SIMULTANES + 1) as pool:
        passage = pool.submit(passer)
        issues = dict(zip((lettre.numero for lettre in lettres), pool.map(refuser, lettres), strict=True))
        finis.set()
        passage.result()
    regler_dues(au=nuit)
    with comme_portail():
        prises = {
            numero: (mode, sens, statut)
            for numero, mode, sens, statut in Decision.objects.values_list(
                "dossier__numero", "mode", "sens", "dossier__statut"
            )
        }
        toutes = Decision.objects.count()
    attendues = {
        "refusée": ("expresse", "defavorable", Statut.LETTRE_REFUSEE.value),
        "tacite": ("tacite", "favorable", Statut.LETTRE_VALIDEE.value),
    }
    preuve.noter(
        cas=n,
        fautes=sum(prises.get(numero) != attendues.get(issue) for numero, issue in issues.items()) + abs(toutes - n),
        plancher=n,
        **{nom: list(issues.values()).count(code) for nom, code in (("refusees", "refusée"), ("tacites", "tacite"))},
    )
