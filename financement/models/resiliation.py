"""The résiliation for breaches (REC-2): notified, answered, then decided."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet


class ProcedureResiliation(models.Model):
    """One procedure of the ARS or of the caisse, one at a time per dossier. What was notified and answered never changes."""

    class Issue(models.TextChoices):
        RESILIE = "resilie", "Contrat résilié"
        ABANDON = "abandon", "Sans suite"

    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="procedures_resiliation", verbose_name="dossier"
    )
    partie = models.CharField("partie", max_length=8)
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    manquements = models.TextField("manquements")
    notifiee_le = models.DateTimeField("notifiée le")
    notifiee_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="notifiée par"
    )
    presentee_le = models.DateField("présentée à l’équipe le")
    observations_jusquau = models.DateField("observations jusqu’au")
    explication = models.JSONField("pourquoi cette date", default=list)
    observations = models.TextField("observations de l’équipe", blank=True)
    observations_le = models.DateTimeField("observations reçues le", null=True, blank=True)
    observations_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="répondu par"
    )
    issue = models.CharField("issue", max_length=8, choices=Issue, blank=True)
    motif_issue = models.TextField("motif", blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "procédure de résiliation"
        verbose_name_plural = "procédures de résiliation"
        ordering = ("notifiee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier",),
                condition=Q(issue=""),
                name="resiliation_en_cours_unique",
                violation_error_message="Une procédure de résiliation est déjà en cours.",
            ),
            models.CheckConstraint(condition=Q(observations_jusquau__gte=F("presentee_le")), name="resiliation_delai"),
            models.CheckConstraint(
                condition=Q(issue="", close_le__isnull=True) | (~Q(issue="") & Q(close_le__isnull=False)),
                name="resiliation_close",
            ),
        ]

    def __str__(self) -> str:
        return f"Résiliation ({self.dossier_id})"
