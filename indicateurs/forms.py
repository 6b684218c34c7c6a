"""Forms of the annual report: the page's own, and those of its acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import PLAUSIBLE
from dossiers.forms.lettre import OBJECTIFS

from .models import Rapport
from .regles.indicateurs import INDICATEURS

NOMBRE_QUALITATIFS = 3
# The fields whose value may surprise (IND-3): each has room for a word.
EXPLIQUES = (*Rapport.INDICATEURS, "montant_depense")


class FormulaireRapport(forms.Form):
    """The year's report as it is being written. What the filing will ask for is required to the eye; the draft may wait for it."""

    AU_DEPOT = (
        *(i.code for i in INDICATEURS),
        "qualitatif_1",
        "resultat_1",
        "emploi_des_fonds",
        "montant_depense",
    )
    use_required_attribute = False

    commentaires = forms.CharField(label="Commentaires sur l’année", required=False, widget=forms.Textarea({"rows": 4}))
    emploi_des_fonds = forms.CharField(
        label="Emploi des fonds",
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="À quoi la dotation a servi, par mission.",
    )
    montant_depense = forms.DecimalField(
        label="Montant dépensé dans l’année, en euros", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    outil_informatique = forms.CharField(
        label="Outil informatique de l’équipe",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Outil qui mesurera les délais de rendez-vous et de réponse\u00a0: où en est-il\u00a0?",
    )
    outil_le = forms.DateField(
        validators=PLAUSIBLE, label="En service depuis le", required=False, widget=forms.DateInput
    )

    outil_preuve = forms.FileField(
        label="Preuve que l’outil est en service",
        required=False,
        help_text="Une capture d’écran, un contrat ou un compte rendu, sans aucune donnée de patient.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in EXPLIQUES:
            self.fields[f"explication_{champ}"] = forms.CharField(
                label="Ce qui l’explique", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
            )
        for d in INDICATEURS:
            self.fields[d.code] = forms.IntegerField(
                label=d.libelle,
                help_text=d.definition,
                required=False,
                min_value=0,
                max_value=2_000_000_000,
            )
        for rang in range(1, NOMBRE_QUALITATIFS + 1):
            suite = "" if rang == 1 else f" {rang}"
            self.fields[f"qualitatif_{rang}"] = forms.CharField(
                label=f"Indicateur qualitatif{suite}", required=False, max_length=300
            )
            self.fields[f"resultat_{rang}"] = forms.CharField(
                label=f"Résultat de l’année{suite}", required=False, widget=forms.Textarea({"rows": 3})
            )
        for code, libelle in OBJECTIFS:
            self.fields[f"objectif_{code}"] = forms.CharField(
                label=libelle, required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
            )

        self._exiger(True)

    def _exiger(self, oui: bool) -> None:
        for nom in self.AU_DEPOT:
            self.fields[nom].required = oui

    def full_clean(self) -> None:
        self._exiger(False)
        super().full_clean()
        self._exiger(True)

    def clean(self) -> dict[str, Any]:
        if self.data.get("outil_preuve") and "outil_preuve" not in self.files:
            self.add_error("outil_preuve", "Joignez le fichier lui-même.")
        return self.cleaned_data

    @property
    def nationaux(self) -> list[Any]:
        return [self[d.code] for d in INDICATEURS]

    @property
    def qualitatifs(self) -> list[tuple[Any, Any]]:
        return [(self[f"qualitatif_{rang}"], self[f"resultat_{rang}"]) for rang in range(1, NOMBRE_QUALITATIFS + 1)]

    @property
    def objectifs(self) -> list[Any]:
        return [self[f"objectif_{code}"] for code, _ in OBJECTIFS]

    def donnees(self) -> dict[str, Any]:
        """What the service saves, from `cleaned_data`."""
        c = self.cleaned_data
        qualitatifs = [
            {"libelle": c[f"qualitatif_{rang}"], "resultat": c[f"resultat_{rang}"]}
            for rang in range(1, NOMBRE_QUALITATIFS + 1)
            if c[f"qualitatif_{rang}"] or c[f"resultat_{rang}"]
        ]
        objectifs = {code: c[f"objectif_{code}"] for code, _ in OBJECTIFS if c[f"objectif_{code}"]}
        simples = {
            nom: v
            for nom, v in c.items()
            if not nom.startswith(("qualitatif_", "resultat_", "objectif_", "explication_", "outil_preuve"))
        }
        explications = {champ: c[f"explication_{champ}"] for champ in EXPLIQUES if c[f"explication_{champ}"]}
        return simples | {"qualitatifs": qualitatifs, "objectifs": objectifs, "explications": explications}


def initial(rapport: Rapport | None, qualitatifs: list[str], compteurs: Mapping[str, int]) -> dict[str, Any]:
    """What the form shows first: the saved draft, or the qualitative indicators that the projet defined (IND-2) and what the monthly
    counters add up to.
    """
    if rapport is None or not rapport.version:
        return dict(compteurs) | {
            f"qualitatif_{rang}": libelle for rang, libelle in enumerate(qualitatifs[:NOMBRE_QUALITATIFS], 1)
        }
    valeurs = {
        nom: getattr(rapport, nom)
        for nom in (
            *Rapport.INDICATEURS,
            "commentaires",
            "emploi_des_fonds",
            "montant_depense",
            "outil_informatique",
            "outil_le",
        )
    }
    for rang, q in enumerate(rapport.qualitatifs, 1):
        valeurs |= {f"qualitatif_{rang}": q.get("libelle", ""), f"resultat_{rang}": q.get("resultat", "")}
    valeurs |= {f"explication_{champ}": texte for champ, texte in rapport.explications.items()}
    return valeurs | {f"objectif_{code}": fait for code, fait in rapport.objectifs.items()}


class FormulairePiece(forms.Form):
    """A file and what it is; the page asks for one at a time."""

    fichier = forms.FileField(
        label="Fichier",
        help_text="PDF, image ou document bureautique, 25 Mo au plus. Aucune donnée de santé d’un patient.",
        error_messages={"required": "Choisissez un fichier à joindre.", "empty": "Ce fichier est vide."},
    )
    libelle = forms.CharField(
        label="Libellé",
        required=False,
        max_length=200,
        help_text="Par exemple\u00a0: enquête auprès des médecins traitants.",
    )


class ActeRapport(FormulaireActe):
    annee = forms.IntegerField(label="Année du contrat", min_value=1, max_value=49)


class EnregistrerRapport(FormulaireRapport, ActeRapport):
    """The API's way to save a draft in one call."""

    version = forms.IntegerField(label="Version lue", required=False, min_value=0)

    def donnees(self) -> dict[str, Any]:
        donnees = FormulaireRapport.donnees(self)
        return {
            "annee": donnees.pop("annee"),
            "version": donnees.pop("version"),
            "preuve": self.cleaned_data["outil_preuve"],
            "donnees": donnees,
        }


class JoindrePiece(FormulairePiece, ActeRapport):
    """The API's way to join a file."""


class RetirerPiece(ActeRapport):
    piece = forms.UUIDField(
        label="Pièce à retirer", error_messages={"invalid": "Ce fichier n’est pas joint à ce rapport."}
    )


class Proroger(ActeRapport):
    au = forms.DateField(label="Nouvelle date", widget=forms.DateInput, validators=PLAUSIBLE)
    motif = forms.CharField(label="Motif", widget=forms.Textarea({"rows": 3}))


class DemanderCorrection(ActeRapport):
    texte = forms.CharField(label="Ce qui est à corriger", widget=forms.Textarea({"rows": 4}))
