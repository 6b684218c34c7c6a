"""Blocks that several acts share: a tick, a motivation, several files."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ...actions import FormulaireActe
from ..etapes import texte


class Confirmer(FormulaireActe):
    """An act without content, confirmed by a tick."""

    phrase: ClassVar[str] = "Je confirme cet acte."

    confirmation = forms.BooleanField(label="", error_messages={"required": "Cochez la case pour confirmer."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmation"].label = self.phrase

    def donnees(self) -> dict[str, Any]:
        return {nom: v for nom, v in self.cleaned_data.items() if nom != "confirmation"}


class Motiver(FormulaireActe):
    champ: ClassVar[str] = "motivation"

    motivation = texte("Motivation", "En droit et en fait.", lignes=5, manque="Indiquez le motif.")

    def donnees(self) -> dict[str, Any]:
        return {self.champ: self.cleaned_data["motivation"]}


def lue(aide: str) -> forms.IntegerField:
    """Hidden: the row that was on the page when it was read, so that an old page does not act on one that came since."""
    return forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, help_text=aide
    )


class PlusieursFichiers(forms.ClearableFileInput):
    allow_multiple_selected = True


class Fichiers(forms.FileField):
    """Several files in one field: Django's own knows how to check one. Each is read whole by the request: their number is bounded."""

    widget = PlusieursFichiers
    MAXIMUM = 20

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        recus = data if isinstance(data, list | tuple) else [data]
        if len(recus) > self.MAXIMUM:
            raise forms.ValidationError(
                f"Joignez {self.MAXIMUM} fichiers au plus\u00a0; les autres, dans un second envoi."
            )
        return [f for f in (super(Fichiers, self).clean(recu, initial) for recu in recus or [None]) if f]
