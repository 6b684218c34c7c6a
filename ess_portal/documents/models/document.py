"""Issued documents and who read them first.

The bytes stand in the base (`bytea`): 40 to 150 KB each, they are proofs, and there they share the transaction, the
row-level security, the trigger that freezes them and the backup of the row that quotes their fingerprint. A pièce,
up to 25 MB and replaceable by its author, stays a file.
"""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.documents.donnees import MODELES

# No 0/O, 1/I/L: the code is read on paper and typed by hand. 31 ** 16 values.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def generer_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class DocumentQuerySet(EnfantQuerySet):
    """`pour` gives those of the dossiers that an actor reads, `tenus_par` those that his organisation had made for itself."""

    def tenus_par(self, acteur: Acteur | None):
        """Those of the organisation whose perimeter he reads: an ARS's are its regional administrators' too."""
        if acteur is None or not (titulaire := acteur.perimetre_id or acteur.organisation_id):
            return self.none()
        return self.filter(dossier__isnull=True, organisation_id=titulaire)

    def courants(self):
        """The last version of each document."""
        return self.filter(remplace_par__isnull=True)


class DocumentManager(models.Manager.from_queryset(DocumentQuerySet)):
    def get_queryset(self):
        """Rows without their bytes, which only the serving view reads."""
        return super().get_queryset().defer("octets")


class Document(models.Model):
    """Of a dossier, or of an organisation's whole perimeter; never of both."""

    class Etat(models.TextChoices):
        A_PRODUIRE = "a_produire", "En préparation"
        PRODUIT = "produit", "Disponible"
        ECHEC = "echec", "Échec de la production"
        EFFACE = "efface", "Effacé"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(
        "dossiers.Dossier", models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="dossier"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisation"
    )
    cle = models.CharField("clé", max_length=120, help_text="Unique dans le dossier : « accuse:lettre:1 ».")
    type = models.CharField("type", max_length=40, choices=[(code, modele.titre) for code, modele in MODELES.items()])
    titre = models.CharField("titre", max_length=200)
    version = models.PositiveSmallIntegerField("version", default=1)
    donnees = models.JSONField("données figées")
    gabarit = models.CharField("gabarit", max_length=80)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.A_PRODUIRE)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    octets = models.BinaryField("contenu", null=True, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    taille = models.PositiveIntegerField("taille en octets", null=True, blank=True)
    nombre_pages = models.PositiveSmallIntegerField("nombre de pages", null=True, blank=True)
    code_verification = models.CharField(
        "code de vérification", max_length=16, unique=True, default=generer_code, editable=False
    )
    cree_le = models.DateTimeField("demandé le")
    produit_le = models.DateTimeField("produit le", null=True, blank=True)
    remplace = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="remplace_par", verbose_name="remplace"
    )

    objects = DocumentManager()

    class Meta:
        verbose_name = "document"
        ordering = ("cree_le", "id")
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=("cree_le",), name="document_a_produire", condition=models.Q(etat="a_produire")),
            models.Index(fields=("empreinte",), name="document_empreinte", condition=models.Q(etat="produit")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "cle", "version"),
                name="document_cle_unique",
                violation_error_message="Ce document a déjà été demandé.",
            ),
            models.UniqueConstraint(
                fields=("organisation", "cle", "version"),
                name="document_organisation_unique",
                violation_error_message="Ce document a déjà été demandé.",
            ),
            models.CheckConstraint(
                condition=models.Q(dossier__isnull=False, organisation__isnull=True)
                | models.Q(dossier__isnull=True, organisation__isnull=False),
                name="document_titulaire",
                violation_error_message="Un document est celui d’un dossier, ou celui d’une organisation.",
            ),
            models.CheckConstraint(
                condition=~models.Q(etat="produit")
                | models.Q(octets__isnull=False, produit_le__isnull=False, taille__gt=0) & ~models.Q(empreinte=""),
                name="document_produit_complet",
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def est_produit(self) -> bool:
        return self.etat == self.Etat.PRODUIT

    @property
    def code_lisible(self) -> str:
        """The code as it is printed: four groups of four."""
        return "-".join(self.code_verification[debut : debut + 4] for debut in range(0, 16, 4))

    @property
    def nom_fichier(self) -> str:
        suite = f"-v{self.version}" if self.version > 1 else ""
        numero = f" {self.dossier.numero}" if self.dossier else ""
        return f"{self.titre}{numero}{suite}.pdf"

    @property
    def fuseau(self) -> str:
        """The zone in which its days are said."""
        return self.dossier.fuseau if self.dossier else self.donnees["reperes"]["fuseau"]


class Lecture(models.Model):
    """First reading of a document by a person: the proof « première consultation » of CAL-7."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+", verbose_name="dossier")
    document = models.ForeignKey(Document, models.PROTECT, related_name="lectures", verbose_name="document")
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="utilisateur"
    )
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    premiere_le = models.DateTimeField("première lecture le")

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "lecture"
        ordering = ("premiere_le", "pk")
        constraints = [
            models.UniqueConstraint(fields=("document", "utilisateur", "organisation"), name="lecture_unique")
        ]

    def __str__(self) -> str:
        return f"{self.document} lu par {self.utilisateur}"
