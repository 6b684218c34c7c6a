"""Monthly counters: each value kept in all its versions, the last one in force."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ess_portal.comptes.requetes import EnfantQuerySet

from ..regles.compteurs import CODES, DELAIS, LIBELLES


class CompteurQuerySet(EnfantQuerySet):
    def en_vigueur(self):
        """The last content of each counter; one that was emptied has none."""
        return self.filter(est_courant=True).exclude(valeur__isnull=True, effectifs__isnull=True)


class Compteur(models.Model):
    """`mois`: its first day. `valeur` for a number, `effectifs` (delay → how many times) for a delay, neither once it was emptied.
    Another content is another version.
    """

    class Source(models.TextChoices):
        SAISIE = "saisie", "Saisie"
        FICHIER = "fichier", "Fichier"
        API = "api", "Outil de l’équipe"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    mois = models.DateField("mois")
    indicateur = models.CharField("indicateur", max_length=12, choices=[(c, LIBELLES[c]) for c in CODES])
    valeur = models.PositiveIntegerField("valeur", null=True, blank=True)
    effectifs = models.JSONField("effectifs", null=True, blank=True)
    version = models.PositiveSmallIntegerField("version", default=1)
    est_courant = models.BooleanField("en vigueur", default=True)
    source = models.CharField("source", max_length=8, choices=Source)
    enregistre_le = models.DateTimeField("enregistré le")
    enregistre_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="enregistré par"
    )

    objects = CompteurQuerySet.as_manager()

    class Meta:
        verbose_name = "compteur mensuel"
        verbose_name_plural = "compteurs mensuels"
        ordering = ("dossier", "mois", "indicateur", "version")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "mois", "indicateur"), condition=Q(est_courant=True), name="compteur_courant"
            ),
            models.UniqueConstraint(fields=("dossier", "mois", "indicateur", "version"), name="compteur_version"),
            models.CheckConstraint(condition=Q(mois__day=1), name="compteur_mois"),
            models.CheckConstraint(
                condition=(Q(indicateur__in=tuple(DELAIS)) & Q(valeur__isnull=True))
                | (~Q(indicateur__in=tuple(DELAIS)) & Q(effectifs__isnull=True)),
                name="compteur_contenu",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicateur}, {self.mois:%m/%Y}"

    @property
    def contenu(self) -> int | dict[int, int] | None:
        if self.effectifs is None:
            return self.valeur
        return {int(d): n for d, n in self.effectifs.items()}
