"""A decision, or the answer to a recours gracieux, written and not in force yet: it waits for a visa, or for the proof of its
notification (CAL-7). Silence goes on meanwhile.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.socle.horloge import jour_local

from ..regles.cycle import Statut
from .dossier import Dossier
from .instruction import Decision, Objet
from .recours import Recours

EN_INSTRUCTION = {
    Objet.LETTRE.value: frozenset({Statut.LETTRE_DEPOSEE.value, Statut.LETTRE_INCOMPLETE.value}),
    Objet.PROJET.value: frozenset({Statut.PROJET_DEPOSE.value, Statut.PROJET_INCOMPLET.value}),
}


class PreparationQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """An équipe knows of what was signed for it, not of what is being prepared."""
        lignes = super().pour(acteur)
        return lignes.filter(signee_le__isnull=False) if acteur is not None and acteur.est_porteur else lignes

    def ouvertes(self):
        return self.filter(close_le__isnull=True)


class Preparation(models.Model):
    """One at a time per object and version, and per recours. It becomes a `Decision`, is given up, or silence comes first and it never
    counts. Of a recours: `reponse` is the issue that is prepared, its motives the facts of its only motif; it leaves no `Decision`.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="preparations", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    version = models.PositiveSmallIntegerField("version", default=1)
    sens = models.CharField("sens", max_length=12, choices=Decision.Sens)
    motifs = models.JSONField("motifs", default=list, blank=True)
    grille = models.JSONField("grille des critères", default=list, blank=True)
    message = models.TextField("message joint", blank=True)
    recours = models.ForeignKey(
        Recours,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="preparations",
        verbose_name="recours gracieux",
    )
    reponse = models.CharField("réponse préparée", max_length=12, choices=Recours.Issue, blank=True, default="")
    preparee_le = models.DateTimeField("préparée le")
    preparee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="préparée par"
    )
    signee_le = models.DateTimeField("signée le", null=True, blank=True)
    signee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="signée par"
    )
    decision = models.OneToOneField(
        Decision, models.SET_NULL, null=True, blank=True, related_name="preparation", verbose_name="décision"
    )
    close_le = models.DateTimeField("close le", null=True, blank=True)
    motif_cloture = models.TextField("motif de la clôture", blank=True)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        verbose_name = "décision préparée"
        verbose_name_plural = "décisions préparées"
        ordering = ("dossier", "preparee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "objet", "version"),
                condition=Q(close_le__isnull=True, recours__isnull=True),
                name="preparation_unique",
                violation_error_message="Une décision est déjà préparée.",
            ),
            models.UniqueConstraint(
                fields=("recours",),
                condition=Q(close_le__isnull=True, recours__isnull=False),
                name="preparation_unique_recours",
                violation_error_message="Une réponse est déjà préparée.",
            ),
            models.CheckConstraint(
                condition=Q(recours__isnull=True, reponse="") | (Q(recours__isnull=False) & ~Q(reponse="")),
                name="preparation_reponse",
            ),
            models.CheckConstraint(
                condition=Q(sens="favorable") | ~Q(motifs=[]),
                name="preparation_motivee",
                violation_error_message="Une décision défavorable se motive.",
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | Q(signee_le__isnull=False, close_le__isnull=False),
                name="preparation_prise_signee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_objet_display()}\u00a0: {self.get_sens_display()}"

    @property
    def cle_document(self) -> str:
        return f"decision:{self.objet}:{self.version}:{self.pk}"

    @property
    def date_signature(self) -> date | None:
        return jour_local(self.signee_le, self.dossier.fuseau) if self.signee_le else None

    def attend(self, statut: str, version: int) -> bool:
        """Can a decision on a filing still take effect from this state, `version` being the filing that counts? Not once silence, or
        another act, has decided.
        """
        if self.close_le is not None or self.recours_id is not None:
            return False
        return self.version == version and statut in EN_INSTRUCTION[self.objet]
