"""The seven steps of the letter of intention (annexe 4, §3 step 1)."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.referentiel.services import caisses_possibles

from ..models import Dossier, LettreIntention
from .etapes import EtapeForm, jour, ligne, nombre, texte

MODES = (
    ("", "Choisir"),
    ("liberal", "Libéral"),
    ("hospitalier", "Hospitalier"),
    ("mixte", "Mixte"),
    ("salarie", "Salarié"),
)
OBJECTIFS = (
    ("coordination_ville", "Faciliter la coordination des spécialistes de ville"),
    ("ville_etablissements", "Articuler la ville et les établissements"),
    ("parcours_gradues", "Structurer des parcours gradués"),
    ("appui_professionnels", "Appuyer les professionnels, dont les médecins traitants"),
    ("competences_proximite", "Renforcer les compétences de proximité"),
    ("accessibilite", "Améliorer l’accessibilité et la continuité, géographique et financière"),
    ("premier_recours", "Faciliter le premier recours des spécialités en accès direct"),
    ("internes", "Accueillir des internes"),
    ("soins_non_programmes", "Répondre aux soins non programmés"),
    ("teleexpertise", "Développer la téléexpertise"),
)
PORTEURS_MAX = 12
COLONNES_PORTEUR = ("prenom", "nom", "rpps", "mode", "commune", "courriel")


class EtapePorteurs(EtapeForm):
    titre = "Porteurs"
    intro = "Qui porte le projet\u00a0? Citez chaque médecin porteur, avec son numéro RPPS."
    obligatoires = (
        "nom",
        "justification",
        "porteur_1_prenom",
        "porteur_1_nom",
        "porteur_1_rpps",
        "porteur_1_mode",
        "porteur_1_commune",
    )

    nom = ligne(
        "Nom de l’équipe",
        "Par exemple\u00a0: ESS de cardiologie d’Occitanie ouest.",
        manque="Donnez un nom à l’équipe.",
    )
    justification = texte(
        "Capacité de l’équipe",
        "Pourquoi les porteurs peuvent répondre au cahier des charges dans des délais raisonnables.",
        manque="Expliquez en quoi l’équipe peut répondre au cahier des charges dans des délais raisonnables.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        postes = [
            int(c.split("_")[1])
            for c in self.data
            if c.startswith("porteur_") and c.count("_") == 2 and c.split("_")[1].isdigit()
        ]
        connus = len(self.dossier.lettre.porteurs)
        self.nombre = min(PORTEURS_MAX, max(connus + (0 if connus else 1), *postes, 1)) if postes else max(1, connus)
        if "ajouter" in self.data and self.nombre < PORTEURS_MAX:
            self.nombre += 1
        for i in range(1, self.nombre + 1):
            champs = {
                "prenom": ligne(
                    "Prénom", maximum=80, autocomplete="off", manque=f"Renseignez le prénom du porteur {i}."
                ),
                "nom": ligne("Nom", maximum=80, autocomplete="off", manque=f"Renseignez le nom du porteur {i}."),
                "rpps": ligne(
                    "Numéro RPPS",
                    "11 chiffres, sur votre carte CPS.",
                    maximum=16,
                    inputmode="numeric",
                    manque=f"Renseignez le numéro RPPS du porteur {i}.",
                ),
                "mode": forms.ChoiceField(
                    label="Mode d’exercice",
                    choices=MODES,
                    error_messages={"required": f"Choisissez le mode d’exercice du porteur {i}."},
                ),
                "commune": ligne(
                    "Commune d’exercice",
                    maximum=120,
                    autocomplete="off",
                    manque=f"Renseignez la commune d’exercice du porteur {i}.",
                ),
                "courriel": forms.EmailField(
                    label="Courriel", error_messages={"invalid": "Cette adresse n’est pas valable."}
                ),
            }
            for nom, champ in champs.items():
                champ.required = self.strict and f"porteur_{i}_{nom}" in self.obligatoires
                champ.est_attendu = nom != "courriel"
                self.fields[f"porteur_{i}_{nom}"] = champ

    def rangees(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [(i, [self[f"porteur_{i}_{nom}"] for nom in COLONNES_PORTEUR]) for i in range(1, self.nombre + 1)]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        vus: set[str] = set()
        for i in range(1, self.nombre + 1):
            nom = f"porteur_{i}_rpps"
            valeur = donnees.get(nom)
            if not valeur:
                continue
            rpps = verifier("rpps", valeur)
            if not rpps.valide:
                self.add_error(nom, "Ce numéro RPPS n’est pas valable\u00a0: vérifiez les 11 chiffres.")
            elif rpps.normalise in vus:
                self.add_error(nom, "Ce porteur figure deux fois.")
            else:
                vus.add(str(rpps.normalise))
                donnees[nom] = rpps.normalise
        return donnees

    def donnees(self) -> dict[str, Any]:
        lignes = [
            {c: self.cleaned_data.get(f"porteur_{i}_{c}") or "" for c in COLONNES_PORTEUR}
            for i in range(1, self.nombre + 1)
        ]
        d = {"justification": self.cleaned_data["justification"], "porteurs": [p for p in lignes if any(p.values())]}
        return d | ({"nom": self.cleaned_data["nom"]} if self.cleaned_data["nom"] else {})


class EtapeSpecialite(EtapeForm):
    titre = "Spécialité"
    intro = "Une équipe se constitue autour d’une spécialité, hors médecine générale. Plusieurs spécialités demandent une dérogation de la CPN."
    obligatoires = ("specialites", "besoin")

    specialites = forms.MultipleChoiceField(
        label="Spécialité",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={
            "required": "Choisissez une spécialité.",
            "invalid_choice": "Cette spécialité n’est pas dans la liste.",
        },
    )
    besoin = texte(
        "Difficultés d’accès au second recours",
        "Délais, démographie, zones en tension\u00a0: ce qui rend l’équipe nécessaire sur ce territoire.",
        lignes=6,
        manque="Décrivez les difficultés d’accès au second recours.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialites"].choices = [
            (s.code, s.libelle + (" (à confirmer par l’ARS)" if s.eligibilite == "a_confirmer" else ""))
            for s in Specialite.objects.filter(famille="SM").exclude(eligibilite="non")
        ]


class EtapeTerritoire(EtapeForm):
    titre = "Territoire"
    intro = "Quels départements votre équipe couvrira-t-elle\u00a0? Il en faut au moins un, entier, et tous doivent se toucher."
    obligatoires = (
        "departements",
        "siege_departement",
        "siege_commune",
        "caisse_choisie",
        "medecins_presents",
        "liberaux",
        "adherents_declares",
        "source_comptage",
        "date_comptage",
    )

    departements = forms.MultipleChoiceField(
        label="Départements",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins un département.",
            "invalid_choice": "Ce département n’est pas dans la liste.",
        },
    )
    siege_departement = forms.ChoiceField(
        label="Département du siège prévu", error_messages={"required": "Choisissez le département du siège."}
    )
    siege_commune = ligne("Commune du siège prévu", maximum=120, manque="Renseignez la commune du siège.")
    siege_adresse = texte("Adresse du siège prévu", lignes=2, maximum=300)
    caisse_choisie = forms.ChoiceField(
        label="Caisse de rattachement",
        help_text="Celle dont la circonscription contient la commune du siège.",
        error_messages={
            "required": "Choisissez la caisse de rattachement.",
            "invalid_choice": "Choisissez une caisse du département du siège.",
        },
    )
    medecins_presents = nombre(
        "Médecins de la spécialité présents",
        "Tous modes d’exercice, sur tout le territoire.",
        manque="Indiquez le nombre de médecins présents.",
    )
    liberaux = nombre("Dont libéraux", "Activité libérale ou mixte.", manque="Indiquez le nombre de libéraux.")
    adherents_declares = nombre(
        "Libéraux prêts à adhérer",
        "Ceux de la spécialité qui exercent sur le territoire.",
        manque="Indiquez le nombre de libéraux prêts à adhérer.",
    )
    source_comptage = ligne(
        "Source du comptage", "Annuaire santé, étude, ARS…", maximum=120, manque="Indiquez la source du comptage."
    )
    date_comptage = jour("Date du comptage", manque="Indiquez la date du comptage.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departements = [(d.code, str(d)) for d in Departement.objects.filter(est_ouvert=True)]
        self.fields["departements"].choices = departements
        self.fields["siege_departement"].choices = [("", "Choisir"), *departements]
        siege = (self.data.get("siege_departement") if self.is_bound else None) or self.dossier.siege_departement
        self.fields["caisse_choisie"].choices = [("", "Choisir"), *((c.code, c.nom) for c in caisses_possibles(siege))]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        presents, liberaux, adherents = (
            donnees.get(n) for n in ("medecins_presents", "liberaux", "adherents_declares")
        )
        if presents is not None and liberaux is not None and liberaux > presents:
            self.add_error("liberaux", "Les libéraux ne peuvent pas dépasser les médecins présents.")
        if liberaux is not None and adherents is not None and adherents > liberaux:
            self.add_error(
                "adherents_declares", "Les adhérents libéraux ne peuvent pas dépasser les libéraux du territoire."
            )
        return donnees

    def donnees(self) -> dict[str, Any]:
        d = dict(self.cleaned_data)
        if not d["siege_departement"]:
            d.pop("siege_departement")
        return d


class EtapeJson(EtapeForm):
    """A step stored as one JSON field named `champ`."""

    champ = ""

    def donnees(self) -> dict[str, Any]:
        return {self.champ: {nom: valeur for nom, valeur in self.cleaned_data.items() if valeur}}


class EtapeCooperations(EtapeJson):
    titre = "Coopérations"
    intro = "Avec qui l’équipe travaillera-t-elle\u00a0? Dites ce qui est déjà en place et ce qui est envisagé."
    champ = "cooperations"
    obligatoires = ("premier_recours", "etablissements")

    premier_recours = texte(
        "Premier recours",
        "Médecins traitants, maisons et centres de santé, équipes de soins primaires, CPTS.",
        manque="Décrivez l’articulation avec le premier recours.",
    )
    coordination = texte("Dispositifs d’appui à la coordination (DAC)", lignes=3)
    etablissements = texte(
        "Établissements et professionnels hospitaliers",
        "Liens formalisés ou à formaliser.",
        manque="Décrivez les liens avec les établissements et les hospitaliers.",
    )
    autres_ess = texte("Autres équipes de soins spécialisés", lignes=3)


class EtapeGouvernance(EtapeJson):
    titre = "Gouvernance"
    intro = "Les voix délibératives sont réservées aux spécialistes libéraux en exercice, hors médecine générale. Les autres acteurs ont une voix consultative."
    champ = "gouvernance"
    obligatoires = ("deliberatives", "association")

    deliberatives = texte(
        "Voix délibératives",
        "Spécialistes libéraux, personnes physiques.",
        manque="Décrivez qui aura une voix délibérative.",
    )
    consultatives = texte("Voix consultatives", "Hospitaliers, CPTS, DAC, usagers…", lignes=3)
    association = forms.ChoiceField(
        label="Association",
        choices=(
            ("", "Choisir"),
            ("a_creer", "À créer"),
            ("en_cours", "En cours de création"),
            ("creee", "Déjà déclarée"),
        ),
        error_messages={"required": "Dites où en est l’association."},
    )
    consultation = texte(
        "Consultation des acteurs du territoire",
        "Comment vous la rendrez traçable, au plus tard dans cinq ans.",
        lignes=3,
    )


class EtapeActions(EtapeJson):
    titre = "Actions"
    intro = "Les deux premières actions forment la mission socle\u00a0: elles sont obligatoires."
    champ = "actions"
    obligatoires = ("avis_ponctuel", "second_recours")

    avis_ponctuel = texte(
        "Avis spécialisé ponctuel",
        "Consultation, téléconsultation ou téléexpertise, à la demande des médecins traitants et des soignants.",
        manque="Décrivez comment l’équipe rendra un avis spécialisé ponctuel.",
    )
    delai_avis = ligne(
        "Délai visé pour un avis",
        "Compatible avec l’état du patient\u00a0: «\u00a072 heures\u00a0», «\u00a07 jours\u00a0»…",
        maximum=80,
    )
    second_recours = texte(
        "Structuration du second recours",
        "Avec le premier, le deuxième et le troisième recours.",
        manque="Décrivez comment l’équipe structurera le second recours.",
    )
    contact = ligne(
        "Point de contact des médecins traitants", "Téléphone, courriel et horaires, s’ils sont connus.", maximum=300
    )
    consultations_avancees = texte("Consultations avancées", "Notamment en zone sous-dense.", lignes=3)
    objectifs = forms.MultipleChoiceField(
        label="Autres objectifs", choices=OBJECTIFS, widget=forms.CheckboxSelectMultiple
    )

    def donnees(self) -> dict[str, Any]:
        d = dict(self.cleaned_data)
        objectifs = d.pop("objectifs", [])
        return {"actions": {nom: v for nom, v in d.items() if v}, "objectifs": objectifs}


class EtapePieces(EtapeForm):
    titre = "Pièces"
    intro = "Joignez ce qui appuie votre lettre\u00a0: conventions, étude, lettres de soutien. Aucune donnée de santé d’un patient."

    indicateur_qualitatif = texte(
        "Indicateur qualitatif",
        "Un au moins est demandé, au plus tard avec le projet de santé. Vous pouvez attendre.",
        lignes=3,
    )


FORMULAIRES: dict[str, type[EtapeForm]] = {
    "porteurs": EtapePorteurs,
    "specialite": EtapeSpecialite,
    "territoire": EtapeTerritoire,
    "cooperations": EtapeCooperations,
    "gouvernance": EtapeGouvernance,
    "actions": EtapeActions,
    "pieces": EtapePieces,
}
ETAPES = tuple(FORMULAIRES)


def initial(dossier: Dossier, etape: str) -> dict[str, Any]:
    """The stored values of a step as its form takes them; JSON-friendly, so that a filing freezes them as they are."""
    lettre: LettreIntention = dossier.lettre
    if etape == "porteurs":
        rangees = {f"porteur_{i}_{c}": p.get(c, "") for i, p in enumerate(lettre.porteurs, 1) for c in COLONNES_PORTEUR}
        return {"nom": dossier.nom, "justification": lettre.justification, **rangees}
    if etape == "specialite":
        return {"specialites": list(dossier.specialites), "besoin": lettre.besoin}
    if etape == "territoire":
        champs = ("siege_adresse", "medecins_presents", "liberaux", "adherents_declares", "source_comptage")
        return {
            "departements": list(dossier.departements),
            "siege_departement": dossier.siege_departement,
            "siege_commune": dossier.siege_commune,
            "caisse_choisie": dossier.caisse_choisie,
            **{c: getattr(lettre, c) for c in champs},
            "date_comptage": f"{lettre.date_comptage:%d/%m/%Y}" if lettre.date_comptage else "",
        }
    if etape == "actions":
        return {**lettre.actions, "objectifs": list(lettre.objectifs)}
    if etape == "pieces":
        return {"indicateur_qualitatif": lettre.indicateur_qualitatif}
    return dict(getattr(lettre, FORMULAIRES[etape].champ))
