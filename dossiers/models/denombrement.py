"""How many dossiers each ARS has in each state, kept by the base: the tabs of a list add some dozens of rows instead of a region's."""

from __future__ import annotations

from django.db import models


class Denombrement(models.Model):
    """Signed numbers to be added: a trigger writes one for what an act, an entry or a departure changes, at the end of its statement, and
    never touches another's row, so that two acts do not wait for each other. `services.denombrement` puts them together from time to time.
    """

    ars = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name="ARS",
    )
    statut = models.CharField("état", max_length=32)
    est_tardif = models.BooleanField("projet en retard")
    est_a_regulariser = models.BooleanField("à régulariser")
    nombre = models.IntegerField("nombre")

    class Meta:
        verbose_name = "dénombrement"
        verbose_name_plural = "dénombrements"
        indexes = [models.Index(fields=("ars",), name="denombrement_ars")]

    def __str__(self) -> str:
        return f"{self.nombre} {self.statut}"
