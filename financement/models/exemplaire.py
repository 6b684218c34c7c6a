"""A contract signed by hand: one party's scan, which counts once a person of another party has compared it with the text."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet

from .contrat import Contrat, Signature


class ExemplaireQuerySet(EnfantQuerySet):
    def en_attente(self):
        return self.filter(juge_le=None)


class Exemplaire(models.Model):
    """`nom` and `signe_jour`: as written on the paper. Judged once, by somebody else of another organisation."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="exemplaires", verbose_name="contrat")
    partie = models.CharField("partie", max_length=8, choices=Signature.Partie)
    piece = models.ForeignKey("documents.Piece", models.PROTECT, related_name="+", verbose_name="exemplaire numérisé")
    nom = models.CharField("signataire", max_length=200)
    qualite = models.CharField("qualité", max_length=200, blank=True)
    signe_jour = models.DateField("signé à la main le")
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    depose_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="déposé par")
    depose_le = models.DateTimeField("déposé le")
    juge_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="comparé par"
    )
    juge_pour = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="comparé pour"
    )
    juge_le = models.DateTimeField("comparé le", null=True, blank=True)
    est_conforme = models.BooleanField("conforme", null=True, blank=True)
    motif = models.TextField("motif", blank=True)

    objects = ExemplaireQuerySet.as_manager()

    class Meta:
        verbose_name = "exemplaire signé à la main"
        verbose_name_plural = "exemplaires signés à la main"
        ordering = ("depose_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("contrat", "partie"),
                condition=Q(juge_le=None),
                name="exemplaire_un_en_attente",
                violation_error_message="Un exemplaire de cette partie attend déjà d’être comparé.",
            ),
            models.CheckConstraint(
                condition=Q(juge_le=None, juge_par=None, juge_pour=None, est_conforme=None)
                | Q(juge_le__isnull=False, juge_par__isnull=False, juge_pour__isnull=False, est_conforme__isnull=False)
                & ~Q(juge_par=F("depose_par"))
                & ~Q(juge_pour=F("organisation")),
                name="exemplaire_quatre_yeux",
                violation_error_message="Un exemplaire est comparé par une autre personne, d’une autre partie.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_partie_display()}, {self.nom}"
