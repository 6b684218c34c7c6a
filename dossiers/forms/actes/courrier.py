"""What an agent of the ARS enters of a letter, a projet or items that came by post or from Démarches Simplifiées (CAL-8)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms

from ess_portal.comptes.models import Organisation

from ...actions import FormulaireActe
from ...models import Depot
from ...regles.depots import numero_ds
from ...services.courrier_lettre import LettreRecue
from ..etapes import jour, ligne, nombre, selon_le_cas
from ..hors_portail import DossierHorsPortail
from .communs import Fichiers
from .equipe import Completer

CACHET = "Le cachet de la poste fait foi pour l’équipe. Par exemple 15/03/2026."
RECEPTION = "Le jour de l’arrivée à votre ARS\u00a0: vos délais en sont comptés."
SCAN = "Le courrier numérisé\u00a0: PDF ou images, 25 Mo au plus chacun."


class EnregistrerProjet(FormulaireActe):
    date_depot = jour("Cachet de la poste", CACHET, manque="Indiquez le jour du cachet de la poste.")
    date_reception = jour("Reçu le", RECEPTION, manque="Indiquez le jour de réception.")
    fichiers = Fichiers(
        label="Projet numérisé", help_text=SCAN, error_messages={"required": "Joignez le projet numérisé."}
    )


class EnregistrerPieces(Completer):
    """The ticks of the open request, with the day on which the post brought them."""

    date_reception = jour("Reçues le", RECEPTION, manque="Indiquez le jour de réception.")

    field_order = ("date_reception", "reponses", "fichiers", "texte")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "reponses", "fichiers")
        self.fields["reponses"].label = "Pièces reçues"
        self.fields["texte"].label = "Précision gardée au dossier"
        self.fields["fichiers"].label = "Pièces numérisées"
        self.fields["fichiers"].help_text = SCAN

    def donnees(self) -> dict[str, Any]:
        return super().donnees() | {"date_reception": self.cleaned_data["date_reception"]}


class FormulaireLettreRecue(DossierHorsPortail):
    """`lettre()` gives the typed facts; the service judges whether they hold together."""

    field_order = (
        *("canal", "reference", "date_depot", "date_reception", "nom", "equipe", "specialites", "departements"),
        *("siege_departement", "transmission"),
    )

    canal = forms.ChoiceField(
        label="Comment la lettre est-elle arrivée\u00a0?",
        choices=[(c.value, c.label) for c in Depot.Canal if c is not Depot.Canal.PORTAIL],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez comment la lettre est arrivée."},
    )
    reference = ligne("Numéro sur Démarches Simplifiées", "Laissez vide pour un courrier.", maximum=20)
    date_depot = jour(
        "Déposée le",
        "Le cachet de la poste, ou le jour du dépôt sur Démarches Simplifiées. Par exemple 15/03/2026.",
        manque="Indiquez le jour du dépôt.",
    )
    date_reception = jour(
        "Reçue le",
        f"{RECEPTION} Laissez vide si la lettre est arrivée par Démarches Simplifiées le jour de son dépôt.",
        required=False,
    )
    transmission = forms.BooleanField(
        label="Le siège relève d’une autre ARS\u00a0: je lui transmets cette lettre, qu’elle reçoit aujourd’hui",
        required=False,
        help_text="Son délai de décision partira d’aujourd’hui. Vous ne lirez plus le dossier\u00a0; votre journal garde la transmission.",
    )
    medecins_presents = nombre("Médecins de la spécialité présents", required=False)
    liberaux = nombre("Dont libéraux", required=False)
    adherents_declares = nombre("Libéraux adhérents déclarés", required=False)
    fichiers = Fichiers(
        label="Lettre numérisée", help_text=SCAN, error_messages={"required": "Joignez la lettre numérisée."}
    )

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "reference", "date_reception")
        siens = ((d.code, str(d)) for d in self.ouverts if d.region_id == region)
        autres = ((d.code, str(d)) for d in self.ouverts if d.region_id not in (region, None))
        self.fields["siege_departement"].choices = [
            ("", "Choisir"),
            ("Votre région", list(siens)),
            ("Autres régions, à transmettre", list(autres)),
        ]
        caisses = Organisation.objects.filter(type="caisse").order_by("nom").values_list("code", "nom", "region")
        self.fields["caisse"].choices = [
            ("", "Choisir"),
            ("Votre région", [(code, nom) for code, nom, r in caisses if r == region]),
            ("Autres régions", [(code, nom) for code, nom, r in caisses if r != region]),
        ]

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        par_courrier = d.get("canal") == Depot.Canal.PAPIER
        if par_courrier:
            d["reference"] = ""
        elif d.get("reference") and (lu := numero_ds(d["reference"])) is None:
            self.add_error("reference", "Écrivez ce numéro en chiffres, 12 au plus.")
        elif d.get("reference"):
            d["reference"] = lu
        elif d.get("canal"):
            self.add_error("reference", "Indiquez le numéro du dossier sur Démarches Simplifiées.")
        if d.get("date_reception") is None and "date_reception" not in self.errors:
            d["date_reception"] = d.get("date_depot")
            if par_courrier:
                self.add_error("date_reception", "Indiquez le jour de réception.")
        return d

    def lettre(self) -> LettreRecue:
        lus = {f.name: self.cleaned_data[f.name] for f in fields(LettreRecue)}
        return LettreRecue(**{n: tuple(v) if isinstance(v, list) else v for n, v in lus.items()})
