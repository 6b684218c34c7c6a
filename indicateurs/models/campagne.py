"""The campaign of a year's report: opened once, due on a day that the ARS may put off; and the filed contents that it leaves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet


class Campagne(models.Model):
    """One per contract year. `due_le`: the day by the rule (§7, `echeance_rapport`); `prorogee_au`: the later one that the ARS granted."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="campagnes", verbose_name="dossier")
    annee = models.PositiveSmallIntegerField("année du contrat")
    due_le = models.DateField("attendu le")
    ouverte_le = models.DateTimeField("ouverte le")
    prorogee_au = models.DateField("prorogé au", null=True, blank=True)
    motif = models.TextField("motif de la prorogation", blank=True)
    prorogee_le = models.DateTimeField("prorogée le", null=True, blank=True)
    prorogee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="prorogée par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne de rapport"
        verbose_name_plural = "campagnes de rapport"
        ordering = ("dossier", "annee")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "annee"), name="campagne_unique"),
            models.CheckConstraint(
                condition=Q(prorogee_au__isnull=True)
                | (Q(prorogee_au__gt=F("due_le"), prorogee_le__isnull=False) & ~Q(motif="")),
                name="campagne_prorogation",
                violation_error_message="Une prorogation a un motif et un jour après celui qui était fixé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Rapport de l’année {self.annee}"


class VersionRapport(models.Model):
    """A report as it was filed, for the `numero`-th time. `contenu`: field → value as JSON has it. Never changed."""

    rapport = models.ForeignKey("indicateurs.Rapport", models.PROTECT, related_name="versions", verbose_name="rapport")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    numero = models.PositiveSmallIntegerField("version")
    contenu = models.JSONField("contenu")
    deposee_le = models.DateTimeField("déposée le")
    deposee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="déposée par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "version de rapport"
        verbose_name_plural = "versions de rapport"
        ordering = ("rapport", "numero")
        constraints = [models.UniqueConstraint(fields=("rapport", "numero"), name="version_rapport_unique")]

    def __str__(self) -> str:
        return f"Version {self.numero}"
