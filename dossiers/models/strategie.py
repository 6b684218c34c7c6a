"""The regional strategy of an ARS: a dated record that letters are compared with (CRI-7)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.acteur import Acteur


class StrategieQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """Published by an ARS: its own for its agents and for those of its region, all for the national administration."""
        if acteur is None:
            return self.none()
        if acteur.voit_tout:
            return self
        return self.none() if acteur.est_porteur or not acteur.region else self.filter(ars__region=acteur.region)


class StrategieRegionale(models.Model):
    """`groupes` and `departements`: the priorities; empty, every one. `document`: the address where it is published."""

    ars = models.ForeignKey("comptes.Organisation", models.PROTECT, related_name="+", verbose_name="ARS")
    titre = models.CharField("titre", max_length=200)
    debut = models.DateField("début")
    fin = models.DateField("fin", null=True, blank=True)
    groupes = ArrayField(
        models.CharField(max_length=48), verbose_name="spécialités prioritaires", default=list, blank=True
    )
    departements = ArrayField(
        models.CharField(max_length=3), verbose_name="départements prioritaires", default=list, blank=True
    )
    orientations = models.TextField("orientations")
    document = models.URLField("document publié", max_length=400, blank=True)
    enregistree_le = models.DateTimeField("enregistrée le")

    objects = StrategieQuerySet.as_manager()

    class Meta:
        verbose_name = "stratégie régionale"
        verbose_name_plural = "stratégies régionales"
        ordering = ("-debut", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("ars", "titre", "debut"),
                name="strategie_unique",
                violation_error_message="Cette stratégie est déjà enregistrée.",
            ),
            models.CheckConstraint(condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")), name="strategie_periode"),
        ]

    def __str__(self) -> str:
        return self.titre
