"""The deadlines of a whole perimeter, as the law has them at an instant (CAL-9): late, due soon, tacit to come.

Échéances and dossiers carry their readers, so each question is one query whatever the number of dossiers. What is only counted, the page reads
as the portal, within `pour(acteur)`: row-level security would look each row up again (a third of the cost on a whole region).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from dossiers.lecture_nees import dates_nees
from dossiers.models import Dossier, Echeance, Relance, Tache
from dossiers.regles.au_droit import ENCORE_ATTENDUES, RAPPORT
from dossiers.regles.cycle import BASCULES
from dossiers.regles.statuts import Statut
from dossiers.seuils import Seuils
from ess_portal.comptes.acteur import Acteur

TACITES = ("DL-1", "DL-3")
# Rights that end and clocks that nobody must act on are no business of a list of things to do.
SUIVIES = (
    *("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-6", "DL-7", "DL-10", "AVI", "AVI-2", "DUR-1"),
    *("CAL-6", "CAL-6-A", "CAL-6-V", "CAL-6-VA", RAPPORT),
)
LIGNES = 25

# An échéance passed is late while what it awaited is still awaited: the state says so, or the open task it left.
ETATS_ATTENTE = (
    ("DL-2", "", (Statut.LETTRE_VALIDEE, Statut.AMORCAGE_SIGNE)),
    ("DL-10", "lettre", (Statut.LETTRE_INCOMPLETE,)),
    ("DL-10", "projet", (Statut.PROJET_INCOMPLET,)),
    ("AVI", "lettre", (Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE)),
    ("AVI-2", "projet", (Statut.PROJET_DEPOSE, Statut.PROJET_INCOMPLET)),
    ("AVI", "projet", (Statut.PROJET_DEPOSE, Statut.PROJET_INCOMPLET)),
)
TACHES_ATTENTE = {
    "DL-4": Tache.Type.MISSION_INCOMPLETE,
    "DL-5": Tache.Type.OUVRIR_RECUPERATION,
    "DL-7": Tache.Type.CONTROLE_ANNUEL,
}


@dataclass(frozen=True)
class Filtres:
    """What the address narrows: a département, a group of specialties, a region (national view)."""

    departement: str = ""
    groupe: str = ""
    region: str = ""

    def q(self, chemin: str = "") -> Q:
        q = Q()
        if self.departement:
            q &= Q(**{f"{chemin}departements__contains": [self.departement]})
        if self.groupe:
            q &= Q(**{f"{chemin}groupes__contains": [self.groupe]})
        if self.region:
            q &= Q(**{f"{chemin}region": self.region})
        return q


def statut_effectif(maintenant: datetime, chemin: str) -> Case:
    """The dossier's state at this instant, seen from a row that points at it (CAL-9)."""
    dus = [
        When(**{f"{chemin}statut": de.value, f"{chemin}bascule_le__lte": maintenant, "then": Value(vers.value)})
        for de, vers in BASCULES.items()
    ]
    return Case(*dus, default=F(f"{chemin}statut"), output_field=CharField())


def _suivies(acteur: Acteur, filtres: Filtres) -> QuerySet[Echeance]:
    return Echeance.objects.pour(acteur).filter(filtres.q("dossier__"), regle__in=SUIVIES)


def a_venir(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> QuerySet[Echeance]:
    """Those that run and have not passed; what a contract that has ended leaves behind is void, written down or not."""
    finis = Dossier.objects.pour(acteur).filter(statut=Statut.DOTATION_ACTIVE.value, bascule_le__lte=maintenant)
    courantes = _suivies(acteur, filtres).filter(statut=Echeance.Statut.OUVERTE, instant__gt=maintenant)
    return courantes.exclude(~Q(regle=RAPPORT), dossier__in=finis.order_by().values("pk"))


def nees(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> list[Echeance]:
    """Those to come that a silence has started and that no scan has written down (CAL-9)."""
    lignes = Echeance.objects.pour(acteur).filter(filtres.q("dossier__"))
    return [e for e in dates_nees(lignes, maintenant) if e.regle in SUIVIES and e.statut == Echeance.Statut.OUVERTE]


def premieres(acteur: Acteur, filtres: Filtres, maintenant: datetime, jusqua: datetime) -> tuple[int, ...]:
    """The keys of the nearest LIGNES to come, until `jusqua`."""
    proches = a_venir(acteur, filtres, maintenant).filter(instant__lte=jusqua)
    return tuple(proches.order_by("instant", "pk").values_list("pk", flat=True)[:LIGNES])


def vides(maintenant: datetime) -> dict[str, Any]:
    """Those that came after the end of their contract: void, whether the scan wrote it down or not (CAL-9)."""
    return {
        "statut": Echeance.Statut.OUVERTE,
        "dossier__statut": Statut.DOTATION_ACTIVE.value,
        "dossier__bascule_le__lte": maintenant,
        "instant__gt": F("dossier__bascule_le"),
    }


def en_retard(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> QuerySet[Echeance]:
    """Those that passed while what they awaited has not come, whether the scan wrote it down or not."""
    attente = Q()
    for regle, objet, statuts in ETATS_ATTENTE:
        condition = Q(regle=regle, statut_dossier__in=[s.value for s in statuts])
        attente |= condition & Q(objet=objet) if objet else condition
    for regle, type_ in TACHES_ATTENTE.items():
        cle = Concat(
            Value(f"{type_.value}:"),
            OuterRef("objet"),
            Value(":"),
            Cast(OuterRef("rang"), TextField()),
            Value(":"),
            Cast(OuterRef("dernier_jour"), TextField()),
            output_field=TextField(),
        )
        ouverte = Tache.objects.filter(dossier=OuterRef("dossier"), cle=cle, faite_le__isnull=True)
        attente |= Q(regle=regle) & (Q(statut=Echeance.Statut.OUVERTE) | Exists(ouverte))
    cle = Concat(Value("rapport:"), Cast(OuterRef("rang"), TextField()), output_field=TextField())
    attente |= Q(regle=RAPPORT) & Exists(
        Tache.objects.filter(dossier=OuterRef("dossier"), cle=cle, faite_le__isnull=True)
    )
    # Each with its perimeter, for an index holds each of the two apart.
    siennes = Echeance.objects.pour(acteur)
    passees = siennes.filter(statut=Echeance.Statut.ECHUE, regle__in=ENCORE_ATTENDUES) | siennes.filter(
        statut=Echeance.Statut.OUVERTE, instant__lte=maintenant
    )
    return (
        passees.filter(filtres.q("dossier__"), regle__in=SUIVIES)
        .annotate(statut_dossier=statut_effectif(maintenant, "dossier__"))
        .filter(attente)
        .exclude(~Q(regle=RAPPORT), **vides(maintenant))  # void with the contract's end, written down or not
    )


def lignes(echeances: QuerySet[Echeance], nombre: int = LIGNES) -> list[Echeance]:
    """The first rows for a table, nearest or oldest first, with their dossier, who must act, and the reminders sent."""
    relances = (
        Relance.objects.filter(echeance=OuterRef("pk"), dernier_jour=OuterRef("dernier_jour"))
        .order_by()
        .values("echeance")
        .annotate(n=Count("pk"))
    )
    return list(
        echeances.select_related("dossier", "ars", "caisse")
        .annotate(nombre_relances=Coalesce(Subquery(relances.values("n"), output_field=IntegerField()), 0))
        .order_by("instant", "pk")[:nombre]
    )


@dataclass(frozen=True)
class Retards:
    """What is late in a perimeter: how many, since when, the first rows' keys, and how many on each pair « 31 cardiologie »."""

    nombre: int
    plus_ancienne: date | None
    cles: tuple[int, ...]
    paires: Mapping[str, int]


def retards(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Retards:
    """One pass over the perimeter's dates, the oldest first."""
    lues = list(
        en_retard(acteur, filtres, maintenant)
        .order_by("instant", "pk")
        .values_list("pk", "dernier_jour", "dossier__departements", "dossier__groupes")
    )
    paires = Counter(f"{d} {g}" for _, _, departements, groupes in lues for d in departements for g in groupes)
    plus_ancienne = min((jour for _, jour, _, _ in lues), default=None)
    return Retards(len(lues), plus_ancienne, tuple(pk for pk, *_ in lues[:LIGNES]), paires)


@dataclass(frozen=True)
class Venues:
    """What is to come in a perimeter, counted by instant, last day and rule."""

    comptes: Mapping[tuple[datetime, date, str], int]

    def compter(self, seuils: Seuils) -> dict[str, Any]:
        """Within the horizon, tacit within the horizon and within the days that make a silence near."""
        bientot = {cle: n for cle, n in self.comptes.items() if cle[0] <= seuils.fin_horizon}
        return {
            "a_venir": sum(bientot.values()),
            "tacites": sum(n for (_, _, regle), n in bientot.items() if regle in TACITES),
            "tacites_lettre": sum(n for (_, _, regle), n in bientot.items() if regle == "DL-1"),
            "tacites_imminents": sum(
                n for (le, _, regle), n in self.comptes.items() if regle in TACITES and le <= seuils.fin_proche
            ),
            "premier_tacite": min((jour for _, jour, regle in self.comptes if regle in TACITES), default=None),
        }

    def premieres(self, jusqua: datetime) -> datetime:
        """The instant that the first LIGNES dates do not pass, at the latest `jusqua`."""
        reste = LIGNES
        for (le, _, _), n in sorted(self.comptes.items()):
            reste -= n
            if reste <= 0:
                return min(le, jusqua)
        return jusqua

    def par_jour(self, fin: date) -> dict[date, tuple[int, int]]:
        """For each day with échéances until `fin`: how many, of which tacit validations to come."""
        jours: dict[date, tuple[int, int]] = {}
        for (_, jour, regle), n in sorted(self.comptes.items()):
            if jour <= fin:
                total, tacites = jours.get(jour, (0, 0))
                jours[jour] = (total + n, tacites + (n if regle in TACITES else 0))
        return dict(sorted(jours.items()))


def venues(acteur: Acteur, filtres: Filtres, maintenant: datetime, fin: datetime) -> Venues:
    """Those before `fin`, exclusive. One aggregated query."""
    lues = (
        a_venir(acteur, filtres, maintenant)
        .filter(instant__lte=fin)
        .order_by()
        .values_list("instant", "dernier_jour", "regle")
    )
    return Venues({(le, jour, regle): n for le, jour, regle, n in lues.annotate(n=Count("pk"))})
