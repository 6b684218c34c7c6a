"""The clauses of an annexe, as editable text: versions of the national text and of what a région changes in it (§9)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class ClausierQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """The agents' working paper: the national text and their region's; everything for the national administration."""
        if acteur is None or acteur.est_porteur:
            return self.none()
        if acteur.voit_tout:
            return self
        return self.filter(Q(region__isnull=True) | Q(region_id=acteur.region))

    def de(self, annexe: str, region: str | None):
        """The versions of one text, the last first."""
        return self.filter(annexe=annexe, region_id=region).order_by("-version")

    def actives(self):
        return self.filter(active_le__isnull=False)


class Clausier(models.Model):
    """One version. A draft (`active_le` empty) is written over until it is activated; then a trigger holds it as it is.

    `articles` = [{code, titre, html}] in order; in a région's text, {code} alone is the national article.
    """

    class Annexe(models.TextChoices):
        AMORCAGE = "amorcage", "Contrat de crédit d’amorçage (annexe 1)"
        TRANSITOIRE = "transitoire", "Contrat de crédit d’amorçage, mesures transitoires"
        DOTATION = "dotation", "Contrat de dotation annuelle (annexe 2)"

    annexe = models.CharField("annexe", max_length=12, choices=Annexe)
    region = models.ForeignKey(
        "referentiel.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région"
    )
    version = models.PositiveSmallIntegerField("version")
    articles = models.JSONField("articles")
    objet = models.CharField("ce qui change", max_length=200, blank=True)
    revision = models.PositiveIntegerField("révision du projet", default=0)
    valide_du = models.DateField("en vigueur depuis le", null=True, blank=True)
    active_le = models.DateTimeField("activée le", null=True, blank=True)
    active_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="activée par"
    )
    modifie_le = models.DateTimeField("modifiée le")
    modifie_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="modifiée par"
    )

    objects = ClausierQuerySet.as_manager()

    class Meta:
        verbose_name = "texte des clauses"
        verbose_name_plural = "textes des clauses"
        ordering = ("annexe", "region", "-version")
        constraints = [
            models.UniqueConstraint(
                fields=("annexe", "region", "version"), nulls_distinct=False, name="clausier_version_unique"
            ),
            models.UniqueConstraint(
                fields=("annexe", "region"),
                condition=Q(active_le__isnull=True),
                nulls_distinct=False,
                name="clausier_projet_unique",
            ),
            models.CheckConstraint(
                condition=Q(active_le__isnull=True, valide_du__isnull=True)
                | Q(active_le__isnull=False, valide_du__isnull=False),
                name="clausier_active_datee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_annexe_display()}, version {self.version}"

    @property
    def portee(self) -> str:
        """Whose text it is, in words."""
        return self.region.nom if self.region else "Texte national"

    @property
    def est_projet(self) -> bool:
        return self.active_le is None
