"""Forms of the yearly dotation: its statement."""

from __future__ import annotations

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import jour

from ..annees import MAXIMUM
from .champs import Texte

OUI_NON = (("oui", "Oui"), ("non", "Non"))


class SurAnnee(FormulaireActe):
    """An act on a closed year of the contract; which years are, the service says."""

    annee = forms.IntegerField(
        label="Année du contrat", min_value=1, max_value=MAXIMUM, help_text="Son rang\u00a0: 1 pour la première."
    )


class Controle(SurAnnee):
    criteres = forms.TypedChoiceField(
        label="Les critères du cahier des charges sont remplis",
        choices=OUI_NON,
        coerce=lambda v: v == "oui",
        widget=forms.RadioSelect,
    )
    composition = forms.TypedChoiceField(
        label="La composition de l’équipe est conforme",
        choices=OUI_NON,
        coerce=lambda v: v == "oui",
        widget=forms.RadioSelect,
        help_text="Adhérents et formulaires d’adhésion, à l’anniversaire.",
    )
    fait_le = jour("Contrôle fait le", "Laissez vide pour aujourd’hui.", required=False)
    observations = Texte(
        label="Observations",
        required=False,
        help_text="Obligatoires si un point n’est pas conforme\u00a0: elles sont envoyées à l’équipe, et le versement est suspendu.",
    )


class Decompte(SurAnnee):
    montant = forms.DecimalField(
        label="Montant arrêté par la caisse",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text="En euros. Seulement sous dix médecins\u00a0: au-dessus, le montant vient des règles.",
    )
    motif_montant = Texte(label="Motif de ce montant", required=False)
    motif_version = Texte(
        label="Ce qui change depuis le décompte précédent",
        required=False,
        help_text="Laissez vide pour un premier décompte.",
    )
