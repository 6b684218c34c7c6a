"""A month of counters, as the API takes and gives it."""

from __future__ import annotations

from rest_framework import serializers


class MoisEnvoye(serializers.Serializer):
    """What may be sent. Only described here: the rules of the counters read it, and say what they refuse."""

    mois = serializers.CharField(help_text="`2026-05`")
    i1 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    i1b = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    i2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    i3 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    i4 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    i5 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    delai_rdv = serializers.DictField(
        child=serializers.IntegerField(), required=False, allow_null=True, help_text="Jours → combien de fois."
    )
    delai_tlx = serializers.DictField(
        child=serializers.IntegerField(), required=False, allow_null=True, help_text="Heures → combien de fois."
    )

    avant = serializers.DictField(
        required=False, help_text="Compteur → valeur que votre outil croit enregistrée, `null` pour aucune."
    )


class MoisLu(serializers.Serializer):
    mois = serializers.CharField()
    i1 = serializers.IntegerField(required=False)
    i1b = serializers.IntegerField(required=False)
    i2 = serializers.IntegerField(required=False)
    i3 = serializers.IntegerField(required=False)
    i4 = serializers.IntegerField(required=False)
    i5 = serializers.IntegerField(required=False)
    delai_rdv = serializers.DictField(child=serializers.IntegerField(), required=False)
    delai_tlx = serializers.DictField(child=serializers.IntegerField(), required=False)
    version = serializers.IntegerField(help_text="Plus haute version des compteurs du mois.")
