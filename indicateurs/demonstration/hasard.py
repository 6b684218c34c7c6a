"""One random life through the services: the letter, the credit, the projet, the years of the dotation, how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from dossiers.faits import externes
from dossiers.services import fin
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.erreurs import ErreurMetier
from financement.models import Contrat
from financement.services import fin as fin_contrat

from . import gestes as g
from . import gestes_adherents as membres
from . import gestes_recuperation as recuperation
from .reprises import controle_annuel
from .scene import Scene

REFUS_LETTRE = ("besoin", "CRI-7", "Les délais constatés sur le territoire sont de trois semaines.")
MONTANT, MOTIF_MONTANT = Decimal("48000.00"), "Équipe en constitution."
REFUS_PROJET = ("cahier_des_charges", "CRI-3", "Aucun lien formalisé avec les établissements.")


@dataclass
class Compte:
    """What a run did: acts done, acts the rules refused by code, final states."""

    actes: int = 0
    refus: Counter[str] = field(default_factory=Counter)
    statuts: Counter[str] = field(default_factory=Counter)

    def ajouter(self, autre: Compte) -> None:
        self.actes += autre.actes
        self.refus += autre.refus
        self.statuts += autre.statuts


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

    def jusqua(self, jour: date) -> bool:
        """Waits for a day, if it is to come; False when that is not before today."""
        return self.apres(0, 0) if jour <= self.scene.jour else self.apres(*[(jour - self.scene.jour).days] * 2)

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
        if not self.apres(12, 20):
            return False
        self.tente(g.declarer_association)
        self.tente(g.donner_iban)
        effet = _effet(self.scene)
        if effet is None or not (self.jusqua(effet) and self.apres(2, 9)):
            return False
        self.tente(g.verser, "amorcage_1")
        return True

    def _projet(self) -> bool:
        if not self.apres(40, 100):
            return False
        if self.une_fois_sur(10):
            self._sans_activite()
            return False
        self.tente(membres.adherer, -(-self.scene.fiche.liberaux // 10) + self.hasard.choice((0, 1, 2, 8)))
        self.tente(g.deposer_projet)
        if not self.apres(8, 20):
            return False
        avis = not self.une_fois_sur(3)
        if avis:
            self.tente(g.avis)
        if self.une_fois_sur(7):
            self.tente(g.refuser, "projet", REFUS_PROJET)
            if not self.apres(20, 50):
                return False
            self.tente(g.deposer_projet)
            avis = False
        if not avis or self.une_fois_sur(3) or not (self.tente(g.juger, "projet") and self.tente(g.valider, "projet")):
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
        self._proposer_dotation()
        for qui in self.hasard.sample(g.PARTIES, 3):
            if not self.apres(1, 6):
                return
            self.tente(g.signer, "dotation", (qui,))
        effet = _effet(self.scene)
        if self.statut() != "dotation_active" or not (self.jusqua(effet) and self.apres(2, 12)):
            return
        self._verser_l_annee()
        if not self.une_fois_sur(4) and self.apres(5, 90):
            self.tente(g.activite, "second_recours")
        annee = 1
        while self._annee(annee, effet):
            annee += 1

    def _proposer_dotation(self) -> None:
        """Under ten doctors the caisse says the amount and why; from ten on the rules give it (FIN-8)."""
        self.tente(g.proposer, "dotation", montant_arbitre=MONTANT, motif_montant=MOTIF_MONTANT)

    def _verser_l_annee(self) -> None:
        arbitre = {"montant": MONTANT, "motif_montant": MOTIF_MONTANT} if _effectif(self.scene) < 10 else {}
        self.tente(g.verser, "dotation", **arbitre)

    def _annee(self, annee: int, effet: date) -> bool:
        """A year of the contract: who leaves, who ends it, then its report, its check, the next year's money."""
        if not self.apres(60, 240):
            return False
        self.tente(membres.faire_sortir if self.une_fois_sur(2) else membres.adherer, 1)
        if self.une_fois_sur(6):
            self.tente(g.amender)
        if self.une_fois_sur(9):
            self._fin_anticipee()
            return False
        if not (self.jusqua(effet.replace(year=effet.year + annee, day=min(effet.day, 28))) and self.apres(3, 70)):
            return False
        depose = not self.une_fois_sur(8)
        if (
            not self.une_fois_sur(6)
            and self.tente(g.rapport, annee, depose=depose, echelle=self.hasard.randint(1, 4))
            and depose
        ):
            if not self.apres(10, 40):
                return False
            if not self.une_fois_sur(4):
                self.tente(g.accepter_rapport, annee)
        if self.une_fois_sur(5):
            return True
        self.tente(controle_annuel, annee)
        if not self.apres(2, 10):
            return False
        if self.statut() == "dotation_active":
            self._verser_l_annee()
        return True

    def _sans_activite(self) -> None:
        """Paid, then nothing: after eighteen months the caisse may ask it back (DL-5)."""
        if self.apres(500, 560):
            self._recuperer("dix_huit_mois")

    def _fin_anticipee(self) -> None:
        if self.tente(_resilier) and self.apres(62, 90):
            self._recuperer("resiliation")

    def _recuperer(self, origine: str) -> None:
        ouverte = self.tente(recuperation.ouvrir, origine) or self.tente(
            recuperation.ouvrir, origine, montant=MONTANT / 4
        )
        if not ouverte or not self.apres(5, 20):
            return
        if not self.une_fois_sur(3):
            self.tente(recuperation.repondre)
        if not self.apres(35, 50):
            return
        sens = "rien" if self.une_fois_sur(5) else "tout"
        if self.tente(recuperation.decider, sens) and sens == "tout" and self.apres(10, 80):
            self.tente(recuperation.rembourser)


def _classer(s: Scene) -> None:
    s.fait("instructeur", g.pieces.classer, motif="Pièces indispensables non reçues.")


def _abandonner(s: Scene) -> None:
    s.fait("porteur", fin.abandonner, motif="L’équipe renonce.")


def _resilier(s: Scene) -> None:
    s.fait("porteur", fin_contrat.resilier, motif="Dissolution de l’association.")


def _effectif(s: Scene) -> int:
    with comme_portail():
        return externes(s.lire(), s.jour).effectif


def _effet(s: Scene) -> date | None:
    """When the last contract signed by the three takes effect."""
    with comme_portail():
        signes = Contrat.objects.filter(dossier__numero=s.numero, statut=Contrat.Statut.SIGNE)
        return signes.order_by("-pk").values_list("date_effet", flat=True).first()
