"""An act asked for on many dossiers at once: each row is done once by the outbox, with its own result."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class GroupeeQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """Those of one's organisation; nobody else reads them."""
        return self.filter(organisation_id=acteur.organisation_id) if acteur is not None else self.none()


class ActionGroupee(models.Model):
    """`donnees`: what the act takes beside the dossier. `cle`: of the form, so that two clicks make one."""

    class Genre(models.TextChoices):
        SUIVRE = "suivre", "Confier à une personne"
        RELANCER = "relancer", "Relancer qui doit agir"
        ATTESTER = "attester", "Établir les attestations de décision implicite"

    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    genre = models.CharField("genre", max_length=12, choices=Genre)
    cle = models.UUIDField("clé du formulaire")
    donnees = models.JSONField("données", default=dict, blank=True)
    lancee_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="lancée par")
    lancee_le = models.DateTimeField("lancée le")

    objects = GroupeeQuerySet.as_manager()

    class Meta:
        verbose_name = "action groupée"
        verbose_name_plural = "actions groupées"
        ordering = ("-lancee_le", "-pk")
        constraints = [models.UniqueConstraint(fields=("organisation", "cle"), name="groupee_cle_unique")]

    def __str__(self) -> str:
        return self.get_genre_display()


class LigneGroupee(models.Model):
    """One dossier. It leaves A_FAIRE once each time it is asked for (`essai`): done, with what was done, or not, with why, and may then be
    asked for again by somebody (`reprise_par`).
    """

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "En attente"
        FAITE = "faite", "Fait"
        REFUSEE = "refusee", "Non fait"

    action = models.ForeignKey(ActionGroupee, models.PROTECT, related_name="lignes", verbose_name="action groupée")
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    rang = models.PositiveIntegerField("rang")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.A_FAIRE)
    resultat = models.TextField("résultat", blank=True)
    faite_le = models.DateTimeField("faite le", null=True, blank=True)
    essai = models.PositiveSmallIntegerField("essai", default=1, db_default=1)
    reprise_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="reprise par"
    )

    objects = GroupeeQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d’action groupée"
        verbose_name_plural = "lignes d’action groupée"
        ordering = ("action", "rang")
        constraints = [
            models.UniqueConstraint(fields=("action", "dossier"), name="ligne_groupee_unique"),
            models.CheckConstraint(
                condition=Q(etat="a_faire", faite_le__isnull=True)
                | Q(etat__in=("faite", "refusee"), faite_le__isnull=False) & ~Q(resultat=""),
                name="ligne_groupee_resultat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rang} de l’action {self.action_id}"

    @property
    def cle(self) -> str:
        """Of its effect in the outbox: one for each time that it was asked for."""
        return f"groupee:{self.pk}" if self.essai == 1 else f"groupee:{self.pk}:{self.essai}"
