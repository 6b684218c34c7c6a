"""The deadlines of a whole perimeter, as the law has them at an instant (CAL-9): late, due soon, tacit to come.

Échéances and dossiers carry their readers, so each question is one aggregated query whatever the number of dossiers.
"""

from __future__ import annotations

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
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from dossiers.models import Echeance, Relance, Tache
from dossiers.regles.cycle import BASCULES
from dossiers.regles.statuts import Statut
from dossiers.seuils import Seuils
from ess_portal.comptes.acteur import Acteur

TACITES = ("DL-1", "DL-3")
# Rights that end and clocks that nobody must act on are no business of a list of things to do.
SUIVIES = (
    *("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-6", "DL-7", "DL-10", "AVI", "AVI-2", "DUR-1"),
    *("CAL-6", "CAL-6-A", "CAL-6-V", "CAL-6-VA"),
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
    """Those that run and have not passed."""
    return _suivies(acteur, filtres).filter(statut=Echeance.Statut.OUVERTE, instant__gt=maintenant)


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
    passees = Q(statut=Echeance.Statut.ECHUE) | Q(statut=Echeance.Statut.OUVERTE, instant__lte=maintenant)
    return (
        _suivies(acteur, filtres)
        .annotate(statut_dossier=statut_effectif(maintenant, "dossier__"))
        .filter(passees, attente)
    )


def lignes(echeances: QuerySet[Echeance]) -> list[Echeance]:
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
        .order_by("instant", "pk")[:LIGNES]
    )


def compter(acteur: Acteur, filtres: Filtres, seuils: Seuils) -> dict[str, Any]:
    """Counts of what comes: within the horizon, tacit within the horizon and within the days that make a silence near."""
    tacite = Q(regle__in=TACITES)
    bientot, imminent = Q(instant__lte=seuils.fin_horizon), Q(instant__lte=seuils.fin_proche)
    return a_venir(acteur, filtres, seuils.maintenant).aggregate(
        a_venir=Count("pk", filter=bientot),
        tacites=Count("pk", filter=tacite & bientot),
        tacites_lettre=Count("pk", filter=Q(regle="DL-1") & bientot),
        tacites_imminents=Count("pk", filter=tacite & imminent),
        premier_tacite=Min("dernier_jour", filter=tacite),
    )


def compter_retards(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    return en_retard(acteur, filtres, maintenant).aggregate(nombre=Count("pk"), plus_ancienne=Min("dernier_jour"))


def par_jour(acteur: Acteur, filtres: Filtres, maintenant: datetime, fin: date) -> dict[date, tuple[int, int]]:
    """For each day with échéances: how many, of which tacit validations to come."""
    jours = (
        a_venir(acteur, filtres, maintenant)
        .filter(dernier_jour__lte=fin)
        .values("dernier_jour")
        .order_by("dernier_jour")
        .annotate(n=Count("pk"), tacites=Count("pk", filter=Q(regle__in=TACITES)))
    )
    return {j["dernier_jour"]: (j["n"], j["tacites"]) for j in jours}
