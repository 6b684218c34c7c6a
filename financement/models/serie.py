"""A series: contracts proposed to many équipes at once, each row done once by the outbox, with its own result."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .contrat import Contrat
from .delegation import DelegationQuerySet


class SerieQuerySet(DelegationQuerySet):
    """Read by its own organisation alone, as delegations are."""


class Serie(models.Model):
    """`donnees`: what the act takes beside the dossier (an avenant's object and day). `cle`: of the form, so that two clicks make one."""

    class Genre(models.TextChoices):
        AMORCAGE = "amorcage", "Contrats de crédit d’amorçage"
        DOTATION = "dotation", "Contrats de dotation annuelle"
        AVENANT = "avenant", "Avenants au texte des clauses en vigueur"

    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    genre = models.CharField("genre", max_length=12, choices=Genre)
    cle = models.UUIDField("clé du formulaire")
    donnees = models.JSONField("données", default=dict, blank=True)
    creee_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="lancée par")
    creee_le = models.DateTimeField("lancée le")

    objects = SerieQuerySet.as_manager()

    class Meta:
        verbose_name = "série de contrats"
        verbose_name_plural = "séries de contrats"
        ordering = ("-creee_le", "-pk")
        constraints = [models.UniqueConstraint(fields=("organisation", "cle"), name="serie_cle_unique")]

    def __str__(self) -> str:
        return self.get_genre_display()


class LigneSerie(models.Model):
    """One dossier of a series. It leaves A_FAIRE once each time it is asked for (`essai`): with the contract proposed, or with why there is
    none, and may then be asked for again by somebody (`reprise_par`).
    """

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "En attente"
        PROPOSEE = "proposee", "Proposé"
        REFUSEE = "refusee", "Non proposé"

    serie = models.ForeignKey(Serie, models.PROTECT, related_name="lignes", verbose_name="série")
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    rang = models.PositiveIntegerField("rang")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.A_FAIRE)
    contrat = models.OneToOneField(
        Contrat, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="contrat proposé"
    )
    motif = models.TextField("motif", blank=True)
    faite_le = models.DateTimeField("faite le", null=True, blank=True)
    essai = models.PositiveSmallIntegerField("essai", default=1, db_default=1)
    reprise_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="reprise par"
    )

    objects = SerieQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de série"
        verbose_name_plural = "lignes de série"
        ordering = ("serie", "rang")
        constraints = [
            models.UniqueConstraint(fields=("serie", "dossier"), name="ligne_serie_unique"),
            models.CheckConstraint(
                condition=Q(etat="a_faire", contrat__isnull=True, faite_le__isnull=True)
                | Q(etat="proposee", contrat__isnull=False, faite_le__isnull=False)
                | Q(etat="refusee", contrat__isnull=True, faite_le__isnull=False),
                name="ligne_serie_resultat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rang} de la série {self.serie_id}"

    @property
    def cle(self) -> str:
        """Of its effect in the outbox: one for each time that it was asked for."""
        return f"serie:{self.pk}" if self.essai == 1 else f"serie:{self.pk}:{self.essai}"
