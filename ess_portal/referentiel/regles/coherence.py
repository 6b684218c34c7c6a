"""What no set of parameters may say, each value being admitted by itself: bounds crossed, ceilings passed, tables with holes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ess_portal.socle.typographie import euros

from .delai import Delai

if TYPE_CHECKING:
    from .parametres import Parametres

# What the contracts and the payments accept whatever the parameters say (FIN-1, TRA-3, FIN-4).
PLAFONDS = {"montant_amorcage": Decimal(80_000), "dotation_maximum": Decimal(100_000)}
PLAFOND_TRANSITOIRE = Decimal(24_000)
_JOUR = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_JOUR_ET_MOIS = re.compile(r"^(\d{1,2})/(\d{1,2})$")


def jour_du_rapport(valeur: str) -> tuple[int, int] | None:
    """(day, month) of « 31/03 »; None for « anniversaire ». Raises ValueError for anything else. 29/02 is the month's last day."""
    if valeur == "anniversaire":
        return None
    forme = _JOUR_ET_MOIS.match(valeur.strip())
    if forme is None:
        raise ValueError(valeur)
    jour, mois = int(forme[1]), int(forme[2])
    if not 1 <= mois <= 12 or not 1 <= jour <= monthrange(2024, mois)[1]:
        raise ValueError(valeur)
    return jour, mois


def jour_du_calendrier(valeur: str) -> date | None:
    """The last day on which a transitional commitment may be written, « 31/12/2026 » or « 2026-12-31 »; None for an empty calendar.
    Raises ValueError for anything else.
    """
    texte = valeur.strip()
    if not texte:
        return None
    forme = _JOUR.match(texte)
    return date(int(forme[3]), int(forme[2]), int(forme[1])) if forme else date.fromisoformat(texte)


def incoherences(p: Parametres) -> dict[str, str]:
    """Setting → sentence; {} when the set holds together."""
    return {
        **_seuils(p),
        **_delais(p),
        **_amorcage(p),
        **_dotation(p),
        **_table(p),
        **_rapport(p),
        **_paliers(p),
        **_calendrier(p),
    }


def _seuils(p: Parametres) -> dict[str, str]:
    erreurs = {}
    if p.seuil_creation > p.seuil_intermediaire:
        erreurs["seuil_intermediaire"] = "La cible intermédiaire ne peut pas être sous le seuil de départ."
    if p.seuil_intermediaire > p.seuil_cible:
        erreurs["seuil_cible"] = "La cible à cinq ans ne peut pas être sous la cible intermédiaire."
    erreurs |= {
        nom: "Un pourcentage ne dépasse pas 100."
        for nom in ("seuil_creation", "seuil_intermediaire", "seuil_cible", "taux_transitoire")
        if getattr(p, nom) > 100
    }
    return erreurs


def _delais(p: Parametres) -> dict[str, str]:
    nuls = (nom for nom in p.__dataclass_fields__ if nom.startswith("delai_") and getattr(p, nom) == Delai())
    erreurs = dict.fromkeys(nuls, "Ce délai est d’au moins un jour.")
    if _jours(p.seuil_tacite_rouge) > _jours(p.seuil_tacite_imminent):
        erreurs["seuil_tacite_rouge"] = (
            "Le seuil «\u00a0très proche\u00a0» ne peut pas dépasser le seuil «\u00a0imminent\u00a0»."
        )
    duree = p.duree_contrat_dotation
    if duree.jours or not duree.mois or duree.mois % 12:
        erreurs["duree_contrat_dotation"] = "Le contrat dure un nombre entier d’années."
    return erreurs


def _jours(d: Delai) -> int:
    return d.mois * 30 + d.jours


def _amorcage(p: Parametres) -> dict[str, str]:
    erreurs = {
        nom: f"Les versements sont plafonnés à {euros(plafond)}."
        for nom, plafond in PLAFONDS.items()
        if getattr(p, nom) > plafond
    }
    if not p.montant_amorcage:
        erreurs["montant_amorcage"] = "Le crédit d’amorçage est un montant positif."
    if not erreurs and p.montant_amorcage * p.taux_transitoire / 100 > PLAFOND_TRANSITOIRE:
        erreurs["taux_transitoire"] = f"La part transitoire dépasserait {euros(PLAFOND_TRANSITOIRE)}."
    return erreurs


def _dotation(p: Parametres) -> dict[str, str]:
    erreurs = {}
    if p.dotation_minimum > p.dotation_maximum:
        erreurs["dotation_minimum"] = "La dotation minimale ne peut pas dépasser la maximale."
    if not 1 <= p.dotation_effectif_minimum < p.dotation_effectif_maximum:
        erreurs["dotation_effectif_minimum"] = "L’effectif minimal est d’au moins 1, et sous l’effectif maximal."
    return erreurs


def _table(p: Parametres) -> dict[str, str]:
    """A table is read only by the barème « table », yet an odd one is refused at once."""
    paires = p.bareme_table.paires
    if not paires:
        return {"bareme_table": "Le barème «\u00a0table\u00a0» demande sa table."} if p.bareme == "table" else {}
    montants = [montant for _, montant in paires]
    if montants != sorted(montants):
        return {"bareme_table": "Le montant ne baisse pas quand l’effectif augmente."}
    if montants[-1] > PLAFONDS["dotation_maximum"]:
        return {"bareme_table": f"Un montant de la table dépasse {euros(PLAFONDS['dotation_maximum'])}."}
    if p.bareme == "table" and paires[0][0] > p.dotation_effectif_minimum:
        return {"bareme_table": f"La table commence au plus à {p.dotation_effectif_minimum} médecins."}
    return {}


def _rapport(p: Parametres) -> dict[str, str]:
    try:
        jour_du_rapport(p.echeance_rapport)
    except ValueError:
        return {
            "echeance_rapport": "Écrivez «\u00a0anniversaire\u00a0», ou un jour de l’année comme «\u00a031/03\u00a0»."
        }
    return {}


def _calendrier(p: Parametres) -> dict[str, str]:
    try:
        jour_du_calendrier(p.calendrier_transitoire)
    except ValueError:
        return {"calendrier_transitoire": "Écrivez un jour, comme «\u00a031/12/2026\u00a0», ou laissez vide."}
    return {}


def _paliers(p: Parametres) -> dict[str, str]:
    vide = {} if p.echelle_relance.paires else {"echelle_relance": "Donnez au moins un palier."}
    return vide | {
        nom: "Donnez au moins un nombre de jours, chacun une seule fois."
        for nom in ("paliers_relance", "paliers_derogation")
        if not getattr(p, nom) or len(set(getattr(p, nom))) < len(getattr(p, nom))
    }
