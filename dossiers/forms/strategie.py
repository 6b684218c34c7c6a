"""The regional strategy, as its ARS records it."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import noms_groupes

from ..models import StrategieRegionale
from .etapes import jour, ligne, texte


class FormulaireStrategie(forms.Form):
    titre = ligne("Titre", "Par exemple\u00a0: projet régional de santé 2023–2028.", manque="Donnez un titre.")
    debut = jour("Début", manque="Indiquez le premier jour.")
    fin = jour("Fin", "Laissez vide tant qu’elle n’est pas fixée.", required=False)
    groupes = forms.MultipleChoiceField(
        label="Spécialités prioritaires",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Sans choix, aucune n’est mise à part.",
        error_messages={"invalid_choice": "Choisissez des spécialités de la liste."},
    )
    departements = forms.MultipleChoiceField(
        label="Territoires prioritaires",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Sans choix, toute la région.",
        error_messages={"invalid_choice": "Choisissez des départements de la région."},
    )
    orientations = texte(
        "Orientations", "Ce que la stratégie dit du second recours.", manque="Écrivez les orientations."
    )
    document = forms.URLField(
        label="Adresse du document publié",
        required=False,
        max_length=400,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        help_text="Une adresse qui commence par https://.",
        error_messages={"invalid": "Cette adresse n’est pas lisible. Elle commence par https://."},
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groupes"].choices = sorted(noms_groupes().items(), key=lambda x: x[1])
        self.fields["departements"].choices = [
            (d.code, str(d)) for d in Departement.objects.filter(region_id=region).order_by("code")
        ]

    def clean_document(self) -> str:
        adresse = self.cleaned_data["document"]
        if adresse and not adresse.startswith("https://"):
            raise forms.ValidationError("Une adresse publiée commence par https://.")
        return adresse

    @staticmethod
    def depuis(s: StrategieRegionale) -> dict[str, Any]:
        return {
            nom: getattr(s, nom)
            for nom in ("titre", "debut", "fin", "groupes", "departements", "orientations", "document")
        }
