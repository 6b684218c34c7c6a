"""Forms of the payments and of the account."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import jour
from dossiers.models import Association
from ess_portal.socle import horloge
from ess_portal.socle.typographie import euros

from ..echeancier import ouvertes
from ..models import Versement
from ..selectors import argent
from ..services.comptes import admet_une_porteuse
from .champs import Texte


class Iban(FormulaireActe):
    """The structure porteuse is asked for where the setting admits one, and no association is declared (FIN-2)."""

    iban = forms.CharField(
        label="IBAN", max_length=42, help_text="Format attendu\u00a0: FR76 1234 5678 9012 3456 7890 123."
    )
    titulaire = forms.CharField(
        label="Titulaire du compte", max_length=200, help_text="L’association, telle qu’elle est écrite sur le relevé."
    )
    siren_porteuse = forms.CharField(
        label="SIREN de la structure porteuse",
        max_length=20,
        required=False,
        help_text="L’association n’est pas déclarée\u00a0: le compte est celui de la structure qui porte l’équipe. Il ne reçoit que le premier versement.",
    )
    rib = forms.FileField(
        label="Relevé d’identité bancaire",
        required=False,
        help_text="PDF ou image. Ne déposez aucune donnée de santé.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        porteuse = not Association.objects.filter(dossier=self.dossier).exists() and admet_une_porteuse(
            self.dossier, horloge.maintenant()
        )
        if not porteuse:
            del self.fields["siren_porteuse"]
            return
        self.fields["siren_porteuse"].est_attendu = True
        self.fields["titulaire"].help_text = "La structure porteuse, telle qu’elle est écrite sur le relevé."


class ConfirmationIban(FormulaireActe):
    verification = forms.BooleanField(
        label="J’ai rappelé le trésorier au numéro connu de la caisse et comparé le relevé d’identité bancaire"
    )

    def donnees(self) -> dict[str, Any]:
        return {"verification": "rappel du trésorier au numéro connu, relevé comparé"}


class PropositionVersement(FormulaireActe):
    nature = forms.ChoiceField(label="Versement", choices=())
    montant = forms.DecimalField(
        label="Montant arrêté par la caisse",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text="Laissez vide\u00a0: le montant vient des règles. À saisir seulement sous dix médecins.",
    )
    motif_montant = Texte(label="Motif de ce montant", required=False)
    cle = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        natures = ouvertes(self.dossier)
        self.fields["nature"].choices = natures
        if len(natures) == 1:
            self.fields["nature"].initial = natures[0][0]


class SurVersement(FormulaireActe):
    """An act on one payment of the dossier; the only candidate needs no choosing."""

    STATUTS: ClassVar[tuple[str, ...]] = ()

    versement = forms.ChoiceField(label="Versement", choices=(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidats = [v for v in argent(self.dossier).versements if v.statut in self.STATUTS]
        self.fields["versement"].choices = [
            (v.numero, f"{v.libelle}, {euros(v.montant)} ({v.numero})") for v in candidats
        ]
        if len(candidats) == 1:
            self.fields["versement"].initial = candidats[0].numero
        else:
            self.fields["versement"].required = True

    def clean_versement(self) -> str:
        choisi = self.cleaned_data["versement"] or self.fields["versement"].initial
        if not choisi:
            raise forms.ValidationError("Choisissez un versement.")
        return choisi


class Validation(SurVersement):
    STATUTS = (Versement.Statut.PROPOSE,)


class Paiement(SurVersement):
    STATUTS = (Versement.Statut.VALIDE,)

    reference = forms.CharField(
        label="Référence comptable",
        max_length=80,
        help_text="Numéro de l’ordre ou du virement dans l’outil de la caisse.",
    )
    paye_le = jour("Payé le", "Laissez vide pour aujourd’hui.", required=False)


class Annulation(SurVersement):
    STATUTS = (Versement.Statut.PROPOSE, Versement.Statut.VALIDE)

    motif = Texte(label="Motif", help_text="Il est communiqué à l’équipe et à la personne qui a proposé le versement.")
