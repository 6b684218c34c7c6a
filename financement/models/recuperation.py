"""What is asked back (REC-1): the procedure, what the équipe answers, the instalments, and what was paid or written off."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from dossiers.models import Porte
from ess_portal.comptes.requetes import EnfantQuerySet

from ..regles.procedure import Etat
from ..regles.recuperation import FONDEMENTS


class Recuperation(Porte):
    """One procedure. Its state moves by `regles.procedure` alone, under a trigger; its proposal and its decision never change once written.

    `creancier`: whose money it is, the caisse's or the ARS's (TRA-6). `assiette`: the most that may be asked.
    """

    class Origine(models.TextChoices):
        DIX_HUIT_MOIS = "dix_huit_mois", "Aucune activité de la mission socle à dix-huit mois"
        RETRAIT = "retrait", "Retrait d’une validation"
        RESILIATION = "resiliation", "Résiliation du contrat"
        REGULARISATION = "regularisation", "Régularisation de la dernière année"
        TRANSITOIRE = "transitoire", "Crédit transitoire\u00a0: projet non conforme"
        CHEVAUCHEMENT = "chevauchement", "Chevauchement avec un financement de l’ARS"

    class Statut(models.TextChoices):
        CONTRADICTOIRE = Etat.CONTRADICTOIRE, "Observations de l’équipe"
        A_REMBOURSER = Etat.A_REMBOURSER, "À rembourser"
        SOLDEE = Etat.SOLDEE, "Soldée"
        SANS_SUITE = Etat.SANS_SUITE, "Sans suite"

    class Creancier(models.TextChoices):
        CAISSE = "caisse", "La caisse"
        ARS = "ars", "L’ARS"

    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="recuperations", verbose_name="dossier"
    )
    numero = models.CharField("numéro", max_length=24, unique=True)
    origine = models.CharField("origine", max_length=16, choices=Origine)
    creancier = models.CharField("créancier", max_length=8, choices=Creancier, default=Creancier.CAISSE)
    fondement = models.CharField("fondement", max_length=8, choices=list(FONDEMENTS.items()))
    statut = models.CharField("statut", max_length=16, choices=Statut, default=Statut.CONTRADICTOIRE)
    motif = models.TextField("motif de l’ouverture")
    motif_retard = models.TextField("motif de l’ouverture tardive", blank=True)
    assiette = models.DecimalField("montant le plus élevé possible", max_digits=12, decimal_places=2)
    montant_propose = models.DecimalField("montant proposé", max_digits=12, decimal_places=2)
    calcul = models.JSONField("calcul du montant", default=list)
    # Keys of the payments it asks back, so that two procedures never ask for the same cents.
    versements = models.JSONField("versements concernés", default=list, blank=True)
    ouverte_le = models.DateTimeField("ouverte le")
    ouverte_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="ouverte par")
    presentee_le = models.DateField("présentée à l’équipe le")
    observations_jusquau = models.DateField("observations jusqu’au")
    explication = models.JSONField("pourquoi cette date", default=list)
    audience_le = models.DateTimeField("audience le", null=True, blank=True)
    audience_lieu = models.CharField("lieu de l’audience", max_length=200, blank=True)
    audience_tenue_le = models.DateField("audience tenue le", null=True, blank=True)
    audience_compte_rendu = models.TextField("compte rendu de l’audience", blank=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidée par"
    )
    montant = models.DecimalField("montant à rembourser", max_digits=12, decimal_places=2, null=True, blank=True)
    motivation = models.TextField("motivation", blank=True)
    payer_jusquau = models.DateField("à rembourser jusqu’au", null=True, blank=True)
    explication_paiement = models.JSONField("pourquoi cette date de remboursement", default=list)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    class Meta:
        verbose_name = "récupération"
        ordering = ("-ouverte_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "origine"),
                condition=Q(statut__in=("contradictoire", "a_rembourser")),
                name="recuperation_ouverte_unique",
                violation_error_message="Une récupération de même origine est déjà ouverte.",
            ),
            models.CheckConstraint(
                condition=Q(montant_propose__gt=0, montant_propose__lte=F("assiette")), name="recuperation_propose"
            ),
            models.CheckConstraint(
                condition=Q(montant__isnull=True) | Q(montant__gte=0, montant__lte=F("montant_propose")),
                name="recuperation_montant",
                violation_error_message="On ne récupère pas plus que ce qui a été notifié à l’équipe.",
            ),
            models.CheckConstraint(
                condition=Q(decidee_par__isnull=True) | ~Q(decidee_par=F("ouverte_par")),
                name="recuperation_deux_personnes",
                violation_error_message="Une autre personne que celle qui a ouvert la procédure décide.",
            ),
            models.CheckConstraint(
                condition=Q(statut__in=("contradictoire", "sans_suite"))
                | Q(montant__gt=0, payer_jusquau__isnull=False, decidee_par__isnull=False, decidee_le__isnull=False),
                name="recuperation_decidee",
            ),
            models.CheckConstraint(condition=Q(observations_jusquau__gte=F("presentee_le")), name="recuperation_delai"),
            models.CheckConstraint(
                condition=Q(statut__in=("contradictoire", "a_rembourser"), close_le__isnull=True)
                | Q(statut__in=("soldee", "sans_suite"), close_le__isnull=False),
                name="recuperation_close",
            ),
        ]
        indexes = [
            models.Index(fields=("caisse", "statut"), name="recuperation_caisse"),
            models.Index(fields=("ars", "statut"), name="recuperation_ars"),
            models.Index(fields=("equipe",), name="recuperation_equipe"),
        ]

    def __str__(self) -> str:
        return f"{self.numero} ({self.get_origine_display()})"

    @property
    def regle(self) -> Decimal:
        """What counts against it: confirmed repayments and write-offs."""
        return sum((m.montant for m in self.mouvements.all() if m.statut == "confirme"), Decimal("0.00"))

    @property
    def reste(self) -> Decimal:
        return (self.montant or Decimal("0.00")) - self.regle

    @property
    def en_attente(self) -> Decimal:
        """Repayments and write-offs that a second person has not confirmed."""
        return sum((m.montant for m in self.mouvements.all() if m.statut == "propose"), Decimal("0.00"))

    @property
    def termes_en_cours(self) -> list[TermeRecuperation]:
        """The instalments of the last plan."""
        termes = list(self.termes.all())
        plan = max((t.plan for t in termes), default=0)
        return sorted((t for t in termes if t.plan == plan), key=lambda t: t.jour)


class ObservationRecuperation(models.Model):
    """What the équipe answers, in the portal, until the last day. Never changed."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    recuperation = models.ForeignKey(
        Recuperation, models.PROTECT, related_name="observations", verbose_name="récupération"
    )
    texte = models.TextField("observations")
    piece = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pièce"
    )
    est_complete = models.BooleanField("observations complètes", default=False)
    demande_audience = models.BooleanField("audience demandée", default=False)
    deposee_le = models.DateTimeField("déposée le")
    deposee_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="déposée par")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "observation"
        ordering = ("deposee_le", "pk")

    def __str__(self) -> str:
        return f"{self.recuperation_id}, {self.deposee_le:%d/%m/%Y}"


class TermeRecuperation(models.Model):
    """One instalment of a plan. A new plan replaces the former one, whose rows stay."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    recuperation = models.ForeignKey(Recuperation, models.PROTECT, related_name="termes", verbose_name="récupération")
    plan = models.PositiveSmallIntegerField("plan")
    jour = models.DateField("à payer jusqu’au")
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    # What had been settled when the plan was made: instalments share what comes after.
    deja_regle = models.DecimalField("déjà réglé", max_digits=12, decimal_places=2, default=Decimal("0.00"))

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "échéance de remboursement"
        verbose_name_plural = "échéances de remboursement"
        ordering = ("jour", "pk")
        constraints = [
            models.UniqueConstraint(fields=("recuperation", "plan", "jour"), name="terme_unique"),
            models.CheckConstraint(condition=Q(montant__gt=0, deja_regle__gte=0), name="terme_positif"),
        ]

    def __str__(self) -> str:
        return f"{self.montant} le {self.jour:%d/%m/%Y}"


class MouvementRecuperation(models.Model):
    """A repayment received or a write-off: entered by one person, confirmed by another; it counts once confirmed (FIN-11)."""

    class Nature(models.TextChoices):
        REMBOURSEMENT = "remboursement", "Remboursement reçu"
        REMISE = "remise", "Remise"

    class Statut(models.TextChoices):
        PROPOSE = "propose", "À confirmer"
        CONFIRME = "confirme", "Confirmé"
        ANNULE = "annule", "Annulé"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    recuperation = models.ForeignKey(
        Recuperation, models.PROTECT, related_name="mouvements", verbose_name="récupération"
    )
    nature = models.CharField("nature", max_length=16, choices=Nature)
    statut = models.CharField("statut", max_length=8, choices=Statut, default=Statut.PROPOSE)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    jour = models.DateField("jour")
    reference = models.CharField("référence", max_length=80, blank=True)
    motif = models.TextField("motif", blank=True)
    propose_le = models.DateTimeField("saisi le")
    propose_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="saisi par")
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)
    confirme_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="confirmé par"
    )
    motif_annulation = models.TextField("motif de l’annulation", blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "mouvement d’une récupération"
        verbose_name_plural = "mouvements d’une récupération"
        ordering = ("propose_le", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(montant__gt=0), name="mouvement_recup_positif"),
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True) | ~Q(confirme_par=F("propose_par")),
                name="mouvement_recup_deux",
                violation_error_message="Une autre personne confirme.",
            ),
            models.CheckConstraint(
                condition=~Q(statut="confirme") | Q(confirme_par__isnull=False, confirme_le__isnull=False),
                name="mouvement_recup_confirme",
            ),
            models.CheckConstraint(
                condition=Q(nature="remboursement", reference__gt="") | Q(nature="remise", motif__gt=""),
                name="mouvement_recup_dit",
            ),
            models.UniqueConstraint(
                fields=("recuperation", "reference"),
                condition=Q(nature="remboursement") & ~Q(statut="annule"),
                name="mouvement_recup_reference",
                violation_error_message="Ce remboursement est déjà saisi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.montant}"
