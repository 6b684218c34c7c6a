"""The yearly statement of the dotation (FIN-5, FIN-7): established once a year is closed, frozen with the facts it stands on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet

from .contrat import Contrat


class DotationAnnuelle(models.Model):
    """One version of the statement of a contract year. `faits` and `resultat` are covered by `empreinte`; the columns repeat them.

    Appended only, under a trigger: a headcount corrected later is a new version, with its reason; the last one counts.
    """

    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, related_name="dotations_annuelles", verbose_name="dossier"
    )
    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="+", verbose_name="contrat")
    annee = models.PositiveSmallIntegerField("année du contrat")
    version = models.PositiveSmallIntegerField("version", default=1)
    debut = models.DateField("du")
    fin = models.DateField("au")
    effectif_moyen = models.DecimalField("effectif moyen", max_digits=12, decimal_places=6)
    montant = models.DecimalField("montant dû", max_digits=12, decimal_places=2)
    avance = models.DecimalField("avance", max_digits=12, decimal_places=2)
    ecart = models.DecimalField("régularisation", max_digits=12, decimal_places=2)
    est_arbitre = models.BooleanField("arrêté par la caisse", default=False)
    faits = models.JSONField("faits retenus")
    resultat = models.JSONField("calcul")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    motif_version = models.TextField("ce qui change", blank=True)
    etablie_le = models.DateTimeField("établi le")
    etablie_par = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="établi par")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "décompte annuel de dotation"
        verbose_name_plural = "décomptes annuels de dotation"
        ordering = ("dossier", "annee", "version")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "annee", "version"),
                name="dotation_version_unique",
                violation_error_message="Le décompte de cette année est déjà établi.",
            ),
            models.CheckConstraint(
                condition=Q(annee__gte=1, version__gte=1, fin__gte=F("debut")), name="dotation_periode"
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0, montant__lte=100_000, avance__gte=0),
                name="dotation_montant",
                violation_error_message="La dotation d’une année est comprise entre 0 et 100 000 €.",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(motif_version=""),
                name="dotation_version_motivee",
                violation_error_message="Une nouvelle version dit ce qui change.",
            ),
        ]

    def __str__(self) -> str:
        return f"Décompte de l’année {self.annee}, version {self.version}"

    @property
    def motif_montant(self) -> str:
        """Why the caisse fixed this amount (FIN-8); '' where the rules did."""
        return str(self.faits["motif"])
