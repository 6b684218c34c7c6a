"""A text of the library of motivations."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import Motivation
from ..models.instruction import Objet
from ..regles.criteres import CRITERES
from ..regles.motifs import A_COMPLETER, MOTIFS
from .etapes import ligne, texte


class FormulaireMotivation(forms.Form):
    raison = forms.ChoiceField(
        label="Motif de refus",
        choices=[
            ("", "Choisir un motif"),
            *(
                (Objet(objet).label, [(f"{objet}:{code}", m.libelle) for code, m in motifs.items()])
                for objet, motifs in MOTIFS.items()
            ),
        ],
        error_messages={
            "required": "Choisissez un motif de la liste.",
            "invalid_choice": "Choisissez un motif de la liste.",
        },
    )
    critere = forms.ChoiceField(
        label="Critère en cause",
        required=False,
        choices=[("", "Sans objet"), *((c, f"{c.removeprefix('CRI-')} – {v.libelle}") for c, v in CRITERES.items())],
        error_messages={"invalid_choice": "Choisissez un critère de la liste."},
    )
    titre = ligne(
        "Titre", "Ce que l’on lit dans la liste au moment de choisir.", maximum=120, manque="Donnez un titre."
    )
    texte = texte(
        "Texte",
        f"Écrivez «\u00a0{A_COMPLETER}\u00a0…]\u00a0» là où les faits du dossier manquent\u00a0: le refus attend qu’ils soient donnés.",
        lignes=10,
        maximum=4000,
        manque="Écrivez le texte.",
    )

    def donnees(self) -> dict[str, Any]:
        """Keyword arguments of `motivations.enregistrer`."""
        d = self.cleaned_data
        objet, _, motif = d["raison"].partition(":")
        return {"objet": objet, "motif": motif, **{nom: d[nom] for nom in ("critere", "titre", "texte")}}

    @staticmethod
    def depuis(m: Motivation) -> dict[str, Any]:
        return {"raison": f"{m.objet}:{m.motif}", "critere": m.critere, "titre": m.titre, "texte": m.texte}
