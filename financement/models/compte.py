"""The bank account of the association: typed by one person, confirmed by another (FIN-11)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet


class CompteQuerySet(EnfantQuerySet):
    def courants(self):
        return self.filter(remplace_le__isnull=True)


class CompteBancaire(models.Model):
    """One current account per dossier; a new one replaces it and freezes payments until it is confirmed."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="comptes", verbose_name="dossier")
    iban = models.CharField("IBAN", max_length=34)
    titulaire = models.CharField("titulaire", max_length=200)
    # Of the structure porteuse that holds it while the association does not exist (FIN-2); empty when the association does.
    siren_porteuse = models.CharField(
        "SIREN de la structure porteuse", max_length=9, blank=True, default="", db_default=""
    )
    piece = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="RIB"
    )
    saisi_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="saisi par")
    saisi_le = models.DateTimeField("saisi le")
    confirme_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="confirmé par"
    )
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)
    verification = models.CharField("vérification faite", max_length=200, blank=True)
    # Mail addresses of the day: who is told when another account replaces this one.
    contacts = models.JSONField("adresses à prévenir d’un changement", default=list, blank=True)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = CompteQuerySet.as_manager()

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"
        ordering = ("dossier", "saisi_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier",), condition=Q(remplace_le__isnull=True), name="compte_courant_unique"
            ),
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True) | ~Q(confirme_par=F("saisi_par")),
                name="compte_deux_personnes",
                violation_error_message="L’IBAN est confirmé par une autre personne que celle qui l’a saisi.",
            ),
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True, confirme_le__isnull=True)
                | Q(confirme_par__isnull=False, confirme_le__isnull=False),
                name="compte_confirmation",
            ),
        ]

    def __str__(self) -> str:
        return self.iban_masque

    @property
    def structure_porteuse(self) -> str:
        """Who holds it in the association's place, with its number; "" when the association does."""
        return f"{self.titulaire} · SIREN {self.siren_porteuse}" if self.siren_porteuse else ""

    @property
    def est_confirme(self) -> bool:
        return self.confirme_le is not None

    @property
    def iban_masque(self) -> str:
        """Country and key, then the last five: enough to recognise it, not to use it."""
        fin = self.iban[-5:]
        return f"{self.iban[:4]} •••• •••• •••• •••• {fin[:2]} {fin[2:]}"

    @property
    def iban_lisible(self) -> str:
        """In groups of four: only for the caisse that pays it."""
        return " ".join(self.iban[i : i + 4] for i in range(0, len(self.iban), 4))
