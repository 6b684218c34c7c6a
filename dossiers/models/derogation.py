"""The dérogations of the CPN (DER-1, DER-2), from the request to the decision, and the softening that an ARS may grant itself."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet

from .dossier import Dossier


class Derogation(models.Model):
    """Lifts only the checks of its `portee`, for its `groupes` where it names some, within its validity; silence never grants one.

    Each step is an act of the journal; what is written here is where they have led. `chiffres`: the figures of the day of the
    request, frozen.
    """

    class Fondement(models.TextChoices):
        TENSION = "tension", "Tension qui rend impossible une équipe d’une seule spécialité"
        CIRCONSTANCES = "circonstances", "Circonstances particulières"
        ASSOUPLISSEMENT = "assouplissement", "Assouplissement d’un critère"

    class Instance(models.TextChoices):
        CPN = "CPN", "Commission paritaire nationale"
        ARS = "ARS", "ARS"

    class Demandeur(models.TextChoices):
        EQUIPE = "equipe", "L’équipe"
        ARS = "ars", "L’ARS"

    class Issue(models.TextChoices):
        DEMANDEE = "demandee", "Demandée"
        ACCORDEE = "accordee", "Accordée"
        CONDITIONS = "conditions", "Accordée sous conditions"
        REFUSEE = "refusee", "Refusée"
        RETIREE = "retiree", "Demande retirée"

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVES = "reserves", "Réserves"
        DEFAVORABLE = "defavorable", "Défavorable"

    EN_VIGUEUR = (Issue.ACCORDEE, Issue.CONDITIONS)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="derogations", verbose_name="dossier")
    instance = models.CharField(
        "accordée par", max_length=3, choices=Instance, default=Instance.CPN, db_default=Instance.CPN
    )
    fondement = models.CharField(
        "fondement",
        max_length=16,
        choices=Fondement,
        default=Fondement.CIRCONSTANCES,
        db_default=Fondement.CIRCONSTANCES,
    )
    demandeur = models.CharField(
        "demandée par", max_length=6, choices=Demandeur, default=Demandeur.ARS, db_default=Demandeur.ARS
    )
    portee = ArrayField(models.CharField(max_length=24), verbose_name="portée")
    groupes = ArrayField(
        models.CharField(max_length=48), verbose_name="spécialités", default=list, db_default=[], blank=True
    )
    motif = models.TextField("motif")
    chiffres = models.JSONField("chiffres du jour de la demande", default=list, db_default=[], blank=True)
    demandee_le = models.DateField("demandée le")
    envoyee_le = models.DateField("envoyée à la CPN le", null=True, blank=True)
    avis_ars = models.CharField("avis de l’ARS", max_length=12, choices=Sens, blank=True, default="", db_default="")
    avis_ars_motif = models.TextField("motif de l’avis de l’ARS", blank=True, default="", db_default="")
    avis_ars_le = models.DateField("avis de l’ARS donné le", null=True, blank=True)
    avis_caisse = models.CharField(
        "avis de la caisse", max_length=12, choices=Sens, blank=True, default="", db_default=""
    )
    avis_caisse_motif = models.TextField("motif de l’avis de la caisse", blank=True, default="", db_default="")
    avis_caisse_le = models.DateField("avis de la caisse donné le", null=True, blank=True)
    session_le = models.DateField("séance du", null=True, blank=True)
    issue = models.CharField("issue", max_length=12, choices=Issue, default=Issue.DEMANDEE)
    conditions = models.TextField("conditions", blank=True, default="", db_default="")
    reference = models.CharField("référence", max_length=80, blank=True)
    valide_du = models.DateField("valide du", null=True, blank=True)
    valide_au = models.DateField("valide au", null=True, blank=True)
    document = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="document"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "dérogation"
        ordering = ("dossier", "demandee_le", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valide_du__isnull=True) | Q(valide_au__isnull=True) | Q(valide_au__gte=F("valide_du")),
                name="derogation_validite",
                violation_error_message="La validité finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=~Q(instance="ARS") | Q(portee=["CRI-1a"]),
                name="derogation_de_l_ars",
                violation_error_message="L’ARS n’assouplit que le périmètre.",
            ),
        ]

    def __str__(self) -> str:
        return f"Dérogation {self.reference or self.get_issue_display()}"
