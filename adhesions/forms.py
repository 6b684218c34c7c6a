"""Forms of the adhésions. Those of an act derive from `FormulaireActe`; the signing pages have their own."""

from __future__ import annotations

from typing import Any

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import PLAUSIBLE
from ess_portal.referentiel.models import Departement, Specialite

from .models import Adhesion
from .models.professionnel import Mode

TITRES = [("Dr", "Dr"), ("Pr", "Pr"), ("M.", "M."), ("Mme", "Mme")]


def specialites_ouvertes() -> list[tuple[str, str]]:
    return [
        ("", "Choisir une spécialité"),
        *Specialite.objects.filter(date_fin__isnull=True).values_list("code", "libelle"),
    ]


def departements_du_dossier(codes: list[str]) -> list[tuple[str, str]]:
    """The perimeter's départements; a professional may also practise elsewhere, which the places of practice say."""
    return [
        (code, f"{nom} ({code})") for code, nom in Departement.objects.filter(code__in=codes).values_list("code", "nom")
    ]


class ChoixAdhesion(forms.ModelChoiceField):
    def label_from_instance(self, obj: Adhesion) -> str:
        return f"{obj.nom_complet} ({obj.get_etat_display().lower()})"


class FormulaireAdhesionActe(FormulaireActe):
    """An act on one adhésion of the dossier, in the states where it makes sense. The query string may name it."""

    etats: tuple[str, ...] = ()

    adhesion = ChoixAdhesion(
        label="Professionnel", queryset=Adhesion.objects.none(), empty_label="Choisir un professionnel"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adhesion"].queryset = Adhesion.objects.pour(self.acteur).filter(
            dossier=self.dossier, etat__in=self.etats
        )

    def donnees(self) -> dict[str, Any]:
        return super().donnees() | {"adhesion": self.cleaned_data["adhesion"].pk}


class AjouterAdherent(FormulaireActe):
    rpps = forms.CharField(
        label="Numéro RPPS",
        max_length=20,
        help_text="Onze chiffres.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    titre = forms.ChoiceField(label="Titre", choices=TITRES, initial="Dr")
    nom = forms.CharField(label="Nom", max_length=120)
    prenom = forms.CharField(label="Prénom", max_length=120)
    specialite = forms.ChoiceField(label="Spécialité")
    mode = forms.ChoiceField(label="Mode d’exercice", choices=Mode.choices, widget=forms.RadioSelect)
    departements = forms.MultipleChoiceField(
        label="Départements d’exercice dans le territoire",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Sans réponse, tout le territoire de l’équipe.",
    )
    lieux = forms.CharField(
        label="Lieux d’exercice", required=False, widget=forms.Textarea({"rows": 2}), help_text="Une adresse par ligne."
    )
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        help_text="Le lien de signature y est envoyé. Sans adresse, déposez le formulaire signé.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialite"].choices = specialites_ouvertes()
        if len(self.dossier.specialites) == 1:
            self.fields["specialite"].initial = self.dossier.specialites[0]
        self.fields["departements"].choices = departements_du_dossier(self.dossier.departements)


class EnvoyerLien(FormulaireAdhesionActe):
    etats = (Adhesion.Etat.INVITEE,)
    courriel = forms.EmailField(
        label="Courriel", required=False, help_text="À remplir pour changer l’adresse, ou quand il n’y en a pas."
    )


class AnnulerInvitation(FormulaireAdhesionActe):
    etats = (Adhesion.Etat.INVITEE,)


class DeposerFormulaire(FormulaireAdhesionActe):
    etats = (Adhesion.Etat.INVITEE,)
    fichier = forms.FileField(
        label="Formulaire signé", help_text="PDF ou photo du formulaire d’adhésion (annexe 3) signé à la main."
    )
    date_signature = forms.DateField(
        validators=PLAUSIBLE,
        label="Date de la signature",
        widget=forms.DateInput,
        help_text="Celle écrite sur le formulaire\u00a0: l’adhésion compte dès ce jour.",
    )
    engagement = forms.BooleanField(label="Le formulaire porte l’engagement dans les deux missions")
    a_consultations_avancees = forms.BooleanField(label="Il propose aussi des consultations avancées", required=False)

    def donnees(self) -> dict[str, Any]:
        donnees = super().donnees()
        donnees.pop("engagement")
        return donnees


class SortirAdherent(FormulaireAdhesionActe):
    etats = (Adhesion.Etat.SIGNEE,)
    date_sortie = forms.DateField(
        validators=PLAUSIBLE,
        label="Dernier jour d’adhésion",
        widget=forms.DateInput,
        help_text="Ce jour compte encore.",
    )
    motif = forms.CharField(
        label="Motif",
        max_length=300,
        help_text="Par exemple\u00a0: départ du territoire, fin d’activité, choix du professionnel.",
    )


class CorrigerAdhesion(FormulaireAdhesionActe):
    """Empty fields keep what was entered; `sans_sortie` gives an exit up."""

    etats = (Adhesion.Etat.INVITEE, Adhesion.Etat.SIGNEE, Adhesion.Etat.SORTIE)

    titre = forms.ChoiceField(label="Titre", choices=[("", "Sans changement"), *TITRES], required=False)
    nom = forms.CharField(label="Nom", max_length=120, required=False)
    prenom = forms.CharField(label="Prénom", max_length=120, required=False)
    courriel = forms.EmailField(label="Courriel", required=False)
    specialite = forms.ChoiceField(label="Spécialité", required=False)
    mode = forms.ChoiceField(label="Mode d’exercice", choices=[("", "Sans changement"), *Mode.choices], required=False)
    departements = forms.MultipleChoiceField(
        label="Départements d’exercice dans le territoire", widget=forms.CheckboxSelectMultiple, required=False
    )
    lieux = forms.CharField(label="Lieux d’exercice", required=False, widget=forms.Textarea({"rows": 2}))
    signee_le = forms.DateField(
        validators=PLAUSIBLE,
        label="Date de la signature",
        widget=forms.DateInput,
        required=False,
        help_text="Pour un formulaire signé à la main.",
    )
    sortie_le = forms.DateField(
        validators=PLAUSIBLE, label="Dernier jour d’adhésion", widget=forms.DateInput, required=False
    )
    sans_sortie = forms.BooleanField(label="Annuler la sortie enregistrée", required=False)
    periode = forms.DateField(
        validators=PLAUSIBLE,
        label="Premier jour de la période à corriger",
        required=False,
        widget=forms.DateInput,
        help_text="Sans réponse, la dernière période.",
    )
    motif = forms.CharField(
        label="Motif de la correction", max_length=300, help_text="Sans nom ni information de santé : il est gardé."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialite"].choices = [("", "Sans changement"), *specialites_ouvertes()[1:]]
        self.fields["departements"].choices = departements_du_dossier(self.dossier.departements)

    def donnees(self) -> dict[str, Any]:
        donnees = super().donnees()
        adhesion, motif, sans_sortie = donnees.pop("adhesion"), donnees.pop("motif"), donnees.pop("sans_sortie", False)
        periode = donnees.pop("periode", None)
        corrections = {nom: valeur for nom, valeur in donnees.items() if valeur not in ("", None, [])}
        if sans_sortie:
            corrections["sortie_le"] = None
        return {"adhesion": adhesion, "motif": motif, "corrections": corrections, "periode": periode}


class Engagement(forms.Form):
    """The signing page: nothing is ticked beforehand."""

    a_avis_ponctuel = forms.BooleanField(
        label="Je m’engage à donner des avis ponctuels",
        error_messages={"required": "Cochez cette case : l’adhésion engage dans les deux missions."},
    )
    a_second_recours = forms.BooleanField(
        label="Je m’engage à organiser le second recours",
        error_messages={"required": "Cochez cette case : l’adhésion engage dans les deux missions."},
    )
    a_consultations_avancees = forms.BooleanField(
        label="Je souhaite aussi proposer des consultations avancées", required=False, help_text="Facultatif"
    )


class Code(forms.Form):
    code = forms.CharField(
        label="Code reçu par courriel",
        min_length=6,
        max_length=9,
        help_text="Six chiffres.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
