"""Reads of the money side: one snapshot per dossier, shared by the facts, the buttons and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property

from dossiers.models import Dossier

from ..models import (
    CompteBancaire,
    Contrat,
    ControleAnnuel,
    DemandeAvenant,
    DotationAnnuelle,
    FinancementArs,
    ProcedureResiliation,
    Recuperation,
    Versement,
)


class Argent:
    """Contracts, payments, account and ARS funding of a dossier, each read at most once."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier

    @cached_property
    def contrats(self) -> list[Contrat]:
        return list(self.dossier.contrats.order_by("propose_le", "pk").prefetch_related("signatures"))

    @cached_property
    def versements(self) -> list[Versement]:
        lignes = self.dossier.versements.order_by("propose_le", "pk")
        return list(lignes.select_related("propose_par", "valide_par", "paye_par", "compte", "document"))

    @cached_property
    def comptes(self) -> list[CompteBancaire]:
        return list(self.dossier.comptes.order_by("saisi_le", "pk").select_related("saisi_par", "confirme_par"))

    @cached_property
    def recuperations(self) -> list[Recuperation]:
        return list(self.dossier.recuperations.order_by("ouverte_le", "pk"))

    @cached_property
    def procedures(self) -> list[ProcedureResiliation]:
        return list(self.dossier.procedures_resiliation.order_by("notifiee_le", "pk"))

    @property
    def resiliation(self) -> ProcedureResiliation | None:
        """The procedure for breaches that runs."""
        return next((p for p in self.procedures if not p.issue), None)

    @cached_property
    def financement_ars(self) -> FinancementArs | None:
        return FinancementArs.objects.filter(dossier=self.dossier).first()

    @cached_property
    def decomptes(self) -> dict[int, DotationAnnuelle]:
        """The yearly statements that count: the last version of each year."""
        lus = self.dossier.dotations_annuelles.order_by("annee", "version").select_related("etablie_par")
        return {x.annee: x for x in lus}

    @cached_property
    def controles(self) -> dict[int, ControleAnnuel]:
        """The caisse's last check of each closed year."""
        lus = self.dossier.controles_annuels.order_by("annee", "inscrit_le", "pk").select_related("fait_par")
        return {x.annee: x for x in lus}

    @cached_property
    def demandes_avenant(self) -> list[DemandeAvenant]:
        """In their order; a contract signed comes before any."""
        if not any(c.signe_le is not None for c in self.contrats):
            return []
        return list(DemandeAvenant.objects.filter(dossier=self.dossier).order_by("recue_le", "pk"))

    @property
    def demande_avenant(self) -> DemandeAvenant | None:
        """The last one."""
        return next(reversed(self.demandes_avenant), None)

    @property
    def compte(self) -> CompteBancaire | None:
        """The current account, confirmed or not."""
        return next((c for c in reversed(self.comptes) if c.remplace_le is None), None)

    @property
    def actifs(self) -> list[Versement]:
        return [v for v in self.versements if v.statut != Versement.Statut.ANNULE]

    @property
    def propose(self) -> Contrat | None:
        return next((c for c in self.contrats if c.statut == Contrat.Statut.PROPOSE), None)

    def signe(self, *types: str, au: date | None = None) -> Contrat | None:
        """The last contract of these types signed by the three, on a day if given."""
        signes = [
            c
            for c in self.contrats
            if c.statut == Contrat.Statut.SIGNE and c.type in types and (au is None or _jour(c, self.dossier) <= au)
        ]
        return signes[-1] if signes else None

    @property
    def dotations(self) -> list[Contrat]:
        """Every contrat de dotation that took effect or will, ended early or not, from the first to the last renewal."""
        signes = (Contrat.Statut.SIGNE, Contrat.Statut.RESILIE)
        lus = [c for c in self.contrats if c.type == Contrat.Type.DOTATION and c.statut in signes and c.date_effet]
        return sorted(lus, key=lambda c: c.date_effet)

    def signees(self, au: date | None = None) -> list[Contrat]:
        """The contrats de dotation in force, from the first to the last renewal, signed on a day if given."""
        return [
            c
            for c in self.dotations
            if c.statut == Contrat.Statut.SIGNE and (au is None or _jour(c, self.dossier) <= au)
        ]

    def fin(self, dotation: Contrat) -> date | None:
        """The first day on which a contrat de dotation does not run any more: its own, or the next one's effect."""
        rang = self.dotations.index(dotation)
        jours = [dotation.premier_jour_hors, *(c.date_effet for c in self.dotations[rang + 1 : rang + 2])]
        return min((j for j in jours if j is not None), default=None)

    def versement(self, nature: str, annee: int = 0) -> Versement | None:
        """The living payment of a nature and year."""
        return next((v for v in self.actifs if (v.nature, v.annee) == (nature, annee)), None)

    @contextmanager
    def sans(self, versement: Versement) -> Iterator[None]:
        """As if this payment had never been proposed."""
        tous = self.versements
        self.versements = [v for v in tous if v.pk != versement.pk]
        try:
            yield
        finally:
            self.versements = tous


def _jour(contrat: Contrat, dossier: Dossier) -> date:
    contrat.dossier = dossier
    return contrat.signe_jour or date.max


def argent(dossier: Dossier) -> Argent:
    """The snapshot of a dossier object: every reader of the same object shares it."""
    if not hasattr(dossier, "_argent"):
        dossier._argent = Argent(dossier)
    return dossier._argent


def oublier(dossier: Dossier) -> None:
    """To call when a service has written: the next reader reads again."""
    dossier.__dict__.pop("_argent", None)
