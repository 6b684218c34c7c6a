"""What agents do as the dossier goes: items, FINESS, evidence, late projets, siège, tasks."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.models import Departement
from ess_portal.socle.typographie import date_fr

from ...actions import FormulaireActe
from ..etapes import jour, ligne, selon_le_cas, texte
from .communs import Motiver


class DemanderPieces(FormulaireActe):
    indispensables = texte(
        "Pièces indispensables",
        "Une par ligne. Elles arrêtent le délai\u00a0: deux mois entiers repartent à la réception de la dernière.",
        lignes=4,
        maximum=3000,
    )
    autres = texte(
        "Autres pièces ou précisions", "Une par ligne. Elles n’arrêtent pas le délai.", lignes=3, maximum=3000
    )
    date_limite = jour("À fournir jusqu’au", "Jour inclus. Laissez vide pour le délai réglementaire.", required=False)
    texte = texte("Message à l’équipe", lignes=3, maximum=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("indispensables", "autres", "texte"):
            self.fields[nom].required = False

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if not (d.get("indispensables") or d.get("autres")):
            self.add_error("indispensables", "Listez au moins une pièce à fournir.")
        return d

    def donnees(self) -> dict[str, Any]:
        d = self.cleaned_data
        items = [
            {"libelle": t, "indispensable": ind}
            for champ, ind in (("indispensables", True), ("autres", False))
            for t in d[champ].splitlines()
            if t.strip()
        ]
        return {"items": items, "date_limite": d["date_limite"], "texte": d["texte"]}


class AttribuerFiness(FormulaireActe):
    finess = ligne(
        "Numéro FINESS",
        "Neuf caractères. Il ne permet pas de facturer des actes.",
        maximum=14,
        manque="Indiquez le numéro FINESS.",
    )
    finess_le = jour("Attribué le", manque="Indiquez le jour d’attribution.")


class ExaminerActivite(FormulaireActe):
    activite = forms.ChoiceField(
        label="Activité", widget=forms.RadioSelect, error_messages={"required": "Choisissez l’activité."}
    )
    accord = forms.TypedChoiceField(
        label="Examen",
        widget=forms.RadioSelect,
        choices=(("oui", "La preuve établit l’activité"), ("non", "L’activité est écartée")),
        coerce=lambda v: v == "oui",
        error_messages={"required": "Dites si la preuve établit l’activité."},
    )
    motif = texte("Motif", "Obligatoire si l’activité est écartée.", lignes=3, maximum=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "motif")
        self.fields["activite"].choices = [
            (str(a.pk), f"{a.get_type_display()}, depuis le {date_fr(a.date_deploiement)}")
            for a in self.dossier.activites.filter(confirmee_le=None, ecartee_le=None)
        ]

    def donnees(self) -> dict[str, Any]:
        return {**self.cleaned_data, "activite": int(self.cleaned_data["activite"])}


class StatuerRetard(FormulaireActe):
    issue = forms.ChoiceField(
        label="Suite",
        widget=forms.RadioSelect,
        choices=(
            ("accorder_delai", "Accorder un délai"),
            ("mettre_en_demeure", "Mettre en demeure"),
            ("clore", "Clore le dossier (rien n’est signé)"),
            ("resilier", "Résilier (un contrat est signé)"),
        ),
        error_messages={"required": "Choisissez la suite."},
    )
    nouveau_delai = jour("Nouveau délai", "Jour inclus. Pour un délai accordé ou une mise en demeure.", required=False)
    motivation = texte("Motivation", lignes=4, manque="Indiquez le motif.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "nouveau_delai")


class Classer(Motiver):
    champ = "motif"


class Transferer(FormulaireActe):
    siege_departement = forms.ChoiceField(label="Nouveau département du siège")
    siege_commune = ligne("Commune du siège", maximum=120, manque="Indiquez la commune.")
    caisse = forms.ChoiceField(label="Nouvelle caisse")
    date_effet = jour("Date d’effet", manque="Indiquez la date d’effet.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["siege_departement"].choices = [
            (d.code, str(d)) for d in Departement.objects.filter(est_ouvert=True)
        ]
        self.fields["caisse"].choices = [
            (c.code, c.nom) for c in Organisation.objects.filter(type="caisse").order_by("nom")
        ]


class FaireTache(FormulaireActe):
    tache = forms.ChoiceField(
        label="Tâche", widget=forms.RadioSelect, error_messages={"required": "Choisissez la tâche."}
    )
    commentaire = texte(
        "Suite donnée", "Ce qui a été fait, ou pourquoi rien ne l’est.", lignes=3, manque="Écrivez la suite donnée."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tache"].choices = [
            (str(t.pk), t.get_type_display()) for t in self.dossier.taches.filter(faite_le=None, qui=self.acteur.type)
        ]

    def donnees(self) -> dict[str, Any]:
        return {"tache": int(self.cleaned_data["tache"]), "commentaire": self.cleaned_data["commentaire"]}


class Suivre(FormulaireActe):
    """Takes the dossier for oneself."""
