"""Forms of what happens after the signature: a practice that changes on a day, an adhésion recorded in error."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import PLAUSIBLE

from .forms import FormulaireAdhesionActe, departements_du_dossier, specialites_ouvertes
from .models import Adhesion
from .models.professionnel import Mode

SANS_NOM = "Sans nom ni information de santé\u00a0: il est gardé."


class ChangerExercice(FormulaireAdhesionActe):
    """Empty fields keep the practice of the eve."""

    etats = (Adhesion.Etat.SIGNEE, Adhesion.Etat.SORTIE)

    date_effet = forms.DateField(
        validators=PLAUSIBLE,
        label="À compter du",
        widget=forms.DateInput,
        help_text="La veille compte encore comme avant.",
    )
    specialite = forms.ChoiceField(label="Spécialité", required=False)
    mode = forms.ChoiceField(label="Mode d’exercice", choices=[("", "Sans changement"), *Mode.choices], required=False)
    departements = forms.MultipleChoiceField(
        label="Départements d’exercice dans le territoire",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Sans réponse, ils ne changent pas.",
    )
    lieux = forms.CharField(label="Lieux d’exercice", required=False, widget=forms.Textarea({"rows": 2}))
    motif = forms.CharField(
        label="Motif", max_length=300, help_text=f"Par exemple\u00a0: installation en libéral. {SANS_NOM}"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialite"].choices = [("", "Sans changement"), *specialites_ouvertes()[1:]]
        self.fields["departements"].choices = departements_du_dossier(self.dossier.departements)


class RetirerAdhesion(FormulaireAdhesionActe):
    etats = (Adhesion.Etat.SIGNEE, Adhesion.Etat.SORTIE)

    motif = forms.CharField(
        label="Pourquoi cette adhésion n’aurait pas dû être enregistrée",
        max_length=300,
        help_text=f"Par exemple\u00a0: formulaire d’une autre personne. {SANS_NOM}",
    )
    confirmation = forms.BooleanField(label="Elle ne comptera plus aucun jour, même passé")

    def donnees(self) -> dict[str, Any]:
        donnees = super().donnees()
        donnees.pop("confirmation")
        return donnees


class ImporterListe(FormulaireActe):
    fichier = forms.FileField(
        label="Votre liste",
        help_text="CSV, Excel (.xlsx) ou OpenDocument (.ods), 5 Mo et 1\u00a0000 lignes au plus. Partez du modèle, ou de la liste téléchargée.",
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,.xlsx,.ods"}),
    )
