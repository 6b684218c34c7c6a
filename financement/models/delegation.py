"""Delegations of signature: a signatory of the ARS or of the caisse lets a named colleague sign contracts between two dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q


class DelegationQuerySet(models.QuerySet):
    def pour(self, acteur: Any):
        """Those of one's organisation; nobody else reads them."""
        return self.filter(organisation_id=acteur.organisation_id) if acteur is not None else self.none()

    def du_jour(self, jour: date):
        return self.filter(debut__lte=jour, fin__gte=jour, revoquee_le=None)


class Delegation(models.Model):
    """From `debut` to `fin`, both included, days of the organisation's zone. Never changed but to be revoked."""

    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    delegant = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="délégant")
    delegataire = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="délégataire")
    debut = models.DateField("premier jour")
    fin = models.DateField("dernier jour")
    reference = models.CharField("acte de délégation", max_length=120)
    donnee_le = models.DateTimeField("donnée le")
    revoquee_le = models.DateTimeField("révoquée le", null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "délégation de signature"
        verbose_name_plural = "délégations de signature"
        ordering = ("-debut", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gte=F("debut")),
                name="delegation_dates",
                violation_error_message="La délégation finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=~Q(delegant=F("delegataire")),
                name="delegation_autre_personne",
                violation_error_message="Une personne ne se délègue pas sa propre signature.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegant_id} à {self.delegataire_id}, {self.debut} – {self.fin}"
