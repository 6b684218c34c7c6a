"""Guided entry of a dossier that comes from elsewhere (§6)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms

from ess_portal.comptes.models import Organisation

from ..models import Dossier
from ..regles.reprise import ENTREES
from ..regles.statuts import LIBELLES
from ..services.reprise import Reprise
from .actes import Fichiers
from .etapes import jour, ligne, nombre
from .hors_portail import DossierHorsPortail

ETAPES = [(s.value, LIBELLES[s]) for s in dict.fromkeys(s for etapes in ENTREES.values() for s in etapes)]


class FormulaireReprise(DossierHorsPortail):
    """`reprise()` gives the typed facts; the service judges whether they hold together."""

    field_order = ("regime", "statut")

    regime = forms.ChoiceField(
        label="Régime",
        choices=Dossier.Regime.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le régime."},
    )
    statut = forms.ChoiceField(
        label="Étape réelle du dossier", choices=ETAPES, error_messages={"required": "Choisissez l’étape."}
    )
    lettre_deposee_le = jour("Lettre reçue complète le", required=False)
    lettre_validee_le = jour("Lettre validée le", required=False)
    amorcage_signe_le = jour("Contrat de crédit d’amorçage signé par les trois parties le", required=False)
    projet_depose_le = jour("Projet de santé reçu le", required=False)
    projet_valide_le = jour("Projet validé le", required=False)
    dotation_signee_le = jour("Contrat de dotation annuelle signé par les trois parties le", required=False)
    avis_ponctuel_le = jour("Avis spécialisé ponctuel en place depuis le", required=False)
    second_recours_le = jour("Structuration du second recours en place depuis le", required=False)
    association = ligne("Association", maximum=200)
    rna = ligne("Numéro RNA", maximum=14)
    finess = ligne("Numéro FINESS", maximum=14)
    finess_le = jour("FINESS attribué le", required=False)
    medecins_presents = nombre("Médecins de la spécialité présents", required=False)
    liberaux = nombre("Dont libéraux", required=False)
    adherents_declares = nombre("Libéraux adhérents déclarés", required=False)
    reference = ligne("Référence d’origine", "Numéro sur Démarches Simplifiées, ou cote du dossier papier.", maximum=80)
    actes = Fichiers(
        label="Actes numérisés",
        required=False,  # the service asks for one, but out of the field
        help_text="Lettre, décisions, contrats, preuves des activités\u00a0: PDF ou images. Au moins un.",
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["siege_departement"].choices = [
            ("", "Choisir"),
            *((d.code, str(d)) for d in self.ouverts if d.region_id == region),
        ]
        self.fields["caisse"].choices = [
            ("", "Choisir"),
            *((c.code, c.nom) for c in Organisation.objects.filter(type="caisse", region=region).order_by("nom")),
        ]
        for nom in ("association", "rna", "finess", "reference"):
            self.fields[nom].required = False

    def reprise(self) -> Reprise:
        """The facts of the dossier itself; a form that asks for more keeps the rest."""
        return Reprise(**{f.name: self.cleaned_data[f.name] for f in fields(Reprise) if f.name in self.cleaned_data})
