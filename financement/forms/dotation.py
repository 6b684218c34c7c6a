"""Forms of the yearly dotation: its statement."""

from __future__ import annotations

from django import forms

from dossiers.actions import FormulaireActe

from ..annees import MAXIMUM
from .champs import Texte


class SurAnnee(FormulaireActe):
    """An act on a closed year of the contract; which years are, the service says."""

    annee = forms.IntegerField(
        label="Année du contrat", min_value=1, max_value=MAXIMUM, help_text="Son rang\u00a0: 1 pour la première."
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
