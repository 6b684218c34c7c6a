"""The dated facts on which every deadline of §4 depends. Days are legal days of the competent ARS's zone (CAL-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Demande:
    """A request for items. `limite`: the last day left to the équipe; None = the set's delay."""

    demandee_le: date
    indispensable: bool
    recue_le: date | None = None
    levee_le: date | None = None
    limite: date | None = None

    @property
    def close_le(self) -> date | None:
        """One that is lifted counts as received on the day of its lifting (CAL-6)."""
        return min((j for j in (self.recue_le, self.levee_le) if j is not None), default=None)


@dataclass(frozen=True, slots=True)
class RecoursFait:
    """A recours gracieux. `recu_le`: its receipt by the first administration (CAL-10); `rang` among those of its object.

    `repondu_le`: the day of its answer, express or implied (then its `dernier_jour`); `rejet_notifie_le`: the day a rejection counts
    from, None while its notification is not proved; `sans_objet_le`: the day since which nothing of it is left to answer.
    """

    objet: str
    rang: int
    depose_le: date
    recu_le: date
    demandes: tuple[Demande, ...] = ()
    a_ete_transmis: bool = False
    repondu_le: date | None = None
    rejet_notifie_le: date | None = None
    sans_objet_le: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionFait:
    """`sens`: favorable or defavorable; `mode`: expresse or tacite (both days are then its `dernier_jour`, CAL-2). `recours`: the recours
    gracieux against it.
    """

    sens: str
    mode: str
    signee_le: date | None = None
    notifiee_le: date | None = None
    recours: RecoursFait | None = None

    @property
    def est_favorable(self) -> bool:
        return self.sens == "favorable"

    @property
    def prise_le(self) -> date | None:
        """The day the decision exists: its signature."""
        return self.signee_le or self.notifiee_le

    def jour(self, fait_foi: str) -> date | None:
        """The day that counts (CAL-7): the notification or the signature, the other one when it is not known."""
        return (self.notifiee_le or self.signee_le) if fait_foi == "notification" else self.prise_le


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandeAvenantFait:
    """An équipe's demand for an avenant to its contract, the `rang`-th of the dossier. `issue`: accordee, refusee or '' without an express
    answer, given on `repondue_le`; `demandes`: of indispensable items; `est_remplacee`: made again since silence rejected it. `jeux`: the keys of the national and
    regional sets that it is pinned to.
    """

    recue_le: date
    demandes: tuple[Demande, ...] = ()
    issue: str = ""
    repondue_le: date | None = None
    rang: int = 1
    est_remplacee: bool = False
    jeux: tuple[int, int | None] = (0, None)


@dataclass(frozen=True, slots=True)
class DotationFait:
    """A signed contrat de dotation. `fin`: the first day out of it, its own term (DUR-1); `premiere`: the dossier's year it starts with."""

    effet: date
    fin: date | None
    premiere: int = 1


@dataclass(frozen=True, slots=True)
class ProrogationFait:
    """A year's report put off by the ARS to `au`, on `accordee_le`; `attendu_le`: its day by the setting; `remis_le`: the first filing since."""

    annee: int
    attendu_le: date
    au: date
    accordee_le: date
    remis_le: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FaitsDelais:
    """`projet_recu` starts the administration's clock, `projet_depose` is the applicant's day (postmark, CAL-8).

    `lettre_recue` is None for a dossier taken over without a letter (§6); `est_transitoire` moves the origin of DL-2 and DL-5.
    `delai_accorde_le`: the day until which the ARS still awaits a projet that did not come in time.
    `effet_dotation` is the first contract's; `dotations`, that contract and its renewals: without them, one as long as the set says.
    """

    fuseau: str
    lettre_recue: date | None = None
    lettre_premier_depot: date | None = None
    lettre_demandes: tuple[Demande, ...] = ()
    lettre_decision: DecisionFait | None = None
    amorcage_signe_le: date | None = None
    delai_accorde_le: date | None = None
    projet_recu: date | None = None
    projet_depose: date | None = None
    projet_demandes: tuple[Demande, ...] = ()
    projet_decision: DecisionFait | None = None
    opposition_caisse_le: date | None = None
    effet_dotation: date | None = None
    dotations: tuple[DotationFait, ...] = ()
    est_transitoire: bool = False
    engagement_transitoire_le: date | None = None
    recours: tuple[RecoursFait, ...] = ()
    demandes_avenant: tuple[DemandeAvenantFait, ...] = ()
    prorogations: tuple[ProrogationFait, ...] = ()
