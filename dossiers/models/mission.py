"""How an équipe says that its mission works: contact point and target delays of MIS-1, objectives of MIS-3, by dated versions."""

from __future__ import annotations

from django.db import models

from ess_portal.comptes.requetes import EnfantQuerySet

from .dossier import Dossier


class FicheMission(models.Model):
    """One version, from a day on. A correction is another version of the same day: the last one written counts.

    `delais`: way → days; `objectifs`: code of MIS-3 → what is done.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="fiches_mission", verbose_name="dossier")
    valide_du = models.DateField("à partir du")
    contact_nom = models.CharField("point de contact", max_length=160)
    telephone = models.CharField("téléphone", max_length=30)
    courriel = models.EmailField("courriel")
    horaires = models.CharField("horaires", max_length=200)
    delais = models.JSONField("délais visés, en jours", default=dict)
    adaptation = models.TextField("adaptation à l’état du patient", blank=True)
    objectifs = models.JSONField("objectifs", default=dict, blank=True)
    saisie_le = models.DateTimeField("saisie le")
    saisie_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="saisie par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche de mission"
        verbose_name_plural = "fiches de mission"
        ordering = ("-valide_du", "-pk")

    def __str__(self) -> str:
        return f"Mission à partir du {self.valide_du:%d/%m/%Y}"
