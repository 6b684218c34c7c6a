"""Acts as the API offers them."""

from __future__ import annotations

from rest_framework import serializers

TYPES = (
    "texte",
    "texte_long",
    "entier",
    "montant",
    "date",
    "booleen",
    "choix",
    "choix_multiple",
    "fichier",
    "fichiers",
    "secret",
)


class Choix(serializers.Serializer):
    valeur = serializers.CharField(allow_blank=True)
    libelle = serializers.CharField()


class Champ(serializers.Serializer):
    nom = serializers.CharField()
    type = serializers.CharField(help_text=f"Un de\u00a0: {', '.join(TYPES)}. Une date s’écrit AAAA-MM-JJ.")
    libelle = serializers.CharField()
    requis = serializers.BooleanField()
    aide = serializers.CharField(allow_blank=True)
    choix = Choix(many=True)


class ActionOfferte(serializers.Serializer):
    nom = serializers.CharField()
    libelle = serializers.CharField()
    aide = serializers.CharField(allow_blank=True)
    est_principale = serializers.BooleanField()
    reauthentification = serializers.BooleanField(
        help_text="L’acte demande `mot_de_passe`, et `code` à qui a un second facteur."
    )
    champs = Champ(many=True)


class HorlogeDemande(serializers.Serializer):
    maintenant = serializers.DateTimeField(help_text="Un instant avec son décalage.")


class Inscrit(serializers.Serializer):
    dossier = serializers.CharField()
    type = serializers.CharField()
    libelle = serializers.CharField()
    legal_le = serializers.DateTimeField()


class HorlogeReponse(serializers.Serializer):
    avant = serializers.DateTimeField()
    maintenant = serializers.DateTimeField()
    echeances = serializers.IntegerField(help_text="Échéances réglées par ce déplacement.")
    evenements = Inscrit(many=True)
