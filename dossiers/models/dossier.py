"""The dossier: one ESS project from its letter to its dotation, owned by its équipe for ever."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django_fsm import FSMField, transition

from ess_portal.comptes.requetes import EnfantQuerySet, LocataireQuerySet
from ess_portal.socle.erreurs import Introuvable

from ..regles.cycle import BASCULES, TRANSITIONS, Statut
from ..regles.statuts import LIBELLES, TRAITES


def _sans_effet(self) -> None:
    """The state only: what an act does stands in its service."""


def _methode(nom: str):
    methode = type(_sans_effet)(_sans_effet.__code__, _sans_effet.__globals__, nom)
    for chemin in TRANSITIONS[nom].chemins:
        if chemin.cible is not None:
            methode = transition(field="statut", source=[s.value for s in chemin.sources], target=chemin.cible.value)(
                methode
            )
    return methode


# One method per outcome that changes the state, made from the table; `statuer_retard` has two, applied by `_bascule_<cible>`.
CycleMixin = type(
    "CycleMixin",
    (),
    {
        nom: _methode(nom)
        for nom, t in TRANSITIONS.items()
        if any(c.cible for c in t.chemins) and nom != "statuer_retard"
    },
)


class Parmi(Func):
    """« x = ANY (ARRAY(…)) »: read once, then an index look-up, where « x IN (…) » beside an OR would read the whole table."""

    template, arg_joiner = "%(expressions)s)", " = ANY ("
    output_field = models.BooleanField()


class AvecLecteurs(Func):
    """Whether others read the row. Written with its constant: an index of those rows is chosen by the words of its condition."""

    template = "%(expressions)s <> '{}'::integer[]"
    output_field = models.BooleanField()


def lus_par_paires(cle: str, organisation_id: int) -> Q:
    """The rows of others that an organisation reads, `cle` being their dossier's key. By pairs: a test on the array of readers has no
    index, and is not leakproof: it would come after row-level security, on every row.
    """
    lus = Lecteur.objects.filter(organisation_id=organisation_id).values("dossier_id")
    return Q(Parmi(F(cle), ArraySubquery(lus)))


# What the index of the rows that others read holds of each: short columns only, an entry is 2.7 KB at most.
LUES = (
    *(
        "numero",
        "nom",
        "fuseau",
        "statut",
        "est_tardif",
        "est_a_regulariser",
        "suivi_par",
        "bascule_le",
        "prochaine_le",
    ),
    *("depose_le", "statut_depuis", "regime", "ars", "caisse", "equipe", "lecteurs", "departements"),
)


class DossierQuerySet(LocataireQuerySet):
    def lus(self, organisation_id: int) -> Q:
        return lus_par_paires("pk", organisation_id)

    def verrouille(self, numero: str) -> Dossier:
        """The dossier of this number, its row locked until the end of the transaction. Raises Introuvable."""
        dossier = self.select_for_update(of=("self",)).filter(numero=numero).first()
        if dossier is None:
            raise Introuvable
        return dossier

    def au(self, maintenant: datetime):
        """Adds `statut_effectif`: the state as the law has it at this instant, whatever the scan has written (CAL-9); `lu_le`: the instant."""
        due = [
            When(statut=de.value, bascule_le__lte=maintenant, then=Value(vers.value)) for de, vers in BASCULES.items()
        ]
        return self.annotate(
            statut_effectif=Case(*due, default=F("statut"), output_field=models.CharField()),
            lu_le=Value(maintenant, output_field=models.DateTimeField()),
        )


class Dossier(CycleMixin, models.Model):
    class Regime(models.TextChoices):
        STANDARD = "standard", "Nouvelle ESS"
        EXISTANTE_CONFORME = "existante_conforme", "ESS existante conforme"
        MISE_EN_CONFORMITE = "mise_en_conformite", "Mise en conformité"
        EN_PROJET_CREDIT_ARS = "en_projet_credit_ars", "En projet, avec un crédit de l’ARS"
        HORS_CHAMP = "hors_champ", "Hors du champ conventionnel"

    class Origine(models.TextChoices):
        PORTAIL = "portail", "Déposé sur le portail"
        REPRISE = "reprise", "Instruit hors du portail"

    numero = models.CharField("numéro", max_length=16)
    nom = models.CharField("nom de l’équipe", max_length=200)
    # Each index of this table is written again whenever a date falls due: none but those that something reads.
    equipe = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, db_index=False, related_name="dossiers", verbose_name="équipe"
    )
    ars = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="ARS compétente",
    )
    caisse = models.ForeignKey(
        "comptes.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="caisse de rattachement",
    )
    lecteurs = ArrayField(models.IntegerField(), verbose_name="lecteurs", default=list, blank=True)
    statut = FSMField(
        "statut",
        max_length=24,
        default=Statut.BROUILLON.value,
        protected=True,
        choices=[(s.value, LIBELLES[s]) for s in Statut],
    )
    statut_depuis = models.DateTimeField("dans ce statut depuis")
    prochaine_le = models.DateTimeField("prochaine échéance", null=True, blank=True)
    bascule_le = models.DateTimeField("bascule d’elle-même le", null=True, blank=True)
    regime = models.CharField("régime", max_length=24, choices=Regime, default=Regime.STANDARD)
    origine = models.CharField("origine", max_length=8, choices=Origine, default=Origine.PORTAIL)
    specialites = ArrayField(models.CharField(max_length=5), verbose_name="spécialités", default=list, blank=True)
    groupes = ArrayField(
        models.CharField(max_length=48), verbose_name="groupes de spécialités", default=list, blank=True
    )
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements", default=list, blank=True)
    siege_departement = models.CharField("département du siège", max_length=3)
    siege_commune = models.CharField("commune du siège", max_length=120, blank=True)
    caisse_choisie = models.CharField("caisse choisie", max_length=80, blank=True)
    region = models.CharField("région", max_length=3)
    fuseau = models.CharField("fuseau de l’ARS d’origine", max_length=40)
    jeu_national = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="jeu national",
    )
    jeu_regional = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="jeu régional",
    )
    suivi_par = models.ForeignKey(
        "comptes.Utilisateur",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="suivi par",
    )
    remplace = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name="fait suite à"
    )
    est_a_regulariser = models.BooleanField("à régulariser", default=False)
    opposition_caisse_le = models.DateField("opposition de la caisse le", null=True, blank=True)
    est_pluri = models.BooleanField("plusieurs spécialités", default=False)
    est_tardif = models.BooleanField("projet en retard", default=False)
    delai_accorde_le = models.DateField("délai accordé pour le projet, jusqu’au", null=True, blank=True)
    recherche = models.TextField("texte cherché", blank=True, editable=False)
    version = models.PositiveIntegerField("version", default=0)
    cree_le = models.DateTimeField("créé le")
    depose_le = models.DateTimeField("lettre déposée le", null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier"
        ordering = ("-cree_le", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("numero",), name="dossier_numero"),
            models.CheckConstraint(
                condition=Q(statut__in=("brouillon", "clos")) | Q(ars__isnull=False, caisse__isnull=False),
                name="dossier_competences",
                violation_error_message="Un dossier déposé a une ARS et une caisse.",
            ),
            models.CheckConstraint(condition=Q(statut__in=[s.value for s in Statut]), name="dossier_statut_connu"),
        ]
        indexes = [
            # With what is counted of those that time has moved or is about to, and what the nearest is called.
            models.Index(
                fields=("ars", "bascule_le"),
                include=("statut", "est_tardif", "est_a_regulariser", "caisse", "equipe", "lecteurs", "fuseau", "nom"),
                name="dossier_ars_bascule",
            ),
            # With what the tabs ask and row-level security reads: a region is counted, and its page's keys found, in the index alone.
            models.Index(
                fields=("ars", "prochaine_le", "id"),
                include=(
                    "statut",
                    "bascule_le",
                    "est_tardif",
                    "est_a_regulariser",
                    "caisse",
                    "equipe",
                    "lecteurs",
                    "departements",
                ),
                name="dossier_ars_prochaine",
            ),
            models.Index(fields=("caisse", "prochaine_le", "id"), name="dossier_caisse_prochaine"),
            # As the last filed are shown first.
            models.Index(
                F("ars"), F("depose_le").desc(nulls_last=True), F("id").desc(nulls_last=True), name="dossier_ars_depose"
            ),
            models.Index(fields=("equipe",), name="dossier_equipe"),
            models.Index(
                fields=("suivi_par",),
                include=("ars", "caisse", "equipe", "lecteurs"),
                condition=Q(suivi_par__isnull=False),
                name="dossier_suivi",
            ),
            models.Index(fields=("remplace",), condition=Q(remplace__isnull=False), name="dossier_remplace"),
            # Most of those that are over have no date, and would come after all the others.
            models.Index(
                fields=("ars", "prochaine_le", "id"),
                include=("caisse", "equipe", "lecteurs"),
                condition=Q(statut__in=[s.value for s in TRAITES]),
                name="dossier_ars_traites",
            ),
            # The few that others read, with what a list counts of them.
            models.Index(
                fields=("id",), include=LUES, condition=Q(AvecLecteurs(F("lecteurs"))), name="dossier_lecteurs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero} {self.nom}"

    @property
    def libelle_statut(self) -> str:
        return LIBELLES[Statut(self.statut)]


class Couverture(models.Model):
    """The perimeter by pairs (groupe, département), written by a trigger from the dossier's arrays.

    Uniqueness (CRI-1c) looks across all tenants: an equality on this index passes row-level security, an overlap of arrays
    (not leakproof) would read the whole table for each dossier.
    """

    dossier = models.ForeignKey(
        Dossier, models.CASCADE, db_index=False, related_name="couvertures", verbose_name="dossier"
    )
    groupe = models.CharField("groupe", max_length=48)
    departement = models.CharField("département", max_length=3)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "couverture"
        constraints = [models.UniqueConstraint(fields=("dossier", "groupe", "departement"), name="couverture_unique")]
        indexes = [models.Index(fields=("groupe", "departement"), name="couverture_territoire")]

    def __str__(self) -> str:
        return f"{self.groupe} {self.departement}"


class Lecteur(models.Model):
    """Who else reads a dossier, by pairs, written by a trigger from `lecteurs`: an organisation's list looks its rows up here."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+", verbose_name="dossier")
    organisation_id = models.IntegerField("organisation")

    class Meta:
        verbose_name = "lecteur"
        constraints = [models.UniqueConstraint(fields=("organisation_id", "dossier"), name="lecteur_unique")]

    def __str__(self) -> str:
        return f"{self.organisation_id} lit {self.dossier_id}"


class Compteur(models.Model):
    """The rank of the last dossier of a region and year: `76-2026-0014`."""

    region = models.CharField("région", max_length=3)
    annee = models.PositiveSmallIntegerField("année")
    dernier = models.PositiveIntegerField("dernier rang", default=0)

    class Meta:
        verbose_name = "compteur"
        constraints = [models.UniqueConstraint(fields=("region", "annee"), name="compteur_unique")]

    def __str__(self) -> str:
        return f"{self.region}-{self.annee}-{self.dernier:04d}"


class TransitionPermise(models.Model):
    """The pairs (from, to) that the database's trigger lets pass: a copy of the table of `regles.cycle`, held equal by a test."""

    source = models.CharField("de", max_length=24)
    cible = models.CharField("vers", max_length=24)

    class Meta:
        verbose_name = "transition permise"
        constraints = [models.UniqueConstraint(fields=("source", "cible"), name="transition_unique")]

    def __str__(self) -> str:
        return f"{self.source} → {self.cible}"
