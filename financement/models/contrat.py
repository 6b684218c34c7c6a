"""The contracts of annexes 1 and 2, and their signatures: what is signed is frozen at the proposal, by its fingerprint."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from ess_portal.comptes.requetes import EnfantQuerySet
from ess_portal.socle.horloge import jour_local


class ContratQuerySet(EnfantQuerySet):
    def proposes(self):
        return self.filter(statut=Contrat.Statut.PROPOSE)

    def signes(self):
        return self.filter(statut=Contrat.Statut.SIGNE)


class Contrat(models.Model):
    """A version of a contract. `contenu` is what the three parties read, `empreinte` its sha256: a change is a new version.

    `amorcage` and `transitoire` are the credit of FIN-1 and TRA-3; `dotation` runs five years from `date_effet` (DUR-1). An `avenant` is a
    text of its own: `modifie` is the contract it changes, `rang` its number there, `effet_prevu` the day it says; it moves no money.
    On a dotation, `effet_prevu` is an effect before the end of the ARS's funding, which FIN-6 would have waited for (TRA-6).
    `signataire_<partie>`: whose signature is awaited, outside the text; empty, any signatory of that party signs.
    """

    class Type(models.TextChoices):
        AMORCAGE = "amorcage", "Contrat de crédit d’amorçage"
        TRANSITOIRE = "transitoire", "Contrat de crédit d’amorçage, mesures transitoires"
        DOTATION = "dotation", "Contrat de dotation annuelle"
        AVENANT = "avenant", "Avenant"

    class Statut(models.TextChoices):
        PROPOSE = "propose", "En signature"
        SIGNE = "signe", "Signé par les trois parties"
        REMPLACE = "remplace", "Remplacé"
        REFUSE = "refuse", "Refusé"
        EXPIRE = "expire", "Sans suite\u00a0: le dossier est clos"
        RESILIE = "resilie", "Résilié"

    class Origine(models.TextChoices):
        PORTAIL = "portail", "Signé sur le portail"
        REPRISE = "reprise", "Signé hors du portail"

    CREDITS = (Type.AMORCAGE, Type.TRANSITOIRE)

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="contrats", verbose_name="dossier")
    type = models.CharField("type", max_length=12, choices=Type)
    version = models.PositiveSmallIntegerField("version", default=1)
    modifie = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="avenants", verbose_name="contrat modifié"
    )
    rang = models.PositiveSmallIntegerField("numéro de l’avenant", default=0, db_default=0)
    effet_prevu = models.DateField("effet prévu", null=True, blank=True)
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.PROPOSE)
    origine = models.CharField("origine", max_length=8, choices=Origine, default=Origine.PORTAIL)
    montant = models.DecimalField("montant", max_digits=12, decimal_places=2)
    montant_deduit = models.DecimalField("déjà reçu, déduit", max_digits=12, decimal_places=2, default=0)
    contenu = models.JSONField("contenu proposé")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    objet_version = models.TextField("ce qui change", blank=True)
    effectif = models.PositiveIntegerField("médecins comptés", null=True, blank=True)
    motif_montant = models.TextField("motif du montant arbitré", blank=True)
    propose_le = models.DateTimeField("proposé le")
    propose_par = models.ForeignKey(
        "comptes.Utilisateur", models.PROTECT, null=True, related_name="+", verbose_name="proposé par"
    )
    signataire_equipe = models.ForeignKey(
        "comptes.Utilisateur",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signera pour l’équipe",
    )
    signataire_ars = models.ForeignKey(
        "comptes.Utilisateur",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signera pour l’ARS",
    )
    signataire_caisse = models.ForeignKey(
        "comptes.Utilisateur",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signera pour la caisse",
    )
    signe_le = models.DateTimeField("signé le", null=True, blank=True)
    date_effet = models.DateField("prise d’effet", null=True, blank=True)
    date_fin = models.DateField("terme", null=True, blank=True)
    clos_le = models.DateTimeField("refusé ou résilié le", null=True, blank=True)
    date_resiliation = models.DateField("fin anticipée au", null=True, blank=True)
    motif = models.TextField("motif", blank=True)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="document"
    )
    jeu_national = models.ForeignKey(
        "referentiel.JeuParametres", models.PROTECT, related_name="+", verbose_name="jeu national"
    )
    jeu_regional = models.ForeignKey(
        "referentiel.JeuParametres",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jeu régional",
    )

    objects = ContratQuerySet.as_manager()

    class Meta:
        verbose_name = "contrat"
        ordering = ("dossier", "type", "version")
        constraints = [
            models.UniqueConstraint(
                fields=("dossier", "type", "modifie", "rang", "version"),
                nulls_distinct=False,
                name="contrat_version_unique",
            ),
            models.CheckConstraint(
                condition=Q(type="avenant", modifie__isnull=False, rang__gte=1, effet_prevu__isnull=False)
                | (
                    ~Q(type="avenant")
                    & Q(modifie__isnull=True, rang=0)
                    & (Q(type="dotation") | Q(effet_prevu__isnull=True))
                ),
                name="contrat_avenant",
            ),
            models.UniqueConstraint(
                fields=("dossier",),
                condition=Q(statut="propose"),
                name="contrat_propose_unique",
                violation_error_message="Un contrat est déjà en signature.",
            ),
            models.CheckConstraint(
                condition=Q(type="amorcage", montant__lte=80_000)
                | Q(type="transitoire", montant__lte=24_000)
                | Q(type__in=("dotation", "avenant"), montant__lte=100_000),
                name="contrat_plafond",
                violation_error_message="Le montant dépasse le plafond réglementaire.",
            ),
            models.CheckConstraint(condition=Q(montant__gt=0), name="contrat_montant_positif"),
            models.CheckConstraint(
                condition=Q(signe_le__isnull=False, date_effet__isnull=False)
                | Q(statut__in=("propose", "remplace", "refuse", "expire")),
                name="contrat_signe_date",
            ),
            models.CheckConstraint(
                condition=Q(date_effet__isnull=True) | Q(date_effet__gte=date(2025, 1, 1)),
                name="contrat_effet_2025",
                violation_error_message="Aucun contrat ne prend effet avant le 1er janvier 2025.",
            ),
            models.CheckConstraint(
                condition=Q(date_fin__isnull=True) | Q(date_fin__gt=F("date_effet")), name="contrat_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intitule}, version {self.version}"

    @property
    def intitule(self) -> str:
        return f"Avenant n°\u00a0{self.rang}" if self.est_avenant else self.get_type_display()

    @property
    def est_avenant(self) -> bool:
        return self.type == self.Type.AVENANT

    @property
    def est_credit(self) -> bool:
        return self.type in self.CREDITS

    @property
    def premier_jour_hors(self) -> date | None:
        """The first day out of it: its term or its early end, the effective day excluded (FIN-10, DUR-1)."""
        return min((j for j in (self.date_fin, self.date_resiliation) if j is not None), default=None)

    @property
    def transition(self) -> str:
        """The act of the lifecycle that signs it."""
        if self.est_avenant:
            return "signer_avenant"
        return "signer_amorcage" if self.est_credit else "signer_dotation"

    @property
    def signe_jour(self) -> date | None:
        return jour_local(self.signe_le, self.dossier.fuseau) if self.signe_le else None

    def designe(self, partie: str) -> int | None:
        """Whose signature is awaited for a party."""
        return getattr(self, f"signataire_{partie}_id")

    def signatures_par_partie(self) -> dict[str, Signature]:
        return {s.partie: s for s in self.signatures.all()}

    def reste_a_signer(self) -> list[str]:
        deja = self.signatures_par_partie()
        return [p for p in Signature.Partie.values if p not in deja]


class Signature(models.Model):
    """One party's signature of one version: who, when, with what means, over which fingerprint. Never changed."""

    class Partie(models.TextChoices):
        EQUIPE = "equipe", "L’équipe"
        ARS = "ars", "L’ARS"
        CAISSE = "caisse", "La caisse"

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="signatures", verbose_name="dossier")
    contrat = models.ForeignKey(Contrat, models.PROTECT, related_name="signatures", verbose_name="contrat")
    partie = models.CharField("partie", max_length=8, choices=Partie)
    organisation = models.ForeignKey(
        "comptes.Organisation", models.PROTECT, related_name="+", verbose_name="organisation"
    )
    signataire = models.ForeignKey("comptes.Utilisateur", models.PROTECT, related_name="+", verbose_name="signataire")
    nom = models.CharField("nom", max_length=200)
    qualite = models.CharField("qualité", max_length=200, blank=True)
    pouvoir = models.CharField("pouvoir", max_length=300, blank=True, db_default="")
    signee_le = models.DateTimeField("signée le")
    empreinte = models.CharField("empreinte signée", max_length=64)
    moyen = models.CharField("identité vérifiée par", max_length=120)

    objects = EnfantQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        ordering = ("signee_le", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("contrat", "partie"),
                name="signature_unique",
                violation_error_message="Cette partie a déjà signé.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.nom}, {self.get_partie_display()}"

    @property
    def est_integre(self) -> bool:
        """Was it given on the very content of its contract?"""
        return self.empreinte == self.contrat.empreinte


def partie_de(dossier: Any, organisation_id: int | None) -> str:
    """Which of the three parties an organisation is on this dossier; '' when it only reads it."""
    roles = {dossier.equipe_id: "equipe", dossier.ars_id: "ars", dossier.caisse_id: "caisse"}
    return roles.get(organisation_id, "") if organisation_id is not None else ""
