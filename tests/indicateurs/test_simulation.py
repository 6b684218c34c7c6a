"""Every figure of every dashboard against a recount by brute force, on lives of five years; a neighbour's dossiers change none."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import pytest

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.session import acteur_de
from ess_portal.referentiel.models import Region
from ess_portal.socle import horloge
from financement.models import Recuperation, Versement
from indicateurs.demonstration.simulation import simuler
from indicateurs.models import Rapport
from indicateurs.verification import verifier
from tests.outillage.recompte import ecarts
from tests.outillage.recompte_tableaux import ecarts_des_tableaux, figures

# Contracts take effect from 2025 on: five years of them have passed on this day.
JOUR = datetime(2030, 11, 18, 9, tzinfo=UTC)
REGION = "76"
ROLES = ("instructeur@ars-occitanie.demo", "instructeur@cpam-31.demo", "admin@occitanie.demo", "national@demo")


@pytest.mark.preuve
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.django_db(transaction=True)
def test_chaque_chiffre_recompte_sur_cinq_ans(preuve):
    nombre, processus = preuve.taille(6, 5000), preuve.taille(1, 2)
    with horloge.figer(JOUR):
        creer_comptes()
        gens = [_acteur(courriel) for courriel in ROLES]
        debut = time.monotonic()
        compte = simuler(
            dossiers=nombre, annees=5, graine=preuve.taille(18, 11), maintenant=JOUR, processus=processus, regions=() if preuve.entiere else (REGION,)
        )  # fmt: skip
        duree = time.monotonic() - debut
        fautes = [faute for _, _, faute in verifier() if faute] + _fautes(gens)
        siens = gens[:-1]
        avant = [figures(acteur, JOUR) for acteur in siens]
        ailleurs = [r for r in Region.objects.values_list("code", flat=True) if r != REGION]
        voisins = preuve.taille(2, 250)
        compte.ajouter(
            simuler(dossiers=voisins, annees=5, graine=12, maintenant=JOUR, processus=processus, regions=ailleurs)
        )
        for acteur, dits in zip(siens, avant, strict=True):
            apres = figures(acteur, JOUR)
            fautes += [
                f"{acteur.role} : {x} avant les dossiers voisins, {y} après"
                for x, y in zip(dits, apres, strict=True)
                if x != y
            ]
        fautes += _fautes(gens)
        with comme_portail():
            ages = [(JOUR - d.cree_le).days for d in Dossier.objects.all()]
            chiffres = {
                "plus_ancien_en_jours": max(ages),
                "versements": Versement.objects.count(),
                "rapports": Rapport.objects.count(),
                "recuperations": Recuperation.objects.count(),
                "roles": len(gens),
                "voisins": voisins,
                "actes": compte.actes,
                "refus": compte.refus.total(),
                "statuts": dict(sorted(compte.statuts.items())),
                "dossiers_par_seconde": round(nombre / duree, 2),
            }
    sys.stdout.write("\n".join(fautes))
    preuve.noter(cas=len(ages), fautes=len(fautes), plancher=nombre + voisins, **chiffres)


def _acteur(courriel: str) -> Acteur:
    with comme_portail():
        return acteur_de(Rattachement.objects.get(utilisateur__courriel=courriel))


def _fautes(gens: list[Acteur]) -> list[str]:
    return [f"{a.role} : {faute}" for a in gens for faute in (*ecarts(a, JOUR), *ecarts_des_tableaux(a, JOUR))]
