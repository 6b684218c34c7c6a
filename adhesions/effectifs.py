"""Headcounts: who counts on a day and between two days (FIN-9, CRI-4, ADH-1), in one query whatever the number of adhérents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.faits import parametres
from dossiers.models import Dossier

from .models import Adhesion
from .regles.effectif import LIBERAUX, Periode, courbe, effectif_du_jour

MEDECINS = "SM"


@dataclass(frozen=True, slots=True)
class Palier:
    """A headcount that does not change from one day to another, both included."""

    du: date
    au: date
    nombre: int


@dataclass(frozen=True)
class Comptage:
    """The signed adhésions of a dossier as the rules read them. `medecins`: for the dotation; `libres`: for CRI-4."""

    medecins: tuple[Periode, ...]
    seuil: tuple[Periode, ...]
    comptes_dotation: str
    specialites: frozenset[str]

    @classmethod
    def du_dossier(cls, dossier: Dossier, jour: date) -> Comptage:
        signees = Adhesion.objects.comptees().filter(dossier=dossier).order_by("pk")
        return cls.des_lignes(dossier, signees.select_related("specialite", "professionnel"), jour)

    @classmethod
    def des_lignes(cls, dossier: Dossier, adhesions: Iterable[Adhesion], jour: date) -> Comptage:
        """From rows already read, with their specialty and professional; those not signed are left aside."""
        medecins, seuil, groupe = [], [], set(dossier.specialites)
        groupes, perimetre = set(dossier.groupes), set(dossier.departements)
        for a in adhesions:
            if a.signee_le is None:
                continue
            periode = Periode(a.professionnel.rpps, a.signee_le, a.sortie_le, a.specialite_id, a.mode)
            du_groupe = bool(groupes & set(a.specialite.groupes))
            if du_groupe:
                groupe.add(a.specialite_id)
            if a.specialite.famille == MEDECINS:
                medecins.append(periode)
            if du_groupe and a.mode in LIBERAUX and perimetre & set(a.departements):
                seuil.append(periode)
        return cls(tuple(medecins), tuple(seuil), parametres(dossier, jour).comptes_dotation, frozenset(groupe))

    def effectif(self, jour: date) -> int:
        return effectif_du_jour(
            self.medecins, jour, comptes_dotation=self.comptes_dotation, specialites=self.specialites
        )

    def liberaux(self, jour: date) -> int:
        """Distinct adhérents libéraux of the specialty group who practise in the perimeter (CRI-4)."""
        return effectif_du_jour(self.seuil, jour, comptes_dotation="liberaux")

    def paliers(self, debut: date, fin: date) -> tuple[Palier, ...]:
        marches = courbe(
            self.medecins, debut, fin, comptes_dotation=self.comptes_dotation, specialites=self.specialites
        )
        veilles = [du - timedelta(days=1) for du, _ in marches[1:]] + [fin]
        return tuple(Palier(du, au, nombre) for (du, nombre), au in zip(marches, veilles, strict=True))


def effectif(dossier: Dossier, jour: date) -> int:
    """Doctors who count for the dotation on a day (FIN-9)."""
    return Comptage.du_dossier(dossier, jour).effectif(jour)


def effectifs(dossier: Dossier, debut: date, fin: date) -> tuple[Palier, ...]:
    """The headcount of each day from `debut` to `fin` included, as steps that follow each other without gap (FIN-5)."""
    return Comptage.du_dossier(dossier, fin).paliers(debut, fin)


def adherents_liberaux(dossier: Dossier, jour: date) -> int:
    return Comptage.du_dossier(dossier, jour).liberaux(jour)


def nombre_adherents(dossier: Dossier, debut: date, fin: date) -> int:
    """Distinct professionals who adhered on at least one day of a period, whatever their specialty (IND-3)."""
    presents = Adhesion.objects.actives(debut, fin).filter(dossier=dossier)
    return presents.values("professionnel_id").distinct().count()
