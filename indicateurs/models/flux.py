"""A calendar that a person's own agenda reads by a secret address."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class FluxCalendrierQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own, and nobody else's."""
        if acteur is None or acteur.utilisateur_id is None:
            return self.none()
        return self.filter(utilisateur_id=acteur.utilisateur_id)

    def en_service(self):
        """Neither revoked nor bound to a withdrawn access or a closed account."""
        return self.filter(
            Q(rattachement=None) | Q(rattachement__retire_le=None), revoque_le=None, utilisateur__is_active=True
        )


class FluxCalendrier(models.Model):
    """Like an API token it belongs to a person, not to a dossier: the row says who reads and how far, never what.

    What it shows is read again at each call with the rights of that day. The dossier is named by its number, so that a dossier one
    may no longer see is one that does not exist.
    """

    class Portee(models.TextChoices):
        PERSONNE = "personne", "Mes échéances"
        ORGANISATION = "organisation", "Les échéances de mon organisation"
        DOSSIER = "dossier", "Les échéances d’un dossier"

    utilisateur = models.ForeignKey(
        "comptes.Utilisateur", models.CASCADE, related_name="flux_calendrier", verbose_name="personne"
    )
    rattachement = models.ForeignKey(
        "comptes.Rattachement",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="flux_calendrier",
        verbose_name="rattachement",
        help_text="L’organisation pour laquelle la personne lit. Vide\u00a0: toutes les siennes.",
    )
    portee = models.CharField("portée", max_length=12, choices=Portee)
    numero = models.CharField("numéro du dossier", max_length=16, blank=True)
    empreinte = models.CharField("empreinte du secret", max_length=64, unique=True)
    cree_le = models.DateTimeField("créé le")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)

    objects = FluxCalendrierQuerySet.as_manager()

    class Meta:
        verbose_name = "calendrier d’échéances"
        verbose_name_plural = "calendriers d’échéances"
        ordering = ("-cree_le", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(portee="personne", rattachement__isnull=True, numero="")
                | Q(portee="organisation", rattachement__isnull=False, numero="")
                | Q(portee="dossier", rattachement__isnull=False) & ~Q(numero=""),
                name="flux_portee",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_portee_display()} {self.numero}".strip()
