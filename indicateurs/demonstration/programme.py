"""The dossiers of the sandbox: who, where, since when, and which life. Three regions, one overseas; every state, every regime."""

from __future__ import annotations

from collections.abc import Iterator

from . import recits as r
from . import reprises
from .scene import Fiche

DEMO_OCCITANIE, DEMO_BRETAGNE = "demo-occitanie", "demo-bretagne"

Ligne = tuple[Fiche, r.Recit]


def _f(equipe: str, specialites: str, departements: str, commune: str, age: int, **champs: object) -> Fiche:
    return Fiche(equipe, tuple(specialites.split()), tuple(departements.split()), commune, age, **champs)


OCCITANIE: tuple[Ligne, ...] = (
    (_f("ESS Infectiologie Pyrénées-Méditerranée", "SM58", "31 09", "Toulouse", 560), reprises.existante_conforme),
    (_f("ESS Médecine interne Gascogne", "SM27", "31 32 65", "Toulouse", 585), r.deuxieme_annee),
    (_f("ESS Médecine vasculaire Tarn-Garonne", "SM61", "31 81 82", "Toulouse", 214), r.dotation("valide", 10)),
    (_f("ESS Allergologie Languedoc", "SM57", "31 11", "Toulouse", 200), r.dotation_en_signature),
    (_f("ESS Néphrologie Adour", "SM30", "31 65", "Toulouse", 184), r.solde("propose")),
    (_f("ESS Gériatrie Ariège-Lauragais", "SM18", "31 09", "Muret", 203), r.projet_tacite),
    (_f("ESS Cardiologie Garonne", "SM04", "31 32 65", "Toulouse", 168, organisation=DEMO_OCCITANIE), r.projet_avec_avis),
    (_f("ESS ORL Haute-Garonne et Tarn", "SM34", "31 81", "Toulouse", 178), r.recours_gracieux),
    (_f("ESS Gynécologie Gers-Garonne", "SM20", "31 32 82", "Colomiers", 150), r.projet_incomplet),
    (_f("ESS Psychiatrie Piémont pyrénéen", "SM42", "31 09 11", "Saint-Gaudens", 163), r.sans_association),
    (_f("ESS Pédiatrie Toulouse et Montalbanais", "SM40", "31 82", "Toulouse", 72), r.iban_a_confirmer),
    (_f("ESS Rhumatologie Volvestre", "SM48", "31 09", "Muret", 74), r.premier_versement("propose")),
    (_f("ESS Pneumologie Comminges", "SM41", "31 65", "Saint-Gaudens", 56), r.en_signature("porteur", "ordonnateur")),
    (_f("ESS Hépato-gastro Midi toulousain", "SM24", "31 81 82", "Toulouse", 53), r.en_signature("porteur")),
    (_f("ESS Ophtalmologie Frontonnais", "SM38", "31 82", "Fronton", 56), r.lettre_sans_avis),
    (_f("ESS Dermatologie Lauragais", "SM15", "31 11", "Toulouse", 49), r.lettre_avec_avis),
    (_f("ESS Neurologie Couserans", "SM32", "31 09", "Toulouse", 33), r.lettre_incomplete),
    (_f("ESS Endocrinologie Albigeois", "SM16", "31 81", "Toulouse", 9), r.lettre_precisions),
    (_f("ESS Pneumologie Garonne", "SM41", "82", "Montauban", 3, organisation=DEMO_OCCITANIE), r.brouillon("porteurs", "specialite")),
    (_f("ESS Dermatologie Hérault-Gard", "SM15", "34 30 48", "Montpellier", 215), r.lettre_tardive),
    (_f("ESS Cardiologie Littoral", "SM04", "34", "Montpellier", 120, code="cardio-littoral"), r.lettre_refusee),
    (_f("ESS Cardiologie Littoral et Gard", "SM04", "34 30", "Montpellier", 27, code="cardio-littoral"), r.lettre_nouvelle),
    (_f("ESS Ophtalmologie Quercy", "SM38", "46", "Cahors", 140), r.lettre_validee),
    (_f("ESS Ophtalmologie Lot-Aveyron", "SM38", "46 12", "Rodez", 70), r.lettre_tacite_en_conflit),
    (_f("ESS Neurologie Roussillon", "SM32", "66 11", "Perpignan", 96), reprises.mise_en_conformite("paye")),
    (_f("ESS Hépato-gastro Rouergue", "SM24", "12 48", "Rodez", 44), reprises.en_projet_credit_ars),
    (_f("ESS Pneumologie Cévennes", "SM41", "30", "Nîmes", 130), reprises.hors_champ),
    (_f("ESS Pédiatrie Catalane", "SM40", "66", "Perpignan", 190), r.resilie),
    (_f("ESS Psychiatrie Cœur d’Hérault", "SM42", "34", "Montpellier", 12), r.brouillon(*r.g.lettre.ETAPES)),
    (_f("ESS Rhumatologie Petite Camargue", "SM48", "30 34", "Nîmes", 38), r.lettre_avec_avis),
    (_f("ESS Rhumatologie Biterrois", "SM48", "34", "Béziers", 17), r.lettre_deposee),
    (_f("ESS Endocrino-néphrologie Causses", "SM16 SM30", "12 48", "Millau", 30), r.lettre_a_deroger),
    (_f("ESS Allergologie Lozère", "SM57", "48", "Mende", 80, liberaux=6, presents=8, adherents=3), r.lettre_derogee),
)  # fmt: skip
BRETAGNE: tuple[Ligne, ...] = (
    (_f("ESS Neurologie Finistère", "SM32", "29", "Brest", 320), r.dotation("paye", 11)),
    (_f("ESS Rhumatologie Vilaine", "SM48", "35 56", "Rennes", 190), r.finess_attribue),
    (_f("ESS Ophtalmologie Brocéliande", "SM38", "35", "Rennes", 172), r.projet_oppose),
    (_f("ESS Dermatologie Armor", "SM15", "35 22", "Rennes", 110, organisation=DEMO_BRETAGNE), r.projet_en_ecriture),
    (_f("ESS Psychiatrie Ouest", "SM42", "29 22", "Quimper", 78), r.lettre_tacite),
    (_f("ESS Pneumologie Golfe", "SM41", "56", "Vannes", 62), r.lettre_incomplete),
    (_f("ESS Cardiologie Rance", "SM04", "35", "Saint-Malo", 52), r.lettre_avec_avis),
    (_f("ESS Pédiatrie Rennaise", "SM40", "35", "Rennes", 58), r.lettre_completee),
    (_f("ESS Hépato-gastro Trégor", "SM24", "22", "Saint-Brieuc", 160), r.abandonne),
    (_f("ESS Gynécologie Morbihan", "SM20", "56", "Lorient", 90), r.classe),
)  # fmt: skip
REUNION: tuple[Ligne, ...] = (
    (_f("ESS Pneumologie Réunion", "SM41", "974", "Saint-Pierre", 566), r.sans_activite),
    (_f("ESS Cardiologie Réunion", "SM04", "974", "Saint-Denis", 260), r.dotation("propose", 10)),
    (_f("ESS Psychiatrie Réunion", "SM42", "974", "Saint-Paul", 238), r.projet_redepose),
    (_f("ESS Ophtalmologie Réunion", "SM38", "974", "Saint-Denis", 150), r.projet_depose(135, 4)),
    (_f("ESS Endocrinologie Réunion", "SM16", "974", "Le Tampon", 75), r.refus_retire),
    (_f("ESS Dermatologie Réunion", "SM15", "974", "Saint-Denis", 55), r.lettre_avec_avis),
    (_f("ESS Néphrologie Réunion", "SM30", "974", "Saint-Pierre", 6), r.brouillon("porteurs", "specialite", "territoire")),
)  # fmt: skip


# Before the portal opens, whatever it takes: something to read on the home of every role.
PREMIERES = ("ESS Cardiologie Garonne", "ESS Pneumologie Garonne", "ESS Cardiologie Rance")
# Then something to do on each; every state in few dossiers, the three regions; last the two longest lives, best not begun alone.
D_ABORD = (
    *PREMIERES,
    "ESS Dermatologie Armor",
    "ESS Pneumologie Comminges",
    "ESS Rhumatologie Volvestre",
    "ESS Pneumologie Golfe",
    "ESS Cardiologie Littoral",
    "ESS Dermatologie Réunion",
    "ESS Pneumologie Cévennes",
    "ESS Gynécologie Gers-Garonne",
    "ESS ORL Haute-Garonne et Tarn",
    "ESS Gériatrie Ariège-Lauragais",
    "ESS Pédiatrie Catalane",
    "ESS Cardiologie Réunion",
    "ESS Rhumatologie Vilaine",
    "ESS Médecine interne Gascogne",
    "ESS Infectiologie Pyrénées-Méditerranée",
)


def lignes() -> Iterator[Ligne]:
    """Oldest first, so that numbers follow the calendar."""
    return iter(sorted((*OCCITANIE, *BRETAGNE, *REUNION), key=lambda ligne: -ligne[0].age))
