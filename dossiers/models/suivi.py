"""What follows a dossier: échéances, tâches, mission activities, messages."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet, LocataireQuerySet

from ..regles.au_droit import ENCORE_ATTENDUES
from .dossier import Dossier, lus_par_paires


class PorteQuerySet(LocataireQuerySet):
    def lus(self, organisation_id: int) -> Q:
        return lus_par_paires("dossier_id", organisation_id)


class Porte(models.Model):
    """Columns of a table that is listed across dossiers: who reads it, copied from the dossier and kept by `transferer`.

    The dossier's own columns carry the foreign keys; `verifier` compares the copies.
    """

    equipe = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name="équipe",
    )
    ars = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name="ARS",
    )
    caisse = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name="caisse",
    )
    lecteurs = ArrayField(models.IntegerField(), verbose_name="lecteurs", default=list, blank=True)

    objects = PorteQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def colonnes(dossier: Dossier) -> dict[str, object]:
        return {
            "equipe_id": dossier.equipe_id,
            "ars_id": dossier.ars_id,
            "caisse_id": dossier.caisse_id,
            "lecteurs": dossier.lecteurs,
        }


class ObjetDate(models.TextChoices):
    """What a date is about: what is instructed, or what a signed contract asks for."""

    LETTRE = "lettre", "Lettre d’intention"
    PROJET = "projet", "Projet de santé"
    DOTATION = "dotation", "Dotation annuelle"
    AVENANT = "avenant", "Demande d’avenant"


# A date gone by that may be late: the few that dashboards look for among all those that have passed.
ENCORE_ATTENDUE = Q(statut="echue", regle__in=ENCORE_ATTENDUES)


class Anniversaire(Func):
    """Whether a rule is the one that ends each contract year (DL-7). Written with its constant, as the condition of their index is."""

    template = "%(expressions)s = 'DL-7'"
    output_field = models.BooleanField()


EST_ANNIVERSAIRE = Q(Anniversaire(F("regle")))


class Echeance(Porte):
    """A date computed by the rules from the facts (§4); `instant` is 00:00 local of the day after the last one, exclusive."""

    class Statut(models.TextChoices):
        OUVERTE = "ouverte", "À venir"
        SUSPENDUE = "suspendue", "Suspendue"
        ARRETEE = "arretee", "Arrêtée"
        TENUE = "tenue", "Tenue"
        ECHUE = "echue", "Échue"
        ANNULEE = "annulee", "Sans objet"

    dossier = models.ForeignKey(
        Dossier,
        models.CASCADE,
        db_index=False,
        db_constraint=False,  # written in thousands for dossiers that are held; `verifier` looks for one without its dossier
        related_name="echeances",
        verbose_name="dossier",
    )
    regle = models.CharField("règle", max_length=8)
    objet = models.CharField("objet", max_length=8, choices=ObjetDate)
    rang = models.PositiveSmallIntegerField("rang", default=1)
    qui = models.CharField("qui doit agir", max_length=8)
    dernier_jour = models.DateField("dernier jour", null=True, blank=True)
    acquise_le = models.DateField("acquise le", null=True, blank=True)
    instant = models.DateTimeField("instant", null=True, blank=True)
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.OUVERTE)
    explication = models.JSONField("pourquoi cette date", default=list)
    suite = models.JSONField("ce que le silence entraîne", default=list)
    reglee_le = models.DateTimeField("réglée le", null=True, blank=True)
    # Written by the base when the day moves or the date becomes void, or comes back: what calendars compare (RFC 5545).
    sequence = models.PositiveSmallIntegerField("révision", default=0, db_default=0, editable=False)
    modifiee_le = models.DateTimeField("modifiée le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "échéance"
        ordering = ("instant", "pk")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "regle", "objet", "rang"), name="echeance_unique"),
            models.CheckConstraint(
                condition=~Q(statut="ouverte") | Q(instant__isnull=False, dernier_jour__isnull=False),
                name="echeance_datee",
            ),
        ]
        indexes = [
            models.Index(fields=("instant", "id"), condition=Q(statut="ouverte"), name="echeance_due"),
            # By rule too: a dashboard follows some of them, and the rows of the others are not read.
            models.Index(fields=("ars", "instant", "regle"), condition=Q(statut="ouverte"), name="echeance_ars"),
            models.Index(fields=("caisse", "instant", "regle"), condition=Q(statut="ouverte"), name="echeance_caisse"),
            models.Index(
                fields=("dossier",),
                condition=Q(regle__in=("CAL-6-V", "CAL-6-VA"), statut__in=("ouverte", "suspendue")),
                name="echeance_avenant",
            ),
            models.Index(fields=("dernier_jour",), condition=EST_ANNIVERSAIRE, name="echeance_anniversaire"),
            *(
                models.Index(fields=(organisation,), condition=ENCORE_ATTENDUE, name=f"echeance_passee_{organisation}")
                for organisation in ("ars", "caisse")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regle} {self.objet} {self.dernier_jour or self.statut}"


class Relance(models.Model):
    """A reminder sent: one per step, whatever is restarted (REL-1). `genre`: what it warns of beside the date itself."""

    class Genre(models.TextChoices):
        ECHEANCE = "echeance", "La date approche"
        DEROGATION = "derogation", "Une dérogation est pendante (DER-1)"
        TACHE = "tache", "Une tâche est à faire"

    echeance = models.ForeignKey(
        Echeance, models.CASCADE, null=True, blank=True, related_name="relances", verbose_name="échéance"
    )
    tache = models.ForeignKey(
        "Tache",
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,  # the first column of `relance_tache_unique`
        related_name="relances",
        verbose_name="tâche",
    )
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="relances", verbose_name="dossier")
    genre = models.CharField("genre", max_length=12, choices=Genre, default=Genre.ECHEANCE, db_default=Genre.ECHEANCE)
    palier = models.SmallIntegerField("jours avant")
    dernier_jour = models.DateField("pour le")
    creee_le = models.DateTimeField("créée le")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "relance"
        ordering = ("creee_le", "pk")
        constraints = [
            models.UniqueConstraint(fields=("echeance", "genre", "palier", "dernier_jour"), name="relance_unique"),
            models.UniqueConstraint(fields=("tache", "palier", "dernier_jour"), name="relance_tache_unique"),
            models.CheckConstraint(
                condition=Q(echeance__isnull=False, tache__isnull=True) | Q(echeance__isnull=True, tache__isnull=False),
                name="relance_d_une_chose",
            ),
        ]

    def __str__(self) -> str:
        return f"J-{self.palier}"


class Tache(Porte):
    """Something a person must do because time passed: statuer sur le retard, ouvrir une récupération, contrôler l’anniversaire."""

    class Type(models.TextChoices):
        STATUER_RETARD = "statuer_retard", "Statuer sur le projet en retard"
        OUVRIR_RECUPERATION = "ouvrir_recuperation", "Ouvrir la procédure de récupération"
        MISSION_INCOMPLETE = "mission_incomplete", "Constater la mission socle incomplète"
        CONTROLE_ANNUEL = "controle_annuel", "Contrôler l’année et verser la dotation"
        DECIDER_INCOMPLET = "decider_incomplet", "Décider ou classer\u00a0: pièces non reçues"
        AVIS_EN_RETARD = "avis_en_retard", "Avis de la caisse en retard"
        SEUIL_ROMPU = "seuil_rompu", "Examiner un seuil d’adhérents qui n’est plus atteint"
        SUITE_RECOURS = "suite_recours", "Tirer les conséquences d’un recours accepté"
        CHEVAUCHEMENT = "chevauchement", "Dire la suite donnée au chevauchement des financements"
        PRESENTATION_PLI = "presentation_pli", "Enregistrer la présentation du pli recommandé"
        OBSERVATIONS = "observations", "Présenter vos observations"
        DECIDER_RECUPERATION = "decider_recuperation", "Décider de la récupération"
        REMBOURSER = "rembourser", "Rembourser la somme demandée"
        DECIDER_RESILIATION = "decider_resiliation", "Décider de la résiliation"
        DEPOSER_RAPPORT = "deposer_rapport", "Déposer le rapport d’activité"
        CREDIT_UNIQUE = "credit_unique", "Examiner un crédit d’amorçage déjà reçu sur un autre dossier"

    dossier = models.ForeignKey(Dossier, models.CASCADE, db_index=False, related_name="taches", verbose_name="dossier")
    type = models.CharField("type", max_length=24, choices=Type)
    cle = models.CharField("clé", max_length=80)
    qui = models.CharField("qui doit agir", max_length=8)
    ouverte_le = models.DateTimeField("ouverte le")
    a_faire_au_plus_tard = models.DateField("à faire au plus tard le", null=True, blank=True)
    faite_le = models.DateTimeField("faite le", null=True, blank=True)
    faite_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="faite par"
    )
    commentaire = models.TextField("commentaire", blank=True)

    class Meta:
        verbose_name = "tâche"
        ordering = ("ouverte_le", "pk")
        constraints = [models.UniqueConstraint(fields=("dossier", "cle"), name="tache_unique")]
        indexes = [
            models.Index(fields=("ars",), condition=Q(faite_le__isnull=True), name="tache_ars"),
            models.Index(fields=("caisse",), condition=Q(faite_le__isnull=True), name="tache_caisse"),
            models.Index(fields=("equipe",), condition=Q(faite_le__isnull=True), name="tache_equipe"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} ({self.dossier_id})"


class ActiviteMission(models.Model):
    """A dated activity of the mission socle (MIS-1) or an option (MIS-2), with its evidence; counts once confirmed by an agent."""

    class Type(models.TextChoices):
        AVIS_PONCTUEL = "avis_ponctuel", "Avis spécialisé ponctuel"
        SECOND_RECOURS = "second_recours", "Structuration du second recours"
        CONSULTATIONS_AVANCEES = "consultations_avancees", "Consultations avancées"

    SOCLE = (Type.AVIS_PONCTUEL, Type.SECOND_RECOURS)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="activites", verbose_name="dossier")
    type = models.CharField("activité", max_length=24, choices=Type)
    description = models.TextField("description")
    date_deploiement = models.DateField("déployée le")
    preuve = models.ForeignKey("documents.Piece", models.PROTECT, related_name="+", verbose_name="preuve")
    declaree_le = models.DateTimeField("déclarée le")
    declaree_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="déclarée par"
    )
    confirmee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    confirmee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="confirmée par"
    )
    motif_ecart = models.TextField("écartée parce que", blank=True)
    ecartee_le = models.DateTimeField("écartée le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "activité de la mission"
        verbose_name_plural = "activités de la mission"
        ordering = ("date_deploiement", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmee_le__isnull=True) | Q(ecartee_le__isnull=True), name="activite_une_issue"
            ),
        ]

    def __str__(self) -> str:
        return self.get_type_display()


class MessageQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """The équipe does not see the private thread."""
        lignes = super().pour(acteur)
        return lignes.filter(fil="partage") if acteur is not None and acteur.est_porteur else lignes


class Message(models.Model):
    """A message on a dossier: on the shared thread, or on the private one of the ARS and the caisse."""

    class Fil(models.TextChoices):
        PARTAGE = "partage", "Avec l’équipe"
        PRIVE = "prive", "Entre l’ARS et la caisse"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="messages", verbose_name="dossier")
    fil = models.CharField("fil", max_length=8, choices=Fil, default=Fil.PARTAGE)
    auteur = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="auteur"
    )
    auteur_nom = models.CharField("nom de l’auteur", max_length=200)
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    texte = models.TextField("texte")
    ecrit_le = models.DateTimeField("écrit le")
    lu_par = ArrayField(models.IntegerField(), verbose_name="lu par les organisations", default=list, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ("ecrit_le", "pk")
        indexes = [models.Index(fields=("dossier", "ecrit_le"), name="message_dossier")]

    def __str__(self) -> str:
        return f"{self.auteur_nom}, {self.ecrit_le:%d/%m/%Y}"
