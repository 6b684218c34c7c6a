"""An act done through the API under an `Idempotency-Key`: asked again with the same key, it gives the same answer."""

from __future__ import annotations

from django.db import models

from ess_portal.comptes.acteur import Acteur


class AppelQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own calls, and nobody else's."""
        if acteur is None or acteur.organisation_id is None:
            return self.none()
        return self.filter(rattachement__utilisateur_id=acteur.utilisateur_id, organisation_id=acteur.organisation_id)


class Appel(models.Model):
    """The row is inserted first: a second call with the same key waits for the end of the first one's transaction."""

    rattachement = models.ForeignKey(
        "comptes.Rattachement", models.CASCADE, related_name="+", verbose_name="rattachement"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.CASCADE, related_name="+", verbose_name="organisation"
    )
    cle = models.CharField("clé", max_length=200)
    empreinte = models.CharField("empreinte de la demande", max_length=64)
    statut_http = models.PositiveSmallIntegerField("code HTTP", null=True)
    reponse = models.TextField("réponse", default="", help_text="JSON, tel qu’il a été donné la première fois.")
    recu_le = models.DateTimeField("reçu le")

    objects = AppelQuerySet.as_manager()

    class Meta:
        verbose_name = "appel de l’API"
        verbose_name_plural = "appels de l’API"
        constraints = [models.UniqueConstraint(fields=("rattachement", "cle"), name="appel_unique")]

    def __str__(self) -> str:
        return self.cle
