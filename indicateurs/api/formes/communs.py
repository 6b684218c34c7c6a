"""Shapes that every part of the API shares."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Erreur(serializers.Serializer):
    """What went wrong, in one sentence, and the fields to correct."""

    code = serializers.CharField(help_text="Stable, en ASCII\u00a0: `introuvable`, `interdit`, `etat`, `contenu`…")
    message = serializers.CharField()
    champs = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class OrganisationRef(serializers.Serializer):
    code = serializers.CharField()
    nom = serializers.CharField()


class Explication(serializers.Serializer):
    """Une ligne de «\u00a0Pourquoi cette date\u00a0?\u00a0» ou d’un calcul."""

    libelle = serializers.CharField()
    detail = serializers.CharField()
    valeur = serializers.CharField()
    regle = serializers.CharField(required=False)
    source = serializers.CharField(required=False)
    reglage = serializers.CharField(required=False, help_text="Le code du réglage dont vient la valeur.")
    parametre = serializers.CharField(required=False, help_text="Ce réglage, sa valeur et le jeu daté d’où elle vient.")


def code_parmi(choix: type) -> type[serializers.CharField]:
    """A stored code, read only: its values stand in the schema where it is used."""

    @extend_schema_field({"type": "string", "enum": list(choix.values)})
    class Code(serializers.CharField):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(read_only=True, **kwargs)

    return Code


def reponses(succes: Any, *codes: int, statut: int = 200) -> dict[int, Any]:
    """The answers of an operation: its success, and the errors it may give."""
    return {statut: succes, **dict.fromkeys(codes, Erreur)}
