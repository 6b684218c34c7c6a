"""The steps of a dérogation (DER-1), each with what it asks for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.typographie import date_fr

from ...actions import FormulaireActe
from ...models import Derogation
from ...regles.derogations import PORTEES
from ..etapes import jour, ligne, selon_le_cas, texte

VALIDITE = "Laissez vide si la décision n’en fixe pas."


def _document(aide: str = "PDF, image ou document bureautique, 25\u00a0Mo au plus.") -> forms.FileField:
    return forms.FileField(label="Document", required=False, help_text=aide)


def libelle(d: Derogation) -> str:
    """« Dix médecins présents, demandée le 3 mars 2026 »."""
    return f"{', '.join(PORTEES.get(c, c) for c in d.portee)}, demandée le {date_fr(d.demandee_le)}"


class Portee(FormulaireActe):
    """Subject and scope, common to who asks and to who records."""

    portee = forms.MultipleChoiceField(
        label="Contrôles concernés",
        widget=forms.CheckboxSelectMultiple,
        choices=tuple(PORTEES.items()),
        error_messages={
            "required": "Choisissez au moins un contrôle.",
            "invalid_choice": "Ce contrôle n’est pas de ceux dont la commission dispense.",
        },
    )
    groupes = forms.MultipleChoiceField(
        label="Spécialités concernées",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Pour l’unicité et les seuils. Sans choix, la dérogation vaut pour toutes et pour le total.",
        error_messages={"invalid_choice": "Choisissez parmi les spécialités du dossier."},
    )
    fondement = forms.ChoiceField(
        label="Fondement",
        widget=forms.RadioSelect,
        choices=Derogation.Fondement.choices,
        initial=Derogation.Fondement.CIRCONSTANCES,
        required=False,
        error_messages={"invalid_choice": "Choisissez un fondement de la liste."},
    )
    motif = texte("Motif", lignes=4, manque="Indiquez le motif de la dérogation.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        noms = noms_groupes() if len(self.dossier.groupes) > 1 else {}
        self.fields["groupes"].choices = [(g, noms.get(g, g)) for g in self.dossier.groupes]
        if not noms:
            del self.fields["groupes"]
        self.fields["fondement"].est_attendu = True

    def clean_fondement(self) -> str:
        return self.cleaned_data["fondement"] or Derogation.Fondement.CIRCONSTANCES


class DemanderDerogation(Portee):
    """The figures of the day are frozen with the request."""

    demandee_le = jour("Demandée le", "Laissez vide pour aujourd’hui.", required=False)


class Decision(FormulaireActe):
    """What the CPN has said."""

    issue = forms.ChoiceField(
        label="Décision de la commission",
        widget=forms.RadioSelect,
        choices=[(v, n) for v, n in Derogation.Issue.choices if v not in ("demandee", "retiree")],
        error_messages={
            "required": "Choisissez le sens de la décision.",
            "invalid_choice": "Choisissez une issue de la liste.",
        },
    )
    session_le = jour("Séance du", required=False)
    reference = ligne("Référence", "Celle de la décision. Obligatoire pour un accord.", maximum=80)
    conditions = texte("Conditions", "Pour un accord sous conditions.", lignes=3, maximum=3000)
    valide_du = jour("Valide du", VALIDITE, required=False)
    valide_au = jour("Valide jusqu’au", VALIDITE, required=False)
    document = _document()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("reference", "conditions"):
            self.fields[nom].required = False


class EnregistrerDerogation(Decision, Portee):
    demandee_le = jour("Envoyée à la CPN le", manque="Indiquez le jour d’envoi.")

    field_order = ("portee", "groupes", "fondement", "motif", "demandee_le", "issue", "session_le", "reference")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issue"].choices = [(v, n) for v, n in Derogation.Issue.choices if v != "retiree"]
        self.fields["issue"].initial = Derogation.Issue.DEMANDEE


class UneDerogation(FormulaireActe):
    """An act on one dérogation of the dossier, in the states where it makes sense; the query string may name it."""

    issues: ClassVar[tuple[str, ...]] = (Derogation.Issue.DEMANDEE,)

    derogation = forms.ChoiceField(
        label="Demande",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez la dérogation.",
            "invalid_choice": "Choisissez une dérogation de ce dossier.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lignes = list(Derogation.objects.pour(self.acteur).filter(dossier=self.dossier, issue__in=self.issues))
        self.fields["derogation"].choices = [(str(d.pk), libelle(d)) for d in lignes]
        if len(lignes) == 1:
            self.fields["derogation"].initial = str(lignes[0].pk)

    def donnees(self) -> dict[str, Any]:
        return {**self.cleaned_data, "derogation": int(self.cleaned_data["derogation"])}


class AviserDerogation(UneDerogation):
    sens = forms.ChoiceField(
        label="Sens de l’avis",
        widget=forms.RadioSelect,
        choices=Derogation.Sens.choices,
        error_messages={"required": "Choisissez le sens de l’avis.", "invalid_choice": "Choisissez le sens de l’avis."},
    )
    texte = texte("Motivation", "Obligatoire pour des réserves ou un avis défavorable.", lignes=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "texte")


class EnvoyerDerogation(UneDerogation):
    envoyee_le = jour("Envoyée à la CPN le", manque="Indiquez le jour d’envoi.")
    session_le = jour("Séance prévue le", "Si elle est connue.", required=False)


class StatuerDerogation(Decision, UneDerogation):
    field_order = ("derogation", "issue", "session_le", "reference", "conditions")


class CorrigerDerogation(Decision, UneDerogation):
    issues = (Derogation.Issue.ACCORDEE, Derogation.Issue.CONDITIONS, Derogation.Issue.REFUSEE)
    field_order = ("derogation", "issue", "session_le", "reference", "conditions")
    raison = texte("Pourquoi cette correction", lignes=3, manque="Dites pourquoi la décision enregistrée change.")


class RetirerDerogation(UneDerogation):
    motif = texte("Motif", lignes=3, manque="Indiquez le motif.")


class AssouplirPerimetre(FormulaireActe):
    motif = texte("Motivation", "En droit et en fait.", lignes=5, manque="Motivez l’assouplissement.")
    valide_du = jour("Valide du", VALIDITE, required=False)
    valide_au = jour("Valide jusqu’au", VALIDITE, required=False)
    document = _document()
