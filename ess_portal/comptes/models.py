"""Organisations, people, and what binds them: rattachements, invitations, API tokens."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from .acteur import Acteur
from .roles import Role, TypeOrganisation


class OrganisationQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own organisation; the region's agencies and caisses for its administrator; all for the national one."""
        if acteur is None:
            return self.none()
        if acteur.voit_tout:
            return self
        if acteur.role == Role.ADMIN_REGIONAL:
            return self.filter(
                Q(pk=acteur.organisation_id) | Q(region=acteur.region, type__in=("ars", "caisse", "administration"))
            )
        return self.filter(pk=acteur.organisation_id)


class Organisation(models.Model):
    """An équipe, an ARS, a caisse or an administration: what a dossier belongs to and what people act for."""

    type = models.CharField("type", max_length=16, choices=TypeOrganisation)
    code = models.SlugField(
        "code", max_length=80, unique=True, help_text="Stable : « ars-76 », « cpam-de-la-haute-garonne »."
    )
    nom = models.CharField("nom", max_length=200)
    region = models.CharField("région", max_length=3, blank=True, help_text="Code région, texte : « 76 », « 01 ».")
    departement = models.CharField("département", max_length=3, blank=True)
    fuseau = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    courriel = models.EmailField("courriel du service", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    adresse = models.TextField("adresse postale", blank=True)
    creee_le = models.DateTimeField("créée le", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ("type", "nom")
        constraints = [
            models.CheckConstraint(
                condition=Q(type=TypeOrganisation.EQUIPE) | Q(type=TypeOrganisation.ADMINISTRATION) | ~Q(region=""),
                name="organisation_region",
                violation_error_message="Une ARS ou une caisse a une région.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class UtilisateurManager(BaseUserManager):
    def create_user(self, courriel: str, mot_de_passe: str | None = None, **champs) -> Utilisateur:
        utilisateur = self.model(courriel=self.normalize_email(courriel).lower(), **champs)
        utilisateur.set_password(mot_de_passe)
        utilisateur.save(using=self._db)
        return utilisateur

    def get_by_natural_key(self, courriel: str) -> Utilisateur:
        return self.get(courriel__iexact=courriel)


class Utilisateur(AbstractBaseUser):
    """A person, known by one mail address. What it may do stands on its rattachements."""

    courriel = models.EmailField(
        "courriel", unique=True, error_messages={"unique": "Un compte existe déjà à cette adresse."}
    )
    nom = models.CharField("nom", max_length=120)
    prenom = models.CharField("prénom", max_length=120, blank=True)
    titre = models.CharField("titre", max_length=20, blank=True, help_text="Dr, Pr, M., Mme")
    fonction = models.CharField("fonction", max_length=160, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    is_active = models.BooleanField("actif", default=True)
    cree_le = models.DateTimeField("créé le", null=True, blank=True)

    USERNAME_FIELD = "courriel"
    EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS = ["nom"]

    objects = UtilisateurManager()

    class Meta:
        verbose_name = "utilisateur"
        ordering = ("nom", "prenom")

    def __str__(self) -> str:
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        return " ".join(mot for mot in (self.titre, self.prenom, self.nom) if mot)


class RattachementQuerySet(models.QuerySet):
    def actifs(self):
        return self.filter(retire_le__isnull=True, utilisateur__is_active=True)

    def pour(self, acteur: Acteur | None):
        if acteur is None:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.pour(acteur))


class Rattachement(models.Model):
    """A user's access to an organisation, with one role. Withdrawn, it bites at the next request."""

    utilisateur = models.ForeignKey(
        Utilisateur, models.CASCADE, related_name="rattachements", verbose_name="utilisateur"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="rattachements", verbose_name="organisation"
    )
    role = models.CharField("rôle", max_length=24, choices=[c for c in Role.choices if c[0] != Role.SYSTEME])
    est_chef_de_service = models.BooleanField("chef de service", default=False, db_default=False)
    listes = models.JSONField(
        "réglages des listes",
        default=dict,
        blank=True,
        help_text="Par liste\u00a0: les colonnes et la vue d’ouverture choisies.",
    )
    cree_le = models.DateTimeField("créé le")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    retire_par = models.ForeignKey(
        Utilisateur, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )

    objects = RattachementQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        ordering = ("organisation__nom", "utilisateur__nom", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("utilisateur", "organisation"),
                condition=Q(retire_le__isnull=True),
                name="rattachement_actif_unique",
                violation_error_message="Cette personne est déjà rattachée à cette organisation.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.utilisateur} – {self.organisation} ({self.get_role_display()})"

    def acteur(self, perimetre_id: int | None = None) -> Acteur:
        """The actor this rattachement makes. `perimetre_id`: the region's ARS for a regional administrator."""
        o = self.organisation
        if self.role == Role.ADMIN_NATIONAL:
            perimetre = None
        elif self.role == Role.ADMIN_REGIONAL:
            perimetre = perimetre_id
        else:
            perimetre = o.pk
        return Acteur(
            utilisateur_id=self.utilisateur_id,
            organisation_id=o.pk,
            type=o.type,
            role=Role(self.role),
            perimetre_id=perimetre,
            region=o.region or None,
            nom=self.utilisateur.nom_complet,
            organisation_nom=o.nom,
        )


class AbsenceQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        if acteur is None:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.pour(acteur))

    def le(self, jour: date):
        """Those of a day."""
        return self.filter(annulee_le=None, debut__lte=jour, fin__gte=jour)

    def de_qui_suit(self, dossier):
        """That of who follows a dossier, told to all its readers: row-level security shows it to them, and to no other."""
        return self.filter(
            utilisateur_id=dossier.suivi_par_id or 0, organisation_id__in=[dossier.ars_id or 0, dossier.caisse_id or 0]
        )


class Absence(models.Model):
    """From `debut` to `fin`, both included and days of the organisation's zone, somebody else is written to in this person's place."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="absences", verbose_name="personne")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="absences", verbose_name="organisation")
    remplacant = models.ForeignKey(Utilisateur, models.CASCADE, related_name="+", verbose_name="remplaçant")
    debut = models.DateField("premier jour")
    fin = models.DateField("dernier jour")
    declaree_le = models.DateTimeField("déclarée le")
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        ordering = ("debut", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gte=models.F("debut")),
                name="absence_dates",
                violation_error_message="L’absence finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=~Q(remplacant=models.F("utilisateur")),
                name="absence_remplacee",
                violation_error_message="Une personne ne se remplace pas elle-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.utilisateur_id}, {self.debut} – {self.fin}"


class Invitation(models.Model):
    """An invitation to join an organisation, sent by mail; the secret of its link is stored hashed, one use, 7 days."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="invitations", verbose_name="organisation"
    )
    courriel = models.EmailField("courriel")
    role = models.CharField("rôle", max_length=24, choices=Role)
    empreinte = models.CharField("empreinte du secret", max_length=64, unique=True)
    invite_par = models.ForeignKey(Utilisateur, models.SET_NULL, null=True, related_name="+", verbose_name="invité par")
    creee_le = models.DateTimeField("créée le")
    expire_le = models.DateTimeField("expire le")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)

    class Meta:
        verbose_name = "invitation"
        ordering = ("-creee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "courriel"),
                condition=Q(acceptee_le__isnull=True, annulee_le__isnull=True),
                name="invitation_ouverte_unique",
                violation_error_message="Une invitation est déjà en cours pour cette adresse.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.courriel} → {self.organisation}"


class Jeton(models.Model):
    """An API token: a public prefix and the HMAC of the secret; shown once, revocable, bound to one rattachement."""

    rattachement = models.ForeignKey(Rattachement, models.CASCADE, related_name="jetons", verbose_name="rattachement")
    prefixe = models.CharField("préfixe", max_length=12, unique=True)
    empreinte = models.CharField("empreinte", max_length=64)
    cree_le = models.DateTimeField("créé le")
    expire_le = models.DateTimeField("expire le")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)

    class Meta:
        verbose_name = "jeton d’API"
        ordering = ("-cree_le", "pk")

    def __str__(self) -> str:
        return self.prefixe


class EssaiIdentite(models.Model):
    """How often a person tried to identify again since `depuis`. No foreign key: the row is written beside the act's transaction."""

    utilisateur_id = models.BigIntegerField("utilisateur", primary_key=True)
    depuis = models.DateTimeField("depuis")
    nombre = models.PositiveSmallIntegerField("essais")

    class Meta:
        verbose_name = "essai d’identité"
        verbose_name_plural = "essais d’identité"

    def __str__(self) -> str:
        return f"{self.nombre} essais de {self.utilisateur_id}"
