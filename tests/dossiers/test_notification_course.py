"""CAL-7: the proof of a refusal and the scan, at once: one outcome each, never both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import OperationalError, connection

from dossiers.models import Decision, Preparation
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from tests.dossiers.test_notification import lettre_de_decision, lire, nuit_de, refuser, regler
from tests.dossiers.test_unicite import Lettre, lettres_pretes
from tests.fabriques import make_acteur


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_une_lecture_une_seconde_avant_et_le_passage_jamais_les_deux(preuve):
    """The refusal is signed, its proof comes in the last second while scans run at midnight: one outcome each."""
    n = preuve.taille(8, 200)
    regler("premiere_consultation")
    codes = ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82")
    lettres = lettres_pretes(0, *({"departements": [codes[i % 13]]} for i in range(n)))
    nuit, lectrices = nuit_de(lettres[0]), {}
    regler_dues(au=nuit - timedelta(days=20))
    for lettre in lettres:
        refuser(lettre, nuit - timedelta(days=10))
        lectrices[lettre.numero] = make_acteur("porteur_referent", lettre_de_decision(lettre).dossier.equipe)
    finis = Signal()

    def consulter(lettre: Lettre) -> None:
        try:
            lire(lettre, nuit - timedelta(seconds=1), lectrices[lettre.numero])
        except OperationalError:  # the scan held the row for long: the page is asked for again
            consulter(lettre)
        finally:
            connection.close()

    def passer() -> None:
        try:
            while not finis.is_set():
                regler_dues(au=nuit, lot=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        passage = pool.submit(passer)
        list(pool.map(consulter, lettres))
        finis.set()
        passage.result()
    regler_dues(au=nuit)
    with comme_portail():
        issues = list(Decision.objects.values_list("dossier__numero", "mode", "dossier__statut"))
        prises = Preparation.objects.filter(decision__isnull=False).count()
    attendus = {"expresse": "lettre_refusee", "tacite": "lettre_validee"}
    preuve.noter(
        cas=n,
        fautes=sum(attendus[mode] != statut for _, mode, statut in issues)
        + abs(len(issues) - n)
        + abs(len({numero for numero, *_ in issues}) - n)
        + abs(prises - sum(mode == "expresse" for _, mode, _ in issues)),
        plancher=n,
        refusees=prises,
    )
