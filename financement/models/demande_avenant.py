"""An équipe's demand for an avenant to its contract, and the ARS's answer. What silence makes of it is computed, never stored (CAL-9)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from dossiers.regles.faits_delais import Demande, DemandeAvenantFait
from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.socle.horloge import jour_local

from .contrat import Contrat


class DemandeAvenant(models.Model):
    """`recue_jour`, `pieces_*`: legal days of the ARS's zone. `est_remplacee`: another one was made since, after silence decided."""

    class Issue(models.TextChoices):
        ACCORDEE = "accordee", "Accordée"
        REFUSEE = "refusee", "Refusée"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="+", verbose_name="contrat")
    objet = models.TextField("modification demandée")
    recue_le = models.DateTimeField("reçue le")
    recue_jour = models.DateField("jour de réception")
    demandee_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    pieces = models.TextField("pièces demandées", blank=True)
    pieces_demandees_le = models.DateField("pièces demandées le", null=True, blank=True)
    pieces_limite = models.DateField("pièces attendues jusqu’au", null=True, blank=True)
    pieces_recues_le = models.DateField("pièces reçues le", null=True, blank=True)
    complement = models.TextField("complément de l’équipe", blank=True)
    issue = models.CharField("réponse", max_length=8, choices=Issue, blank=True)
    motif = models.TextField("motif", blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    est_remplacee = models.BooleanField("remplacée", default=False, db_default=False)
    jeu_national = models.ForeignKey(
        "referentiel.JeuParametres", models.PROTECT, related_name="+", verbose_name="jeu national"
    )
    jeu_regional = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jeu régional",
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’avenant"
        verbose_name_plural = "demandes d’avenant"
        ordering = ("recue_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("contrat",),
                condition=Q(issue="", est_remplacee=False),
                name="demande_avenant_ouverte",
                violation_error_message="Une demande d’avenant est déjà en instruction.",
            ),
            models.CheckConstraint(
                condition=Q(issue="", repondue_le__isnull=True) | (~Q(issue="") & Q(repondue_le__isnull=False)),
                name="demande_avenant_repondue",
            ),
            models.CheckConstraint(
                condition=Q(pieces_recues_le__isnull=True) | Q(pieces_demandees_le__isnull=False),
                name="demande_avenant_pieces",
            ),
        ]

    def __str__(self) -> str:
        return f"Demande d’avenant du {self.recue_jour}"

    def faits(self, fuseau: str, rang: int = 1) -> DemandeAvenantFait:
        """Days of this zone, the ARS's. `rang`: among those of its dossier, in their order."""
        jour: date | None = self.pieces_demandees_le
        demandes = (
            ()
            if jour is None
            else (
                Demande(
                    demandee_le=jour, indispensable=True, recue_le=self.pieces_recues_le, limite=self.pieces_limite
                ),
            )
        )
        return DemandeAvenantFait(
            recue_le=self.recue_jour,
            demandes=demandes,
            issue=self.issue,
            repondue_le=jour_local(self.repondue_le, fuseau) if self.repondue_le else None,
            rang=rang,
            est_remplacee=self.est_remplacee,
            jeux=(self.jeu_national_id, self.jeu_regional_id),
        )
