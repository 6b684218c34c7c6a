"""What the équipe files, declares and gives up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ess_portal.socle.typographie import date_fr

from ...actions import FormulaireActe
from ...lecture_recours import NOUVEAU_DEPOT, ouvert
from ...models import ActiviteMission, Association
from ..etapes import jour, ligne, texte
from .communs import Confirmer, Fichiers, Motiver


class DeposerLettre(Confirmer):
    phrase = "Je dépose cette lettre au nom des porteurs, qui l’ont relue."


class DeposerProjet(Confirmer):
    phrase = "Je dépose ce projet de santé au nom de l’équipe, qui l’a relu."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ouvert(self.dossier) is not None:
            self.fields["confirmation"].help_text = NOUVEAU_DEPOT


class Completer(FormulaireActe):
    """Ticks of the items brought, files, a word."""

    reponses = forms.MultipleChoiceField(label="Je fournis", widget=forms.CheckboxSelectMultiple, required=False)
    fichiers = Fichiers(
        label="Fichiers",
        required=False,
        help_text="PDF, image ou document bureautique, 25 Mo au plus chacun.",
    )
    texte = texte("Message", lignes=3, maximum=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = False
        self.fields["reponses"].est_attendu = True  # or a file, or a word: the service asks for one of the three
        demande = self.dossier.demandes.filter(
            est_indispensable=True, recue_le__isnull=True, levee_le__isnull=True
        ).first()
        items = demande.items if demande else []
        self.fields["reponses"].choices = [
            (
                str(n),
                i["libelle"]
                + (" – indispensable" if i["indispensable"] else "")
                + (f" – reçue le {date_fr(date.fromisoformat(i['recue_le']))}" if i["recue_le"] else ""),
            )
            for n, i in enumerate(items)
        ]

    def donnees(self) -> dict[str, Any]:
        return {
            "reponses": [int(n) for n in self.cleaned_data["reponses"]],
            "fichiers": self.cleaned_data["fichiers"],
            "texte": self.cleaned_data["texte"],
        }


class DeclarerAssociation(FormulaireActe):
    type = forms.ChoiceField(
        label="Forme", choices=Association.Type.choices, widget=forms.RadioSelect, initial=Association.Type.LOI_1901
    )
    nom = ligne("Nom de l’association", manque="Donnez le nom de l’association.")
    rna = ligne("Numéro RNA", "W suivi de neuf caractères.", maximum=14)
    siren = ligne("Numéro SIREN", "Neuf chiffres.", maximum=14, inputmode="numeric")
    registre = ligne(
        "Inscription au registre du tribunal", "Pour une association de droit local (57, 67, 68).", maximum=120
    )
    date_declaration = jour("Date de déclaration", required=False)
    siege_adresse = texte("Adresse du siège", lignes=2, maximum=300)
    representant = ligne("Représentant légal", "Prénom, nom et qualité.", manque="Nommez le représentant légal.")
    statuts = forms.FileField(label="Statuts", required=False, help_text="PDF, 25 Mo au plus.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("rna", "siren", "registre", "siege_adresse"):
            self.fields[nom].required = False


class CorrigerAssociation(DeclarerAssociation):
    """The same fields, as they stand; files already given stay unless replaced."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        connue = Association.objects.filter(dossier=self.dossier).first()
        if connue is not None:
            for nom, champ in self.fields.items():
                if nom != "statuts":
                    champ.initial = getattr(connue, nom)


class DeclarerActivite(FormulaireActe):
    type = forms.ChoiceField(
        label="Activité",
        choices=ActiviteMission.Type.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’activité."},
    )
    description = texte("Description", lignes=3, maximum=2000, manque="Décrivez l’activité en une phrase.")
    date_deploiement = jour("Déployée le", manque="Indiquez le jour du déploiement.")
    preuve = forms.FileField(
        label="Preuve",
        help_text="Relevé, convention, planning… PDF, image ou document, 25 Mo au plus.",
        error_messages={"required": "Joignez une preuve."},
    )


class ActualiserProjet(FormulaireActe):
    objet_actualisation = texte("Objet de l’actualisation", lignes=3, manque="Dites ce qui change.")


class Abandonner(Motiver):
    champ = "motif"
