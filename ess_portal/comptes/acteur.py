"""The one who acts: a person in one organisation with one role, frozen for the time of a request or a task."""

from __future__ import annotations

from dataclasses import dataclass

from .roles import AGENTS, PORTEURS, Role


@dataclass(frozen=True, slots=True)
class Acteur:
    """`perimetre_id` is the organisation whose dossiers are read: the ARS of the region for a regional administrator,
    the organisation itself for everybody else, None for the national administration and the portal itself."""

    utilisateur_id: int | None
    organisation_id: int | None
    type: str
    role: Role
    perimetre_id: int | None
    region: str | None
    nom: str
    organisation_nom: str

    @property
    def est_porteur(self) -> bool:
        return self.role in PORTEURS

    @property
    def est_agent(self) -> bool:
        return self.role in AGENTS

    @property
    def voit_tout(self) -> bool:
        return self.role in (Role.ADMIN_NATIONAL, Role.SYSTEME)

    @property
    def portee(self) -> str:
        """The value of `app.portee` in PostgreSQL: how far this actor reads, and whether it may write."""
        return {Role.ADMIN_NATIONAL: "nationale", Role.ADMIN_REGIONAL: "lecture", Role.SYSTEME: "systeme"}.get(
            self.role, ""
        )


SYSTEME = Acteur(
    utilisateur_id=None,
    organisation_id=None,
    type="systeme",
    role=Role.SYSTEME,
    perimetre_id=None,
    region=None,
    nom="Le portail",
    organisation_nom="Portail ESS",
)
