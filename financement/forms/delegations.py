"""Delegating one's signature: to whom, which days, by which act, with one's identity proved again."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.forms.etapes import jour


class DelegationForm(forms.Form):
    delegataire = forms.TypedChoiceField(
        label="Personne qui signera", coerce=int, help_text="Une personne de votre organisation qui ne signe pas déjà."
    )
    debut = jour("Premier jour", "Par exemple 15/03/2026")
    fin = jour("Dernier jour", "Compris dans la délégation, un an au plus")
    reference = forms.CharField(
        label="Acte de délégation",
        max_length=120,
        help_text="Par exemple «\u00a0décision n° 2026-12 du 2 mars 2026\u00a0».",
    )
    mot_de_passe = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code à six chiffres",
        required=False,
        max_length=8,
        help_text="Celui de votre application de double authentification, si vous en avez une.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, collegues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegataire"].choices = [("", "Choisir une personne"), *collegues]
