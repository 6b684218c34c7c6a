"""CRI-1c is written three times: the pure rule, the base's function, the scan. They are walked together, state by state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import transaction

from dossiers import grille
from dossiers.models import Decision, Derogation, Dossier, Echeance, LettreIntention
from dossiers.regles.statuts import CONFORMITE_ACQUISE, EN_PLACE, Statut
from dossiers.regles.unicite import Ess, devance
from dossiers.services import unicite
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.services import ars_competente, caisses_possibles
from tests import fabriques

S = Statut
INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JOUR = INSTANT.date()
AVANT, PENDANT, APRES = (INSTANT - timedelta(days=n) for n in (40, 20, 10))
STANDARD, ANCIENNE = "standard", "mise_en_conformite"
REGLAGES = tuple(product(("non", "oui"), ("groupe", "code")))  # unicite_stricte, cle
# Granted for every group, for half of them, ended; none.
DEROGATIONS = ("aucune", "toutes", "moitie", "passee")
S_HORS = tuple(s for s in S if s not in EN_PLACE)
CANDIDATS = tuple(product((S.LETTRE_DEPOSEE, S.LETTRE_VALIDEE, S.PROJET_DEPOSE, S.PROJET_VALIDE), (STANDARD, ANCIENNE)))


@dataclass(frozen=True)
class Autre:
    """Another ESS, alone with the candidate on a group of its own. `due`: silence has decided, nobody has written it."""

    statut: Statut
    regime: str
    depuis: datetime
    specialite: str
    due: bool = False

    @property
    def effectif(self) -> Statut:
        return {S.LETTRE_DEPOSEE: S.LETTRE_VALIDEE, S.PROJET_DEPOSE: S.PROJET_VALIDE, S.DOTATION_ACTIVE: S.CLOS}[
            self.statut
        ] if self.due else self.statut  # fmt: skip


AUTRES = tuple(
    Autre(statut, regime, depuis, specialite)
    for statut, regime, (depuis, specialite) in product(
        S, (STANDARD, ANCIENNE), ((AVANT, "SM04"), (APRES, "SM04"), (AVANT, "SM73"))
    )
    if statut is not S.BROUILLON
) + tuple(
    Autre(statut, regime, depuis, "SM04", due=True)
    for statut, regime, depuis in product(
        (S.LETTRE_DEPOSEE, S.PROJET_DEPOSE, S.DOTATION_ACTIVE), (STANDARD, ANCIENNE), (AVANT, APRES)
    )
)


@pytest.fixture
def territoire() -> Iterator[Territoire]:
    with comme_portail():
        yield Territoire()


class Territoire:
    def __init__(self) -> None:
        self.ars, self.caisse = ars_competente("31"), caisses_possibles("31")[0]
        self.equipe: Organisation = fabriques.make_organisation()
        self.national = JeuParametres.objects.filter(region=None).first()
        self.rang = 0
        self.jeux = {
            r: JeuParametres.objects.create(
                region_id="76", valide_du=date(2020, 1, n), source="Essai", valeurs={"unicite_stricte": r[0], "cle": r[1]}
            )
            for n, r in enumerate(REGLAGES, 1)
        }  # fmt: skip
        self.autres = Dossier.objects.bulk_create(
            self.fait(a.statut, a.regime, a.depuis, [f"g{n}"], [a.specialite], bascule_le=a.depuis if a.due else None)
            for n, a in enumerate(AUTRES)
        )
        for dossier, a in zip(self.autres, AUTRES, strict=True):
            self.decider(dossier, a.depuis)
        self.validations = {d.pk: self.favorables(d) for d in self.autres}

    def fait(
        self, statut: Statut, regime: str, depuis: datetime, groupes: list[str], specialites: list[str],
        reglages: tuple[str, str] = REGLAGES[0], **champs: object,
    ) -> Dossier:  # fmt: skip
        self.rang += 1
        return Dossier(
            numero=f"76-2026-{self.rang:04d}", nom=f"ESS {self.rang}", equipe=self.equipe, ars=self.ars, caisse=self.caisse,
            statut=statut, statut_depuis=depuis, regime=regime, origine="reprise", siege_departement="31", region="76",
            fuseau="Europe/Paris", jeu_national=self.national, jeu_regional=self.jeux[reglages], cree_le=AVANT, depose_le=AVANT,
            departements=["31"], groupes=groupes, specialites=specialites, **champs,
        )  # fmt: skip

    def decider(self, dossier: Dossier, le: datetime) -> None:
        """The decisions that stand behind a state."""
        statut = S(dossier.statut)
        objets = [o for o, ou in (("lettre", EN_PLACE), ("projet", CONFORMITE_ACQUISE)) if statut in ou]
        for jours, objet in enumerate(objets):
            Decision.objects.create(
                dossier=dossier, objet=objet, sens="favorable", mode="tacite", date_acquise=JOUR, enregistree_le=INSTANT,
                prise_le=le + timedelta(days=jours),
            )  # fmt: skip

    def favorables(self, dossier: Dossier) -> dict[str, datetime]:
        return dict(Decision.objects.filter(dossier=dossier).values_list("objet", "prise_le"))

    def deroger(self, dossier: Dossier, quoi: str) -> None:
        if quoi != "aucune":
            Derogation.objects.create(
                dossier=dossier, motif="Tension", demandee_le=JOUR, portee=["CRI-1c"], issue="accordee",
                groupes=[g for g in dossier.groupes if int(g[1:]) % 2] if quoi == "moitie" else [],
                valide_au=date(2026, 1, 1) if quoi == "passee" else None,
            )  # fmt: skip

    def place(self, dossier: Dossier, autre: Autre | None = None) -> Ess:
        return Ess(
            id=dossier.pk, statut=autre.effectif if autre else S(dossier.statut), depuis=dossier.statut_depuis,
            regime=dossier.regime, validations=self.validations[dossier.pk] if autre else self.favorables(dossier),
        )  # fmt: skip


def attendus(t: Territoire, ess: Ess, stricte: bool, cle: str, quoi: str, *, signature: bool = False) -> set[str]:
    """Who stands in its way, by the pure rule, the key and the dérogations."""
    return {
        d.numero
        for n, (d, a) in enumerate(zip(t.autres, AUTRES, strict=True))
        if (cle == "groupe" or a.specialite == "SM04")
        and not (quoi == "toutes" or (quoi == "moitie" and n % 2))
        and devance(t.place(d, a), ess, stricte=stricte, signature=signature)
    }


def essais() -> Iterator[tuple[str, str, Statut, str, str]]:
    """Every setting for every candidate; every dérogation for the letter that is to be validated."""
    for (stricte, cle), (statut, regime) in product(REGLAGES, CANDIDATS):
        for quoi in DEROGATIONS if (statut, regime) == CANDIDATS[0] else DEROGATIONS[:1]:
            yield stricte, cle, statut, regime, quoi


@pytest.mark.django_db
def test_cri_1c_la_regle_la_grille_et_la_base(territoire: Territoire) -> None:
    t, vus = territoire, 0
    for stricte, cle, statut, regime, quoi in essais():
        point = transaction.savepoint()
        groupes = [f"g{n}" for n in range(len(AUTRES))]
        dossier = t.fait(statut, regime, PENDANT, groupes, ["SM04"], (stricte, cle))
        dossier.save()
        LettreIntention.objects.create(dossier=dossier)
        t.decider(dossier, PENDANT)
        if statut is S.PROJET_DEPOSE:
            Decision.objects.filter(dossier=dossier, objet="projet").delete()
        t.deroger(dossier, quoi)
        ess = t.place(dossier)
        for signature in (False, True):
            base = {o.numero for o in unicite.obstacles(dossier, INSTANT, signature=signature)}
            regle = attendus(t, ess, stricte == "oui", cle, quoi, signature=signature)
            assert base == regle, (statut, regime, quoi, signature)
            vus += len(base)
        p = grille.parametres(dossier, "lettre", JOUR)
        lus = {
            c.numero
            for c in grille.conflits(dossier, p, JOUR)
            if c.etat == "conforme" or (c.etat == "non_conforme" and p.unicite_stricte)
        }
        assert lus == attendus(t, ess, stricte == "oui", cle, "aucune"), (statut, regime)
        transaction.savepoint_rollback(point)
    assert vus > 100


@pytest.mark.django_db
def test_cri_1c_la_regle_et_le_passage(territoire: Territoire) -> None:
    """Silence falls due on one letter beside each of the others. Who stands there further than its letter was validated before it."""
    t = territoire
    for (stricte, cle), quoi in [(r, "moitie") for r in REGLAGES] + [(REGLAGES[0], q) for q in DEROGATIONS]:
        point = transaction.savepoint()
        rangs = [
            n
            for n, a in enumerate(AUTRES)
            if not a.due and (a.depuis == AVANT or a.statut in (S.LETTRE_VALIDEE, *S_HORS))
        ]
        lettres = Dossier.objects.bulk_create(
            t.fait(S.LETTRE_DEPOSEE, STANDARD, AVANT, [f"g{n}"], ["SM04"], (stricte, cle), bascule_le=PENDANT)
            for n in rangs
        )
        Echeance.objects.bulk_create(
            Echeance(
                dossier=d, regle="DL-1", objet="lettre", qui="ars", dernier_jour=PENDANT.date(), acquise_le=PENDANT.date(),
                instant=PENDANT, equipe_id=d.equipe_id, ars_id=d.ars_id, caisse_id=d.caisse_id, lecteurs=[],
            )
            for d in lettres
        )  # fmt: skip
        for n, d in zip(rangs, lettres, strict=True):
            t.deroger(d, "aucune" if quoi == "moitie" and not n % 2 else quoi)
        assert regler_dues(au=INSTANT) == len(rangs)
        signales = set(
            Dossier.objects.filter(pk__in=[d.pk for d in lettres], est_a_regulariser=True).values_list("pk", flat=True)
        )
        for n, d in zip(rangs, lettres, strict=True):
            a = AUTRES[n]
            ess = Ess(id=d.pk, statut=S.LETTRE_VALIDEE, depuis=PENDANT)
            leve = quoi == "toutes" or (quoi == "moitie" and n % 2)
            gene = devance(t.place(t.autres[n], a), ess, stricte=stricte == "oui")
            attendu = gene and not leve and (cle == "groupe" or a.specialite == "SM04")
            assert (d.pk in signales) is attendu, (a, quoi)
        assert signales or quoi == "toutes"
        transaction.savepoint_rollback(point)
