"""An adhésion: one professional in one ESS, from the day of the signature to the exit day included (ADH-1)."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.socle.erreurs import Introuvable

from .professionnel import Mode, Professionnel


class AdhesionQuerySet(EnfantQuerySet):
    def comptees(self):
        """The signed ones, left or not: an invitation never counts."""
        return self.filter(signee_le__isnull=False)

    def actives(self, debut: date, fin: date):
        """Those that run on at least one day of a period, entry and exit days included (ADH-1)."""
        return self.comptees().filter(Q(sortie_le__isnull=True) | Q(sortie_le__gte=debut), signee_le__lte=fin)

    def verrouillee(self, dossier, adhesion: int | str) -> Adhesion:
        """The adhésion of this dossier (locked before it), its row locked too. Raises Introuvable."""
        ligne = self.select_for_update(of=("self",)).filter(dossier=dossier, pk=adhesion).first()
        if ligne is None:
            raise Introuvable
        ligne.dossier = dossier
        return ligne


def _egal(champ: str) -> Func:
    """A range of one value: equality in an exclusion constraint, without the btree_gist extension."""
    return Func(F(champ), F(champ), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Adhesion(models.Model):
    """`signee_le` and `sortie_le` are legal days; what was signed (identity, specialty, mode, places) is kept here as it was."""

    class Etat(models.TextChoices):
        INVITEE = "invitee", "Invitation envoyée"
        SIGNEE = "signee", "Adhérent"
        SORTIE = "sortie", "Sorti"
        ANNULEE = "annulee", "Sans suite"

    class Moyen(models.TextChoices):
        LIEN = "lien", "En ligne, par lien personnel"
        FORMULAIRE = "formulaire", "Formulaire signé déposé"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="adhesions", verbose_name="dossier")
    professionnel = models.ForeignKey(
        Professionnel, models.PROTECT, related_name="adhesions", verbose_name="professionnel"
    )
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.INVITEE)
    titre = models.CharField("titre", max_length=20, blank=True, default="Dr")
    nom = models.CharField("nom", max_length=120)
    prenom = models.CharField("prénom", max_length=120, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    specialite = models.ForeignKey(
        "referentiel.Specialite", models.PROTECT, related_name="+", verbose_name="spécialité"
    )
    mode = models.CharField("mode d’exercice", max_length=12, choices=Mode)
    departements = ArrayField(
        models.CharField(max_length=3), verbose_name="départements d’exercice", default=list, blank=True
    )
    lieux = models.TextField("lieux d’exercice", blank=True)
    a_avis_ponctuel = models.BooleanField("s’engage à donner des avis ponctuels", default=False)
    a_second_recours = models.BooleanField("s’engage à organiser le second recours", default=False)
    a_consultations_avancees = models.BooleanField("propose des consultations avancées", default=False)
    signee_le = models.DateField("signée le", null=True, blank=True)
    signature_le = models.DateTimeField("instant de la signature en ligne", null=True, blank=True)
    moyen = models.CharField("moyen de signature", max_length=12, choices=Moyen, blank=True)
    formulaire = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="formulaire signé"
    )
    sortie_le = models.DateField("dernier jour d’adhésion", null=True, blank=True)
    motif_sortie = models.CharField("motif de la sortie", max_length=300, blank=True)
    signature_annoncee_le = models.DateField(
        "signature annoncée le",
        null=True,
        blank=True,
        help_text="Dite par une liste, sans formulaire\u00a0: elle ne compte pas.",
    )
    invitee_le = models.DateTimeField("dernière invitation le", null=True, blank=True)
    saisie_le = models.DateTimeField("saisie le")
    saisie_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="saisie par"
    )

    objects = AdhesionQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion"
        ordering = ("nom", "prenom", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "professionnel"),
                condition=Q(etat__in=("invitee", "signee")),
                name="adhesion_en_cours_unique",
                violation_error_message="Ce professionnel a déjà une adhésion en cours dans cette équipe.",
            ),
            ExclusionConstraint(
                name="adhesion_sans_chevauchement",
                expressions=[
                    (_egal("dossier_id"), RangeOperators.OVERLAPS),
                    (_egal("professionnel_id"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("signee_le"),
                            F("sortie_le"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(signee_le__isnull=False),
                violation_error_message="Ce professionnel était déjà adhérent de cette équipe à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=("invitee", "annulee"), signee_le__isnull=True, sortie_le__isnull=True)
                | Q(etat="signee", signee_le__isnull=False, sortie_le__isnull=True)
                | Q(etat="sortie", signee_le__isnull=False, sortie_le__isnull=False),
                name="adhesion_etat_dates",
                violation_error_message="Les dates ne correspondent pas à l’état de l’adhésion.",
            ),
            models.CheckConstraint(
                condition=Q(sortie_le__isnull=True) | Q(sortie_le__gte=F("signee_le")),
                name="adhesion_ordre_dates",
                violation_error_message="La sortie ne précède pas la signature.",
            ),
            models.CheckConstraint(
                condition=Q(signee_le__isnull=True)
                | Q(moyen="lien", signature_le__isnull=False)
                | Q(moyen="formulaire", formulaire__isnull=False),
                name="adhesion_signature_prouvee",
                violation_error_message="Une adhésion signée garde la preuve de sa signature.",
            ),
            models.CheckConstraint(
                condition=Q(signee_le__isnull=True) | Q(a_avis_ponctuel=True, a_second_recours=True),
                name="adhesion_engagements",
                violation_error_message="Un adhérent s’engage dans les deux missions.",
            ),
            models.CheckConstraint(
                condition=Q(sortie_le__isnull=True) | ~Q(motif_sortie=""),
                name="adhesion_sortie_motivee",
                violation_error_message="Une sortie a un motif.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        return " ".join(mot for mot in (self.titre, self.prenom, self.nom) if mot)
