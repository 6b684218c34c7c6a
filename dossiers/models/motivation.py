"""The library of motivations: ready texts for the reasons of a refusal, versioned; a decision keeps the words it was taken in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur

from ..regles.criteres import CRITERES
from ..regles.motifs import MOTIFS
from .instruction import Objet


class MotivationQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """The agents' working paper: national texts and those of one's region; everything for the national administration."""
        if acteur is None or acteur.est_porteur:
            return self.none()
        if acteur.voit_tout:
            return self
        return self.filter(Q(region__isnull=True) | Q(region_id=acteur.region))

    def en_usage(self):
        """The last version of each text that nobody has taken out."""
        return self.filter(est_courante=True, retiree_le__isnull=True)


class Motivation(models.Model):
    """One version of a text, never changed: a correction is the next version of the same `fil`. Without region, it is national."""

    fil = models.UUIDField("fil des versions", default=uuid.uuid4, editable=False)
    version = models.PositiveSmallIntegerField("version", default=1)
    est_courante = models.BooleanField("dernière version", default=True)
    region = models.ForeignKey(
        "referentiel.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="région"
    )
    objet = models.CharField("objet", max_length=8, choices=Objet.choices[:2])
    motif = models.CharField("motif de la liste", max_length=40)
    critere = models.CharField("critère", max_length=8, blank=True)
    titre = models.CharField("titre", max_length=120)
    texte = models.TextField("texte")
    valide_du = models.DateField("en usage depuis le")
    retiree_le = models.DateField("retirée le", null=True, blank=True)
    enregistree_le = models.DateTimeField("enregistrée le")
    enregistree_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="enregistrée par"
    )

    objects = MotivationQuerySet.as_manager()

    class Meta:
        verbose_name = "motivation"
        ordering = ("objet", "motif", "titre", "-version")
        constraints = [
            models.UniqueConstraint(fields=("fil", "version"), name="motivation_version_unique"),
            models.UniqueConstraint(fields=("fil",), condition=Q(est_courante=True), name="motivation_courante_unique"),
            models.CheckConstraint(condition=~Q(texte=""), name="motivation_ecrite"),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def est_en_usage(self) -> bool:
        return self.est_courante and self.retiree_le is None

    @property
    def portee(self) -> str:
        """Whose text it is, in words."""
        return self.region.nom if self.region else "Texte national"

    @property
    def libelle_motif(self) -> str:
        return MOTIFS[self.objet][self.motif].libelle

    @property
    def libelle_critere(self) -> str:
        return CRITERES[self.critere].libelle if self.critere else ""
