"""A list asked for as a file: who, which list, its filters as they stood, and what became of it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur


class ExportQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own, for the organisation one acts for: what a colleague exported is his."""
        if acteur is None or acteur.utilisateur_id is None:
            return self.none()
        return self.filter(utilisateur_id=acteur.utilisateur_id, organisation_id=acteur.organisation_id)


class Export(models.Model):
    """`cle`: of the form, so that two clicks make one. `filtres`: name → values, frozen when it was asked for.

    `lu_au`: the instant at which the file says the law (CAL-9). `dossiers`: keys of the dossiers that stand in the file, by which it is
    judged again when it is downloaded. `chemin`: the file's opaque name; empty before it is made and once it is erased.
    """

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel (XLSX)"
        ODS = "ods", "LibreOffice (ODS)"
        CSV = "csv", "Texte (CSV)"

    class Etat(models.TextChoices):
        DEMANDE = "demande", "En préparation"
        PRET = "pret", "Prêt"
        REFUSE = "refuse", "Refusé"
        EFFACE = "efface", "Effacé"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    utilisateur = models.ForeignKey(
        "comptes.Utilisateur", models.CASCADE, db_index=False, related_name="+", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.CASCADE, db_index=False, related_name="+", verbose_name="organisation"
    )
    cle = models.UUIDField("clé du formulaire")
    liste = models.CharField("liste", max_length=40)
    filtres = models.JSONField("filtres", default=dict, blank=True)
    colonnes = ArrayField(models.CharField(max_length=40), verbose_name="colonnes", default=list)
    format = models.CharField("format", max_length=4, choices=Format)
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.DEMANDE)
    motif = models.TextField("motif", blank=True)
    lignes = models.PositiveIntegerField("nombre de lignes", default=0)
    taille = models.PositiveBigIntegerField("taille en octets", default=0)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)
    chemin = models.CharField("fichier", max_length=40, blank=True)
    dossiers = ArrayField(models.BigIntegerField(), verbose_name="dossiers", default=list, blank=True)
    demande_le = models.DateTimeField("demandé le")
    lu_au = models.DateTimeField("situation au", null=True, blank=True)
    fait_le = models.DateTimeField("fait le", null=True, blank=True)
    expire_le = models.DateTimeField("effacé le", null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "export"
        ordering = ("-demande_le", "pk")
        constraints = [
            models.UniqueConstraint(fields=("utilisateur", "cle"), name="export_cle_unique"),
            models.CheckConstraint(
                condition=Q(etat="pret") & ~Q(chemin="") & Q(lu_au__isnull=False, expire_le__isnull=False)
                | Q(etat__in=("demande", "efface"), chemin="")
                | Q(etat="refuse", chemin="") & ~Q(motif=""),
                name="export_etat",
            ),
        ]
        indexes = [
            models.Index(fields=("utilisateur", "-demande_le"), name="export_personne"),
            models.Index(fields=("expire_le",), condition=~Q(chemin=""), name="export_a_effacer"),
        ]

    def __str__(self) -> str:
        return f"{self.liste}, {self.get_format_display()}"
