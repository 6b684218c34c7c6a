"""The ledger: double entry, append-only, chained per dossier. Triggers hold it, whoever writes (migration `livre_garanties`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from dossiers.models import Porte
from ess_portal.comptes.requetes import EnfantQuerySet, LocataireQuerySet

from ..regles.livre import COMPTES, Ligne


class Ecriture(Porte):
    """One movement of one envelope (funder, credit or year of the dotation). `detail` repeats its lines, `empreinte` covers them.

    Rank and hashes are written by a trigger; only the columns that say who reads may change. Corrected by a counter-entry.
    """

    class Type(models.TextChoices):
        ENGAGEMENT = "engagement", "Engagement"
        DEGAGEMENT = "degagement", "Dégagement"
        LIQUIDATION = "liquidation", "Liquidation"
        ORDRE = "ordre", "Ordre de versement"
        VERSEMENT = "versement", "Versement"
        CONSTAT = "constat", "Versement constaté, fait hors du portail"
        TROP_PERCU = "trop_percu", "Trop-perçu"
        RECUPERATION = "recuperation", "Récupération"
        REMISE = "remise", "Remise ou abandon"
        CONTREPASSATION = "contrepassation", "Annulation (contre-passation)"

    class Financeur(models.TextChoices):
        ASSURANCE_MALADIE = "assurance_maladie", "Assurance maladie"
        ARS = "ars", "ARS"

    class Poste(models.TextChoices):
        AMORCAGE = "amorcage", "Crédit d’amorçage"
        TRANSITOIRE = "transitoire", "Crédit transitoire"
        DOTATION = "dotation", "Dotation annuelle"
        ANTERIEUR = "anterieur", "Financement antérieur de l’ARS"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="ecritures", verbose_name="dossier")
    seq = models.PositiveIntegerField("rang", default=0)
    type = models.CharField("type", max_length=16, choices=Type)
    financeur = models.CharField(
        "financeur", max_length=20, choices=Financeur, default=Financeur.ASSURANCE_MALADIE.value
    )
    poste = models.CharField("poste", max_length=12, choices=Poste)
    annee = models.PositiveSmallIntegerField("année du contrat", default=0)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    date_comptable = models.DateField("date comptable")
    inscrit_le = models.DateTimeField("inscrite le")
    acteur_id = models.IntegerField("acteur", null=True)
    acteur_nom = models.CharField("nom de l’acteur", max_length=200)
    source_type = models.CharField("nature de la source", max_length=32)
    source_id = models.BigIntegerField("source")
    cle = models.CharField("clé", max_length=120)
    libelle = models.CharField("libellé", max_length=200)
    contrepasse = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="contrepassee_par", verbose_name="annule"
    )
    detail = models.CharField("lignes", max_length=400)
    precedent = models.CharField("empreinte précédente", max_length=64, default="", blank=True)
    empreinte = models.CharField("empreinte", max_length=64, default="", blank=True)

    objects = LocataireQuerySet.as_manager()

    class Meta:
        verbose_name = "écriture"
        ordering = ("dossier", "seq")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "seq"), name="ecriture_rang_unique"),
            models.UniqueConstraint(fields=("dossier", "cle"), name="ecriture_cle_unique"),
            models.CheckConstraint(condition=Q(montant__gt=0), name="ecriture_montant_positif"),
            models.CheckConstraint(
                condition=Q(poste="dotation", annee__gte=1) | (~Q(poste="dotation") & Q(annee=0)), name="ecriture_annee"
            ),
            models.CheckConstraint(
                condition=Q(financeur="ars", poste="anterieur")
                | Q(financeur="assurance_maladie", poste__in=("amorcage", "transitoire", "dotation")),
                name="ecriture_financeur",
            ),
            models.CheckConstraint(
                condition=Q(type="contrepassation", contrepasse__isnull=False)
                | (~Q(type="contrepassation") & Q(contrepasse__isnull=True)),
                name="ecriture_contrepassation",
            ),
        ]
        indexes = [
            models.Index(fields=("dossier", "source_type", "source_id"), name="ecriture_source"),
            models.Index(fields=("caisse", "date_comptable"), name="ecriture_caisse"),
            models.Index(fields=("ars", "date_comptable"), name="ecriture_ars"),
            models.Index(fields=("equipe",), name="ecriture_equipe"),
        ]

    def __str__(self) -> str:
        return f"Écriture n° {self.seq} du dossier {self.dossier_id}"


class LigneEcriture(models.Model):
    """One account of an entry, debited or credited."""

    class Sens(models.TextChoices):
        DEBIT = "D", "Débit"
        CREDIT = "C", "Crédit"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    ecriture = models.ForeignKey(Ecriture, models.PROTECT, related_name="lignes", verbose_name="écriture")
    rang = models.PositiveSmallIntegerField("rang")
    compte = models.CharField("compte", max_length=3, choices=list(COMPTES.items()))
    sens = models.CharField("sens", max_length=1, choices=Sens)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d’écriture"
        verbose_name_plural = "lignes d’écriture"
        ordering = ("ecriture", "rang")
        constraints = [
            models.UniqueConstraint(fields=("ecriture", "rang"), name="ligne_rang_unique"),
            models.CheckConstraint(condition=Q(montant__gt=0), name="ligne_montant_positif"),
            models.CheckConstraint(condition=Q(compte__in=list(COMPTES)), name="ligne_compte"),
            models.CheckConstraint(condition=Q(sens__in=("D", "C")), name="ligne_sens"),
        ]

    def __str__(self) -> str:
        return f"{self.sens} {self.compte} {self.montant}"

    @property
    def en_regle(self) -> Ligne:
        return Ligne(self.compte, self.sens, self.montant)
