"""The caisse's yearly check (DL-7, FIN-6): criteria and composition, looked at on a day by a person; written once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.requetes import EnfantQuerySet


class ControleAnnuel(models.Model):
    """One check at the close of year `annee`; `effectif`: doctors who count on the anniversary. The last one of a year counts."""

    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="controles_annuels", verbose_name="dossier"
    )
    annee = models.PositiveSmallIntegerField("année du contrat")
    anniversaire = models.DateField("anniversaire")
    fait_le = models.DateField("fait le")
    effectif = models.PositiveIntegerField("médecins comptés à l’anniversaire")
    sont_criteres_conformes = models.BooleanField("critères conformes")
    est_composition_conforme = models.BooleanField("composition conforme")
    observations = models.TextField("observations", blank=True)
    inscrit_le = models.DateTimeField("inscrit le")
    fait_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="fait par")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "contrôle annuel"
        verbose_name_plural = "contrôles annuels"
        ordering = ("dossier", "annee", "inscrit_le", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(annee__gte=1), name="controle_annee"),
            models.CheckConstraint(
                condition=Q(sont_criteres_conformes=True, est_composition_conforme=True) | ~Q(observations=""),
                name="controle_motive",
                violation_error_message="Un contrôle non conforme dit ce qui est à corriger.",
            ),
        ]

    def __str__(self) -> str:
        return f"Contrôle de l’année {self.annee}"

    @property
    def est_conforme(self) -> bool:
        return self.sont_criteres_conformes and self.est_composition_conforme
