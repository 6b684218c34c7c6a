"""A dossier as the API shows it: its row, and its whole."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dossiers.forms import lettre as forme_lettre
from dossiers.forms import projet as forme_projet
from dossiers.lecture_etat import decision_du_silence, lu_au_droit, statut_lu
from dossiers.lecture_notifications import notifications
from dossiers.models import Association, Decision, DemandePieces, Dossier
from dossiers.regles.motifs import motif_ecrit
from dossiers.regles.statuts import LIBELLES, Statut
from dossiers.services.lettres import TYPE as LETTRE
from ess_portal.documents.models import Document
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from .communs import Explication, OrganisationRef
from .remise import DepotLu, NotificationLue

STATUTS = {"type": "string", "enum": [s.value for s in Statut]}
ETAPES_LETTRE = {
    "type": ["object", "null"],
    "additionalProperties": {"type": "object", "additionalProperties": {}},
    "description": "Les réponses de chaque étape, sous les noms que PATCH accepte.",
}


class DossierListe(serializers.ModelSerializer):
    """Une ligne de la liste\u00a0: l’état est celui que le droit donne à cet instant (CAL-9)."""

    statut = serializers.SerializerMethodField()
    libelle_statut = serializers.SerializerMethodField()
    equipe = OrganisationRef()
    ars = OrganisationRef(allow_null=True)
    caisse = OrganisationRef(allow_null=True)
    suivi_par = serializers.SerializerMethodField()
    prochaine_echeance = serializers.DateTimeField(source="prochaine_le", allow_null=True)

    class Meta:
        model = Dossier
        fields = (
            "numero", "nom", "statut", "libelle_statut", "statut_depuis", "regime", "origine", "specialites", "groupes", "departements", "region",
            "siege_departement", "siege_commune", "equipe", "ars", "caisse", "suivi_par", "prochaine_echeance", "est_tardif",
            "est_a_regulariser", "opposition_caisse_le", "depose_le", "cree_le",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Dossier) -> dict[str, Any]:
        return super().to_representation(lu_au_droit(instance))

    @extend_schema_field(STATUTS)
    def get_statut(self, dossier: Dossier) -> str:
        return statut_lu(dossier)

    def get_libelle_statut(self, dossier: Dossier) -> str:
        return LIBELLES[Statut(self.get_statut(dossier))]

    @extend_schema_field({"type": ["string", "null"]})
    def get_suivi_par(self, dossier: Dossier) -> str | None:
        return dossier.suivi_par.nom_complet if dossier.suivi_par else None


class MotifLu(serializers.Serializer):
    """A reason in words, whatever its list: refusal or withdrawal."""

    code = serializers.CharField()
    libelle = serializers.CharField()
    fondement = serializers.CharField()
    critere = serializers.CharField(allow_blank=True)
    faits = serializers.CharField()


class DecisionLue(serializers.ModelSerializer):
    explication = Explication(many=True)
    motifs = serializers.SerializerMethodField()

    @extend_schema_field(MotifLu(many=True))
    def get_motifs(self, decision: Decision) -> list[dict[str, str]]:
        return [
            {
                "code": m["code"],
                "libelle": ecrit.libelle,
                "fondement": ecrit.fondement,
                "critere": m.get("critere", ""),
                "faits": m["faits"],
            }
            for m in decision.motifs
            for ecrit in (motif_ecrit(decision.objet, m),)
        ]

    class Meta:
        model = Decision
        fields = (
            "objet", "version", "sens", "mode", "date_signature", "date_notification", "date_acquise", "dernier_jour", "motifs", "explication",
            "retiree_le", "motif_retrait",
        )  # fmt: skip
        read_only_fields = fields


class DemandeLue(serializers.ModelSerializer):
    class Meta:
        model = DemandePieces
        fields = ("objet", "version", "items", "est_indispensable", "texte", "demandee_le", "date_limite", "recue_le", "levee_le")  # fmt: skip
        read_only_fields = fields


class AssociationLue(serializers.ModelSerializer):
    class Meta:
        model = Association
        fields = (
            "type", "nom", "rna", "siren", "registre", "date_declaration", "siege_adresse", "representant", "finess", "finess_le", "declaree_le",
        )  # fmt: skip
        read_only_fields = fields


class DossierDetail(DossierListe):
    """Le dossier entier, ses pièces et ses listes exceptées."""

    lettre = serializers.SerializerMethodField()
    projet = serializers.SerializerMethodField()
    association = serializers.SerializerMethodField()
    decisions = serializers.SerializerMethodField()
    demandes = serializers.SerializerMethodField()
    depots = serializers.SerializerMethodField(help_text="Les dépôts de la lettre et du projet, le premier d’abord.")
    notifications = serializers.SerializerMethodField(
        help_text="Les lettres de l’ARS et les preuves de leur notification, la dernière d’abord ; vide pour l’équipe."
    )

    class Meta(DossierListe.Meta):
        fields = (
            *DossierListe.Meta.fields,
            *("lettre", "projet", "association", "decisions", "demandes", "depots", "notifications"),
        )
        read_only_fields = fields

    @extend_schema_field(ETAPES_LETTRE)
    def get_lettre(self, dossier: Dossier) -> dict[str, Any] | None:
        if not hasattr(dossier, "lettre"):
            return None
        return {etape: forme_lettre.initial(dossier, etape) for etape in forme_lettre.ETAPES}

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
    def get_projet(self, dossier: Dossier) -> dict[str, Any] | None:
        projet = dossier.projets.order_by("-version").first()
        if projet is None or (projet.depose_le is None and not self.context["acteur"].est_porteur):
            projet = dossier.projets.filter(depose_le__isnull=False).order_by("-version").first()
        if projet is None:
            return None
        depose_le = serializers.DateTimeField().to_representation(projet.depose_le) if projet.depose_le else None
        rubriques = {nom: forme_projet.initial(projet, nom) for nom in forme_projet.RUBRIQUES}
        return {"version": projet.version, "depose_le": depose_le, "rubriques": rubriques}

    @extend_schema_field(AssociationLue(allow_null=True))
    def get_association(self, dossier: Dossier) -> dict[str, Any] | None:
        association = Association.objects.filter(dossier=dossier).first()
        return AssociationLue(association).data if association else None

    @extend_schema_field(DecisionLue(many=True))
    def get_decisions(self, dossier: Dossier) -> list[dict[str, Any]]:
        nee = decision_du_silence(dossier)
        return DecisionLue([*dossier.decisions.order_by("prise_le", "pk"), *([nee] if nee else ())], many=True).data

    @extend_schema_field(DemandeLue(many=True))
    def get_demandes(self, dossier: Dossier) -> list[dict[str, Any]]:
        return DemandeLue(dossier.demandes.order_by("demandee_le", "pk"), many=True).data

    @extend_schema_field(DepotLu(many=True))
    def get_depots(self, dossier: Dossier) -> list[dict[str, Any]]:
        depots = dossier.depots.select_related("premiere_ars").order_by("recu_le", "pk")
        return DepotLu(depots, many=True).data

    @extend_schema_field(NotificationLue(many=True))
    def get_notifications(self, dossier: Dossier) -> list[dict[str, Any]]:
        acteur = self.context["acteur"]
        if acteur.est_porteur:
            return []
        lettres = Document.objects.pour(acteur).filter(dossier=dossier, type=LETTRE).defer("donnees")
        jour = jour_local(horloge.maintenant(), dossier.fuseau)
        return NotificationLue(notifications(dossier, lettres.order_by("-cree_le"), jour), many=True).data


class DossierNouveau(serializers.Serializer):
    """Ce qu’il faut pour ouvrir un brouillon de lettre."""

    nom = serializers.CharField(max_length=200)
    specialites = serializers.ListField(child=serializers.CharField(max_length=5), min_length=1, max_length=10)
    siege_departement = serializers.CharField(max_length=3)
    remplace = serializers.CharField(
        max_length=16,
        required=False,
        allow_blank=True,
        help_text="Numéro du dossier refusé auquel celui-ci fait suite.",
    )
