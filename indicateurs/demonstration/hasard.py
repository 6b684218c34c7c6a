"""Random lives through the services: the same seed gives the same facts, numbers relative to the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from adhesions.models import Professionnel
from dossiers.services import fin
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.controle.parent import verdicts_retenus
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.erreurs import ErreurMetier
from financement.services import fin as fin_contrat

from . import gestes as g
from . import gestes_adherents as membres
from .construction import mettre_en_scene
from .scene import Fiche, Scene
from .troupe import Troupe

REFUS_LETTRE = ("besoin", "CRI-7", "Les délais constatés sur le territoire sont de trois semaines.")
REFUS_PROJET = ("cahier_des_charges", "CRI-3", "Aucun lien formalisé avec les établissements.")


@dataclass
class Compte:
    """What a run did: acts done, acts the rules refused by code, final states."""

    actes: int = 0
    refus: Counter[str] = field(default_factory=Counter)
    statuts: Counter[str] = field(default_factory=Counter)


@dataclass
class Vie:
    """One random life: days between acts are drawn, and the end is today."""

    scene: Scene
    hasard: Random
    compte: Compte
    jour: int = 0

    def apres(self, minimum: int, maximum: int) -> bool:
        """Lets some days pass; False when that reaches today."""
        self.jour += self.hasard.randint(minimum, maximum)
        self.scene.le(min(self.jour, self.scene.fiche.age))
        return self.jour < self.scene.fiche.age

    def tente(self, acte: Callable[..., Any], *arguments: Any, **champs: Any) -> bool:
        """Does an act; one that the rules refuse leaves nothing and is counted."""
        try:
            acte(self.scene, *arguments, **champs)
        except ErreurMetier as refus:
            self.compte.refus[refus.code] += 1
            return False
        self.compte.actes += 1
        return True

    def statut(self) -> str:
        return self.scene.lire().statut

    def une_fois_sur(self, n: int) -> bool:
        return self.hasard.randrange(n) == 0

    def vivre(self) -> None:
        if not (self._lettre() and self._contrat() and self._projet()):
            return
        self._dotation()

    def _lettre(self) -> bool:
        g.deposer_lettre(self.scene)
        if not self.apres(8, 16):
            return False
        if self.une_fois_sur(4):
            self.tente(g.demander, "lettre", "Étude d’opportunité actualisée")
            if not self.apres(6, 25):
                return False
            if self.une_fois_sur(6):
                self.apres(30, 60)
                self.tente(_classer)
                return False
            self.tente(g.completer)
        if not self.une_fois_sur(3):
            self.tente(g.avis)
        if self.une_fois_sur(9):
            self.apres(10, 20)
            self.tente(g.refuser, "lettre", REFUS_LETTRE)
            return False
        if not self.apres(10, 30):
            return False
        if self.une_fois_sur(3) or not (self.tente(g.juger, "lettre") and self.tente(g.valider, "lettre")):
            self.apres(64, 70)
        return self.statut() == "lettre_validee" and self.jour < self.scene.fiche.age

    def _contrat(self) -> bool:
        if self.une_fois_sur(12):
            self.apres(5, 30)
            self.tente(_abandonner)
            return False
        self.tente(g.proposer)
        for qui in self.hasard.sample(g.PARTIES, 3):
            if not self.apres(1, 6):
                return False
            self.tente(g.signer, "amorcage", (qui,))
        self.tente(g.declarer_association)
        self.tente(g.donner_iban)
        if not self.apres(2, 9):
            return False
        self.tente(g.verser, "amorcage_1")
        return True

    def _projet(self) -> bool:
        if not self.apres(40, 100):
            return False
        self.tente(membres.adherer, self.hasard.randint(4, 12))
        self.tente(g.deposer_projet)
        if not self.apres(8, 20):
            return False
        if not self.une_fois_sur(3):
            self.tente(g.avis)
        if self.une_fois_sur(7):
            self.tente(g.refuser, "projet", REFUS_PROJET)
            if not self.apres(20, 50):
                return False
            self.tente(g.deposer_projet)
        if self.une_fois_sur(3) or not (self.tente(g.juger, "projet") and self.tente(g.valider, "projet")):
            self.apres(64, 70)
        return self.statut() == "projet_valide" and self.jour < self.scene.fiche.age

    def _dotation(self) -> None:
        self.tente(g.activite)
        if not self.apres(5, 20):
            return
        self.tente(g.verser, "amorcage_2")
        self.tente(g.attribuer_finess)
        if not self.apres(5, 15):
            return
        self.tente(g.proposer, "dotation", montant_arbitre=Decimal("40000.00"), motif_montant="Équipe en constitution.")
        for qui in self.hasard.sample(g.PARTIES, 3):
            if not self.apres(1, 6):
                return
            self.tente(g.signer, "dotation", (qui,))
        if self.apres(2, 12):
            self.tente(g.verser, "dotation")
        while self.apres(60, 120):
            if self.une_fois_sur(15):
                self.tente(_resilier)
                return
            self.tente(self.hasard.choice((membres.faire_sortir, g.activite)))


def _classer(s: Scene) -> None:
    s.fait("instructeur", g.pieces.classer, motif="Pièces indispensables non reçues.")


def _abandonner(s: Scene) -> None:
    s.fait("porteur", fin.abandonner, motif="L’équipe renonce.")


def _resilier(s: Scene) -> None:
    s.fait("porteur", fin_contrat.resilier, motif="Dissolution de l’association.")


def simuler(*, dossiers: int, annees: float, graine: int, maintenant: datetime) -> Compte:
    """Lives `dossiers` dossiers over `annees` years, to end at `maintenant`."""
    compte, hasard = Compte(), Random(graine)  # noqa: S311  facts, not secrets
    departements = sorted(
        Departement.objects.filter(est_ouvert=True, region__isnull=False).values_list("code", flat=True)
    )
    specialites = sorted(Specialite.objects.filter(famille="SM", eligibilite="oui").values_list("code", flat=True))
    with comme_portail():
        premier = 100_000 + 60 * Professionnel.objects.count()
    passee = Organisation.objects.filter(code__startswith=f"simulation-{graine}-").count()
    troupe = Troupe(
        maintenant - timedelta(days=round(annees * 366)), domaine=f"simulation{premier}.demo", premier=premier
    )
    with connection.cursor() as curseur:
        curseur.execute("SET synchronous_commit = off")
    with verdicts_retenus():
        for rang in range(dossiers):
            siege, specialite = hasard.choice(departements), hasard.choice(specialites)
            liberaux = hasard.randint(15, 60)
            fiche = Fiche(
                f"ESS {specialite} {siege} n° {rang + 1}",
                (specialite,),
                (siege,),
                "Chef-lieu",
                max(1, round(annees * 365) - hasard.randint(0, 90)),
                liberaux=liberaux,
                presents=liberaux + hasard.randint(0, 30),
                adherents=max(2, liberaux // hasard.randint(3, 12)),
                organisation=f"simulation-{graine}-{passee + rang}",
            )
            scene = mettre_en_scene(fiche, troupe, maintenant)
            vie = Vie(scene, Random(f"{graine}:{rang}"), compte)  # noqa: S311
            vie.vivre()
            vie.scene.le(fiche.age)
            compte.statuts[vie.statut()] += 1
    return compte
