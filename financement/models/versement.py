"""Payments: proposed by one agent of the caisse, validated by another, then marked paid (FIN-11)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from dossiers.models import Porte
from ess_portal.comptes.requetes import LocataireQuerySet

# I04: amounts that no rule may pass, whatever the parameters say.
PLAFOND_CREDIT = 80_000
PLAFOND_TRANSITOIRE = 24_000
PLAFOND_DOTATION = 100_000


class VersementQuerySet(LocataireQuerySet):
    def actifs(self):
        return self.exclude(statut=Versement.Statut.ANNULE)


class Versement(Porte):
    """One payment, at most one alive per nature and contract year. `conditions` is the checklist as it was judged last.

    The sum of a dossier's credits is held under its ceiling by a trigger, whoever writes.
    """

    class Nature(models.TextChoices):
        AMORCAGE_1 = "amorcage_1", "Crédit d’amorçage, premier versement"
        AMORCAGE_2 = "amorcage_2", "Crédit d’amorçage, solde"
        AMORCAGE_UNIQUE = "amorcage_unique", "Crédit d’amorçage, versement unique"
        TRANSITOIRE = "transitoire", "Crédit transitoire"
        DOTATION = "dotation", "Dotation annuelle"
        REGULARISATION = "regularisation", "Dotation annuelle, régularisation"

    # Drawn on a year of the dotation: its advance, then what its statement still owes (FIN-7).
    DE_LA_DOTATION = (Nature.DOTATION, Nature.REGULARISATION)

    class Statut(models.TextChoices):
        PROPOSE = "propose", "À valider"
        VALIDE = "valide", "À payer"
        PAYE = "paye", "Payé"
        ANNULE = "annule", "Annulé"

    class Origine(models.TextChoices):
        PORTAIL = "portail", "Ordonné sur le portail"
        REPRISE = "reprise", "Versé hors du portail"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="versements", verbose_name="dossier")
    contrat = models.ForeignKey(
        "financement.Contrat", models.PROTECT, related_name="versements", verbose_name="contrat"
    )
    numero = models.CharField("numéro", max_length=16, unique=True)
    nature = models.CharField("nature", max_length=16, choices=Nature)
    annee = models.PositiveSmallIntegerField("année du contrat", default=0)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    calcul = models.JSONField("calcul du montant", default=list)
    motif_montant = models.TextField("motif du montant arbitré", blank=True)
    statut = models.CharField("statut", max_length=8, choices=Statut, default=Statut.PROPOSE)
    origine = models.CharField("origine", max_length=8, choices=Origine, default=Origine.PORTAIL)
    conditions = models.JSONField("conditions", default=list)
    compte = models.ForeignKey(
        "financement.CompteBancaire", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    propose_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, related_name="+", verbose_name="proposé par"
    )
    propose_le = models.DateTimeField("proposé le")
    valide_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="validé par"
    )
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    paye_le = models.DateField("payé le", null=True, blank=True)
    paye_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="marqué payé par"
    )
    reference = models.CharField("référence comptable", max_length=80, blank=True)
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    annule_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulé par"
    )
    motif_annulation = models.TextField("motif de l’annulation", blank=True)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ordre de versement"
    )
    cle_idempotence = models.CharField("clé d’idempotence", max_length=80)

    objects = VersementQuerySet.as_manager()

    class Meta:
        verbose_name = "versement"
        ordering = ("-propose_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "cle_idempotence"), name="versement_cle_unique"),
            models.UniqueConstraint(
                fields=("dossier", "nature", "annee"),
                condition=~Q(statut="annule"),
                name="versement_unique",
                violation_error_message="Ce versement est déjà proposé.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="versement_montant_positif",
                violation_error_message="Un versement est d’un montant positif.",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=("amorcage_1", "amorcage_2", "amorcage_unique"), montant__lte=PLAFOND_CREDIT)
                | Q(nature="transitoire", montant__lte=PLAFOND_TRANSITOIRE)
                | Q(nature__in=("dotation", "regularisation"), montant__lte=PLAFOND_DOTATION),
                name="versement_plafond",
                violation_error_message="Le montant dépasse le plafond réglementaire.",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=("dotation", "regularisation"), annee__gte=1)
                | (~Q(nature__in=("dotation", "regularisation")) & Q(annee=0)),
                name="versement_annee",
            ),
            models.CheckConstraint(
                condition=Q(valide_par__isnull=True) | ~Q(valide_par=F("propose_par")),
                name="versement_deux_personnes",
                violation_error_message="Un versement est validé par une autre personne que celle qui l’a proposé.",
            ),
            models.CheckConstraint(
                condition=Q(statut__in=("propose", "annule"))
                | Q(origine="reprise")
                | Q(propose_par__isnull=False, valide_par__isnull=False, valide_le__isnull=False, compte__isnull=False),
                name="versement_valide_complet",
            ),
            models.CheckConstraint(condition=~Q(statut="paye") | Q(paye_le__isnull=False), name="versement_paye_date"),
            models.CheckConstraint(
                condition=~Q(statut="annule") | ~Q(motif_annulation=""), name="versement_annule_motive"
            ),
        ]
        indexes = [
            models.Index(fields=("caisse", "statut", "-propose_le"), name="versement_caisse"),
            models.Index(fields=("ars", "statut", "-propose_le"), name="versement_ars"),
            models.Index(fields=("equipe",), name="versement_equipe"),
        ]

    def __str__(self) -> str:
        return f"{self.numero} ({self.get_nature_display()})"

    @property
    def libelle(self) -> str:
        """« Dotation annuelle, année 2 », or the part of the credit."""
        suite = f", année {self.annee}" if self.annee else ""
        return f"{self.get_nature_display()}{suite}"


class NumeroVersement(models.Model):
    """The rank of the year's last payment: `V-2026-0087`. Its row is the lock."""

    annee = models.PositiveSmallIntegerField("année", unique=True)
    dernier = models.PositiveIntegerField("dernier rang", default=0)

    class Meta:
        verbose_name = "numéro de versement"
        verbose_name_plural = "numéros de versement"

    def __str__(self) -> str:
        return f"V-{self.annee}-{self.dernier:04d}"
