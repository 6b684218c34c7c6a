"""Headcounts: who counts on a day and between two days, as it is known now or was at an instant (FIN-9, CRI-4, ADH-1).

One query whatever the number of adhérents and years: the versions of the adhésions, with the RPPS and the specialty they name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from dossiers.faits import parametres
from dossiers.models import Dossier
from ess_portal.referentiel.regles.parametres import Parametres

from .models import Adhesion, VersionAdhesion
from .regles.effectif import LIBERAUX, Periode, courbe, effectif_du_jour

MEDECINS = "SM"


@dataclass(frozen=True, slots=True)
class Palier:
    """A headcount that does not change from one day to another, both included."""

    du: date
    au: date
    nombre: int


# What the counts read of a version, with its specialty and its person.
COLONNES = (
    *("dossier", "valide_du", "valide_au", "mode", "departements", "adhesion", "specialite"),
    *("specialite__groupes", "specialite__famille", "adhesion__professionnel__rpps"),
)


def versions(dossier: Dossier, connu_le: datetime | None = None) -> QuerySet[VersionAdhesion]:
    """What is held true of a dossier's adhésions, now or at an instant, with what the counts read of it."""
    lignes = VersionAdhesion.objects.connues(connu_le).filter(dossier=dossier).order_by("pk")
    return lignes.select_related("specialite", "adhesion__professionnel").only(*COLONNES)


@dataclass(frozen=True)
class Comptage:
    """The signed adhésions of a dossier as the rules read them. `medecins`: for the dotation; `seuil`: for CRI-4."""

    medecins: tuple[Periode, ...]
    seuil: tuple[Periode, ...]
    comptes_dotation: str
    specialites: frozenset[str]

    @classmethod
    def du_dossier(
        cls, dossier: Dossier, jour: date, connu_le: datetime | None = None, reglages: Parametres | None = None
    ) -> Comptage:
        """As it was known at `connu_le` (as it is known now, without it). `reglages`: those of the contract, where money is
        counted; the dossier's own on `jour`, without them."""
        return cls.des_versions(dossier, versions(dossier, connu_le), reglages or parametres(dossier, jour))

    @classmethod
    def des_versions(cls, dossier: Dossier, lignes: Iterable[VersionAdhesion], reglages: Parametres) -> Comptage:
        """From rows already read by `versions`."""
        medecins, seuil, groupe = [], [], set(dossier.specialites)
        groupes, perimetre = set(dossier.groupes), set(dossier.departements)
        for v in lignes:
            periode = Periode(v.adhesion.professionnel.rpps, v.valide_du, v.valide_au, v.specialite_id, v.mode)
            du_groupe = bool(groupes & set(reglages.groupes_specialites.de(v.specialite_id, v.specialite.groupes)))
            if du_groupe:
                groupe.add(v.specialite_id)
            if v.specialite.famille == MEDECINS:
                medecins.append(periode)
            if du_groupe and v.mode in LIBERAUX and perimetre & set(v.departements):
                seuil.append(periode)
        return cls(tuple(medecins), tuple(seuil), reglages.comptes_dotation, frozenset(groupe))

    def effectif(self, jour: date) -> int:
        return effectif_du_jour(
            self.medecins, jour, comptes_dotation=self.comptes_dotation, specialites=self.specialites
        )

    def liberaux(self, jour: date) -> int:
        """Distinct adhérents libéraux of the specialty group who practise in the perimeter (CRI-4)."""
        return effectif_du_jour(self.seuil, jour, comptes_dotation="liberaux")

    def paliers(self, debut: date, fin: date) -> tuple[Palier, ...]:
        """The dotation's headcount of each day, as steps without gap."""
        marches = courbe(
            self.medecins, debut, fin, comptes_dotation=self.comptes_dotation, specialites=self.specialites
        )
        return _paliers(marches, fin)

    def paliers_liberaux(self, debut: date, fin: date) -> tuple[Palier, ...]:
        """`liberaux` of each day, as steps without gap."""
        return _paliers(courbe(self.seuil, debut, fin, comptes_dotation="liberaux"), fin)


def _paliers(marches: list[tuple[date, int]], fin: date) -> tuple[Palier, ...]:
    veilles = [du - timedelta(days=1) for du, _ in marches[1:]] + [fin]
    return tuple(Palier(du, au, nombre) for (du, nombre), au in zip(marches, veilles, strict=True))


def effectif(dossier: Dossier, jour: date, connu_le: datetime | None = None) -> int:
    """Doctors who count for the dotation on a day (FIN-9)."""
    return Comptage.du_dossier(dossier, jour, connu_le).effectif(jour)


def effectifs(dossier: Dossier, debut: date, fin: date, connu_le: datetime | None = None) -> tuple[Palier, ...]:
    """The headcount of each day from `debut` to `fin` included, as steps that follow each other without gap (FIN-5)."""
    return Comptage.du_dossier(dossier, fin, connu_le).paliers(debut, fin)


def adherents_liberaux(dossier: Dossier, jour: date, connu_le: datetime | None = None) -> int:
    return Comptage.du_dossier(dossier, jour, connu_le).liberaux(jour)


def nombre_adherents(dossier: Dossier, debut: date, fin: date) -> int:
    """Distinct professionals who adhered on at least one day of a period, whatever their specialty (IND-3)."""
    presents = Adhesion.objects.actives(debut, fin).filter(dossier=dossier)
    return presents.values("professionnel_id").distinct().count()
