"""The governance register and the mission's versions: what the équipe keeps up to date."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.referentiel.models import Specialite

from ...actions import FormulaireActe
from ...models import Consultation, Cooperation, Instance, Siege
from ...regles.gouvernance import PROFESSIONS
from ...regles.mission import VOIES
from ..etapes import jour, ligne, nombre, texte
from ..lettre import MODES, OBJECTIFS

PIECE = "PDF, image ou document bureautique, 25\u00a0Mo au plus."
LISTE = "Choisissez dans la liste."


def _choix(libelle: str, choix: Any, manque: str, *, radios: bool = True, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=libelle,
        choices=choix,
        required=required,
        widget=forms.RadioSelect if radios else forms.Select,
        error_messages={"required": manque, "invalid_choice": LISTE},
    )


class CreerInstance(FormulaireActe):
    type = _choix("Type", Instance.Type.choices, "Choisissez le type d’instance.")
    nom = ligne("Nom", maximum=120, manque="Donnez un nom à l’instance.")
    role = texte("Rôle", "Ce qu’elle décide ou prépare.", lignes=3, maximum=2000)
    creee_le = jour("Créée le", manque="Indiquez le jour de création.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].required = False


class ChoixEnfant(FormulaireActe):
    """One row of the dossier, named by its pk in the field `champ`."""

    champ = ""

    def proposer(self, lignes: Any) -> None:
        self.fields[self.champ].choices = [(str(x.pk), str(x)) for x in lignes]

    def donnees(self) -> dict[str, Any]:
        return {**self.cleaned_data, self.champ: int(self.cleaned_data[self.champ])}


class DissoudreInstance(ChoixEnfant):
    champ = "instance"
    instance = _choix("Instance", (), "Choisissez l’instance.")
    dissoute_le = jour("Dissoute le", "Les mandats en cours finissent ce jour-là.", manque="Indiquez le jour.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposer(Instance.objects.pour(self.acteur).filter(dossier=self.dossier, dissoute_le=None))


class Place(ChoixEnfant):
    """What a seat is made of."""

    nom = ligne("Nom de la personne ou de la structure", maximum=160, manque="Donnez le nom.")
    fonction = ligne("Fonction", "Présidente, trésorier, membre…", maximum=80, manque="Indiquez la fonction.")
    nature = _choix(
        "Nature", (("personne", "Personne physique"), ("structure", "Structure")), "Dites s’il s’agit d’une personne."
    )
    profession = _choix("Profession ou qualité", tuple(PROFESSIONS.items()), "Choisissez la profession ou la qualité.")
    specialite = _choix("Spécialité", (), LISTE, radios=False, required=False)
    mode = _choix("Mode d’exercice", MODES, LISTE, radios=False, required=False)
    en_exercice = forms.BooleanField(label="En exercice", required=False, initial=True)
    voix = _choix("Voix", Siege.Voix.choices, "Choisissez la voix.")
    debut = jour("Début du mandat", manque="Indiquez le début du mandat.")
    fin = jour("Fin du mandat", "Laissez vide si elle n’est pas fixée.", required=False)
    document = forms.FileField(label="Document", required=False, help_text=f"Procès-verbal, désignation… {PIECE}")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "voix"
        ].help_text = "Délibérative\u00a0: médecins spécialistes libéraux en exercice, hors médecine générale, personnes physiques."
        self.fields["specialite"].choices = [
            ("", "Sans objet"),
            *Specialite.objects.filter(date_fin=None).order_by("libelle").values_list("code", "libelle"),
        ]

    def donnees(self) -> dict[str, Any]:
        d = super().donnees()
        return {**d, "est_personne": d.pop("nature") == "personne", "specialite_id": d.pop("specialite") or None}


class AjouterSiege(Place):
    champ = "instance"
    field_order = ("instance",)
    instance = _choix("Instance", (), "Choisissez l’instance.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposer(Instance.objects.pour(self.acteur).filter(dossier=self.dossier, dissoute_le=None))


class CorrigerSiege(Place):
    champ = "siege"
    field_order = ("siege",)
    siege = _choix("Siège", (), "Choisissez le siège.")
    raison = texte("Pourquoi ce changement", lignes=2, maximum=1000, manque="Dites pourquoi le siège change.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposer(Siege.objects.pour(self.acteur).filter(dossier=self.dossier))


class EnregistrerConsultation(FormulaireActe):
    tenue_le = jour("Tenue le", manque="Indiquez le jour.")
    forme = _choix("Forme", Consultation.Forme.choices, "Choisissez la forme.")
    objet = ligne("Objet", manque="Indiquez l’objet de la consultation.")
    acteurs = texte("Acteurs consultés", "CPTS, usagers, établissements…", lignes=3, manque="Dites qui a été consulté.")
    synthese = texte("Ce qui en est sorti", lignes=3)
    preuve = forms.FileField(
        label="Preuve",
        help_text=f"Compte rendu, feuille d’émargement, réponses… {PIECE}",
        error_messages={"required": "Joignez une preuve.", "empty": "Ce fichier est vide."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["synthese"].required = False


class Partenariat(FormulaireActe):
    type = _choix("Type de partenaire", Cooperation.Type.choices, "Choisissez le type de partenaire.")
    partenaire = ligne("Partenaire", maximum=160, manque="Nommez le partenaire.")
    objet = texte("Objet", lignes=3, maximum=2000, manque="Décrivez la coopération.")
    debut = jour("Début", manque="Indiquez le début.")
    fin = jour("Fin", "Laissez vide si elle n’est pas fixée. Vous serez prévenus avant.", required=False)
    convention = forms.FileField(label="Convention", required=False, help_text=PIECE)


class AjouterCooperation(Partenariat):
    """A new partner."""


class CorrigerCooperation(Partenariat, ChoixEnfant):
    champ = "cooperation"
    field_order = ("cooperation",)
    cooperation = _choix("Coopération", (), "Choisissez la coopération.")
    raison = texte("Pourquoi ce changement", lignes=2, maximum=1000, manque="Dites pourquoi la coopération change.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposer(Cooperation.objects.pour(self.acteur).filter(dossier=self.dossier))


class ActualiserMission(FormulaireActe):
    """Contact point and target delays (MIS-1), then one line for each objective that is pursued (MIS-3)."""

    valide_du = jour("À partir du", manque="Indiquez le premier jour.")
    contact_nom = ligne("Point de contact des médecins traitants", maximum=160, manque="Nommez le point de contact.")
    telephone = ligne("Téléphone", maximum=30, manque="Donnez un téléphone.", inputmode="tel")
    courriel = forms.EmailField(
        label="Courriel",
        error_messages={"required": "Donnez un courriel.", "invalid": "Cette adresse n’est pas lisible."},
    )
    horaires = ligne(
        "Horaires", "Par exemple\u00a0: du lundi au vendredi, de 9\u00a0h à 18\u00a0h.", manque="Donnez les horaires."
    )
    adaptation = texte("Adaptation à l’état du patient", "Ce qui est vu en priorité.", lignes=3, maximum=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adaptation"].required = False
        for voie, libelle in VOIES.items():
            self.fields[f"delai_{voie}"] = nombre(
                f"Délai visé\u00a0: {libelle.lower()}", "En jours. Au moins une voie.", maximum=365, required=False
            )
        for code, libelle in OBJECTIFS:
            self.fields[f"objectif_{code}"] = texte(libelle, "Ce que l’équipe fait.", lignes=2, maximum=1000)
            self.fields[f"objectif_{code}"].required = False

    def donnees(self) -> dict[str, Any]:
        d = dict(self.cleaned_data)
        return {
            **{nom: d[nom] for nom in ("valide_du", "contact_nom", "telephone", "courriel", "horaires", "adaptation")},
            "delais": {voie: d[f"delai_{voie}"] for voie in VOIES},
            "objectifs": {code: d[f"objectif_{code}"] for code, _ in OBJECTIFS if d[f"objectif_{code}"].strip()},
        }
