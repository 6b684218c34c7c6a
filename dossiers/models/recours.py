"""The recours gracieux against an unfavourable decision: received once per decision, answered, or rejected by silence (CAL-6)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet

from .dossier import Dossier
from .instruction import Decision, Depot, Objet


class Recours(models.Model):
    """`demandes`: the requests for items, [{texte, demandee_le, limite, recue_le}], days as text; at most the last one is open.

    `rang`: its place among those of the same object, as its échéance has it. Without `decision`, it contests what ended the dossier.
    The day of the answer is the law's: of an implied one, the last day of the silence. One that a new filing leaves without object is
    answered by nobody: `reponse` says why. `est_tardif`: what was said when it came; the notification may be proved afterwards.
    """

    class Contestation(models.TextChoices):
        REFUS = "refus", "Refus"
        RETRAIT = "retrait", "Retrait d’une validation"
        CLASSEMENT = "classement", "Classement"
        CLOTURE = "cloture", "Clôture du dossier"
        RESILIATION = "resiliation", "Résiliation du contrat"

    class Issue(models.TextChoices):
        REJETE = "rejete", "Rejeté"
        IRRECEVABLE = "irrecevable", "Rejeté comme irrecevable"
        ACCEPTE = "accepte", "Accepté"
        SANS_OBJET = "sans_objet", "Sans objet"

    class Mode(models.TextChoices):
        EXPRESSE = "expresse", "Réponse expresse"
        IMPLICITE = "implicite", "Par le silence"

    REJETS = (Issue.REJETE, Issue.IRRECEVABLE)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="recours", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    rang = models.PositiveSmallIntegerField("rang", default=1)
    contestation = models.CharField("acte contesté", max_length=12, choices=Contestation)
    decision = models.ForeignKey(
        Decision,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,  # the first column of `recours_unique_decision`
        related_name="recours",
        verbose_name="décision contestée",
    )
    canal = models.CharField("canal", max_length=24, choices=Depot.Canal, default=Depot.Canal.PORTAIL)
    date_depot = models.DateField("formé le")
    date_reception = models.DateField("reçu par l’ARS le")
    date_premiere_reception = models.DateField("première réception", null=True, blank=True)
    recu_le = models.DateTimeField("instant de réception")
    motifs = models.TextField("motifs")
    est_tardif = models.BooleanField("hors délai", default=False)
    demandes = models.JSONField("pièces demandées", default=list, blank=True)
    jeu_national = models.ForeignKey(
        "referentiel.JeuParametres", models.PROTECT, db_index=False, related_name="+", verbose_name="jeu national"
    )
    jeu_regional = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="jeu régional",
    )
    forme_par = models.ForeignKey(
        "comptes.Utilisateur",
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="enregistré par",
    )
    issue = models.CharField("issue", max_length=12, choices=Issue, blank=True, default="")
    mode = models.CharField("mode", max_length=10, choices=Mode, blank=True, default="")
    date_reponse = models.DateField("réponse du", null=True, blank=True)
    date_notification = models.DateField("réponse notifiée le", null=True, blank=True)
    reponse = models.TextField("motifs de la réponse", blank=True)
    repondu_le = models.DateTimeField("réponse enregistrée le", null=True, blank=True)
    repondu_par = models.ForeignKey(
        "comptes.Utilisateur",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="réponse de",
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "recours gracieux"
        verbose_name_plural = "recours gracieux"
        ordering = ("dossier", "recu_le", "pk")
        # What the list reads: the few that wait for an answer.
        indexes = [models.Index(fields=("dossier",), condition=Q(issue=""), name="recours_en_attente")]
        constraints = [
            models.UniqueConstraint(fields=("dossier", "objet", "rang"), name="recours_unique"),
            models.UniqueConstraint(
                fields=("decision",),
                condition=Q(decision__isnull=False),
                name="recours_unique_decision",
                violation_error_message="Un recours gracieux a déjà été formé contre cette décision.",
            ),
            models.UniqueConstraint(
                fields=("dossier",),
                condition=Q(decision__isnull=True),
                name="recours_unique_classement",
                violation_error_message="Un recours gracieux a déjà été formé contre ce classement.",
            ),
            models.CheckConstraint(
                condition=Q(date_reception__gte=F("date_depot"))
                & (
                    Q(date_premiere_reception__isnull=True)
                    | Q(date_premiere_reception__gte=F("date_depot"), date_reception__gte=F("date_premiere_reception"))
                ),
                name="recours_dates",
                violation_error_message="La réception ne précède pas le dépôt.",
            ),
            models.CheckConstraint(
                condition=Q(issue="", mode="", date_reponse__isnull=True)
                | (~Q(issue="") & ~Q(mode="") & Q(date_reponse__isnull=False)),
                name="recours_repondu",
            ),
            models.CheckConstraint(
                condition=~Q(mode="expresse") | ~Q(reponse=""),
                name="recours_motive",
                violation_error_message="La réponse se motive.",
            ),
        ]

    def __str__(self) -> str:
        return f"Recours gracieux du {self.date_depot:%d/%m/%Y}"

    @property
    def est_ouvert(self) -> bool:
        return not self.issue

    @property
    def cle_document(self) -> str:
        """Of the letter that answers it."""
        return f"recours:{self.objet}:{self.rang}"

    @property
    def demande_ouverte(self) -> dict[str, str] | None:
        """The request whose items have not come, whatever its limit."""
        return next((d for d in self.demandes if not d["recue_le"]), None)
