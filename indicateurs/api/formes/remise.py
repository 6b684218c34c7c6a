"""How a filing came, and how the letters of the ARS reached the équipe."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dossiers.lecture_notifications import Notification
from dossiers.models import Depot
from dossiers.regles.notification import PREUVES

from .communs import OrganisationRef, code_parmi


class DepotLu(serializers.ModelSerializer):
    """Un dépôt de la lettre ou du projet\u00a0: par où il est venu, et ses jours réels."""

    objet = serializers.CharField()
    canal = code_parmi(Depot.Canal)(help_text="Par où le dépôt est venu.")
    reference = serializers.CharField(help_text="Le numéro sur Démarches Simplifiées\u00a0; vide autrement.")
    date_depot = serializers.DateField(
        help_text="Le jour qui compte pour l’équipe\u00a0: le cachet de la poste, ou l’envoi."
    )
    date_reception = serializers.DateField(
        help_text="Le jour de réception par l’ARS compétente, dont ses délais sont comptés."
    )
    premiere_ars = OrganisationRef(
        allow_null=True, help_text="L’ARS qui l’a reçu d’abord et l’a transmis, s’il était mal adressé."
    )

    class Meta:
        model = Depot
        fields = ("objet", "version", "canal", "reference", "date_depot", "date_reception", "recu_le", "premiere_ars", "date_premiere_reception")  # fmt: skip
        read_only_fields = fields


class LectureLue(serializers.Serializer):
    """La première ouverture de la lettre par une personne de l’équipe."""

    par = serializers.CharField(source="utilisateur.nom_complet")
    premiere_le = serializers.DateTimeField()


class NotificationLue(serializers.Serializer):
    """Une lettre de l’ARS et les preuves de sa notification (CAL-7)."""

    document = serializers.UUIDField(source="document.pk", help_text="L’identifiant du document émis.")
    titre = serializers.CharField(source="document.titre")
    objet = serializers.SerializerMethodField(help_text="L’objet de la décision\u00a0; nul pour une autre lettre.")
    version = serializers.SerializerMethodField()
    notifiee_le = serializers.DateField(
        allow_null=True, help_text="Le jour de la notification\u00a0; nul tant que sa preuve manque."
    )
    fait_foi = serializers.SerializerMethodField(help_text="La preuve que le réglage retient pour ce dossier.")
    disponible_le = serializers.DateTimeField(help_text="La mise à disposition dans le portail.")
    courriel_le = serializers.DateTimeField(allow_null=True, help_text="L’envoi du courriel à l’équipe.")
    sans_destinataire = serializers.BooleanField(help_text="Personne de l’équipe ne pouvait recevoir le courriel.")
    lectures = LectureLue(many=True)
    presentee_le = serializers.DateField(allow_null=True, help_text="La présentation du pli recommandé.")
    pli = serializers.CharField(help_text="Le numéro du recommandé, s’il est connu.")
    sans_effet = serializers.CharField(help_text="Pourquoi un refus signé n’a jamais pris effet\u00a0; vide autrement.")

    @extend_schema_field({"type": ["string", "null"]})
    def get_objet(self, n: Notification) -> str | None:
        return n.decision.objet if n.decision else None

    @extend_schema_field({"type": ["integer", "null"]})
    def get_version(self, n: Notification) -> int | None:
        return n.decision.version if n.decision else None

    @extend_schema_field({"type": "string", "enum": list(PREUVES)})
    def get_fait_foi(self, n: Notification) -> str:
        return n.fait_foi
