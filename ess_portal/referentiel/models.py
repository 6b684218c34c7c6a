"""Reference data: regions, départements, caisses, specialties, and the dated sets of regulatory parameters.

Public facts, the same for every tenant. Codes are text: region 75 is not département 75.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ess_portal.socle.typographie import date_fr

from .regles.parametres import Parametres


class Region(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=80)
    nom_ars = models.CharField("nom de l’ARS", max_length=120)
    fuseau = models.CharField("fuseau horaire", max_length=40)
    tribunal = models.CharField(
        "tribunal administratif",
        max_length=60,
        blank=True,
        db_default="",
        help_text="Du siège de l’ARS : « Montpellier », « la Guadeloupe ».",
    )

    class Meta:
        verbose_name = "région"
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="departements", verbose_name="région")
    fuseau = models.CharField("fuseau horaire", max_length=40)
    est_ouvert = models.BooleanField("ouvert", default=True)
    voisins = ArrayField(models.CharField(max_length=3), verbose_name="voisins", default=list)
    trace = models.TextField("tracé SVG", blank=True)

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class Caisse(models.Model):
    """A CPAM or CGSS. `code_presume` is a guess, shown as editable, never a key."""

    slug = models.SlugField("clé", max_length=80, primary_key=True)
    nom = models.CharField("nom", max_length=120)
    type = models.CharField("type", max_length=8)
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="caisses", verbose_name="département")
    code_presume = models.CharField("code présumé", max_length=8, blank=True)

    class Meta:
        verbose_name = "caisse"
        ordering = ("departement_id", "slug")

    def __str__(self) -> str:
        return self.nom


class Specialite(models.Model):
    """A specialty of TRE_R38. `groupes` is what uniqueness and thresholds use (CRI-1c)."""

    class Eligibilite(models.TextChoices):
        OUI = "oui", "Éligible"
        NON = "non", "Non éligible"
        A_CONFIRMER = "a_confirmer", "À confirmer"

    code = models.CharField("code", max_length=5, primary_key=True)
    libelle = models.CharField("libellé", max_length=120)
    famille = models.CharField("famille", max_length=4)
    date_fin = models.DateField("fin de validité", null=True, blank=True)
    groupes = ArrayField(models.CharField(max_length=48), verbose_name="groupes", default=list)
    eligibilite = models.CharField("éligibilité", max_length=12, choices=Eligibilite)
    acces_direct = models.CharField("accès direct", max_length=12)

    class Meta:
        verbose_name = "spécialité"
        ordering = ("libelle", "code")

    def __str__(self) -> str:
        return self.libelle


class JeuParametres(models.Model):
    """A dated set of regulatory parameters, national (`region` empty) or an ARS's overrides. A change is a new set."""

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="jeux", verbose_name="région"
    )
    valide_du = models.DateField("valide du")
    valide_au = models.DateField("valide au", null=True, blank=True)
    valeurs = models.JSONField("valeurs", default=dict, blank=True)
    source = models.TextField("source")
    motif = models.TextField("motif de l’activation", blank=True, default="", db_default="")
    auteur_id = models.BigIntegerField("auteur", null=True, blank=True)
    cree_le = models.DateTimeField("créé le", null=True, blank=True)

    class Meta:
        verbose_name = "jeu de paramètres"
        verbose_name_plural = "jeux de paramètres"
        ordering = ("-valide_du", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valide_au__isnull=True) | Q(valide_au__gte=F("valide_du")),
                name="jeu_dates",
                violation_error_message="La fin de validité suit son début.",
            ),
            models.UniqueConstraint(
                fields=("region", "valide_du"),
                name="jeu_unique",
                nulls_distinct=False,
                violation_error_message="Un jeu de paramètres commence déjà ce jour-là.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region or 'National'}, depuis le {date_fr(self.valide_du)}"

    @property
    def parametres(self) -> Parametres:
        return Parametres.depuis(self.valeurs)
