"""What an ESS had before the convention: the ARS's funding and the written commitment (§6)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet


class FinancementArs(models.Model):
    """The ARS credit or contract of an ESS in a transitional regime: its end gives the first day of the dotation (FIN-6, TRA-6)."""

    dossier = models.OneToOneField(
        "dossiers.Dossier", models.PROTECT, related_name="financement_ars", verbose_name="dossier"
    )
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2, null=True, blank=True)
    date_debut = models.DateField("début", null=True, blank=True)
    date_fin = models.DateField("fin", null=True, blank=True)
    engagement_le = models.DateField("engagement écrit du", null=True, blank=True)
    source = models.CharField("source", max_length=200)
    enregistre_le = models.DateTimeField("enregistré le")
    enregistre_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, related_name="+", verbose_name="enregistré par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "financement de l’ARS"
        verbose_name_plural = "financements de l’ARS"
        constraints = [
            models.CheckConstraint(
                condition=Q(date_debut__isnull=True) | Q(date_fin__isnull=True) | Q(date_fin__gte=F("date_debut")),
                name="financement_ars_dates",
                violation_error_message="La fin du financement suit son début.",
            ),
            models.CheckConstraint(
                condition=Q(montant__isnull=True) | Q(montant__gte=0), name="financement_ars_montant"
            ),
        ]

    def __str__(self) -> str:
        return f"Financement de l’ARS ({self.dossier_id})"
