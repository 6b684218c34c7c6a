"""A list handed in, waiting for its confirmation: the preview is worked out again from it each time it is shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.requetes import EnfantQuerySet


class ListeImportee(models.Model):
    """The cells of a file, kept until they are applied or given up, a day at most: they name people."""

    dossier = models.ForeignKey("dossiers.Dossier", models.CASCADE, related_name="+", verbose_name="dossier")
    nom_fichier = models.CharField("nom du fichier", max_length=120)
    lignes = models.JSONField("cellules", default=list)
    deposee_le = models.DateTimeField("déposée le")
    deposee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="déposée par"
    )
    appliquee_le = models.DateTimeField("appliquée le", null=True, blank=True)
    resultat = models.JSONField("résultat", default=dict)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "liste importée"
        verbose_name_plural = "listes importées"
        ordering = ("-deposee_le", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(appliquee_le__isnull=True) | Q(lignes=[]),
                name="liste_appliquee_vide",
                violation_error_message="Une liste appliquée ne garde pas ses lignes.",
            )
        ]

    def __str__(self) -> str:
        return self.nom_fichier
