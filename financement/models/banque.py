"""The caisse's own account, its batches of payments and their frozen files. Rows of one caisse, read by no other organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import CAISSE, Role


class CaisseQuerySet(models.QuerySet):
    """Rows of one caisse's own."""

    def pour(self, acteur: Acteur | None):
        if acteur is not None and acteur.role == Role.SYSTEME:
            return self
        if acteur is None or acteur.role not in CAISSE or acteur.organisation_id is None:
            return self.none()
        return self.filter(caisse_id=acteur.organisation_id)


def _personne(nom: str, **options) -> models.ForeignKey:
    return models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name=nom, **options)


def _caisse() -> models.ForeignKey:
    return models.ForeignKey("comptes.Organisation", models.PROTECT, related_name="+", verbose_name="caisse")


class CompteCaisse(models.Model):
    """The account that a caisse pays from: typed by one person, confirmed by another; a new one replaces it."""

    caisse = _caisse()
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11)
    titulaire = models.CharField("titulaire", max_length=70)
    saisi_par = _personne("saisi par")
    saisi_le = models.DateTimeField("saisi le")
    confirme_par = _personne("confirmé par", null=True, blank=True)
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "compte de la caisse"
        verbose_name_plural = "comptes de la caisse"
        ordering = ("caisse", "saisi_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("caisse",), condition=Q(remplace_le__isnull=True), name="compte_caisse_courant"
            ),
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True, confirme_le__isnull=True)
                | Q(confirme_par__isnull=False, confirme_le__isnull=False) & ~Q(confirme_par=F("saisi_par")),
                name="compte_caisse_deux_personnes",
                violation_error_message="L’IBAN est confirmé par une autre personne que celle qui l’a saisi.",
            ),
        ]

    def __str__(self) -> str:
        return self.iban_masque

    @property
    def est_confirme(self) -> bool:
        return self.confirme_le is not None

    @property
    def iban_masque(self) -> str:
        fin = self.iban[-5:]
        return f"{self.iban[:4]} •••• •••• •••• •••• {fin[:2]} {fin[2:]}"


class LotPaiement(models.Model):
    """Payments sent to the bank together: prepared by one person, validated by another, its files made once."""

    class Statut(models.TextChoices):
        PREPARE = "prepare", "À valider"
        VALIDE = "valide", "Validé"
        ANNULE = "annule", "Annulé"

    caisse = _caisse()
    numero = models.CharField("numéro", max_length=16)
    statut = models.CharField("statut", max_length=8, choices=Statut, default=Statut.PREPARE)
    date_execution = models.DateField("date d’exécution")
    montant = models.DecimalField("montant total", max_digits=14, decimal_places=2)
    nombre = models.PositiveIntegerField("nombre de versements")
    compte = models.ForeignKey(
        CompteCaisse, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte débité"
    )
    prepare_par = _personne("préparé par")
    prepare_le = models.DateTimeField("préparé le")
    valide_par = _personne("validé par", null=True, blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    annule_par = _personne("annulé par", null=True, blank=True)
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    motif_annulation = models.TextField("motif de l’annulation", blank=True)

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "lot de paiement"
        verbose_name_plural = "lots de paiement"
        ordering = ("-prepare_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("caisse", "numero"), name="lot_numero_unique"),
            models.CheckConstraint(
                condition=Q(statut="annule") | Q(montant__gt=0, nombre__gt=0), name="lot_montant_positif"
            ),
            models.CheckConstraint(
                condition=Q(valide_par__isnull=True) | ~Q(valide_par=F("prepare_par")),
                name="lot_deux_personnes",
                violation_error_message="Un lot est validé par une autre personne que celle qui l’a préparé.",
            ),
            models.CheckConstraint(
                condition=~Q(statut="valide")
                | Q(valide_par__isnull=False, valide_le__isnull=False, compte__isnull=False),
                name="lot_valide_complet",
            ),
            models.CheckConstraint(condition=~Q(statut="annule") | ~Q(motif_annulation=""), name="lot_annule_motive"),
        ]

    def __str__(self) -> str:
        return self.numero


class LigneLot(models.Model):
    """A payment in a batch, as it is ordered. A line that is out (`sortie_le`) frees its payment for another batch."""

    lot = models.ForeignKey(LotPaiement, models.PROTECT, related_name="lignes", verbose_name="lot")
    caisse = _caisse()
    versement = models.ForeignKey(
        "financement.Versement", models.PROTECT, related_name="lignes_lot", verbose_name="versement"
    )
    rang = models.PositiveIntegerField("rang")
    reference = models.CharField("numéro du versement", max_length=16)
    equipe = models.CharField("équipe", max_length=200)
    titulaire = models.CharField("titulaire", max_length=200)
    iban = models.CharField("IBAN", max_length=34)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    libelle = models.CharField("objet", max_length=140)
    compte = models.ForeignKey("financement.CompteBancaire", models.PROTECT, related_name="+", verbose_name="compte")
    sortie_le = models.DateTimeField("sortie du lot le", null=True, blank=True)
    sortie_motif = models.CharField("motif de la sortie", max_length=200, blank=True)

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de lot"
        verbose_name_plural = "lignes de lot"
        ordering = ("lot", "rang")
        constraints = [
            models.UniqueConstraint(
                fields=("versement",),
                condition=Q(sortie_le__isnull=True),
                name="versement_dans_un_seul_lot",
                violation_error_message="Ce versement est déjà dans un lot.",
            ),
            models.UniqueConstraint(fields=("lot", "rang"), name="ligne_lot_rang"),
            models.CheckConstraint(condition=Q(montant__gt=0), name="ligne_lot_montant"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def iban_masque(self) -> str:
        fin = self.iban[-5:]
        return f"{self.iban[:4]} •••• •••• •••• •••• {fin[:2]} {fin[2:]}"


class FichierLot(models.Model):
    """A file of a validated batch: bytes made once, never again."""

    class Type(models.TextChoices):
        VIREMENT = "virement", "Ordre de virement ISO 20022 (pain.001)"
        TABLEAU = "tableau", "Tableau CSV"
        BORDEREAU = "bordereau", "Bordereau PDF"

    lot = models.ForeignKey(LotPaiement, models.PROTECT, related_name="fichiers", verbose_name="lot")
    caisse = _caisse()
    type = models.CharField("type", max_length=12, choices=Type)
    octets = models.BinaryField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    taille = models.PositiveIntegerField("taille en octets")
    produit_le = models.DateTimeField("produit le")

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier de lot"
        verbose_name_plural = "fichiers de lot"
        ordering = ("lot", "-type")
        constraints = [models.UniqueConstraint(fields=("lot", "type"), name="fichier_lot_unique")]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.type}"
