"""The national directory as it was last published: public facts, the same for everybody, written by the portal alone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q

from ..regles.extrait import MOTIFS
from .professionnel import Mode


class FicheQuerySet(models.QuerySet):
    def presentes(self):
        """Those of the last extract; the others stay readable, since adhésions may name them."""
        return self.filter(absente_le__isnull=True)


class Fiche(models.Model):
    """One person. `departements` are those of all the places, `departements_liberaux` of the places of libéral practice.

    `lieux` = [{departement, mode (L, S, B or empty), adresse}]. `recherche` holds the words of the name without accents nor case.
    """

    rpps = models.CharField("numéro RPPS", max_length=11, primary_key=True)
    civilite = models.CharField("civilité", max_length=4, blank=True)
    nom = models.CharField("nom", max_length=120)
    prenom = models.CharField("prénom", max_length=120, blank=True)
    profession = models.CharField("code de la profession", max_length=3)
    specialites = ArrayField(models.CharField(max_length=5), verbose_name="spécialités", default=list)
    mode = models.CharField("mode d’exercice", max_length=12, choices=Mode, blank=True)
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements d’exercice", default=list)
    departements_liberaux = ArrayField(
        models.CharField(max_length=3), verbose_name="départements d’exercice libéral", default=list
    )
    lieux = models.JSONField("lieux d’exercice", default=list)
    recherche = models.CharField("mots du nom", max_length=241)
    mots = models.GeneratedField(
        expression=SearchVector("recherche", config="simple"), output_field=SearchVectorField(), db_persist=True
    )
    absente_le = models.DateField("absente de l’annuaire depuis le", null=True, blank=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        db_table = "annuaire_fiche"
        verbose_name = "fiche de l’annuaire"
        verbose_name_plural = "fiches de l’annuaire"
        ordering = ("nom", "prenom", "rpps")
        indexes = [
            GinIndex("mots", name="annuaire_fiche_mots"),
            GinIndex("departements", "specialites", name="annuaire_fiche_territoire"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rpps__regex=r"^[0-9]{11}$"),
                name="annuaire_fiche_rpps",
                violation_error_message="Un numéro RPPS a onze chiffres.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        return " ".join(mot for mot in (self.civilite, self.prenom, self.nom) if mot)


class ImportAnnuaire(models.Model):
    """One extract taken in whole; what was cut in the middle left nothing."""

    fichier = models.CharField("fichier", max_length=120)
    extrait_le = models.DateTimeField("extrait le")
    commence_le = models.DateTimeField("commencé le")
    secondes = models.DecimalField("durée", max_digits=8, decimal_places=1, default=0)
    lignes = models.PositiveIntegerField("lignes lues", default=0)
    hors_champ = models.PositiveIntegerField("lignes hors champ", default=0)
    rejetees = models.PositiveIntegerField("lignes rejetées", default=0)
    personnes = models.PositiveIntegerField("personnes", default=0)
    ajoutees = models.PositiveIntegerField("ajoutées", default=0)
    modifiees = models.PositiveIntegerField("modifiées", default=0)
    parties = models.PositiveIntegerField("absentes désormais", default=0)

    class Meta:
        db_table = "annuaire_import"
        verbose_name = "import de l’annuaire"
        verbose_name_plural = "imports de l’annuaire"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.fichier


class RejetAnnuaire(models.Model):
    """A line of an extract that was left out. Never the line itself: its number and what is wrong are enough to find it."""

    importation = models.ForeignKey(
        ImportAnnuaire, models.CASCADE, related_name="rejets", verbose_name="import", db_index=False
    )
    ligne = models.PositiveIntegerField("ligne")
    motif = models.CharField("motif", max_length=12, choices=list(MOTIFS.items()))
    precision = models.CharField("précision", max_length=160, blank=True)

    class Meta:
        db_table = "annuaire_rejet"
        verbose_name = "ligne rejetée"
        verbose_name_plural = "lignes rejetées"
        ordering = ("ligne",)
        constraints = [
            models.UniqueConstraint(fields=("importation", "ligne"), name="annuaire_rejet_unique"),
        ]

    def __str__(self) -> str:
        return f"Ligne {self.ligne}\u00a0: {self.get_motif_display().lower()}"
