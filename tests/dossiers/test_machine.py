"""The lifecycle under random acts, clocks and people: a model written from §3 and §4 alone, beside the base."""

from __future__ import annotations

from calendar import monthrange
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dossiers.models import Decision, Dossier
from dossiers.regles.statuts import Statut
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Evenement
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from tests import fabriques
from tests.fabriques import Distribution

PARIS = ZoneInfo("Europe/Paris")
FINAUX = {"lettre_refusee", "resilie", "clos"}
# §3, in the words of the rule: act → (who, {from: to}).
TABLE = {
    "valider_lettre": ("instructeur", {"lettre_deposee": "lettre_validee"}),
    "refuser_lettre": ("instructeur", {"lettre_deposee": "lettre_refusee", "lettre_incomplete": "lettre_refusee"}),
    "demander_pieces_lettre": ("instructeur", {"lettre_deposee": "lettre_incomplete"}),
    "completer_lettre": ("porteur", {"lettre_incomplete": "lettre_deposee"}),
    "lever_demande": ("instructeur", {"lettre_incomplete": "lettre_deposee", "projet_incomplet": "projet_depose"}),
    "classer": ("instructeur", {"lettre_incomplete": "clos", "projet_incomplet": "clos"}),
    "retirer_refus_lettre": ("signataire", {"lettre_refusee": "lettre_deposee"}),
    "retirer_validation_lettre": ("signataire", {"lettre_validee": "lettre_refusee"}),
    "deposer_projet": ("porteur", {"lettre_validee": "projet_depose", "projet_refuse": "projet_depose"}),
    "valider_projet": ("instructeur", {"projet_depose": "projet_valide"}),
    "refuser_projet": ("instructeur", {"projet_depose": "projet_refuse", "projet_incomplet": "projet_refuse"}),
    "demander_pieces_projet": ("instructeur", {"projet_depose": "projet_incomplet"}),
    "completer_projet": ("porteur", {"projet_incomplet": "projet_depose"}),
    "retirer_refus_projet": ("signataire", {"projet_refuse": "projet_depose"}),
    "retirer_validation_projet": ("signataire", {"projet_valide": "projet_refuse"}),
    "sortir_du_champ": ("instructeur", {s.value: "clos" for s in Statut if s.value not in FINAUX}),
    "abandonner": ("porteur", {s.value: "clos" for s in Statut if s.value not in FINAUX}),
}
DONNEES = {
    "refuser_lettre": {"motif_besoin": "on", "faits_besoin": "Trois équipes déjà."},
    "refuser_projet": {"motif_destabilisation": "on", "faits_destabilisation": "Des lignes de garde."},
    "demander_pieces_lettre": {"indispensables": "Étude"},
    "demander_pieces_projet": {"indispensables": "Statuts"},
    "completer_lettre": {"reponses": ["0"]},
    "completer_projet": {"reponses": ["0"]},
    "classer": {"motivation": "Pièces jamais reçues."},
    "abandonner": {"motivation": "Départ des porteurs."},
    "sortir_du_champ": {"motivation": "Refus d’entrer."},
    "retirer_refus_lettre": {"motivation": "Erreur de fait."},
    "retirer_refus_projet": {"motivation": "Erreur de fait."},
}
INSTRUCTION = {
    "lettre_deposee": "lettre",
    "lettre_incomplete": "lettre",
    "projet_depose": "projet",
    "projet_incomplet": "projet",
}


def mois_plus_tard(jour: date, n: int) -> date:
    total = jour.month + n
    annee, mois = jour.year + (total - 1) // 12, (total - 1) % 12 + 1
    return date(annee, mois, min(jour.day, monthrange(annee, mois)[1]))


@dataclass
class Modele:
    """What the texts say of the dossier: its state, the day its silence ends, the day left to the équipe."""

    statut: str
    depart: date
    contrat_signe: bool = False
    demande_limite: date | None = None
    decisions: int = 0
    tacites: int = 0

    @property
    def dernier_jour(self) -> date | None:
        return mois_plus_tard(self.depart, 2) if self.statut in ("lettre_deposee", "projet_depose") else None

    def laisser_passer(self, maintenant: datetime) -> None:
        """Silence decides at 00:00 of the day after its last one (CAL-2)."""
        fin = self.dernier_jour
        if fin and maintenant >= datetime.combine(fin + timedelta(days=1), time(), PARIS):
            self.statut = {"lettre_deposee": "lettre_validee", "projet_depose": "projet_valide"}[self.statut]
            self.tacites += 1


class Cycle(RuleBasedStateMachine):
    """One example = one savepoint on a dossier made once by the services."""

    bases: dict[str, Distribution]
    compteur = {"actes": 0, "refus": 0, "tacites": 0, "etapes": 0}

    def __init__(self) -> None:
        super().__init__()
        self.pile = ExitStack()
        self.point = transaction.savepoint()

    @initialize(base=st.sampled_from(["lettre_deposee", "projet_depose"]))
    def choisir(self, base: str) -> None:
        original = self.bases[base]
        self.d = Distribution(
            departement=original.departement,
            maintenant=original.maintenant,
            equipe=original.equipe,
            utilisateurs=original.utilisateurs,
            acteurs=original.acteurs,
            numero=original.numero,
        )
        # The way to a filed projet goes through a contract signed by three: giving up is then a résiliation (§3).
        self.m = Modele(base, self.jour, contrat_signe=base == "projet_depose")

    @property
    def jour(self) -> date:
        return self.d.maintenant.astimezone(PARIS).date()

    @rule(choix=st.integers(0, 1000))
    def avancer_dans_la_procedure(self, choix: int) -> None:
        """One of the acts that the state allows, those that end the dossier last: otherwise most lives would be short."""
        self.m.laisser_passer(self.d.maintenant)
        possibles = sorted(
            (chemins[self.m.statut] in FINAUX, nom) for nom, (_, chemins) in TABLE.items() if self.m.statut in chemins
        )
        vivants = [nom for final, nom in possibles if not final] or [nom for _, nom in possibles]
        if vivants:
            self.agir(possibles[-1][1] if choix == 0 else vivants[choix % len(vivants)])

    @rule(nom=st.sampled_from([n for n in sorted(TABLE) if n not in ("sortir_du_champ", "abandonner")]))
    def tenter(self, nom: str) -> None:
        """Any act, whatever the state."""
        self.agir(nom)

    def agir(self, nom: str) -> None:
        self.m.laisser_passer(self.d.maintenant)
        qui, chemins = TABLE[nom]
        attendu = chemins.get(self.m.statut)
        if nom == "abandonner" and self.m.contrat_signe:
            attendu = None
        empeche = nom == "classer" and attendu and self.m.demande_limite and self.jour <= self.m.demande_limite
        donnees = dict(DONNEES.get(nom, {}))
        if nom.startswith("retirer_validation"):
            donnees = {
                "fondement": "L242-4",
                "contradictoire_le": self.jour.isoformat(),
                "motivation": "L’équipe le demande.",
            }
        if nom == "deposer_projet" and attendu:
            fabriques.remplir_projet(self.d)
        if nom.startswith("valider") and attendu:
            self._instruire(nom.removeprefix("valider_"))
        avant = self._trace()
        try:
            with transaction.atomic():
                self.d.fait(qui, nom, **donnees)
        except (Conflit, ErreurMetier) as refus:
            if attendu is not None and not empeche:
                raise AssertionError(f"{nom} depuis {self.m.statut} : {refus}") from refus
            # A refused act leaves nothing, but what silence had decided may have been written down.
            assert self._trace()[0] == avant[0]
            self.compteur["refus"] += 1
            return
        assert attendu is not None, f"{nom} a été accepté depuis {self.m.statut}"
        assert not empeche, f"{nom} a été accepté avant le terme"
        self.compteur["actes"] += 1
        self._noter(nom, attendu)

    def _noter(self, nom: str, cible: str) -> None:
        avant, self.m.statut = self.m.statut, cible
        if nom in (
            "completer_lettre",
            "completer_projet",
            "lever_demande",
            "deposer_projet",
            "retirer_refus_lettre",
            "retirer_refus_projet",
        ):
            self.m.depart = self.jour
        self.m.demande_limite = (
            mois_plus_tard(self.jour, 1)
            if nom.startswith("demander")
            else None
            if avant.endswith(("incomplete", "incomplet"))
            else self.m.demande_limite
        )
        if nom.startswith(("valider", "refuser")):
            self.m.decisions += 1

    def _instruire(self, objet: str) -> None:
        fabriques.juger_tout(self.d, objet)
        with comme_portail():
            attendu = Dossier.objects.get(numero=self.d.numero).avis.filter(objet=objet, rendu_le=None).exists()
        if attendu:
            fabriques.rendre_avis(self.d)

    @rule(nom=st.sampled_from(sorted(TABLE)), qui=st.sampled_from(sorted(fabriques.CAST)))
    def usurper(self, nom: str, qui: str) -> None:
        """The wrong person gets 403 whatever the state; the dossier does not move."""
        permis = {
            "porteur": {"porteur", "collaborateur"},
            "instructeur": {"instructeur", "signataire"},
            "signataire": {"signataire"},
        }[TABLE[nom][0]]
        if nom == "abandonner":
            permis = {"porteur"}
        if qui in permis:
            return
        with pytest.raises(Interdit), transaction.atomic():
            self.d.fait(qui, nom, **DONNEES.get(nom, {}))
        self.compteur["refus"] += 1

    @rule(jours=st.integers(0, 40), balayage=st.booleans())
    def attendre(self, jours: int, balayage: bool) -> None:
        """Days pass; the worker runs, or not."""
        self.d.avancer(days=jours)
        self.m.laisser_passer(self.d.maintenant)
        if balayage:
            regler_dues(au=self.d.maintenant)
            assert regler_dues(au=self.d.maintenant) == 0

    @precondition(lambda self: self.m.dernier_jour is not None)
    @rule(secondes=st.sampled_from([-1, 0, 1]))
    def a_minuit(self, secondes: int) -> None:
        """The clock on the last second of the delay, on its end, just after."""
        fin = datetime.combine(self.m.dernier_jour + timedelta(days=1), time(), PARIS).astimezone(UTC) + timedelta(
            seconds=secondes
        )
        if fin > self.d.maintenant:
            self.d.maintenant = fin
        self.m.laisser_passer(self.d.maintenant)

    @rule(cible=st.sampled_from([s.value for s in Statut]))
    def sauter(self, cible: str) -> None:
        """A jump written in SQL: the base lets pass the table's pairs and nothing else."""
        with comme_portail(), connection.cursor() as c:
            c.execute("SELECT statut FROM dossiers_dossier WHERE numero = %s", [self.d.numero])
            source = c.fetchone()[0]
            c.execute(
                "SELECT count(*) FROM dossiers_transitionpermise WHERE source = %s AND cible = %s", [source, cible]
            )
            if source == cible or c.fetchone()[0]:
                return
        with pytest.raises(DatabaseError), transaction.atomic(), comme_portail(), connection.cursor() as c:
            c.execute("UPDATE dossiers_dossier SET statut = %s WHERE numero = %s", [cible, self.d.numero])

    def _trace(self) -> tuple[int, int]:
        with comme_portail():
            return (
                Document.objects.filter(dossier__numero=self.d.numero).count(),
                Evenement.objects.filter(dossier__numero=self.d.numero).exclude(role="systeme").count(),
            )

    @invariant()
    def comparer(self) -> None:
        if not hasattr(self, "m"):
            return
        self.compteur["etapes"] += 1
        with comme_portail():
            dossier = Dossier.objects.au(self.d.maintenant).get(numero=self.d.numero)
            en_vigueur = list(Decision.objects.filter(dossier=dossier, retiree_le=None).values_list("objet", "version"))
            tacites = list(Decision.objects.filter(dossier=dossier, mode="tacite"))
            flux = list(Evenement.objects.filter(dossier=dossier).order_by("seq").values_list("seq", flat=True))
        assert dossier.statut_effectif == self.m.statut
        assert len(en_vigueur) == len(set(en_vigueur))
        assert flux == list(range(1, len(flux) + 1))
        for d in tacites:
            assert d.date_acquise == d.dernier_jour + timedelta(days=1)
            assert d.prise_le == datetime.combine(d.date_acquise, time(), PARIS)

    def teardown(self) -> None:
        self.compteur["tacites"] += self.m.tacites if hasattr(self, "m") else 0
        transaction.savepoint_rollback(self.point)


@pytest.mark.preuve
@pytest.mark.django_db
def test_machine(preuve) -> None:
    """Without the delay of a request: it would cut an act on a busy machine, and the replay, faster, fail otherwise than the fault."""
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = 0")
    Cycle.bases = {}
    for statut, departement in (("lettre_deposee", "31"), ("projet_depose", "34")):
        dossier = fabriques.make_dossier(statut=statut, departement=departement)
        d = dossier.distribution
        fabriques.make_adherents(d)
        for qui in fabriques.CAST:
            d.acteur(qui)
        Cycle.bases[statut] = d
    vies = preuve.taille(8, 500)
    run_state_machine_as_test(
        Cycle,
        settings=settings(
            max_examples=vies,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )
    preuve.noter(
        cas=Cycle.compteur["etapes"],
        fautes=0,
        plancher=vies * 8,
        vies=vies,
        **{c: v for c, v in Cycle.compteur.items() if c != "etapes"},
    )
