"""The annual rapport d'activité: five national indicators, the qualitative ones, the account of use (§7, FIN-12)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet


class RapportQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """A draft is its équipe's alone; the agents read what was filed."""
        lignes = super().pour(acteur)
        return lignes if acteur is None or acteur.est_porteur else lignes.exclude(depose_le__isnull=True)


class Rapport(models.Model):
    """One per contract year. `annee` is the year's rank in the contract, from 1; `debut` and `fin` its first and last days."""

    class Statut(models.TextChoices):
        BROUILLON = "brouillon", "En préparation"
        DEPOSE = "depose", "Déposé"
        A_CORRIGER = "a_corriger", "À corriger"
        VALIDE = "valide", "Validé"

    MODIFIABLES = (Statut.BROUILLON, Statut.A_CORRIGER)
    INDICATEURS = ("i1", "i1b", "i2", "i3", "i4", "i5")

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="rapports", verbose_name="dossier")
    annee = models.PositiveSmallIntegerField("année du contrat")
    debut = models.DateField("du")
    fin = models.DateField("au")
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.BROUILLON)
    i1 = models.PositiveIntegerField("soignants adressant des patients", null=True, blank=True)
    i1b = models.PositiveIntegerField("dont médecins traitants", null=True, blank=True)
    i2 = models.PositiveIntegerField("patients pris en charge", null=True, blank=True)
    i3 = models.PositiveIntegerField("téléexpertises réalisées", null=True, blank=True)
    i4 = models.PositiveIntegerField("médecins en consultations avancées", null=True, blank=True)
    i5 = models.PositiveIntegerField("consultations avancées réalisées", null=True, blank=True)
    commentaires = models.TextField("commentaires", blank=True)
    objectifs = models.JSONField(
        "objectifs (MIS-3)", default=dict, blank=True, help_text="Code de l’objectif → ce qui a été fait dans l’année."
    )
    qualitatifs = models.JSONField("indicateurs qualitatifs", default=list, blank=True)
    emploi_des_fonds = models.TextField("emploi des fonds", blank=True)
    montant_depense = models.DecimalField("montant dépensé", max_digits=12, decimal_places=2, null=True, blank=True)
    montant_recu = models.DecimalField("montant reçu", max_digits=12, decimal_places=2, null=True, blank=True)
    montant_reporte = models.DecimalField("montant reporté", max_digits=12, decimal_places=2, null=True, blank=True)
    solde = models.DecimalField("somme non employée", max_digits=12, decimal_places=2, null=True, blank=True)
    explications = models.JSONField(
        "explications", default=dict, blank=True, help_text="Champ dont la valeur surprend → ce que l’équipe en dit."
    )
    delais = models.JSONField(
        "délais (I6)", default=dict, blank=True, help_text="Délai → médiane, neuvième décile et nombre, à la remise."
    )
    outil_piece = models.ForeignKey(
        "documents.Piece", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="preuve de l’outil"
    )
    outil_informatique = models.TextField("outil informatique", blank=True)
    outil_le = models.DateField("outil en service le", null=True, blank=True)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="validé par"
    )
    correction_demandee = models.TextField("correction demandée", blank=True)
    version = models.PositiveIntegerField("version", default=0, help_text="Une de plus à chaque enregistrement.")
    enregistre_le = models.DateTimeField("enregistré le")
    enregistre_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="enregistré par"
    )

    objects = RapportQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport d’activité"
        verbose_name_plural = "rapports d’activité"
        ordering = ("dossier", "annee")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "annee"),
                name="rapport_unique",
                violation_error_message="Le rapport de cette année existe déjà.",
            ),
            models.CheckConstraint(condition=Q(annee__gte=1, fin__gte=F("debut")), name="rapport_periode"),
            models.CheckConstraint(
                condition=Q(i1__isnull=True) | Q(i1b__isnull=True) | Q(i1b__lte=F("i1")),
                name="rapport_i1b",
                violation_error_message="Les médecins traitants font partie des soignants adressants.",
            ),
            models.CheckConstraint(
                condition=Q(i5__isnull=True) | Q(i4__isnull=True) | Q(i5=0) | Q(i4__gt=0),
                name="rapport_i5",
                violation_error_message="Des consultations avancées supposent au moins un médecin qui en propose.",
            ),
            models.CheckConstraint(
                condition=Q(statut="brouillon")
                | Q(
                    i1__isnull=False,
                    i1b__isnull=False,
                    i2__isnull=False,
                    i3__isnull=False,
                    i4__isnull=False,
                    i5__isnull=False,
                    depose_le__isnull=False,
                ),
                name="rapport_depose_complet",
                violation_error_message="Un rapport déposé est complet.",
            ),
            models.CheckConstraint(
                condition=~Q(statut="valide") | Q(valide_le__isnull=False), name="rapport_valide_date"
            ),
            models.CheckConstraint(
                condition=~Q(statut="a_corriger") | ~Q(correction_demandee=""),
                name="rapport_correction_motivee",
                violation_error_message="Une demande de correction dit ce qui est à corriger.",
            ),
            models.CheckConstraint(
                condition=Q(montant_depense__isnull=True) | Q(montant_depense__gte=0),
                name="rapport_depense_positive",
                violation_error_message="Le montant dépensé n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Rapport de l’année {self.annee}"

    @property
    def est_modifiable(self) -> bool:
        return self.statut in self.MODIFIABLES


class PieceRapport(models.Model):
    """A file that the report carries while it is written. Taken away, the row goes; the versions filed with it keep what they had."""

    rapport = models.ForeignKey(Rapport, models.PROTECT, related_name="jointes", verbose_name="rapport")
    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    piece = models.OneToOneField("documents.Piece", models.PROTECT, related_name="+", verbose_name="pièce")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce d’un rapport"
        verbose_name_plural = "pièces des rapports"
        ordering = ("rapport", "pk")

    def __str__(self) -> str:
        return str(self.piece)
