"""How many doctors a département has in a specialty group, as a source said it on a day: public figures, no tenant's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Demographie(models.Model):
    """One figure per département, group and day of count; the latest day is what the thresholds read (CRI-1d, CRI-4)."""

    departement = models.ForeignKey(
        "referentiel.Departement", models.PROTECT, related_name="+", verbose_name="département"
    )
    groupe = models.CharField("groupe de spécialités", max_length=48)
    date_comptage = models.DateField("situation au")
    liberaux = models.PositiveIntegerField("libéraux")
    presents = models.PositiveIntegerField("médecins présents")
    source = models.CharField("source", max_length=120)
    importee_le = models.DateTimeField("importée le")
    importee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="importée par"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )

    class Meta:
        verbose_name = "chiffre de démographie médicale"
        verbose_name_plural = "chiffres de démographie médicale"
        ordering = ("departement", "groupe", "-date_comptage")
        constraints = [
            models.UniqueConstraint(fields=("departement", "groupe", "date_comptage"), name="demographie_unique"),
            models.CheckConstraint(
                condition=Q(liberaux__lte=F("presents")),
                name="demographie_ordre",
                violation_error_message="Les libéraux ne peuvent pas dépasser les médecins présents.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.groupe} {self.departement_id}, {self.date_comptage:%d/%m/%Y}"
