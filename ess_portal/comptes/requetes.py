"""One door to the rows: `Model.objects.pour(acteur)`, which fails closed. Row-level security is the net underneath."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from .acteur import Acteur
from .roles import Role, TypeOrganisation


class LocataireQuerySet(models.QuerySet):
    """Rows of a table that carries `equipe`, `ars`, `caisse` and `lecteurs` itself, or reaches a dossier by `chemin`."""

    chemin: ClassVar[str] = ""

    def pour(self, acteur: Acteur | None):
        """The rows this actor may see. Without actor or organisation: none."""
        if acteur is None:
            return self.none()
        if acteur.role == Role.SYSTEME:
            return self
        if acteur.role == Role.ADMIN_NATIONAL:
            # A draft is its équipe's alone: it has no ARS yet (CONF-1).
            return self.filter(**{f"{self.chemin}ars__isnull": False})
        if acteur.perimetre_id is None:
            return self.none()
        p = self.chemin
        if acteur.type == TypeOrganisation.EQUIPE:
            return self.filter(**{f"{p}equipe_id": acteur.perimetre_id})
        siens = Q(**{f"{p}{colonne_de(acteur)}": acteur.perimetre_id})
        return self.filter(siens | self.lus(acteur.perimetre_id))

    def lus(self, organisation_id: int) -> Q:
        """The rows of others that this organisation reads."""
        return Q(**{f"{self.chemin}lecteurs__contains": [organisation_id]})


def colonne_de(acteur: Acteur) -> str:
    """The column where an agent's organisation stands as the competent one."""
    return "caisse_id" if acteur.type == TypeOrganisation.CAISSE else "ars_id"


class EnfantQuerySet(LocataireQuerySet):
    """Rows reached through their dossier."""

    chemin = "dossier__"
