"""What is asked of every dossier that was not opened on the portal: whose it is, and where."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.referentiel.models import Departement, Specialite

from .etapes import ligne


class DossierHorsPortail(forms.Form):
    """The departments of the siège and the caisses are the subclass's to offer: `ouverts` are those that have an ARS."""

    nom = ligne("Nom de l’équipe", manque="Donnez le nom de l’équipe.")
    equipe = ligne(
        "Espace de l’équipe",
        "Son code s’il existe déjà, sinon le nom de l’espace à créer\u00a0; vous inviterez ensuite ses porteurs.",
        manque="Indiquez l’espace de l’équipe.",
    )
    specialites = forms.MultipleChoiceField(
        label="Spécialité",
        help_text="Pour en choisir plusieurs, gardez la touche Ctrl (ou \u2318) enfoncée.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={"required": "Choisissez la spécialité."},
    )
    departements = forms.MultipleChoiceField(
        label="Départements",
        help_text="Pour en choisir plusieurs, gardez la touche Ctrl (ou \u2318) enfoncée.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={"required": "Choisissez au moins un département."},
    )
    siege_departement = forms.ChoiceField(
        label="Département du siège", error_messages={"required": "Choisissez le département du siège."}
    )
    siege_commune = ligne("Commune du siège", maximum=120, manque="Indiquez la commune du siège.")
    caisse = forms.ChoiceField(label="Caisse de rattachement", error_messages={"required": "Choisissez la caisse."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ouverts = list(Departement.objects.filter(est_ouvert=True))
        self.fields["specialites"].choices = [
            (s.code, s.libelle) for s in Specialite.objects.filter(famille="SM").exclude(eligibilite="non")
        ]
        self.fields["departements"].choices = [(d.code, str(d)) for d in self.ouverts]
