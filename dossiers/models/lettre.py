"""What the équipe writes: the letter (annexe 4), the projet de santé and its versions, the association."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ess_portal.comptes.requetes import EnfantQuerySet

from .dossier import Dossier


class LettreIntention(models.Model):
    """Annexe 4, one per dossier. Lists are JSON in the shape of the step's form (`dossiers/forms/lettre.py`)."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="lettre", verbose_name="dossier")
    porteurs = models.JSONField("porteurs", default=list, blank=True)
    justification = models.TextField("capacité à répondre au cahier des charges", blank=True)
    medecins_presents = models.PositiveIntegerField("médecins de la spécialité présents", null=True, blank=True)
    liberaux = models.PositiveIntegerField("dont libéraux", null=True, blank=True)
    adherents_declares = models.PositiveIntegerField("adhérents libéraux déclarés", null=True, blank=True)
    source_comptage = models.CharField("source du comptage", max_length=120, blank=True)
    date_comptage = models.DateField("date du comptage", null=True, blank=True)
    siege_adresse = models.TextField("adresse du siège prévu", blank=True)
    besoin = models.TextField("besoin d’accès au second recours", blank=True)
    cooperations = models.JSONField("coopérations", default=dict, blank=True)
    gouvernance = models.JSONField("gouvernance", default=dict, blank=True)
    actions = models.JSONField("actions", default=dict, blank=True)
    objectifs = ArrayField(models.CharField(max_length=40), verbose_name="objectifs (MIS-3)", default=list, blank=True)
    indicateur_qualitatif = models.TextField("indicateur qualitatif", blank=True)
    etapes_vues = ArrayField(
        models.CharField(max_length=20), verbose_name="étapes enregistrées", default=list, blank=True
    )
    enregistree_le = models.DateTimeField("enregistrée le", null=True, blank=True)
    enregistree_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="enregistrée par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "lettre d’intention"
        verbose_name_plural = "lettres d’intention"

    def __str__(self) -> str:
        return f"Lettre du dossier {self.dossier_id}"


class ProjetSante(models.Model):
    """A version of the projet de santé. Version n is a draft until its filing; a refused one gives way to n+1."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="projets", verbose_name="dossier")
    version = models.PositiveSmallIntegerField("version", default=1)
    diagnostic = models.TextField("diagnostic territorial", blank=True)
    missions = models.TextField("missions et actions", blank=True)
    contact = models.JSONField("point de contact des médecins traitants", default=dict, blank=True)
    indicateurs_suivi = models.TextField("indicateurs de suivi et d’évaluation", blank=True)
    indicateurs_qualitatifs = models.JSONField("indicateurs qualitatifs", default=list, blank=True)
    actualisation = models.TextField("modalités d’actualisation", blank=True)
    gouvernance = models.TextField("gouvernance", blank=True)
    document_deploiement = models.ForeignKey(
        "documents.Piece",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="modalités de déploiement",
    )
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    jeu_national = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jeu national",
    )
    jeu_regional = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jeu régional",
    )
    enregistre_le = models.DateTimeField("enregistré le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "projet de santé"
        verbose_name_plural = "projets de santé"
        ordering = ("dossier", "version")
        constraints = [models.UniqueConstraint(fields=("dossier", "version"), name="projet_version_unique")]

    def __str__(self) -> str:
        return f"Projet de santé, version {self.version}"


class Association(models.Model):
    """The legal person behind the ESS (DEF-3, CRI-6) and its FINESS number (DEF-2)."""

    class Type(models.TextChoices):
        LOI_1901 = "loi_1901", "Association loi 1901"
        DROIT_LOCAL = "droit_local_alsace_moselle", "Association de droit local (57, 67, 68)"

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="association", verbose_name="dossier")
    type = models.CharField("type", max_length=32, choices=Type, default=Type.LOI_1901)
    nom = models.CharField("nom", max_length=200)
    rna = models.CharField("numéro RNA", max_length=10, blank=True)
    siren = models.CharField("numéro SIREN", max_length=9, blank=True)
    registre = models.CharField("inscription au registre du tribunal", max_length=120, blank=True)
    date_declaration = models.DateField("date de déclaration", null=True, blank=True)
    siege_adresse = models.TextField("adresse du siège", blank=True)
    representant = models.CharField("représentant légal", max_length=200, blank=True)
    statuts = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="statuts"
    )
    finess = models.CharField("numéro FINESS", max_length=9, blank=True)
    finess_le = models.DateField("FINESS attribué le", null=True, blank=True)
    declaree_le = models.DateTimeField("déclarée le")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "association"
        constraints = [
            models.UniqueConstraint(
                fields=("finess",),
                condition=~models.Q(finess=""),
                name="finess_unique",
                violation_error_message="Ce numéro FINESS est déjà enregistré.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom
