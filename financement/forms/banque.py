"""Forms of the bank side: the batch, its cancelling, the account of the caisse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from dossiers.forms.etapes import jour
from ess_portal.socle.typographie import euros

from ..models import CompteCaisse, Versement
from .champs import Texte


class Lot(forms.Form):
    versements = forms.MultipleChoiceField(
        label="Versements à réunir",
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un versement."},
    )
    date_execution = jour("Date d’exécution", "Le jour où la banque débite le compte de la caisse.")

    def __init__(self, *args: Any, payables: Iterable[Versement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["versements"].choices = [
            (v.numero, f"{v.dossier.nom}, {v.libelle.lower()}\u00a0: {euros(v.montant)} ({v.numero})") for v in payables
        ]
        self.fields["versements"].initial = [numero for numero, _ in self.fields["versements"].choices]


class AnnulationLot(forms.Form):
    """`est_valide`: the order may be at the bank, who cancels it says what became of it."""

    motif = Texte(label="Motif de l’annulation")
    non_execute = forms.BooleanField(label="La banque n’a pas exécuté cet ordre, et ne l’exécutera pas")

    def __init__(self, *args: Any, est_valide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not est_valide:
            del self.fields["non_execute"]


class CompteDeLaCaisse(forms.Form):
    titulaire = forms.CharField(label="Titulaire du compte", max_length=70)
    iban = forms.CharField(
        label="IBAN", max_length=42, help_text="Format attendu\u00a0: FR76 1234 5678 9012 3456 7890 123."
    )
    bic = forms.CharField(label="BIC", max_length=14, help_text="Huit ou onze caractères, sur le relevé du compte.")


class Releve(forms.Form):
    fichier = forms.FileField(
        label="Fichier de la banque",
        help_text="Relevé camt.053, avis camt.054 (XML), ou tableau CSV aux colonnes reference, montant et date. 10\u00a0Mo au plus.",
    )
    compte = forms.ChoiceField(
        label="Compte, pour un tableau CSV", choices=(), required=False, help_text="Le compte dont le tableau est tiré."
    )
    arrete_au = jour(
        "Tableau complet jusqu’au",
        "Pour un tableau CSV qui donne toutes les écritures du compte jusqu’à ce jour. Sinon, laissez vide.",
        required=False,
    )

    def __init__(self, *args: Any, comptes: Iterable[CompteCaisse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["compte"].choices = [("", "Aucun"), *((c.iban, c.iban_masque) for c in comptes)]


class MiseALEcart(forms.Form):
    motif = Texte(label="Motif de la mise à l’écart", max_length=500)
