"""A step of a long form: lenient while it is a draft, strict when the whole is checked before filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

from ess_portal.comptes.acteur import Acteur

from ..models import Dossier


class EtapeForm(forms.Form):
    """`obligatoires`: fields that the complete document needs; a draft may leave them empty."""

    titre: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    obligatoires: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, *args: Any, dossier: Dossier, acteur: Acteur | None = None, strict: bool = False, **kwargs: Any
    ) -> None:
        self.dossier, self.acteur, self.strict = dossier, acteur, strict
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            champ.required = strict and nom in self.obligatoires
            champ.est_attendu = nom in self.obligatoires  # not « facultatif », although a draft may leave it empty

    @classmethod
    def complet(cls, donnees: Mapping[str, Any], *, dossier: Dossier) -> Self:
        return cls(donnees, dossier=dossier, strict=True)

    def donnees(self) -> dict[str, Any]:
        """What the service stores, from `cleaned_data`."""
        return dict(self.cleaned_data)


# What a letter would print otherwise than it was read on the screen: controls, and the marks that turn the order of reading.
VISIBLE = RegexValidator(
    r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]",
    "Ce texte contient des caractères invisibles qui en changent la lecture\u00a0: écrivez-le de nouveau sans eux.",
    inverse_match=True,
)


def selon_le_cas(formulaire: forms.Form, *noms: str) -> None:
    """Fields that only some answers ask for, as their hint says: empty, the form's `clean` judges; never said « facultatif »."""
    for nom in noms:
        formulaire.fields[nom].required = False
        formulaire.fields[nom].est_attendu = True


def texte(libelle: str, aide: str = "", *, lignes: int = 4, maximum: int = 6000, manque: str = "") -> forms.CharField:
    """A long answer."""
    return forms.CharField(
        validators=[VISIBLE],
        label=libelle,
        help_text=aide,
        max_length=maximum,
        widget=forms.Textarea(attrs={"rows": lignes}),
        error_messages={"required": manque or f"Renseignez «\u00a0{libelle}\u00a0»."},
    )


def ligne(libelle: str, aide: str = "", *, maximum: int = 200, manque: str = "", **attributs: str) -> forms.CharField:
    """A short answer."""
    return forms.CharField(
        validators=[VISIBLE],
        label=libelle,
        help_text=aide,
        max_length=maximum,
        widget=forms.TextInput(attrs=attributs),
        error_messages={"required": manque or f"Renseignez «\u00a0{libelle}\u00a0»."},
    )


PLAUSIBLE = (
    MinValueValidator(date(1900, 1, 1), "Cette date est trop ancienne\u00a0: vérifiez l’année."),
    MaxValueValidator(date(2199, 12, 31), "Cette date est trop lointaine\u00a0: vérifiez l’année."),
)


def jour(
    libelle: str, aide: str = "Par exemple 15/03/2026", *, manque: str = "", required: bool = True
) -> forms.DateField:
    """A day, typed as JJ/MM/AAAA or given by the browser's own field, within what a procedure of today can speak of."""
    return forms.DateField(
        validators=PLAUSIBLE,
        label=libelle,
        help_text=aide,
        required=required,
        input_formats=["%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y"],
        widget=forms.DateInput(attrs={"placeholder": "JJ/MM/AAAA", "autocomplete": "off"}, format="%d/%m/%Y"),
        error_messages={
            "required": manque or f"Renseignez «\u00a0{libelle}\u00a0».",
            "invalid": "Cette date n’est pas lisible. Écrivez-la JJ/MM/AAAA.",
        },
    )


def nombre(
    libelle: str, aide: str = "", *, maximum: int = 100_000, manque: str = "", required: bool = True
) -> forms.IntegerField:
    return forms.IntegerField(
        label=libelle,
        help_text=aide,
        min_value=0,
        max_value=maximum,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": manque or f"Renseignez «\u00a0{libelle}\u00a0».",
            "invalid": "Écrivez un nombre entier.",
            "min_value": "Ce nombre ne peut pas être négatif.",
            "max_value": "Ce nombre est trop grand.",
        },
    )
