"""The public simulators' forms: what a person types becomes the body of a calculator, whose faults come back to the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms

from dossiers.forms.etapes import jour, nombre
from dossiers.selectors import choix_departements
from ess_portal.referentiel.regles.saisie import SaisieInvalide

from . import calculs

CHANGEMENTS = 3
CHANGEMENTS_MAX = 12
DEMANDES = 2
DATES = ("lettre_recue", "projet_recu", "effet_dotation")
AUTRES = (
    ("lettre_premier_depot", "Premier dépôt de la lettre, complète ou non, le"),
    ("amorcage_signe_le", "Contrat de crédit d’amorçage signé par tous le"),
    ("projet_depose", "Projet de santé déposé ou posté le"),
    ("opposition_caisse_le", "Acte défavorable motivé de la caisse sur le projet le"),
)
SUITES = ("recue_le", "levee_le", "limite")
INDISPENSABLE = (("oui", "Oui, elle arrête le délai"), ("non", "Non"))
TYPES = (
    ("finess", "FINESS"),
    ("rpps", "RPPS"),
    ("rna", "RNA"),
    ("siren", "SIREN"),
    ("siret", "SIRET"),
    ("iban", "IBAN"),
)


class Simulateur(forms.Form):
    """`corps()` is the calculator's body; `CHAMPS` renames its faults to the fields of the page."""

    calcul: ClassVar[Any]

    def corps(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def champ_de(self, chemin: str) -> str | None:
        return chemin if chemin in self.fields else None

    def resultat(self) -> dict[str, Any] | None:
        """The answer; None when something is to be corrected, on its field."""
        if not self.is_valid():
            return None
        try:
            return type(self).calcul(self.corps())
        except SaisieInvalide as refus:
            for chemin, texte in refus.champs.items():
                self.add_error(self.champ_de(chemin), texte)
            return None


def _facultatif(champ: forms.Field) -> forms.Field:
    champ.required = False
    return champ


class Dotation(Simulateur):
    calcul = staticmethod(calculs.dotation)

    debut = jour("Début de l’année de contrat", manque="Indiquez le premier jour de l’année de contrat.")
    nombre = nombre(
        "Médecins adhérents ce jour-là", "Hors médecine générale.", manque="Indiquez le nombre de médecins."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.data if self.is_bound else self.initial
        demandes = str(source.get("changements", ""))
        connus = int(demandes) if demandes.isdecimal() and len(demandes) < 4 else CHANGEMENTS
        self.nombre_changements = min(connus + ("ajouter" in source), CHANGEMENTS_MAX)
        for rang in range(1, self.nombre_changements + 1):
            self.fields[f"du_{rang}"] = jour(f"Changement {rang}, à partir du", required=False)
            self.fields[f"nombre_{rang}"] = nombre("Nouveau nombre total", "", required=False)

    def changements(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"du_{r}"], self[f"nombre_{r}"]) for r in range(1, self.nombre_changements + 1)]

    def clean(self) -> dict[str, Any]:
        lues = super().clean() or {}
        for rang in range(1, self.nombre_changements + 1):
            du, combien = lues.get(f"du_{rang}"), lues.get(f"nombre_{rang}")
            if du and combien is None and f"nombre_{rang}" not in self.errors:
                self.add_error(f"nombre_{rang}", "Indiquez le nombre de médecins à partir de ce jour.")
            if combien is not None and not du and f"du_{rang}" not in self.errors:
                self.add_error(f"du_{rang}", "Indiquez le jour de ce changement.")
        return lues

    def _rangs(self) -> Iterator[int]:
        return (r for r in range(1, self.nombre_changements + 1) if self.cleaned_data.get(f"du_{r}"))

    def corps(self) -> dict[str, Any]:
        lues = self.cleaned_data
        debut = lues["debut"].isoformat()
        marches = [{"du": lues[f"du_{r}"].isoformat(), "nombre": lues[f"nombre_{r}"]} for r in self._rangs()]
        return {"debut": debut, "effectifs": [{"du": debut, "nombre": lues["nombre"]}, *marches]}

    def champ_de(self, chemin: str) -> str | None:
        rangs = ["", *(f"_{r}" for r in self._rangs())]
        for i, suffixe in enumerate(rangs):
            if chemin.startswith(f"effectifs[{i}]."):
                return f"{chemin.rpartition('.')[2]}{suffixe}" if i else "nombre"
        return super().champ_de(chemin)


class Echeances(Simulateur):
    calcul = staticmethod(calculs.echeances)

    departement = forms.ChoiceField(
        label="Département du siège", error_messages={"required": "Choisissez le département du siège."}
    )
    lettre_recue = jour("Lettre d’intention reçue par l’ARS le", manque="Indiquez le jour de réception de la lettre.")
    projet_recu = jour("Projet de santé reçu le", required=False)
    effet_dotation = jour("Date d’effet de la dotation", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departement"].choices = [("", "Choisir"), *choix_departements()]
        for nom, libelle in AUTRES:
            self.fields[nom] = jour(libelle, required=False)
        for objet, libelle in (("lettre", "sur la lettre"), ("projet", "sur le projet")):
            for rang in range(1, DEMANDES + 1):
                prefixe = f"{objet}_{rang}"
                self.fields[f"{prefixe}_demandee_le"] = jour(f"Pièces demandées {libelle} le", required=False)
                self.fields[f"{prefixe}_indispensable"] = forms.ChoiceField(
                    label="Pièces indispensables", choices=INDISPENSABLE, required=False
                )
                self.fields[f"{prefixe}_recue_le"] = jour(
                    "Reçues le", "Laissez vide si elles sont encore attendues.", required=False
                )
                self.fields[f"{prefixe}_levee_le"] = jour("Demande levée le", required=False)
                self.fields[f"{prefixe}_limite"] = jour(
                    "Dernier jour laissé à l’équipe", "Laissez vide pour le délai de l’ARS.", required=False
                )

    def autres(self) -> list[forms.BoundField]:
        return [self[nom] for nom, _ in AUTRES]

    def autres_remplis(self) -> bool:
        """An answer or a fault is not left in a closed drawer."""
        return any(champ.value() or champ.errors for champ in self.autres())

    def demandes(self) -> list[tuple[str, list[list[forms.BoundField]], bool]]:
        def rempli(objet: str) -> bool:
            champs = [self[f"{objet}_{r}_{p}"] for r in range(1, DEMANDES + 1) for p in ("demandee_le", *SUITES)]
            return any(champ.value() or champ.errors for champ in champs)

        parties = ("demandee_le", "indispensable", *SUITES)
        return [
            (titre, [[self[f"{objet}_{r}_{p}"] for p in parties] for r in range(1, DEMANDES + 1)], rempli(objet))
            for objet, titre in (
                ("lettre", "Demandes de pièces sur la lettre"),
                ("projet", "Demandes de pièces sur le projet"),
            )
        ]

    def clean(self) -> dict[str, Any]:
        lues = super().clean() or {}
        for objet in ("lettre", "projet"):
            for r in range(1, DEMANDES + 1):
                champ = f"{objet}_{r}_demandee_le"
                if (
                    champ not in self.errors
                    and not lues.get(champ)
                    and any(lues.get(f"{objet}_{r}_{s}") for s in SUITES)
                ):
                    self.add_error(champ, "Indiquez le jour de la demande.")
        return lues

    def _rangs(self, objet: str) -> list[int]:
        return [r for r in range(1, DEMANDES + 1) if self.cleaned_data.get(f"{objet}_{r}_demandee_le")]

    def corps(self) -> dict[str, Any]:
        lues = self.cleaned_data
        corps: dict[str, Any] = {nom: _iso(lues[nom]) for nom in (*DATES, *(n for n, _ in AUTRES))}
        corps["departement"] = lues["departement"]
        for objet in ("lettre", "projet"):
            corps[f"{objet}_demandes"] = [
                {
                    "demandee_le": _iso(lues[f"{objet}_{r}_demandee_le"]),
                    "indispensable": lues[f"{objet}_{r}_indispensable"] != "non",
                    **{suite: _iso(lues[f"{objet}_{r}_{suite}"]) for suite in SUITES},
                }
                for r in self._rangs(objet)
            ]
        return corps

    def champ_de(self, chemin: str) -> str | None:
        for objet in ("lettre", "projet"):
            for i, rang in enumerate(self._rangs(objet)):
                if chemin.startswith(f"{objet}_demandes[{i}]."):
                    return f"{objet}_{rang}_{chemin.rpartition('.')[2]}"
        return super().champ_de(chemin)


class Seuils(Simulateur):
    calcul = staticmethod(calculs.seuils)

    liberaux = nombre("Libéraux de la spécialité sur le territoire", manque="Indiquez le nombre de libéraux.")
    adherents_liberaux = nombre("Dont adhérents", manque="Indiquez le nombre d’adhérents libéraux.")
    medecins_presents = nombre(
        "Médecins de la spécialité présents",
        "Tous modes d’exercice.",
        manque="Indiquez le nombre de médecins présents.",
    )


class Identifiants(Simulateur):
    calcul = staticmethod(calculs.identifiant)

    type = forms.ChoiceField(label="Type d’identifiant", choices=TYPES)
    valeur = _facultatif(
        forms.CharField(label="Identifiant", max_length=100, help_text="Les espaces ne comptent pas.", strip=False)
    )
    valeur.est_attendu = True  # left empty, it is answered: not valid


def _iso(valeur: Any) -> str | None:
    return valeur.isoformat() if valeur else None
