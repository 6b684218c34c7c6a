"""What the ARS and the caisse do with a dossier: receipts, requests for items, avis, judgements, decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet

from .dossier import Dossier


class Objet(models.TextChoices):
    LETTRE = "lettre", "Lettre d’intention"
    PROJET = "projet", "Projet de santé"
    DOTATION = "dotation", "Dotation annuelle"


class Depot(models.Model):
    """A filing as a fact: what, when, by which way. `recu_le` is the receipt by the competent ARS, `date_depot` the applicant's day."""

    class Canal(models.TextChoices):
        PORTAIL = "portail", "Sur le portail"
        PAPIER = "papier", "Par courrier"
        DEMARCHES_SIMPLIFIEES = "demarches_simplifiees", "Démarches Simplifiées"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="depots", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    version = models.PositiveSmallIntegerField("version", default=1)
    canal = models.CharField("canal", max_length=24, choices=Canal, default=Canal.PORTAIL)
    reference = models.CharField("référence externe", max_length=80, blank=True)
    recu_le = models.DateTimeField("reçu le")
    date_depot = models.DateField("jour du dépôt")
    date_reception = models.DateField("jour de réception par l’ARS compétente")
    contenu = models.JSONField("contenu déposé", default=dict)
    # Misdirected (CAL-10): who received it first, and when; the competent ARS's own receipt stands above.
    premiere_ars = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="reçu d’abord par",
    )
    date_premiere_reception = models.DateField("première réception", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "dépôt"
        ordering = ("dossier", "objet", "version")
        constraints = [
            # With its date, which the delays of a whole region read.
            models.UniqueConstraint(
                fields=("dossier", "objet", "version"), include=("date_reception",), name="depot_unique"
            ),
            models.CheckConstraint(
                condition=Q(date_reception__gte=F("date_depot")),
                name="depot_dates",
                violation_error_message="La réception ne précède pas le dépôt.",
            ),
            models.CheckConstraint(
                condition=Q(date_premiere_reception__isnull=True, premiere_ars__isnull=True)
                | Q(
                    date_premiere_reception__gte=F("date_depot"),
                    date_reception__gte=F("date_premiere_reception"),
                    premiere_ars__isnull=False,
                ),
                name="depot_transmis_dates",
                violation_error_message="La transmission ne précède pas la première réception.",
            ),
            # A platform's number is the same for the whole country: the letter it names is entered once.
            models.UniqueConstraint(
                fields=("reference", "objet"),
                condition=Q(canal="demarches_simplifiees", version=1),
                name="depot_demarche_unique",
                violation_error_message="Ce numéro de Démarches Simplifiées est déjà enregistré.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_objet_display()}, {self.date_depot:%d/%m/%Y}"


class DemandePieces(models.Model):
    """A request for items (CAL-6, DL-10). `items`: list of {libelle, indispensable, recue_le}."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="demandes", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    version = models.PositiveSmallIntegerField("version", default=1)
    items = models.JSONField("pièces demandées", default=list)
    est_indispensable = models.BooleanField("indispensable")
    texte = models.TextField("message", blank=True)
    demandee_le = models.DateField("demandée le")
    date_limite = models.DateField("à fournir jusqu’au")
    recue_le = models.DateField("dernière pièce reçue le", null=True, blank=True)
    levee_le = models.DateField("levée le", null=True, blank=True)
    demandee_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="demandée par"
    )

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de pièces"
        verbose_name_plural = "demandes de pièces"
        ordering = ("dossier", "demandee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier",),
                condition=Q(est_indispensable=True, recue_le__isnull=True, levee_le__isnull=True),
                name="demande_ouverte_unique",
                violation_error_message="Une demande de pièces est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(date_limite__gte=F("demandee_le")),
                name="demande_dates",
                violation_error_message="Le délai suit la demande.",
            ),
        ]

    def __str__(self) -> str:
        return f"Demande du {self.demandee_le:%d/%m/%Y}"

    @property
    def est_ouverte(self) -> bool:
        return self.recue_le is None and self.levee_le is None


class Avis(models.Model):
    """The caisse's avis (AVI-1): asked for at filing, due, locked once given."""

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVES = "reserves", "Réserves"
        DEFAVORABLE = "defavorable", "Défavorable"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="avis", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    version = models.PositiveSmallIntegerField("version", default=1)
    caisse = models.ForeignKey("comptes.Organisation", models.PROTECT, related_name="+", verbose_name="caisse")
    demande_le = models.DateField("demandé le")
    date_limite = models.DateField("attendu au plus tard le")
    sens = models.CharField("sens", max_length=12, choices=Sens, blank=True)
    criteres = models.JSONField("critères", default=dict, blank=True)
    texte = models.TextField("motivation", blank=True)
    est_opposition = models.BooleanField("acte défavorable motivé", default=False)
    rendu_le = models.DateTimeField("rendu le", null=True, blank=True)
    rendu_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="rendu par"
    )
    non_rendu_le = models.DateField("constaté non rendu le", null=True, blank=True)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("dossier", "objet", "version")
        constraints = [models.UniqueConstraint(fields=("dossier", "objet", "version"), name="avis_unique")]

    def __str__(self) -> str:
        return f"Avis sur {self.get_objet_display()}"


class JugementQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """The grid is the agents' working paper: the équipe reads its result in the decision."""
        return self.none() if acteur is not None and acteur.est_porteur else super().pour(acteur)


class Jugement(models.Model):
    """The instructor's judgement on one criterion (CRI-1a to CRI-7), with its reason; the last one counts, the journal keeps them all.

    `lignes`, for CRI-7: line → {avis, motif}.
    """

    class Avis(models.TextChoices):
        CONFORME = "conforme", "Conforme"
        RESERVE = "reserve", "Réserve"
        NON_CONFORME = "non_conforme", "Non conforme"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="jugements", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    critere = models.CharField("critère", max_length=8)
    avis = models.CharField("jugement", max_length=16, choices=Avis)
    motif = models.TextField("motif", blank=True)
    lignes = models.JSONField("lignes de la grille (CRI-7)", default=dict, db_default={}, blank=True)
    juge_le = models.DateTimeField("jugé le")
    juge_par = models.ForeignKey(
        "comptes.Utilisateur", models.SET_NULL, null=True, related_name="+", verbose_name="jugé par"
    )

    objects = JugementQuerySet.as_manager()

    class Meta:
        verbose_name = "jugement"
        ordering = ("dossier", "objet", "critere")
        constraints = [
            models.UniqueConstraint(fields=("dossier", "objet", "critere"), name="jugement_unique"),
            models.CheckConstraint(
                condition=Q(avis="conforme") | ~Q(motif=""),
                name="jugement_motive",
                violation_error_message="Une réserve ou une non-conformité se motive.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.critere}\u00a0: {self.avis}"


class PieceJugement(models.Model):
    """A pièce that a judgement relies on: the étude d'opportunité, a convention."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+", verbose_name="dossier")
    jugement = models.ForeignKey(Jugement, models.CASCADE, related_name="pieces", verbose_name="jugement")
    piece = models.ForeignKey("documents.Piece", models.PROTECT, related_name="+", verbose_name="pièce")

    objects = JugementQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce d’un jugement"
        verbose_name_plural = "pièces d’un jugement"
        constraints = [models.UniqueConstraint(fields=("jugement", "piece"), name="piece_jugement_unique")]

    def __str__(self) -> str:
        return f"{self.jugement_id}\u00a0: {self.piece_id}"


class DecisionQuerySet(EnfantQuerySet):
    def sans_grille(self):
        """Tacit decisions that the scan wrote and whose grid is still to be frozen: the index of the same condition holds them alone."""
        return self.filter(mode=Decision.Mode.TACITE, grille=[])


class Decision(models.Model):
    """A decision on the letter or the projet, express or tacit. At most one in force per object and version."""

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        DEFAVORABLE = "defavorable", "Défavorable"

    class Mode(models.TextChoices):
        EXPRESSE = "expresse", "Expresse"
        TACITE = "tacite", "Tacite"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="decisions", verbose_name="dossier")
    objet = models.CharField("objet", max_length=8, choices=Objet)
    version = models.PositiveSmallIntegerField("version", default=1)
    sens = models.CharField("sens", max_length=12, choices=Sens)
    mode = models.CharField("mode", max_length=8, choices=Mode)
    date_signature = models.DateField("signée le", null=True, blank=True)
    date_notification = models.DateField("notifiée le", null=True, blank=True)
    date_acquise = models.DateField("acquise le")
    dernier_jour = models.DateField("dernier jour du délai", null=True, blank=True)
    prise_le = models.DateTimeField("instant légal")
    enregistree_le = models.DateTimeField("enregistrée le")
    motifs = models.JSONField("motifs", default=list, blank=True)
    explication = models.JSONField("explication des délais", default=list, blank=True)
    grille = models.JSONField("grille des critères", default=list, blank=True)
    avertissements = models.JSONField("avertissements acceptés", default=list, blank=True)
    decidee_par = models.ForeignKey(
        "comptes.Utilisateur",
        models.SET_NULL,
        null=True,
        db_index=False,  # asked when a person is deleted, never otherwise
        related_name="+",
        verbose_name="décidée par",
    )
    retiree_le = models.DateField("retirée le", null=True, blank=True)
    motif_retrait = models.TextField("motif du retrait", blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ("dossier", "prise_le", "pk")
        indexes = [models.Index(fields=("id",), condition=Q(mode="tacite", grille=[]), name="decision_sans_grille")]
        constraints = [
            # With its mode, by which a region's dashboard counts what silence decided.
            models.UniqueConstraint(
                fields=("dossier", "objet", "version"),
                condition=Q(retiree_le__isnull=True),
                include=("mode",),
                name="decision_unique",
                violation_error_message="Une décision est déjà prise.",
            ),
            models.CheckConstraint(
                condition=Q(sens="favorable") | Q(mode="expresse"), name="decision_tacite_favorable"
            ),
            models.CheckConstraint(
                condition=Q(sens="favorable") | ~Q(motifs=[]),
                name="decision_motivee",
                violation_error_message="Une décision défavorable se motive.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_objet_display()}\u00a0: {self.get_sens_display()} ({self.get_mode_display()})"

    @property
    def cle_document(self) -> str:
        return f"decision:{self.pk}"
