"""How many doctors of the specialty a territory has (CRI-1d, CRI-4): what was imported, what the directory counts, what the letter says.

The imported figures are retained when they cover every département and group of the dossier: somebody answers for them. Without them
the letter's, which the équipe dates and sources; the directory's where the letter says nothing. All three are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dossiers.models import Dossier, LettreIntention
from ess_portal.socle.typographie import date_fr

from .annuaire import denombrer
from .models import Demographie

IMPORT, LETTRE, ANNUAIRE = "import", "lettre", "annuaire"


@dataclass(frozen=True, slots=True)
class Mesure:
    """`par_groupe` = {groupe: (libéraux, présents)}, empty where the source only gives a total."""

    origine: str
    liberaux: int | None
    presents: int | None
    source: str
    date: date | None = None
    par_groupe: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    est_complete: bool = True

    @property
    def phrase(self) -> str:
        return self.source + (f", {date_fr(self.date)}" if self.date else "")


def importee(dossier: Dossier) -> Mesure | None:
    """The last imported figures of each pair of the dossier, added up; None without any. One query."""
    groupes, departements = list(dossier.groupes), list(dossier.departements)
    if not groupes or not departements:
        return None
    lignes = list(
        Demographie.objects.filter(groupe__in=groupes, departement__in=departements)
        .order_by("groupe", "departement_id", "-date_comptage")
        .distinct("groupe", "departement_id")
    )
    return composer(dossier, lignes)


def composer(dossier: Dossier, lignes: Sequence[Demographie]) -> Mesure | None:
    """What these figures, one per pair, say of a dossier's territory."""
    groupes, departements = list(dossier.groupes), list(dossier.departements)
    if not lignes:
        return None
    par_groupe = {
        g: (sum(x.liberaux for x in lignes if x.groupe == g), sum(x.presents for x in lignes if x.groupe == g))
        for g in groupes
    }
    # Several groups are several specialties, or one specialty that stands in two of them: its doctors are counted once.
    cumul = sum if dossier.est_pluri else max
    sources = dict.fromkeys(x.source for x in lignes)
    return Mesure(
        IMPORT,
        cumul(n for n, _ in par_groupe.values()),
        cumul(n for _, n in par_groupe.values()),
        "\u00a0; ".join(sources),
        min(x.date_comptage for x in lignes),
        par_groupe,
        len(lignes) == len(groupes) * len(departements),
    )


def declaree(lettre: LettreIntention | None) -> Mesure | None:
    if lettre is None or (lettre.liberaux is None and lettre.medecins_presents is None):
        return None
    source = lettre.source_comptage or "Lettre d’intention"
    return Mesure(LETTRE, lettre.liberaux, lettre.medecins_presents, source, lettre.date_comptage)


def denombree(dossier: Dossier) -> Mesure | None:
    """What the national directory counts on the territory; None while no extract was imported."""
    d = denombrer(list(dossier.groupes), list(dossier.departements))
    if d.extrait_le is None:
        return None
    return Mesure(ANNUAIRE, d.liberaux, d.presents, "Annuaire santé", d.extrait_le, d.par_groupe)


def choisir(importe: Mesure | None, declare: Mesure | None, annuaire: Mesure | None) -> Mesure | None:
    """The one the thresholds read."""
    if importe is not None and importe.est_complete:
        return importe
    return declare or annuaire


def connues(dossier: Dossier) -> tuple[Mesure, ...]:
    """What a letter being written may take over for its whole territory."""
    if not dossier.groupes or not dossier.departements:
        return ()
    return tuple(m for m in (importee(dossier), denombree(dossier)) if m is not None and m.est_complete)
