"""What an équipe writes, in a few variants: plausible sentences on a specialty and a territory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sujet:
    """What a specialty is called in a sentence, what its patients wait for, and for how long."""

    discipline: str
    medecins: str
    motif: str
    attente: str


SUJETS = {
    "SM04": Sujet("cardiologie", "cardiologues", "une insuffisance cardiaque", "quatre mois"),
    "SM15": Sujet("dermatologie", "dermatologues", "une lésion suspecte", "six mois"),
    "SM16": Sujet("endocrinologie", "endocrinologues", "un diabète déséquilibré", "cinq mois"),
    "SM18": Sujet("gériatrie", "gériatres", "une chute à répétition", "trois mois"),
    "SM20": Sujet("gynécologie", "gynécologues", "un suivi de grossesse à risque", "quatre mois"),
    "SM24": Sujet("hépato-gastro-entérologie", "gastro-entérologues", "une endoscopie diagnostique", "cinq mois"),
    "SM27": Sujet("médecine interne", "internistes", "une maladie de système", "quatre mois"),
    "SM30": Sujet("néphrologie", "néphrologues", "une insuffisance rénale", "trois mois"),
    "SM32": Sujet("neurologie", "neurologues", "une épilepsie récente", "sept mois"),
    "SM34": Sujet("ORL", "ORL", "une surdité brusque", "quatre mois"),
    "SM38": Sujet("ophtalmologie", "ophtalmologues", "un dépistage de rétinopathie", "six mois"),
    "SM40": Sujet("pédiatrie", "pédiatres", "un retard de croissance", "deux mois"),
    "SM41": Sujet("pneumologie", "pneumologues", "une BPCO mal contrôlée", "quatre mois"),
    "SM42": Sujet("psychiatrie", "psychiatres", "un épisode dépressif", "cinq mois"),
    "SM48": Sujet("rhumatologie", "rhumatologues", "une polyarthrite débutante", "cinq mois"),
    "SM57": Sujet("allergologie", "allergologues", "une allergie médicamenteuse", "huit mois"),
    "SM58": Sujet("infectiologie", "infectiologues", "une infection sur prothèse", "deux mois"),
    "SM61": Sujet("médecine vasculaire", "médecins vasculaires", "une thrombose veineuse", "un mois"),
}
NEUTRE = Sujet("médecine spécialisée", "spécialistes", "une situation complexe", "quatre mois")


def sujet(code: str) -> Sujet:
    return SUJETS.get(code, NEUTRE)


def lettre(s: Sujet, territoire: str, commune: str) -> dict[str, object]:
    """The written fields of annexe 4."""
    return {
        "justification": f"Les porteurs exercent à {commune} et travaillent ensemble depuis plusieurs années. Deux secrétariats sont "
        "déjà communs, et la messagerie sécurisée est en place.",
        "besoin": f"Le délai d’un premier rendez-vous de {s.discipline} est de {s.attente} {territoire}. Les médecins traitants n’ont pas "
        f"d’interlocuteur identifié pour {s.motif}, et un tiers des patients va hors du territoire.",
        "cooperations": {
            "premier_recours": "Deux CPTS signataires d’une lettre de soutien, trois maisons de santé.",
            "etablissements": f"Le service de {s.discipline} du centre hospitalier, une convention est prête à signer.",
            "coordination": "Le dispositif d’appui à la coordination du territoire.",
        },
        "gouvernance": {
            "deliberatives": f"Les {s.medecins} libéraux adhérents, une voix chacun.",
            "consultatives": "Les praticiens hospitaliers, les CPTS et les représentants des usagers.",
            "association": "a_creer",
            "consultation": "Une réunion annuelle ouverte, avec un compte rendu publié.",
        },
        "actions": {
            "avis_ponctuel": "Réponse aux médecins traitants par téléexpertise, consultation rapide ou téléphone.",
            "delai_avis": "72 heures",
            "second_recours": f"Filière graduée pour {s.motif}, de la ville à l’hôpital.",
            "contact": "Un numéro unique, du lundi au vendredi, de 9 h à 18 h.",
        },
        "objectifs": ["coordination_ville", "parcours_gradues", "teleexpertise"],
        "indicateur_qualitatif": "Satisfaction des médecins traitants, par une enquête annuelle.",
    }


def projet(s: Sujet, territoire: str) -> dict[str, object]:
    """The written fields of the projet de santé."""
    return {
        "diagnostic": f"Offre de {s.discipline} {territoire}\u00a0: un départ sur trois n’est pas remplacé. Les délais atteignent {s.attente}. "
        "Les zones rurales concentrent les renoncements aux soins.",
        "missions": f"Avis ponctuel par téléexpertise sous 72 heures. Filière graduée pour {s.motif}, avec des protocoles partagés et "
        "une réunion de concertation chaque mois.",
        "contact": {
            "nom": "Secrétariat de l’équipe",
            "telephone": "05 00 00 00 00",
            "courriel": "contact@exemple.demo",
            "horaires": "Du lundi au vendredi, de 9 h à 18 h",
        },
        "indicateurs_suivi": "Les cinq indicateurs nationaux, relevés chaque trimestre.",
        "indicateurs_qualitatifs": ["Satisfaction des médecins traitants, par une enquête annuelle"],
        "gouvernance": f"Un conseil élu parmi les {s.medecins} libéraux, un comité consultatif avec les hôpitaux et les CPTS.",
        "actualisation": "Le projet est relu chaque année, au vu des indicateurs et du nombre d’adhérents.",
    }
