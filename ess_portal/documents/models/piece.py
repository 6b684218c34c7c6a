"""Uploaded pièces: the row says what the file is, the bytes live outside the base under an opaque name."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet


class PieceQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """The dossier's pièces; those that the administrations keep among themselves are absent for an équipe."""
        pieces = super().pour(acteur)
        return pieces.filter(visible_equipe=True) if acteur is not None and acteur.est_porteur else pieces

    def saines(self):
        return self.filter(etat=Piece.Etat.SAIN)

    def en_attente(self):
        return self.filter(etat=Piece.Etat.EN_ANALYSE)


class Piece(models.Model):
    class Etat(models.TextChoices):
        EN_ANALYSE = "en_analyse", "Analyse en cours"
        SAIN = "sain", "Analysée"
        REFUSE = "refuse", "Refusée"

    class Objet(models.TextChoices):
        LETTRE = "lettre", "Lettre d’intention"
        PROJET = "projet", "Projet de santé"
        ACTIVITE = "activite", "Mission socle"
        ASSOCIATION = "association", "Association"
        DOTATION = "dotation", "Dotation annuelle"
        RAPPORT = "rapport", "Rapport d’activité"
        ADHESION = "adhesion", "Adhésion"
        DEROGATION = "derogation", "Dérogation"
        RECOURS = "recours", "Recours gracieux"
        AVIS = "avis", "Avis de la caisse"
        CONTRAT = "contrat", "Contrat"
        VERSEMENT = "versement", "Versement"
        MESSAGE = "message", "Message"
        REPRISE = "reprise", "Dossier repris"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="pieces", verbose_name="dossier")
    objet = models.CharField("objet", max_length=16, choices=Objet)
    type = models.SlugField("type", max_length=60)
    libelle = models.CharField("libellé", max_length=200)
    nom_fichier = models.CharField("nom du fichier", max_length=140)
    type_mime = models.CharField("type du contenu", max_length=100)
    taille = models.PositiveIntegerField("taille en octets")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    chemin = models.CharField("nom opaque", max_length=80, unique=True)
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposée par"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisation"
    )
    depose_le = models.DateTimeField("déposée le")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.EN_ANALYSE)
    verdict = models.CharField("verdict", max_length=200, blank=True)
    analysee_le = models.DateTimeField("analysée le", null=True, blank=True)
    visible_equipe = models.BooleanField("visible de l’équipe", default=True)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce"
        verbose_name_plural = "pièces"
        ordering = ("depose_le", "id")
        indexes = [
            models.Index(fields=("dossier", "objet")),
            models.Index(fields=("depose_le",), name="piece_en_analyse", condition=models.Q(etat="en_analyse")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(taille__gt=0), name="piece_non_vide"),
            models.CheckConstraint(
                condition=models.Q(etat="en_analyse") | models.Q(analysee_le__isnull=False), name="piece_etat_date"
            ),
        ]

    def __str__(self) -> str:
        return self.libelle or self.nom_fichier

    @property
    def est_saine(self) -> bool:
        return self.etat == self.Etat.SAIN

    @property
    def extension(self) -> str:
        return self.nom_fichier.rpartition(".")[2].upper()
