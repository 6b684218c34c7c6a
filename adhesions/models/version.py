"""What was true on a day, as it was known at an instant: adhésions in two times, append-only."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value

from ess_portal.comptes.requetes import EnfantQuerySet

from ..regles.histoire import Exercice, Tranche
from .adhesion import Adhesion
from .professionnel import Mode


class ActeAdhesion(models.Model):
    """One recorded act on one adhésion: who, when the portal learnt it, why, and the event that says it in the journal.

    `champs` names what changed, never its content: the values that count stand in the versions, the others are the person's.
    """

    class Type(models.TextChoices):
        REPRISE = "reprise", "Reprise de l’existant"
        SIGNATURE = "signature", "Signature"
        SORTIE = "sortie", "Sortie"
        CHANGEMENT = "changement", "Changement d’exercice"
        CORRECTION = "correction", "Correction"
        RETRAIT = "retrait", "Retrait d’une adhésion enregistrée par erreur"
        EFFACEMENT = "effacement", "Effacement des données personnelles"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    adhesion = models.ForeignKey(Adhesion, models.PROTECT, related_name="actes", verbose_name="adhésion")
    type = models.CharField("acte", max_length=12, choices=Type)
    enregistre_le = models.DateTimeField("enregistré le")
    auteur = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, related_name="+", verbose_name="auteur"
    )
    auteur_nom = models.CharField("nom de l’auteur", max_length=200)
    motif = models.CharField("motif", max_length=300, blank=True)
    champs = ArrayField(models.CharField(max_length=30), verbose_name="informations changées", default=list, blank=True)
    evenement = models.ForeignKey(
        "journal.Evenement", models.PROTECT, null=True, related_name="+", verbose_name="événement"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "acte sur une adhésion"
        verbose_name_plural = "actes sur les adhésions"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_type_display()


class VersionAdhesionQuerySet(EnfantQuerySet):
    def connues(self, instant: datetime | None = None):
        """What the portal held true at an instant; what it holds true now, without one."""
        if instant is None:
            return self.filter(connu_jusqua__isnull=True)
        return self.filter(Q(connu_jusqua__isnull=True) | Q(connu_jusqua__gt=instant), connu_du__lte=instant)


def _intervalle(debut: str, fin: str, bornes: str, fonction: str, champ: models.Field) -> Func:
    return Func(F(debut), F(fin), Value(bornes), function=fonction, output_field=champ)


class VersionAdhesion(models.Model):
    """A slice of an adhésion (`valide_du`…`valide_au`, both included) as it was known (`connu_du` to `connu_jusqua`, excluded).

    Rows are only added, and closed once by the act that replaced them: a trigger holds it, and that the open rows of an adhésion
    say what its own row says. The headcounts read this table alone.
    """

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    adhesion = models.ForeignKey(Adhesion, models.PROTECT, related_name="versions", verbose_name="adhésion")
    valide_du = models.DateField("vrai du")
    valide_au = models.DateField("vrai jusqu’au", null=True, blank=True)
    specialite = models.ForeignKey(
        "referentiel.Specialite", models.PROTECT, related_name="+", verbose_name="spécialité"
    )
    mode = models.CharField("mode d’exercice", max_length=12, choices=Mode)
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements d’exercice", default=list)
    connu_du = models.DateTimeField("su depuis le")
    connu_jusqua = models.DateTimeField("su jusqu’au", null=True, blank=True)
    acte = models.ForeignKey(ActeAdhesion, models.PROTECT, related_name="versions", verbose_name="acte")
    close_par = models.ForeignKey(
        ActeAdhesion, models.PROTECT, null=True, blank=True, related_name="versions_closes", verbose_name="close par"
    )

    objects = VersionAdhesionQuerySet.as_manager()

    class Meta:
        verbose_name = "version d’une adhésion"
        verbose_name_plural = "versions des adhésions"
        ordering = ("adhesion", "valide_du", "pk")
        indexes = [models.Index(fields=("dossier",), name="version_courante", condition=Q(connu_jusqua__isnull=True))]
        constraints = [
            ExclusionConstraint(
                name="version_sans_chevauchement",
                expressions=[
                    (
                        _intervalle("adhesion_id", "adhesion_id", "[]", "int8range", BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        _intervalle("valide_du", "valide_au", "[]", "daterange", DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        _intervalle("connu_du", "connu_jusqua", "[)", "tstzrange", DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valide_au__isnull=True) | Q(valide_au__gte=F("valide_du")), name="version_ordre_jours"
            ),
            models.CheckConstraint(
                condition=Q(connu_jusqua__isnull=True, close_par__isnull=True)
                | Q(connu_jusqua__gte=F("connu_du"), close_par__isnull=False),
                name="version_close_par_un_acte",
            ),
        ]

    def __str__(self) -> str:
        return f"du {self.valide_du:%d/%m/%Y}"

    @property
    def tranche(self) -> Tranche:
        exercice = Exercice(self.specialite_id, self.mode, tuple(self.departements))
        return Tranche(self.valide_du, self.valide_au, exercice)
