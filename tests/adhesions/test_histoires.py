"""Histories of adhésions with corrections: what the service counts is what one counts day by day, at every instant of knowledge.

The model below is written from the text of ADH-1, FIN-9 and CRI-4 alone: a dictionary by day, no interval, no query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, pairwise

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adhesions.effectifs import Comptage
from adhesions.regles import histoire as regles
from adhesions.regles.effectif import Periode, courbe
from adhesions.regles.histoire import Exercice, Histoire
from adhesions.services import (
    ajouter_adherent,
    changer_exercice,
    corriger_adhesion,
    deposer_formulaire,
    retirer_adhesion,
    sortir_adherent,
)
from ess_portal.comptes.locataire import contexte
from ess_portal.documents.models import Piece
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier
from tests.outillage.preuves import ENTIERES

from .conftest import MIDI, dossier_de, porteur_de, rpps

DEBUT = date(2026, 1, 1)
HORIZON = 45
JOURS = [DEBUT + timedelta(days=n) for n in range(HORIZON)]
# SM04 and SM73 are one group; SM26 is médecine générale; SCD01 is no doctor.
EXERCICES = [
    Exercice(s, m, d)
    for s in ("SM04", "SM73", "SM26", "SCD01", "SM15")
    for m in ("liberal", "mixte", "hospitalier")
    for d in (("31",), ("75",), ("31", "75"))
]
REGLAGES = ("medecins_hors_mg", "liberaux", "specialite")
GESTES = st.lists(
    st.tuples(
        st.sampled_from(("signer", "sortir", "changer", "corriger", "dates", "rouvrir", "retirer")),
        st.integers(0, 2),
        st.sampled_from(JOURS),
        st.sampled_from(EXERCICES),
    ),
    min_size=3,
    max_size=9,
)


@dataclass
class Vie:
    """One adhésion by brute force: the practice of each day it counts, as held true now."""

    jours: dict[date, Exercice] = field(default_factory=dict)

    def suite(self, jour: date, pas: int) -> list[date]:
        """The days around this one on which the practice is the same."""
        exercice, trouves = self.jours[jour], []
        while self.jours.get(jour) == exercice:
            trouves.append(jour)
            jour += timedelta(days=pas)
        return trouves

    def signer(self, jour: date, exercice: Exercice) -> None:
        self.jours = {j: exercice for j in JOURS if j >= jour}

    def finir(self, dernier: date) -> None:
        """Days after the last one go; when the end moves later, the last practice goes on."""
        derniere = self.jours[max(self.jours)]
        avant = {j: self.jours.get(j, derniere) for j in JOURS if min(self.jours) <= j <= dernier}
        self.jours = avant

    def commencer(self, premier: date) -> None:
        fin, premiere = max(self.jours), self.jours[min(self.jours)]
        self.jours = {j: self.jours.get(j, premiere) for j in JOURS if premier <= j <= fin}

    def changer(self, jour: date, exercice: Exercice) -> None:
        self.jours |= dict.fromkeys(self.suite(jour, 1), exercice)

    def corriger(self, jour: date, exercice: Exercice) -> None:
        self.jours |= dict.fromkeys([*self.suite(jour, 1), *self.suite(jour, -1)], exercice)


def compte(presents: dict[str, list[Exercice]], reglage: str) -> int:
    """FIN-9: doctors outside médecine générale, once per RPPS; by setting the libéraux, or those of the dossier's specialty."""
    retenus = set()
    for qui, exercices in presents.items():
        for e in exercices:
            medecin = e.specialite.startswith("SM") and e.specialite not in ("SM26", "SM53", "SM54")
            libre = e.mode in ("liberal", "mixte")
            du_groupe = e.specialite in ("SM04", "SM73")
            if medecin and (
                reglage == "medecins_hors_mg"
                or (reglage == "liberaux" and libre)
                or (reglage == "specialite" and du_groupe)
            ):
                retenus.add(qui)
    return len(retenus)


def libres(presents: dict[str, list[Exercice]]) -> int:
    """CRI-4: adhérents libéraux of the specialty group who practise in the perimeter, here the 31."""
    return sum(
        any(e.specialite in ("SM04", "SM73") and e.mode in ("liberal", "mixte") and "31" in e.departements for e in es)
        for es in presents.values()
    )


@pytest.mark.preuve
@settings(max_examples=1000 if ENTIERES else 300)
@given(GESTES)
def test_tranches_egales_aux_jours(gestes):
    """Histories of one adhésion: the slices say of each day what the dictionary of days says."""
    vie, tranches = Vie(), ()
    for geste, _, jour, exercice in gestes:
        if not tranches:
            vie.signer(jour, exercice)
            tranches = regles.borner(regles.signer(jour, exercice), jour, JOURS[-1])
        elif geste == "changer" and jour in vie.jours:
            vie.changer(jour, exercice)
            tranches = regles.changer(tranches, jour, exercice)
        elif geste == "corriger" and jour in vie.jours:
            vie.corriger(jour, exercice)
            tranches = regles.corriger(tranches, jour, exercice)
        elif geste == "sortir" and jour >= tranches[0].du:
            vie.finir(jour)
            tranches = regles.borner(tranches, tranches[0].du, jour)
        elif geste == "dates" and jour <= tranches[-1].au:
            vie.commencer(jour)
            tranches = regles.borner(tranches, jour, tranches[-1].au)
        couverts = [(t.du + timedelta(days=n), t.exercice) for t in tranches for n in range((t.au - t.du).days + 1)]
        assert couverts == sorted(vie.jours.items()), "chaque jour une fois, avec son exercice"
        assert all(x.exercice != y.exercice or x.au + timedelta(days=1) != y.du for x, y in pairwise(tranches))
    egales(tranches, vie)


def egales(tranches: Histoire, vie: Vie) -> None:
    medecins = [t for t in tranches if t.exercice.specialite.startswith("SM")]
    periodes = [Periode("1", t.du, t.au, t.exercice.specialite, t.exercice.mode) for t in medecins]
    for reglage in REGLAGES:
        marches = dict(courbe(periodes, JOURS[0], JOURS[-1], comptes_dotation=reglage, specialites={"SM04", "SM73"}))
        nombre = 0
        for j in JOURS:
            nombre = marches.get(j, nombre)
            assert nombre == compte({"1": [vie.jours[j]]} if j in vie.jours else {}, reglage)


@pytest.fixture
def sans_fichier(monkeypatch):
    """The bytes of a signed form are not what is counted: one pièce by dossier stands for them all."""
    rangs = count(1)

    def une_piece(*, dossier, **_: object) -> Piece:
        return Piece.objects.create(
            dossier=dossier, objet="adhesion", type="formulaire_adhesion", libelle="f", nom_fichier="f.pdf",
            type_mime="application/pdf", taille=1, empreinte="0" * 64, chemin=f"h{next(rangs)}", depose_le=MIDI,
        )  # fmt: skip

    monkeypatch.setattr("adhesions.services.signature.deposer_piece", une_piece)


class Equipe:
    """The same acts on the portal, by its services, and on the model; each at its own instant of knowledge."""

    def __init__(self, acteur) -> None:
        self.acteur = acteur
        self.dossier = dossier_de(acteur, ["31", "32"])
        self.vies: dict[int, tuple[str, Vie]] = {}
        self.en_cours: dict[int, int] = {}
        self.instant = datetime.combine(JOURS[-1], MIDI.timetz())
        self.savoirs: list[tuple[datetime, list[tuple[str, dict[date, Exercice]]]]] = []

    def agir(self, geste: str, qui: int, jour: date, exercice: Exercice) -> None:
        self.instant += timedelta(minutes=1)
        pk = self.en_cours.get(qui)
        if geste == "signer" and (pk is None or max(self.vies[pk][1].jours, default=DEBUT) < JOURS[-1]):
            self.signer(qui, jour, exercice)
        elif geste != "signer" and pk is not None and self.vies[pk][1].jours:
            getattr(self, geste)(pk, self.vies[pk][1], jour, exercice)
        self.savoirs.append((self.instant, [(nom, dict(v.jours)) for nom, v in self.vies.values()]))

    def faire(self, service, **champs) -> bool:
        try:
            service(numero=self.dossier.numero, acteur=self.acteur, maintenant=self.instant, **champs)
        except ErreurMetier:
            return False
        return True

    def signer(self, qui: int, jour: date, exercice: Exercice) -> None:
        numero = rpps(500 + qui)
        occupes = {j for nom, v in self.vies.values() if nom == numero for j in v.jours}
        adhesion = ajouter_adherent(
            numero=self.dossier.numero, acteur=self.acteur, maintenant=self.instant, rpps=numero, nom="Roques", prenom="C.",
            specialite=exercice.specialite, mode=exercice.mode, departements=exercice.departements, inviter=False,
        )  # fmt: skip
        possible = not occupes & {j for j in JOURS if j >= jour}
        fait = self.faire(deposer_formulaire, adhesion=adhesion.pk, fichier=None, date_signature=jour)
        assert fait == possible, "deux adhésions du même RPPS ne partagent aucun jour"
        if not fait:
            adhesion.etat = "annulee"
            adhesion.save(update_fields=("etat",))
            return
        self.vies[adhesion.pk], self.en_cours[qui] = (numero, Vie()), adhesion.pk
        self.vies[adhesion.pk][1].signer(jour, exercice)

    def sortir(self, pk: int, vie: Vie, jour: date, _: Exercice) -> None:
        if self.faire(sortir_adherent, adhesion=pk, date_sortie=jour, motif="Départ"):
            vie.finir(jour)

    def changer(self, pk: int, vie: Vie, jour: date, e: Exercice) -> None:
        champs = {"specialite": e.specialite, "mode": e.mode, "departements": e.departements}
        if self.faire(changer_exercice, adhesion=pk, date_effet=jour, motif="Installation", **champs):
            vie.changer(jour, e)

    def corriger(self, pk: int, vie: Vie, jour: date, e: Exercice) -> None:
        corrections = {"specialite": e.specialite, "mode": e.mode, "departements": list(e.departements)}
        if self.faire(corriger_adhesion, adhesion=pk, periode=jour, motif="Erreur", corrections=corrections):
            vie.corriger(jour, e)

    def dates(self, pk: int, vie: Vie, jour: date, _: Exercice) -> None:
        if self.faire(corriger_adhesion, adhesion=pk, motif="Erreur", corrections={"signee_le": jour}):
            vie.commencer(jour)

    def rouvrir(self, pk: int, vie: Vie, *_: object) -> None:
        if self.faire(corriger_adhesion, adhesion=pk, motif="Erreur", corrections={"sortie_le": None}):
            vie.finir(JOURS[-1])

    def retirer(self, pk: int, vie: Vie, *_: object) -> None:
        if self.faire(retirer_adhesion, adhesion=pk, motif="Erreur"):
            vie.jours = {}

    def verifier(self) -> None:
        for instant, vies in [*self.savoirs[:: max(1, len(self.savoirs) // 3)], self.savoirs[-1]]:
            par_jour = {}
            for j in JOURS:
                presents: dict[str, list[Exercice]] = {}
                for nom, jours_de in vies:
                    if j in jours_de:
                        presents.setdefault(nom, []).append(jours_de[j])
                par_jour[j] = presents
            reset_queries()  # the log of a thousand lives is longer than Django keeps
            for reglage in REGLAGES:
                with CaptureQueriesContext(connection) as requetes:
                    comptage = Comptage.du_dossier(
                        self.dossier, JOURS[-1], instant, Parametres(comptes_dotation=reglage)
                    )
                    paliers = comptage.paliers(JOURS[0], JOURS[-1])
                assert len(requetes) == 1
                vus = {p.du + timedelta(days=n): p.nombre for p in paliers for n in range((p.au - p.du).days + 1)}
                attendus = {j: compte(par_jour[j], reglage) for j in JOURS}
                assert vus == attendus, (instant, reglage)
            assert [comptage.liberaux(j) for j in JOURS] == [libres(par_jour[j]) for j in JOURS]


@pytest.mark.preuve
@pytest.mark.django_db
def test_effectif_egal_au_compte_jour_par_jour(sans_fichier, preuve):
    """Through the services and the base: counts of each day, as known at several instants of each history."""
    faites = count()
    acteur = porteur_de("histoires")

    @settings(max_examples=1000 if ENTIERES else 25, suppress_health_check=list(HealthCheck))
    @given(GESTES)
    def vivre(gestes) -> None:
        with contexte(acteur):
            equipe = Equipe(acteur)
            for geste in gestes:
                equipe.agir(*geste)
            equipe.verifier()
        next(faites)

    vivre()
    preuve.noter(cas=next(faites), fautes=0, plancher=preuve.taille(25, 1000))
