"""The settings of §11 and every amount, delay and threshold of the rules, as one typed, dated set.

Code never holds these values: it takes them from the set that its object is pinned to. Defaults are the national values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar

from .admises import ADMISES, Reglage
from .coherence import incoherences
from .composes import FORME_ECHELLE, FORME_GROUPES, FORME_TABLE, Echelle, Groupes, Table
from .delai import FORME, Delai

MOIS = {n: Delai(mois=n) for n in (1, 2, 4, 6, 12, 18, 60, 120)}
JOURS = {n: Delai(jours=n) for n in (7, 15, 30)}
SANS_TABLE, SANS_GROUPES = Table(), Groupes()
ECHELLE = Echelle.lire("30: charge; 15: charge; 7: charge; 2: charge, chef; 0: charge, chef, region")


@dataclass(frozen=True, kw_only=True)
class Parametres:
    """One field per setting, named as in the cases. Delays are `Delai`, amounts `Decimal` euros, percentages integers."""

    mode_naissance: str = "quantieme"
    date_reference_li: str = "li_complete"
    depart_6_mois: str = "depot_li"
    depart_18_mois: str = "depot_li"
    depart_1_an: str = "depot_projet"
    depart_5_ans: str = "validation_projet"
    delai_instruction_lettre: Delai = MOIS[2]
    delai_instruction_projet: Delai = MOIS[2]
    delai_depot_projet: Delai = MOIS[6]
    delai_mission_complete: Delai = MOIS[12]
    delai_premiere_activite: Delai = MOIS[18]
    delai_cible: Delai = MOIS[60]
    delai_retrait: Delai = MOIS[4]
    delai_observations: Delai = JOURS[15]
    delai_recours: Delai = MOIS[2]
    delai_reponse_recours: Delai = MOIS[2]
    delai_reponse_avenant: Delai = MOIS[2]
    delai_pieces: Delai = MOIS[1]
    prorogation_jour_ouvre_porteur: bool = False
    regime_recours_gracieux: str = "rejet"
    regime_avenant: str = "rejet"
    fait_foi_lettre: str = "notification"
    fait_foi_projet: str = "signature"
    preuve_notification: str = "mise_a_disposition"
    delai_presentation: Delai = JOURS[15]
    visa_decision: str = "non"
    calcul_recours: str = "aucun"
    delai_avis_caisse: Delai = MOIS[1]
    accord_caisse_lettre: bool = False
    opposition_caisse_bloque: bool = True
    delai_apres_opposition: Delai = MOIS[2]
    base_seuil_adherents: str = "liberaux"
    base_dix_medecins: str = "medecins_presents"
    seuil_creation: int = 10
    seuil_intermediaire: int = 30
    seuil_cible: int = 50
    medecins_minimum: int = 10
    consultations_avancees: str = "optionnelles"
    document_deploiement: str = "indispensable"
    echeance_rapport: str = "anniversaire"
    calendrier_transitoire: str = ""
    seuil_tacite_imminent: Delai = JOURS[15]
    seuil_tacite_rouge: Delai = JOURS[7]
    horizon_echeances: Delai = JOURS[30]
    groupes_specialites: Groupes = SANS_GROUPES
    unicite_stricte: bool = False
    cle: str = "groupe"
    assouplissement: str = "CPN"
    double_adhesion: str = "avertir"
    schema: str = "50_50"
    montant_amorcage: Decimal = Decimal("80000.00")
    taux_transitoire: int = 30
    exiger_personne_morale: bool = True
    finess_requis_solde: bool = False
    finess_requis_dotation: bool = True
    structure_porteuse: bool = False
    bareme: str = "lineaire"
    bareme_table: Table = SANS_TABLE
    dotation_minimum: Decimal = Decimal("50000.00")
    dotation_maximum: Decimal = Decimal("100000.00")
    dotation_effectif_minimum: int = 10
    dotation_effectif_maximum: int = 100
    effectif: str = "moyenne_journaliere"
    ordre: str = "D(moyenne)"
    regularisation: bool = True
    sous_10: str = "manuel"
    comptes_dotation: str = "medecins_hors_mg"
    prorata_resiliation: str = "jours"
    preavis: Delai = MOIS[2]
    delai_contradictoire: Delai = MOIS[2]
    delai_paiement: Delai = MOIS[2]
    delai_ouverture_recuperation: Delai = MOIS[1]
    duree_contrat_dotation: Delai = MOIS[60]
    declencheur_chevauchement: str = "signature"
    proposition_prorata: bool = True
    recuperation_24000: str = "arbitrage"
    depart_transitoire: str = "engagement"
    date_cdc: date = date(2025, 1, 23)
    effet_contrats_minimum: date = date(2025, 1, 1)
    alertes_fin_contrat: tuple[int, ...] = (6, 3)
    paliers_relance: tuple[int, ...] = (30, 15, 7, 2, 0)
    echelle_relance: Echelle = ECHELLE
    paliers_derogation: tuple[int, ...] = (30, 10)
    conservation_brouillon: Delai = MOIS[12]
    conservation_refuse: Delai = MOIS[60]
    conservation_verse: Delai = MOIS[120]
    conservation_adherents: Delai = MOIS[60]
    conservation_notifications: Delai = MOIS[12]

    @classmethod
    def depuis(cls, valeurs: Mapping[str, object]) -> Parametres:
        """A set from plain values (JSON). Raises ParametresInvalides with one French sentence per setting."""
        types = {f.name: f for f in fields(cls)}
        lues: dict[str, Any] = {}
        erreurs: dict[str, str] = {}
        for nom, valeur in valeurs.items():
            if nom not in types:
                erreurs[nom] = "Ce réglage n’existe pas."
                continue
            try:
                lues[nom] = _lire(types[nom].default, valeur)
            except (ValueError, InvalidOperation, TypeError):
                erreurs[nom] = _attendu(types[nom].default)
                continue
            admises = ADMISES[nom].admises if nom in ADMISES else ()
            if admises and lues[nom] not in {code for code, _ in admises}:
                erreurs[nom] = (
                    "Valeur non admise. Choisissez " + ", ".join(f"«\u00a0{code}\u00a0»" for code, _ in admises) + "."
                )
        if erreurs:
            raise ParametresInvalides(erreurs)
        return cls(**lues)

    def incoherences(self) -> dict[str, str]:
        """Setting → sentence, where values admitted one by one do not hold together."""
        return incoherences(self)

    def valeurs(self) -> dict[str, Any]:
        """The whole set as plain JSON values, so that a stored set never depends on today's defaults."""
        return {f.name: _plat(getattr(self, f.name)) for f in fields(self)}


class ParametresInvalides(ValueError):
    """`erreurs`: setting → sentence."""

    def __init__(self, erreurs: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{nom} : {texte}" for nom, texte in erreurs.items()))
        self.erreurs = dict(erreurs)


def _lire(defaut: Any, valeur: Any) -> Any:
    if isinstance(defaut, bool):
        if valeur in (True, "oui"):
            return True
        if valeur in (False, "non"):
            return False
        raise ValueError
    if isinstance(defaut, Delai | Table | Groupes | Echelle):
        return type(defaut).lire(valeur)
    if isinstance(defaut, Decimal):
        montant = Decimal(str(valeur))
        if montant < 0 or montant != montant.quantize(Decimal("0.01")):
            raise ValueError
        return montant.quantize(Decimal("0.01"))
    if isinstance(defaut, int):
        return _entier(valeur)
    if isinstance(defaut, date):
        return valeur if isinstance(valeur, date) else date.fromisoformat(str(valeur))
    if isinstance(defaut, tuple):
        return tuple(_entier(v) for v in valeur)
    return str(valeur)


def _entier(valeur: Any) -> int:
    """A whole number, zero or more; 10.5 is refused rather than cut."""
    if isinstance(valeur, bool) or int(str(valeur)) < 0:
        raise ValueError
    return int(str(valeur))


def _attendu(defaut: Any) -> str:
    if isinstance(defaut, bool):
        return "Répondez oui ou non."
    if isinstance(defaut, Delai):
        return FORME
    if isinstance(defaut, Table):
        return FORME_TABLE
    if isinstance(defaut, Groupes):
        return FORME_GROUPES
    if isinstance(defaut, Echelle):
        return FORME_ECHELLE
    if isinstance(defaut, Decimal):
        return "Écrivez un montant en euros, au centime."
    if isinstance(defaut, date):
        return "Écrivez une date AAAA-MM-JJ."
    return "Écrivez un nombre entier positif."


def _plat(valeur: Any) -> Any:
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, int):
        return valeur
    if isinstance(valeur, tuple):
        return list(valeur)
    return str(valeur).replace("\u00a0", " ")


class JeuDate(Protocol):
    @property
    def valide_du(self) -> date: ...

    @property
    def valide_au(self) -> date | None: ...


J = TypeVar("J", bound=JeuDate)


def choisir(jeux: Iterable[J], jour: date) -> J:
    """The set in force on a day; before the first set, the first one applies. Raises ValueError without any set."""
    ordonnes = sorted(jeux, key=lambda j: j.valide_du)
    if not ordonnes:
        raise ValueError("aucun jeu de paramètres")
    en_vigueur = [j for j in ordonnes if j.valide_du <= jour and (j.valide_au is None or jour <= j.valide_au)]
    return en_vigueur[-1] if en_vigueur else ordonnes[0]


__all__ = ["ADMISES", "Delai", "Parametres", "ParametresInvalides", "Reglage", "choisir"]
