"""The personal link by which a professional signs annexe 3 without account."""

from __future__ import annotations

from django.db import models

from ess_portal.comptes.requetes import EnfantQuerySet

from .adhesion import Adhesion


class LienSignature(models.Model):
    """One use, thirty days. The base keeps the hash of the secret; the secret itself is derived from `sel` and the portal's key
    when the mail leaves, so that a mail sent twice carries the same link. `choix` is what was ticked before the code was asked.
    """

    dossier = models.ForeignKey("dossiers.Dossier", models.CASCADE, related_name="+", verbose_name="dossier")
    adhesion = models.ForeignKey(Adhesion, models.CASCADE, related_name="liens", verbose_name="adhésion")
    sel = models.CharField("sel", max_length=43)
    empreinte = models.CharField("empreinte du secret", max_length=64, unique=True)
    courriel = models.EmailField("envoyé à")
    cree_le = models.DateTimeField("créé le")
    expire_le = models.DateTimeField("expire le")
    choix = models.JSONField("engagements choisis", default=dict, blank=True)
    code_rang = models.PositiveSmallIntegerField("codes envoyés", default=0)
    code_expire_le = models.DateTimeField("code valable jusqu’à", null=True, blank=True)
    code_essais = models.PositiveSmallIntegerField("essais du code", default=0)
    utilise_le = models.DateTimeField("utilisé le", null=True, blank=True)
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de signature"
        verbose_name_plural = "liens de signature"
        ordering = ("-cree_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("adhesion",),
                condition=models.Q(utilise_le__isnull=True, annule_le__isnull=True),
                name="lien_signature_ouvert_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"Lien du {self.cree_le:%d/%m/%Y}"
