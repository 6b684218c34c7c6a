"""A health professional, known by one RPPS number: the identity that public directories print."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class Mode(models.TextChoices):
    LIBERAL = "liberal", "Libéral"
    MIXTE = "mixte", "Mixte\u00a0: libéral et salarié"
    HOSPITALIER = "hospitalier", "Hospitalier"
    SALARIE = "salarie", "Salarié"


class ProfessionnelQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """Those who adhere, or were invited to adhere, to a dossier this actor sees; nobody is listed otherwise."""
        from .adhesion import Adhesion  # both models name each other

        if acteur is None:
            return self.none()
        if acteur.voit_tout:
            return self
        return self.filter(pk__in=Adhesion.objects.pour(acteur).values("professionnel_id"))


class Professionnel(models.Model):
    """Shared by every équipe, so no équipe may change it: what an adhérent signed stands on its adhésion."""

    rpps = models.CharField("numéro RPPS", max_length=11, unique=True)
    nom = models.CharField("nom", max_length=120)
    prenom = models.CharField("prénom", max_length=120, blank=True)
    specialite = models.ForeignKey(
        "referentiel.Specialite", models.PROTECT, related_name="+", verbose_name="spécialité"
    )
    mode = models.CharField("mode d’exercice", max_length=12, choices=Mode)
    departements = ArrayField(
        models.CharField(max_length=3), verbose_name="départements d’exercice", default=list, blank=True
    )
    cree_le = models.DateTimeField("connu depuis le")

    objects = ProfessionnelQuerySet.as_manager()

    class Meta:
        verbose_name = "professionnel"
        ordering = ("nom", "prenom", "rpps")
        constraints = [
            models.CheckConstraint(
                # An erased person keeps a pseudonym (RET-1): the days that were counted stay those of one person.
                condition=Q(rpps__regex=r"^([0-9]{11}|P[0-9A-F]{10})$"),
                name="professionnel_rpps",
                violation_error_message="Un numéro RPPS a onze chiffres.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip()
