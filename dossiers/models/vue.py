"""The views of a list that were named and kept. What a person chose for oneself stands on the rattachement (`listes`)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class VueListeQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own, and those that colleagues of the organisation one acts for have shared."""
        if acteur is None or acteur.utilisateur_id is None:
            return self.none()
        siennes = Q(utilisateur_id=acteur.utilisateur_id) | Q(est_partagee=True)
        return self.filter(siennes, organisation_id=acteur.organisation_id)


class VueListe(models.Model):
    """Filters, order and columns of a list under a name. `filtres`: name → values, as the address of the list would carry them."""

    utilisateur = models.ForeignKey(
        "comptes.Utilisateur", models.CASCADE, db_index=False, related_name="+", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.CASCADE, related_name="+", verbose_name="organisation"
    )
    liste = models.CharField("liste", max_length=40)
    nom = models.CharField("nom", max_length=60)
    filtres = models.JSONField("filtres", default=dict, blank=True)
    colonnes = ArrayField(models.CharField(max_length=40), verbose_name="colonnes", default=list, blank=True)
    est_partagee = models.BooleanField("partagée avec l’organisation", default=False)
    enregistree_le = models.DateTimeField("enregistrée le")

    objects = VueListeQuerySet.as_manager()

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ("nom", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("utilisateur", "organisation", "liste", "nom"),
                name="vue_liste_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            ),
            models.CheckConstraint(condition=~Q(nom=""), name="vue_liste_nommee"),
        ]

    def __str__(self) -> str:
        return self.nom
