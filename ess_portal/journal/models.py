"""What happened, for ever (`Evenement`), what must still be done about it (`Envoi`), and the sandbox's mailbox (`Courriel`)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.comptes.roles import ADMINS, Role
from ess_portal.socle import horloge


class EvenementQuerySet(EnfantQuerySet):
    def pour(self, acteur: Acteur | None):
        """Events of the dossiers one sees; those of an organisation itself, for its own people."""
        if acteur is None or acteur.role == Role.SYSTEME:
            return super().pour(acteur)
        if acteur.role == Role.ADMIN_NATIONAL:
            return super().pour(acteur) | self.filter(dossier__isnull=True)
        return super().pour(acteur) | self.filter(dossier__isnull=True, organisation_id=acteur.organisation_id)


class Evenement(models.Model):
    """One act or fact, append-only, chained per flux: `d:<dossier>` or `o:<organisation>`.

    `legal_le` is when it counts in law, `enregistre_le` when the portal wrote it down (CAL-9). The sequence number and the
    hashes are written by a trigger; UPDATE, DELETE and TRUNCATE are refused by others.
    """

    flux = models.CharField("flux", max_length=24)
    seq = models.PositiveIntegerField("rang", default=0)
    dossier = models.ForeignKey(
        "dossiers.Dossier",
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,  # the flux names it too; `verifier` looks for an event without its dossier
        related_name="evenements",
        verbose_name="dossier",
    )
    organisation_id = models.IntegerField("organisation", null=True)
    type = models.CharField("type", max_length=48)
    acteur_id = models.IntegerField("acteur", null=True)
    acteur_nom = models.CharField("nom de l’acteur", max_length=200)
    role = models.CharField("rôle", max_length=24)
    legal_le = models.DateTimeField("instant légal")
    enregistre_le = models.DateTimeField("enregistré le")
    donnees = models.JSONField("données", default=dict)
    precedent = models.CharField("empreinte précédente", max_length=64, default="", blank=True)
    empreinte = models.CharField("empreinte", max_length=64, default="", blank=True)

    objects = EvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        ordering = ("flux", "seq")
        constraints = [models.UniqueConstraint(fields=("flux", "seq"), name="evenement_rang_unique")]
        indexes = [models.Index(fields=("dossier", "seq"), name="evenement_dossier")]

    def __str__(self) -> str:
        return f"{self.flux} n° {self.seq} : {self.type}"


class Envoi(models.Model):
    """An effect to be had once (outbox): written with its event, claimed by the relay with a lease, unique by `cle`."""

    class Statut(models.TextChoices):
        PRET = "pret", "À faire"
        FAIT = "fait", "Fait"
        REBUT = "rebut", "En échec"

    type = models.CharField("type", max_length=16)
    cle = models.CharField("clé", max_length=120)
    dossier = models.ForeignKey(
        "dossiers.Dossier",
        models.CASCADE,
        null=True,
        db_index=False,
        db_constraint=False,  # written in thousands beside an event that carries the key
        related_name="envois",
        verbose_name="dossier",
    )
    organisation_id = models.IntegerField("organisation", null=True)
    charge = models.JSONField("charge", default=dict)
    statut = models.CharField("statut", max_length=8, choices=Statut, default=Statut.PRET)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    cree_le = models.DateTimeField("créé le")
    # The machine's time, for the watch of /sante/: the sandbox's clock may jump by months.
    inscrit_le = models.DateTimeField("inscrit le", db_default=Now())
    disponible_le = models.DateTimeField("disponible le")
    bail_jusqua = models.DateTimeField("bail jusqu’à", null=True)
    fait_le = models.DateTimeField("fait le", null=True)
    erreur = models.TextField("erreur", blank=True)

    objects = EvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("cle",), name="envoi_cle_unique")]
        indexes = [models.Index(fields=("disponible_le",), condition=Q(statut="pret"), name="envoi_a_faire")]

    def __str__(self) -> str:
        return self.cle


class SiennesQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own, and nobody else's."""
        if acteur is None or acteur.utilisateur_id is None:
            return self.none()
        return self.filter(utilisateur_id=acteur.utilisateur_id)


class NotificationQuerySet(SiennesQuerySet):
    def pour(self, acteur: Acteur | None):
        """One's own, for the organisation one acts for: another one's dossiers cannot be opened from here."""
        lignes = super().pour(acteur)
        return lignes.filter(organisation_id=acteur.organisation_id) if acteur else lignes


class Notification(models.Model):
    """What a person was told, beside the mail: written by the relay, once per person for the key of its outbox row.

    The dossier is named by its number: what one may see of it is judged when one opens it.
    """

    utilisateur = models.ForeignKey(
        "comptes.Utilisateur", models.CASCADE, db_index=False, related_name="notifications", verbose_name="personne"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.CASCADE, db_index=False, related_name="+", verbose_name="organisation"
    )
    cle = models.CharField("clé", max_length=120)
    genre = models.CharField("genre", max_length=16)
    titre = models.CharField("titre", max_length=300)
    numero = models.CharField("numéro du dossier", max_length=16, blank=True)
    creee_le = models.DateTimeField("créée le")
    lue_le = models.DateTimeField("lue le", null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        ordering = ("-creee_le", "-pk")
        constraints = [models.UniqueConstraint(fields=("utilisateur", "cle"), name="notification_unique")]
        indexes = [
            models.Index(
                fields=("utilisateur", "organisation"), condition=Q(lue_le__isnull=True), name="notification_non_lue"
            ),
            models.Index(fields=("utilisateur", "organisation", "-creee_le"), name="notification_liste"),
        ]

    def __str__(self) -> str:
        return self.titre


class Preference(models.Model):
    """How a person wants to be told of one kind of notice; without a row, by mail at once."""

    utilisateur = models.ForeignKey(
        "comptes.Utilisateur", models.CASCADE, db_index=False, related_name="+", verbose_name="personne"
    )
    genre = models.CharField("genre", max_length=16)
    canal = models.CharField("canal", max_length=16)

    objects = SiennesQuerySet.as_manager()

    class Meta:
        verbose_name = "préférence"
        constraints = [models.UniqueConstraint(fields=("utilisateur", "genre"), name="preference_unique")]

    def __str__(self) -> str:
        return f"{self.genre} : {self.canal}"


class CourrielQuerySet(models.QuerySet):
    def pour(self, acteur: Acteur | None):
        """The sandbox's mailbox is the administrators'."""
        return self if acteur is not None and acteur.role in ADMINS else self.none()


class Courriel(models.Model):
    """A mail captured by the sandbox instead of being sent."""

    identifiant = models.CharField("Message-ID", max_length=200, unique=True)
    de = models.CharField("de", max_length=200)
    destinataires = models.TextField("à")
    sujet = models.CharField("sujet", max_length=300)
    texte = models.TextField("texte")
    envoye_le = models.DateTimeField("envoyé le")

    objects = CourrielQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ("-envoye_le", "-pk")

    def __str__(self) -> str:
        return self.sujet


class Passage(models.Model):
    """When each periodic scan last ran, in machine time, and what it did: one row per scan, read by /sante/."""

    nom = models.CharField("nom", max_length=32, unique=True)
    passe_le = models.DateTimeField("passé le")
    nombre = models.PositiveIntegerField("nombre", default=0)

    class Meta:
        verbose_name = "passage"

    def __str__(self) -> str:
        return f"{self.nom}, {self.passe_le:%d/%m/%Y %H:%M}"

    @classmethod
    def noter(cls, nom: str, nombre: int) -> None:
        cls.objects.update_or_create(nom=nom, defaults={"passe_le": horloge.temps_reel(), "nombre": nombre})
