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
        colonne = "caisse_id" if acteur.type == TypeOrganisation.CAISSE else "ars_id"
        return self.filter(
            Q(**{f"{p}{colonne}": acteur.perimetre_id}) | Q(**{f"{p}lecteurs__contains": [acteur.perimetre_id]})
        )


class EnfantQuerySet(LocataireQuerySet):
    """Rows reached through their dossier."""

    chemin = "dossier__"
