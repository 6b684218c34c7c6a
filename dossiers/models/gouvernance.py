"""The governance register of an équipe (GOV-1, GOV-2): bodies, seats, consultations of the territory, cooperations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet

from ..regles.gouvernance import PROFESSIONS
from .dossier import Dossier


class Instance(models.Model):
    """A body: the board, a committee. Closed, it keeps its seats' history."""

    class Type(models.TextChoices):
        ASSEMBLEE = "assemblee", "Assemblée générale"
        CONSEIL = "conseil", "Conseil d’administration"
        BUREAU = "bureau", "Bureau"
        COMITE = "comite", "Comité"
        AUTRE = "autre", "Autre instance"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="instances", verbose_name="dossier")
    type = models.CharField("type", max_length=12, choices=Type)
    nom = models.CharField("nom", max_length=120)
    role = models.TextField("rôle", blank=True)
    creee_le = models.DateField("créée le")
    dissoute_le = models.DateField("dissoute le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "instance"
        ordering = ("creee_le", "pk")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "nom"), name="instance_unique"),
            models.CheckConstraint(
                condition=Q(dissoute_le__isnull=True) | Q(dissoute_le__gte=F("creee_le")), name="instance_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class Siege(models.Model):
    """Somebody in a body, with a voice, for a mandate. A deliberative voice is a natural person's (GOV-1), here as in the rules."""

    class Voix(models.TextChoices):
        DELIBERATIVE = "deliberative", "Voix délibérative"
        CONSULTATIVE = "consultative", "Voix consultative"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="sieges", verbose_name="dossier")
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="sieges", verbose_name="instance")
    nom = models.CharField("nom", max_length=160)
    fonction = models.CharField("fonction", max_length=80)
    est_personne = models.BooleanField("personne physique", default=True)
    profession = models.CharField("profession", max_length=16, choices=tuple(PROFESSIONS.items()))
    specialite = models.ForeignKey(
        "referentiel.Specialite", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="spécialité"
    )
    mode = models.CharField("mode d’exercice", max_length=12, blank=True)
    en_exercice = models.BooleanField("en exercice", default=True)
    voix = models.CharField("voix", max_length=12, choices=Voix)
    debut = models.DateField("début du mandat")
    fin = models.DateField("fin du mandat", null=True, blank=True)
    document = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="document"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "siège"
        ordering = ("instance", "debut", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")), name="siege_mandat"),
            models.CheckConstraint(
                condition=~Q(voix="deliberative")
                | Q(est_personne=True, profession="medecin", mode__in=("liberal", "mixte"), en_exercice=True),
                name="siege_deliberatif",
                violation_error_message="Une voix délibérative revient à un médecin libéral en exercice, personne physique.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom}, {self.fonction}"


class Consultation(models.Model):
    """The territory's actors heard on a day, with the evidence (GOV-2)."""

    class Forme(models.TextChoices):
        REUNION = "reunion", "Réunion"
        QUESTIONNAIRE = "questionnaire", "Questionnaire"
        COURRIER = "courrier", "Consultation écrite"
        AUTRE = "autre", "Autre"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="consultations", verbose_name="dossier")
    tenue_le = models.DateField("tenue le")
    forme = models.CharField("forme", max_length=16, choices=Forme)
    acteurs = models.TextField("acteurs consultés")
    objet = models.CharField("objet", max_length=200)
    synthese = models.TextField("ce qui en est sorti", blank=True)
    preuve = models.ForeignKey("documents.Piece", models.PROTECT, related_name="+", verbose_name="preuve")
    saisie_le = models.DateTimeField("saisie le")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation"
        ordering = ("-tenue_le", "-pk")

    def __str__(self) -> str:
        return f"{self.objet}, {self.tenue_le:%d/%m/%Y}"


class Cooperation(models.Model):
    """A partner with a convention, from a day to another. `alerte_palier`: the last step before its end that was told."""

    class Type(models.TextChoices):
        CPTS = "cpts", "CPTS"
        DAC = "dac", "Dispositif d’appui à la coordination"
        HOPITAL = "hopital", "Établissement de santé"
        ESS = "ess", "Autre équipe de soins spécialisés"
        ESP = "esp", "Équipe de soins primaires, maison ou centre de santé"
        AUTRE = "autre", "Autre partenaire"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="cooperations", verbose_name="dossier")
    type = models.CharField("type de partenaire", max_length=8, choices=Type)
    partenaire = models.CharField("partenaire", max_length=160)
    objet = models.TextField("objet")
    debut = models.DateField("début")
    fin = models.DateField("fin", null=True, blank=True)
    convention = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="convention"
    )
    alerte_palier = models.SmallIntegerField("dernière alerte, en jours avant", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "coopération"
        ordering = ("type", "partenaire", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")), name="cooperation_dates"),
        ]
        indexes = [models.Index(fields=("fin",), condition=Q(fin__isnull=False), name="cooperation_fin")]

    def __str__(self) -> str:
        return f"{self.get_type_display()}\u00a0: {self.partenaire}"
