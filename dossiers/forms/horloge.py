"""The sandbox's clock: an instant of Paris, or a step."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from ess_portal.socle import horloge

PARIS = ZoneInfo("Europe/Paris")
PAS = (("jour", "Avancer d’un jour"), ("mois", "Avancer d’un mois"), ("reel", "Revenir au temps réel"))


class HorlogeForm(forms.Form):
    """Either a step (a button) or an instant, read as Paris time."""

    instant = forms.DateTimeField(label="Nouvel instant, heure de Paris", required=False)
    pas = forms.ChoiceField(choices=PAS, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        if not donnees.get("pas") and not donnees.get("instant") and not self.errors:
            self.add_error("instant", "Donnez un jour et une heure.")
        return donnees

    def cible(self) -> datetime:
        present = horloge.maintenant().astimezone(PARIS)
        match self.cleaned_data.get("pas"):
            case "jour":
                return present + timedelta(days=1)
            case "mois":
                annee, index = divmod(present.year * 12 + present.month, 12)
                jour = min(present.day, monthrange(annee, index + 1)[1])
                return present.replace(year=annee, month=index + 1, day=jour)
            case "reel":
                return horloge.temps_reel()
            case _:
                return self.cleaned_data["instant"].replace(tzinfo=PARIS)  # typed as Paris, read by Django as UTC
