"""What the bank says back: the statements a caisse brings in, and their lines. Each is written once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..regles.rapprochement import Mouvement
from .banque import CaisseQuerySet


def _personne(nom: str, **options) -> models.ForeignKey:
    return models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name=nom, **options)


class ReleveBancaire(models.Model):
    """A file of the bank, kept as it came. Its lines count once a person has confirmed what they are matched with."""

    class Statut(models.TextChoices):
        A_CONFIRMER = "a_confirmer", "À confirmer"
        CONFIRME = "confirme", "Confirmé"
        ECARTE = "ecarte", "Écarté"

    class Format(models.TextChoices):
        CAMT053 = "camt053", "Relevé camt.053"
        CAMT054 = "camt054", "Avis camt.054"
        CSV = "csv", "Tableau CSV"

    caisse = models.ForeignKey("comptes.Organisation", models.PROTECT, related_name="+", verbose_name="caisse")
    statut = models.CharField("statut", max_length=12, choices=Statut, default=Statut.A_CONFIRMER)
    format = models.CharField("format", max_length=8, choices=Format)
    identifiant = models.CharField("identifiant du message", max_length=80)
    nom_fichier = models.CharField("nom du fichier", max_length=200)
    octets = models.BinaryField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    arrete_au = models.DateField("arrêté au", null=True, blank=True)
    deja_lus = models.PositiveIntegerField("écritures déjà connues", default=0)
    deja_lues = models.JSONField("lignes déjà connues", default=list, db_default=[])
    importe_par = _personne("importé par")
    importe_le = models.DateTimeField("importé le")
    confirme_par = _personne("confirmé par", null=True, blank=True)
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)
    motif_ecart = models.CharField("motif de la mise à l’écart", max_length=500, blank=True)
    bilan = models.JSONField("ce qui a été confirmé", default=dict)

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé bancaire"
        verbose_name_plural = "relevés bancaires"
        ordering = ("-importe_le", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("caisse", "empreinte"), condition=~Q(statut="ecarte"), name="releve_fichier_unique"
            ),
            models.UniqueConstraint(
                fields=("caisse", "format", "identifiant"), condition=~Q(statut="ecarte"), name="releve_message_unique"
            ),
            models.CheckConstraint(
                condition=~Q(statut="confirme") | Q(confirme_par__isnull=False, confirme_le__isnull=False),
                name="releve_confirme_complet",
            ),
            models.CheckConstraint(condition=~Q(statut="ecarte") | ~Q(motif_ecart=""), name="releve_ecarte_motive"),
        ]

    def __str__(self) -> str:
        return self.nom_fichier


class MouvementBancaire(models.Model):
    """One line of a statement. `versement`: what it paid, once confirmed; `est_rendu`: the bank gave it back since."""

    releve = models.ForeignKey(ReleveBancaire, models.PROTECT, related_name="mouvements", verbose_name="relevé")
    caisse = models.ForeignKey("comptes.Organisation", models.PROTECT, related_name="+", verbose_name="caisse")
    rang = models.PositiveIntegerField("rang")
    cle = models.CharField("référence de la banque", max_length=160)
    reference = models.CharField("référence de bout en bout", max_length=80, blank=True)
    montant = models.DecimalField("montant", max_digits=14, decimal_places=2)
    devise = models.CharField("devise", max_length=3)
    jour = models.DateField("date comptable")
    iban = models.CharField("compte crédité", max_length=34, blank=True)
    sens = models.CharField("sens", max_length=6, choices=[("debit", "Débit"), ("credit", "Crédit")])
    rejet = models.CharField("motif du rejet", max_length=200, null=True, blank=True)
    est_ecarte = models.BooleanField("écarté", default=False)
    est_rendu = models.BooleanField("rendu", default=False, db_default=False)
    versement = models.ForeignKey(
        "financement.Versement", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="versement"
    )

    objects = CaisseQuerySet.as_manager()

    class Meta:
        verbose_name = "mouvement bancaire"
        verbose_name_plural = "mouvements bancaires"
        ordering = ("releve", "rang")
        constraints = [
            models.UniqueConstraint(
                fields=("caisse", "cle"), condition=Q(est_ecarte=False), name="mouvement_une_seule_fois"
            ),
            models.UniqueConstraint(
                fields=("versement",),
                condition=Q(versement__isnull=False, est_ecarte=False, est_rendu=False),
                name="mouvement_un_versement",
            ),
            models.CheckConstraint(condition=Q(montant__gt=0), name="mouvement_montant_positif"),
        ]
        indexes = [models.Index(fields=("caisse", "reference"), name="mouvement_reference")]

    def __str__(self) -> str:
        return self.cle

    @property
    def en_regle(self) -> Mouvement:
        return Mouvement(
            cle=self.cle,
            reference=self.reference,
            montant=self.montant,
            devise=self.devise,
            jour=self.jour,
            iban=self.iban,
            sens=self.sens,
            rejet=self.rejet,
        )
