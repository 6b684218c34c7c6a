"""A series of contracts: over which dossiers, and what an avenant says of itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from dossiers.forms.etapes import jour
from dossiers.models import Dossier

from ..models import Serie


class FormulaireSerie(forms.Form):
    cle = forms.UUIDField(widget=forms.HiddenInput)
    objet_version = forms.CharField(
        label="Objet des avenants", max_length=200, help_text="Une phrase, lue par les parties de chaque contrat."
    )
    date_effet = jour("Prise d’effet des avenants", "Au plus tôt le jour de la troisième signature de chacun.")
    dossiers = forms.MultipleChoiceField(
        label="Dossiers",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins un dossier.",
            "invalid_choice": "Un dossier choisi n’est plus à proposer\u00a0: rechargez la page.",
        },
    )

    def __init__(self, *args: Any, genre: str, possibles: Iterable[Dossier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cle"].initial = uuid.uuid4
        if genre != Serie.Genre.AVENANT:
            del self.fields["objet_version"], self.fields["date_effet"]
        self.fields["dossiers"].choices = [(d.numero, f"{d.nom} ({d.numero})") for d in possibles]
        self.fields["dossiers"].initial = [numero for numero, _ in self.fields["dossiers"].choices]
