"""Whom a reminder is written to: people read once for a chunk, one outbox row per person (REL-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.selectors import absences_du_jour
from ess_portal.journal.services import Effet, programmer_par_dossier
from ess_portal.socle.horloge import jour_local

from ..models import Dossier, Relance
from ..regles.relances import Personne, destinataires
from .courriels import courriel


@dataclass(frozen=True)
class Rappel:
    """A step reached: its row, unsaved, and what its mail says to whom. `organisation` is the one that must act."""

    relance: Relance
    dossier: Dossier
    gabarit: str
    qui: str
    organisation: int
    region: str
    niveaux: tuple[str, ...]
    contexte: dict[str, Any] = field(default_factory=dict)

    @property
    def cle(self) -> tuple[Any, ...]:
        """What makes a step one: the row's own unique key."""
        r = self.relance
        return (r.echeance_id, r.tache_id, r.genre, r.palier, r.dernier_jour)


def ecrire(rappels: Sequence[Rappel], au: datetime) -> int:
    """Writes the steps that were not, and the mails of each; gives their number. Run as the portal, under the lock of reminders."""
    faites = set(
        Relance.objects.filter(
            Q(echeance_id__in=[r.relance.echeance_id for r in rappels if r.relance.echeance_id])
            | Q(tache_id__in=[r.relance.tache_id for r in rappels if r.relance.tache_id])
        ).values_list("echeance_id", "tache_id", "genre", "palier", "dernier_jour")
    )
    neufs = [r for r in rappels if r.cle not in faites]
    if not neufs:
        return 0
    for r in neufs:
        r.relance.creee_le = au
    Relance.objects.bulk_create([r.relance for r in neufs])
    personnes, absences = _personnes(neufs, au)
    effets = [(r.dossier.pk, effet) for r in neufs for effet in _effets(r, personnes, absences)]
    programmer_par_dossier(effets, maintenant=au)
    return len(neufs)


def _personnes(rappels: Iterable[Rappel], au: datetime) -> tuple[list[Personne], dict[int, dict[int, int]]]:
    """The active people of the organisations that must act, the administrators of their regions and the national ones, and who of them is
    away.
    """
    organisations = {r.organisation for r in rappels}
    regions = {r.region for r in rappels}
    lignes = list(
        Rattachement.objects.actifs()
        .filter(
            Q(organisation_id__in=organisations)
            | Q(role=Role.ADMIN_REGIONAL, organisation__region__in=regions)
            | Q(role=Role.ADMIN_NATIONAL)
        )
        .select_related("utilisateur", "organisation")
        .order_by("pk")
    )
    personnes = [
        Personne(
            x.utilisateur_id,
            x.organisation_id,
            x.role,
            est_chef=x.est_chef_de_service,
            region=x.organisation.region,
            nom=x.utilisateur.nom_complet,
        )
        for x in lignes
    ]
    jours = {x.organisation_id: jour_local(au, x.organisation.fuseau) for x in lignes}
    return personnes, absences_du_jour(jours) if jours else {}


def _effets(rappel: Rappel, personnes: Sequence[Personne], absences: Mapping[int, Mapping[int, int]]) -> list[Effet]:
    trouves = destinataires(
        rappel.niveaux,
        qui=rappel.qui,
        organisation=rappel.organisation,
        region=rappel.region,
        suivi_par=rappel.dossier.suivi_par_id,
        personnes=personnes,
        absences=absences,
    )
    r = rappel.relance
    de = f"t{r.tache_id}" if r.tache_id else str(r.echeance_id)
    return [
        courriel(
            rappel.dossier,
            rappel.gabarit,
            f"{de}:{r.dernier_jour}:{r.palier}:{d.utilisateur}",
            organisation=d.organisation,
            personnes=[d.utilisateur],
            niveau=d.niveau,
            absent=d.absent,
            **rappel.contexte,
        )
        for d in trouves
    ]
