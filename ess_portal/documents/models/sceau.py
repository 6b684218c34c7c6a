"""Seals: one per party and per document, each an incremental revision of the bytes that stand before it.

Only what a seal adds is kept: the file of rank n is the issued document followed by the additions 1 to n. Nothing that was sealed
can be rendered or written again, by construction and by a trigger.
"""

from __future__ import annotations

from django.db import models

from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.documents.models.document import Document


class SceauQuerySet(EnfantQuerySet):
    def poses(self):
        return self.filter(etat=Sceau.Etat.APPOSE).order_by("rang")

    def attendus(self):
        """In the order of the acts that they attest."""
        return self.filter(etat=Sceau.Etat.A_APPOSER).order_by("acte_le", "pk")


class SceauManager(models.Manager.from_queryset(SceauQuerySet)):
    def get_queryset(self):
        return super().get_queryset().defer("suite")


class Sceau(models.Model):
    """`acte_le`: when the party signed; `scelle_le`: when the portal sealed. `empreinte`, `taille`: of the whole file after this seal."""

    class Etat(models.TextChoices):
        A_APPOSER = "a_apposer", "À apposer"
        APPOSE = "appose", "Apposé"
        IMPOSSIBLE = "impossible", "Impossible"
        EFFACE = "efface", "Effacé"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    document = models.ForeignKey(Document, models.PROTECT, related_name="sceaux", verbose_name="document")
    partie = models.CharField("partie", max_length=8)
    nom = models.CharField("signataire", max_length=200)
    qualite = models.CharField("qualité", max_length=200, blank=True)
    organisation = models.CharField("organisation", max_length=200)
    mention = models.CharField("mention", max_length=200, blank=True)
    est_manuscrit = models.BooleanField("signé à la main", default=False, db_default=False)
    acte_le = models.DateTimeField("signé le")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.A_APPOSER)
    rang = models.PositiveSmallIntegerField("rang", null=True, blank=True)
    suite = models.BinaryField("octets ajoutés", null=True, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    taille = models.PositiveIntegerField("taille en octets", null=True, blank=True)
    scelle_le = models.DateTimeField("scellé le", null=True, blank=True)
    niveau = models.CharField("niveau", max_length=20, blank=True)
    certificat = models.CharField("certificat", max_length=300, blank=True)
    certificat_empreinte = models.CharField("empreinte du certificat", max_length=64, blank=True)
    erreur = models.CharField("erreur", max_length=300, blank=True)

    objects = SceauManager()

    class Meta:
        verbose_name = "cachet"
        verbose_name_plural = "cachets"
        ordering = ("document", "rang", "pk")
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=("acte_le",), name="sceau_a_apposer", condition=models.Q(etat="a_apposer")),
            models.Index(fields=("empreinte",), name="sceau_empreinte"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("document", "partie"), name="sceau_unique"),
            models.UniqueConstraint(fields=("document", "rang"), name="sceau_rang_unique"),
            models.CheckConstraint(
                condition=~models.Q(etat="appose")
                | models.Q(rang__isnull=False, suite__isnull=False, taille__gt=0, scelle_le__isnull=False)
                & ~models.Q(empreinte="")
                & ~models.Q(certificat_empreinte=""),
                name="sceau_complet",
            ),
        ]

    def __str__(self) -> str:
        return f"Cachet de {self.document}, {self.nom}"
