"""A new set of parameters: a dated copy of one in force, with what changes and where it is written."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from .regles.composes import FORME_ECHELLE, FORME_GROUPES, FORME_TABLE, Echelle, Groupes, Table
from .regles.delai import Delai
from .regles.familles import par_famille
from .regles.parametres import ADMISES, Parametres, ParametresInvalides

DEFAUTS = Parametres()
OUI_NON = (("oui", "Oui"), ("non", "Non"))


def _champ(nom: str) -> forms.Field:
    """The field of one setting, by the kind of its default; the rules themselves read the text."""
    defaut, reglage = getattr(DEFAUTS, nom), ADMISES.get(nom)
    libelle = reglage.libelle if reglage else nom
    commun = {"label": libelle, "required": defaut != ""}
    if isinstance(defaut, bool):
        return forms.ChoiceField(choices=OUI_NON, **commun)
    if reglage and reglage.admises:
        return forms.ChoiceField(choices=reglage.admises, **commun)
    if isinstance(defaut, Table | Groupes):
        aide = (
            FORME_TABLE if isinstance(defaut, Table) else f"{FORME_GROUPES} Vide\u00a0: ceux des données de référence."
        )
        zone = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(max_length=6000, help_text=aide, widget=zone, label=libelle, required=False)
    if isinstance(defaut, Echelle):
        aide = f"{FORME_ECHELLE} «\u00a0charge\u00a0»\u00a0: qui doit agir\u00a0; «\u00a0chef\u00a0»\u00a0: chef de service\u00a0; «\u00a0region\u00a0»\u00a0: administration régionale."
        return forms.CharField(max_length=600, help_text=aide, widget=forms.Textarea(attrs={"rows": 5}), label=libelle)
    if nom == "echeance_rapport":
        commun["help_text"] = "«\u00a0anniversaire\u00a0», ou un jour de l’année comme «\u00a031/03\u00a0»."
        return forms.CharField(max_length=20, **commun)
    aides = (
        (Delai, "Par exemple : 2 mois, 15 jours."),
        (date, "AAAA-MM-JJ"),
        (Decimal, "En euros."),
        (tuple, "Nombres séparés par des virgules."),
    )
    aide = next((texte for genre, texte in aides if isinstance(defaut, genre)), "")
    return forms.CharField(max_length=120, help_text=aide, **commun)


class JeuForm(forms.Form):
    """`region` given: only the settings that differ from the national set are kept, they are the region's overrides."""

    valide_du = forms.DateField(label="Applicable à partir du")
    source = forms.CharField(
        label="Source",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le texte qui fonde ces valeurs : article, instruction, décision.",
    )

    def __init__(self, *args: Any, base: Parametres, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base.valeurs()
        for champ in fields(Parametres):
            self.fields[champ.name] = _champ(champ.name)
            valeur = self.base[champ.name]
            self.fields[champ.name].initial = ", ".join(map(str, valeur)) if isinstance(valeur, list) else valeur

    def familles(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """(title, fields, is there something to correct) of each family of settings."""
        familles = ((titre, [self[nom] for nom in noms]) for titre, noms in par_famille(self.base))
        return [(titre, champs, any(c.errors for c in champs)) for titre, champs in familles]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean()
        lues = {nom: self._lire(nom, donnees.get(nom)) for nom in self.base}
        try:
            donnees["parametres"] = Parametres.depuis(lues)
        except ParametresInvalides as refus:
            for nom, phrase in refus.erreurs.items():
                self.add_error(nom, phrase)
        else:
            for nom, phrase in donnees["parametres"].incoherences().items():
                self.add_error(nom, phrase)
        return donnees

    def _lire(self, nom: str, saisie: str | None) -> Any:
        """What was typed, or the value copied when nothing was."""
        if saisie is None or (saisie == "" and self.fields[nom].required):
            return self.base[nom]
        if isinstance(self.base[nom], list):
            return [morceau.strip() for morceau in saisie.split(",") if morceau.strip()]
        return saisie

    def differences(self) -> dict[str, Any]:
        """Settings whose value is not the base's."""
        nouvelles = self.cleaned_data["parametres"].valeurs()
        return {nom: valeur for nom, valeur in nouvelles.items() if valeur != self.base[nom]}


class ActivationForm(forms.Form):
    """The second step: why this set is activated. `vu` says on which sets its preview was made."""

    motif = forms.CharField(
        label="Motif de l’activation",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Il reste au journal, avec votre nom.",
        error_messages={"required": "Écrivez pourquoi ce jeu est activé."},
    )
    vu = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
