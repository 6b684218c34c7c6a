"""Making a calendar: how far it reads."""

from __future__ import annotations

from django import forms

from ..models import FluxCalendrier

PORTEE = FluxCalendrier.Portee
_AIDES = {
    PORTEE.PERSONNE: "Les dates où une de vos organisations doit agir, et celles des dossiers que vous suivez.",
    PORTEE.ORGANISATION: "Toutes les dates des dossiers que votre organisation peut lire, quel que soit celui qui doit agir.",
    PORTEE.DOSSIER: "Toutes les dates d’un seul dossier.",
}


class FluxForm(forms.Form):
    portee = forms.ChoiceField(label="Quelles échéances voulez-vous suivre\u00a0?", widget=forms.RadioSelect)
    numero = forms.CharField(
        label="Numéro du dossier",
        required=False,
        max_length=16,
        help_text="Seulement pour le calendrier d’un dossier. Exemple\u00a0: 76-2026-0001.",
    )

    def __init__(self, *args, portees: list[FluxCalendrier.Portee], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numero"].est_attendu = True  # for one dossier: its hint says so
        self.fields["portee"].choices = [(p.value, f"{p.label}. {_AIDES[p]}") for p in portees]

    def clean(self) -> dict[str, str]:
        donnees = super().clean()
        donnees["numero"] = donnees.get("numero", "").strip().upper()
        if donnees.get("portee") == PORTEE.DOSSIER and not donnees["numero"]:
            self.add_error("numero", "Indiquez le numéro du dossier.")
        return donnees
