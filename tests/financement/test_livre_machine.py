"""B56: random lives of the money, beside a model in plain sums; I03 to I06 after every step.

`Regles` plays the pure rules, `Base` the services on the real base: signature, payments with their people, excess and its recovery by
instalments, résiliation, the same act sent again, the clock.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.livre import verification
from financement.livre.passer import contrepasser, passer, vivantes
from financement.livre.soldes import par_enveloppe
from financement.models import Contrat, Ecriture, Versement
from financement.regles import livre as regles
from financement.regles.livre import Enveloppe, Ligne, Soldes
from financement.services.retours import constater_retour
from indicateurs.verification import versements as fautes_des_versements
from tests.financement.conftest import AUTRE_IBAN, IBAN, MIDI, Distribution, declarer_association, iban_confirme
from tests.financement.modele_livre import Bourse, Caisse
from tests.outillage.preuves import ENTIERES, Preuve

ENVELOPPES = [("amorcage", 0), ("transitoire", 0), ("dotation", 1), ("dotation", 2), ("anterieur", 0)]
ACTES = sorted(regles.MOUVEMENTS)


def cents(montant: int) -> Decimal:
    return Decimal(montant).scaleb(-2)


def comparer(lus: Soldes, b: Bourse) -> None:
    """The balances the ledger gives are what the model counts (I03), in an order that nothing passes (I04)."""
    assert lus.engage_total == cents(b.engage)
    assert (lus.a_liquider, lus.a_ordonnancer, lus.a_payer) == (cents(b.engage - b.liquide), cents(b.liquide - b.ordonne), cents(b.ordonne - b.verse))  # fmt: skip
    assert (lus.verse, lus.trop_percu, lus.recupere, lus.remis) == (cents(b.verse), cents(b.trop_percu), cents(b.recupere), cents(b.remis))  # fmt: skip
    assert lus.a_recuperer == cents(b.trop_percu - b.recupere - b.remis)
    assert min(lus.reste_a_verser, lus.acquis, lus.a_recuperer, lus.engage_total) >= 0
    assert lus.verse <= lus.engage_total


class Regles(RuleBasedStateMachine):
    """Any act, any amount, on any envelope: the rules accept what the model accepts, and only that."""

    compteur: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.caisse = Caisse()
        self.sommes: dict[Enveloppe, dict[str, Decimal]] = {}
        self.passees: list[tuple[Enveloppe, str, int, tuple[Ligne, ...]]] = []

    @rule(acte=st.sampled_from(ACTES), ou=st.sampled_from(ENVELOPPES), montant=st.integers(1, 110_000_00))
    def tenter(self, acte: str, ou: tuple[str, int], montant: int) -> None:
        self._jouer(acte, ou, montant)

    @rule(choix=st.integers(0, 10_000), part=st.integers(1, 100), de_trop=st.booleans())
    def avancer(self, choix: int, part: int, de_trop: bool) -> None:
        """An act that is possible now, for a share of what it may still move, all of it, or one cent too many."""
        possibles = [(acte, ou, self._reste(acte, ou)) for ou in ENVELOPPES for acte in ACTES]
        possibles = [p for p in possibles if p[2] > 0 and (p[0] != "degagement" or choix % 5 == 0)]
        acte, ou, reste = possibles[choix % len(possibles)]
        self._jouer(acte, ou, reste + 1 if de_trop and part > 70 else max(1, reste * part // 100))

    def _reste(self, acte: str, ou: tuple[str, int]) -> int:
        if acte != "engagement":
            return self.caisse.bourse(*ou).reste(acte)
        return max(
            m for m in (0, 1, 24_000_00, 50_000_00, 80_000_00, 100_000_00) if not m or self.caisse.permet(acte, *ou, m)
        )

    def _jouer(self, acte: str, ou: tuple[str, int], montant: int) -> None:
        enveloppe = Enveloppe("ars" if ou[0] == "anterieur" else "assurance_maladie", *ou)
        ecrites = regles.lignes(acte, cents(montant))
        attendu = self.caisse.permet(acte, *ou, montant)
        assert (regles.refus(self.sommes, enveloppe, ecrites) is None) == attendu, (acte, ou, montant)
        self._compter(attendu)
        if attendu:
            self.caisse.bourse(*ou).faire(acte, montant)
            self._poser(enveloppe, ecrites)
            self.passees.append((enveloppe, acte, montant, ecrites))

    @rule(choix=st.integers(0, 1000))
    def annuler(self, choix: int) -> None:
        """The counter-entry of any earlier entry: refused where what followed needs it, or where a ceiling would be passed."""
        if not self.passees:
            return
        rang = choix % len(self.passees)
        enveloppe, acte, montant, ecrites = self.passees[rang]
        ou, inverses = (enveloppe.poste, enveloppe.annee), regles.inverses(ecrites)
        attendu = self.caisse.bourse(*ou).possible_en_moins(acte, montant)
        if acte == "degagement":
            attendu = attendu and self.caisse.sous_plafond(*ou, montant)
        assert (regles.refus(self.sommes, enveloppe, inverses) is None) == attendu, (acte, ou, montant)
        self._compter(attendu)
        if attendu:
            self.caisse.bourse(*ou).faire(acte, -montant)
            self._poser(enveloppe, inverses)
            del self.passees[rang]

    def _poser(self, enveloppe: Enveloppe, ecrites: tuple[Ligne, ...]) -> None:
        assert regles.est_equilibree(ecrites)
        avant = self.sommes.setdefault(enveloppe, {})
        for compte, montant in regles.totaux(ecrites).items():
            avant[compte] = avant.get(compte, Decimal("0.00")) + montant

    def _compter(self, passe: bool) -> None:
        nom = "actes" if passe else "refus"
        self.compteur[nom] = self.compteur.get(nom, 0) + 1

    @invariant()
    def tenir(self) -> None:
        self.compteur["etapes"] = self.compteur.get("etapes", 0) + 1
        for enveloppe, sommes in self.sommes.items():
            assert sum(sommes.values()) == 0
            comparer(regles.soldes(sommes), self.caisse.bourse(enveloppe.poste, enveloppe.annee))
        assert self.caisse.engage("amorcage", "transitoire") <= 80_000_00
        assert self.caisse.engage("transitoire") <= 24_000_00


class Base(RuleBasedStateMachine):
    """The credit of one dossier, lived through the acts that the screens do; one example is one savepoint."""

    origine: ClassVar[Distribution]
    compteur: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        o = self.origine
        self.d = Distribution(o.dossier, o.acteurs, o.utilisateurs, MIDI)
        self.b = Bourse()
        self.etat = ""  # of the contract: "", propose, signe, resilie
        self.signes: set[str] = set()
        self.payes = self.rang = 0
        self.propose_par = ""
        self.v: tuple[str, str] | None = None  # (state, who proposed) of the one payment that may live
        self.iban_sur = True

    @initialize(pas=st.sampled_from([7, 8, 5, 4, 6, 2, 0]))
    def commencer(self, pas: int) -> None:
        """From a draft of a contract to a payment made."""
        for _ in range(pas):
            self.suivre(50)

    def _tenter(self, attendu: bool, qui: str, acte: str, **donnees: Any) -> bool:
        """Does an act; what happens is what the model expects, and a refusal leaves nothing."""
        avant = self._trace()
        try:
            with transaction.atomic():
                self.d.fait(qui, acte, **donnees)
        except (ErreurMetier, Interdit) as refus:
            if attendu:
                raise AssertionError(f"{acte} par {qui} : {refus}") from refus
            assert self._trace() == avant
        else:
            assert attendu, f"{acte} par {qui} a été accepté"
        nom = "actes" if attendu else "refus"
        self.compteur[nom] = self.compteur.get(nom, 0) + 1
        return attendu

    def _trace(self) -> int:
        with comme_portail():
            return Ecriture.objects.filter(dossier=self.d.dossier).count()

    def _numero(self) -> str:
        with comme_portail():
            v = Versement.objects.filter(dossier=self.d.dossier).order_by("-pk").first()
        return v.numero if v else "V-2026-9999"

    @rule(choix=st.integers(0, 9))
    def accorder(self, choix: int) -> None:
        """Proposed again, rarely, the text is another version: what was signed is to be signed again."""
        if self.etat == "propose" and choix:
            return
        if self._tenter(self.etat in ("", "propose"), "instructeur", "proposer_contrat_amorcage"):
            self.etat, self.signes = "propose", set()

    @rule(part=st.integers(1, 100))
    def suivre(self, part: int) -> None:
        """The next act of an ordinary life: without it, most lives would be short."""
        if self.etat == "":
            self.accorder(0)
        elif self.etat == "propose":
            self.signer(min({"porteur", "signataire", "ordonnateur"} - self.signes))
        elif self.v is None and not self.payes:
            self.proposer("gestionnaire")
        elif self.v is not None and self.v[0] == "propose":
            self.valider("ordonnateur")
        elif self.v is not None:
            self.payer("gestionnaire")
        else:
            self.regulariser("recuperation" if self.b.reste("recuperation") else "trop_percu", part)

    @rule(qui=st.sampled_from(["porteur", "signataire", "ordonnateur"]))
    def signer(self, qui: str) -> None:
        """In any order, again and again: the third one commits, once."""
        if self._tenter(self.etat == "propose" and qui not in self.signes, qui, "signer_amorcage"):
            self.signes.add(qui)
            if len(self.signes) == 3:
                self.etat = "signe"
                self.b.faire("engagement", 80_000_00)

    @rule(qui=st.sampled_from(["gestionnaire", "ordonnateur", "gestionnaire2"]))
    def proposer(self, qui: str) -> None:
        possible = self.etat == "signe" and self.v is None and not self.payes
        if self._tenter(possible, qui, "proposer_versement", nature="amorcage_1"):
            self.v = ("propose", qui)
            self.b.faire("liquidation", 40_000_00)

    @rule(qui=st.sampled_from(["gestionnaire", "ordonnateur", "ordonnateur2", "etranger"]))
    def valider(self, qui: str) -> None:
        """Four eyes: never who proposed, never who may not, never on an account that nobody confirmed."""
        possible = (
            self.v is not None and self.v[0] == "propose" and self.v[1] != qui and qui.startswith("ordonnateur") and self.iban_sur
        )  # fmt: skip
        if self._tenter(possible, qui, "valider_versement", versement=self._numero()):
            self.v = ("valide", self.v[1])
            self.b.faire("ordre", 40_000_00)

    @rule(qui=st.sampled_from(["gestionnaire", "ordonnateur"]))
    def payer(self, qui: str) -> None:
        possible = self.v is not None and self.v[0] == "valide" and self.iban_sur
        if self._tenter(possible, qui, "marquer_paye", versement=self._numero(), reference="VIR-1"):
            self.propose_par, self.v, self.payes = self.v[1], None, self.payes + 1
            self.b.faire("versement", 40_000_00)

    @rule(choix=st.integers(0, 3))
    def rendre(self, choix: int) -> None:
        """The bank gives the money back: it is ordered still, and paid again; never once a part of it was asked back."""
        if choix or self.etat != "signe" or not self.payes:
            return
        possible, rendu = not self.b.trop_percu, False
        with contexte(self.d.acteurs["gestionnaire"]), suppress(ErreurMetier), transaction.atomic():
            constater_retour(
                numero=self.d.dossier.numero, versement=self._numero(), jour=self.d.maintenant.date(), motif="Compte clos",
                acteur=self.d.acteurs["gestionnaire"], maintenant=self.d.maintenant,
            )  # fmt: skip
            rendu = True
        assert rendu == possible
        if rendu:
            self.v, self.payes = ("valide", self.propose_par), 0
            self.b.faire("versement", -40_000_00)

    @rule()
    def annuler(self) -> None:
        if self._tenter(
            self.v is not None, "gestionnaire", "annuler_versement", versement=self._numero(), motif="Erreur"
        ):
            self.b.faire("liquidation", -40_000_00)
            if self.v and self.v[0] == "valide":
                self.b.faire("ordre", -40_000_00)
            self.v = None

    @rule(confirme=st.booleans())
    def changer_iban(self, confirme: bool) -> None:
        """A new account freezes what was validated: its order is counter-posted, it is to be validated again."""
        if self.etat != "signe":
            return
        with comme_portail():
            courant = self.d.dossier.comptes.get(remplace_le__isnull=True).iban
        nouveau = AUTRE_IBAN if courant == IBAN else IBAN
        if confirme:
            iban_confirme(self.d, nouveau)
        else:
            self.d.fait("porteur", "enregistrer_iban", iban=nouveau, titulaire="Cardio 31")
        self.iban_sur = confirme
        if self.v and self.v[0] == "valide":
            self.v = ("propose", self.v[1])
            self.b.faire("ordre", -40_000_00)

    @rule(
        acte=st.sampled_from(["trop_percu", "recuperation", "remise", "degagement", "engagement"]),
        part=st.integers(1, 101),
    )
    def regulariser(self, acte: str, part: int) -> None:
        """By the door of the ledger: an excess, an instalment, a write-off; a cent too many is refused; sent again, it counts once."""
        reste = 0 if acte == "engagement" else self.b.reste(acte)
        montant = reste + 1 if part == 101 or not reste else max(1, reste * part // 100)
        possible = montant <= reste
        if self.etat != "signe" or (acte == "degagement" and possible):
            return  # a released part belongs to the end of the contract
        self.rang += 1
        for _fois in range(2):
            with contexte(self.d.acteurs["ordonnateur"]):
                refuse = True
                with suppress(Conflit), transaction.atomic():
                    passer(
                        dossier=self.d.dossier, type=acte, poste="amorcage", montant=cents(montant), cle=f"machine:{self.rang}",
                        source=Contrat.objects.get(dossier=self.d.dossier, statut="signe"), date_comptable=self.d.maintenant.date(),
                        acteur=self.d.acteurs["ordonnateur"], maintenant=self.d.maintenant,
                    )  # fmt: skip
                    refuse = False
            assert refuse != possible, (acte, montant, reste)
        if possible:
            self.b.faire(acte, montant)

    @rule()
    def revenir(self) -> None:
        """The last regularisation is counter-posted, twice: once counts."""
        with contexte(self.d.acteurs["ordonnateur"]):
            contrat = Contrat.objects.filter(dossier=self.d.dossier, statut="signe").first()
            derniere = (
                next(iter(vivantes(self.d.dossier, contrat, "recuperation", "remise")), None) if contrat else None
            )
            for _fois in range(2 if derniere else 0):
                contrepasser(
                    derniere, dossier=self.d.dossier, date_comptable=self.d.maintenant.date(), acteur=self.d.acteurs["ordonnateur"],
                    maintenant=self.d.maintenant,
                )  # fmt: skip
        if derniere:
            self.b.faire(derniere.type, -int(derniere.montant.scaleb(2)))

    @rule(choix=st.integers(0, 7))
    def resilier(self, choix: int) -> None:
        """Rarely, for a life goes on little after it: what will not be paid is released."""
        if choix == 0 and self._tenter(self.etat == "signe", "porteur", "resilier", motif="Fin du projet"):
            if self.v:
                self.b.faire("liquidation", -40_000_00)
                if self.v[0] == "valide":
                    self.b.faire("ordre", -40_000_00)
            self.etat, self.v = "resilie", None
            self.b.faire("degagement", self.b.engage - self.b.liquide)

    @rule(heures=st.integers(0, 72))
    def attendre(self, heures: int) -> None:
        self.d.maintenant += timedelta(hours=heures)

    @invariant()
    def tenir(self) -> None:
        self.compteur["etapes"] = self.compteur.get("etapes", 0) + 1
        with comme_portail():
            lus = par_enveloppe(self.d.dossier).get(Enveloppe("assurance_maladie", "amorcage"), Soldes())
            fautes = [
                *verification.chaine(), *verification.equilibre(), *verification.faits(), *fautes_des_versements()
            ]  # fmt: skip
        comparer(lus, self.b)
        # What the machine writes off or releases by the door alone is not an act of a contract yet.
        assert fautes == []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)


def derouler(machine: type[RuleBasedStateMachine], vies: int, pas: int, graine: int = 0) -> dict[str, int]:
    machine.compteur.clear()
    run_state_machine_as_test(
        seed(graine)(machine),
        settings=settings(
            max_examples=vies,
            stateful_step_count=pas,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )
    assert machine.compteur["actes"] > vies, "des vies où rien n’est fait ne prouvent rien"
    return dict(machine.compteur)


@pytest.mark.preuve
def test_machine_des_regles_du_livre(preuve: Preuve):
    vies = preuve.taille(12, 1000)
    compteur = derouler(Regles, vies, 40)
    preuve.noter(cas=compteur.pop("etapes"), fautes=0, plancher=vies * 10, vies=vies, **compteur)


# Each lot is a transaction of its own, undone at its end: what thousands of lives leave behind in one slows them all.
LOTS, VIES_PAR_LOT = 5, 200


@pytest.mark.preuve
@pytest.mark.django_db
@pytest.mark.parametrize("lot", range(LOTS if ENTIERES else 1))
def test_machine_du_livre_sur_la_base(distribution: Distribution, preuve: Preuve, lot: int):
    """Without the delay of a request, as the lifecycle's own machine."""
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = 0")
    declarer_association(distribution)
    iban_confirme(distribution)
    Base.origine = distribution
    vies = preuve.taille(2, VIES_PAR_LOT)
    compteur = derouler(Base, vies, preuve.taille(20, 40), graine=lot)
    preuve.noter(cas=compteur.pop("etapes"), fautes=0, plancher=vies * 10, vies=vies, **compteur)
