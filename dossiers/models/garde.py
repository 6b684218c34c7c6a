"""The row that two decisions on one specialty group and département must both take: they go one after the other."""

from __future__ import annotations

from django.db import models


class GardeTerritoire(models.Model):
    """One pair (groupe, département), whoever covers it. `passages` only makes the row written, so that every isolation level sees it."""

    groupe = models.CharField("groupe", max_length=48)
    departement = models.CharField("département", max_length=3)
    passages = models.PositiveBigIntegerField("passages", default=0)

    class Meta:
        verbose_name = "garde d’un territoire"
        verbose_name_plural = "gardes des territoires"
        constraints = [models.UniqueConstraint(fields=("groupe", "departement"), name="garde_territoire_unique")]

    def __str__(self) -> str:
        return f"{self.groupe} {self.departement}"
