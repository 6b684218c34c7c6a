"""`POST /calculs/echeances/` and `POST /calculs/identifiants/`: body → answer, faults as one French sentence per field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from ess_portal.referentiel.regles.identifiants import TYPES, verifier
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.saisie import SaisieInvalide

from .delais import jour_legal
from .echeances import Demande, EcheanceCalculee, FaitsDelais, calculer, nommer

REGLES = ("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-6", "DL-7", "DL-8", "DL-10")
JOURS = (
    *("lettre_recue", "lettre_premier_depot", "amorcage_signe_le", "projet_recu", "projet_depose"),
    *("opposition_caisse_le", "effet_dotation"),
)
DEMANDES = ("lettre_demandes", "projet_demandes")
DEMANDES_MAX = 100
ANNEE_MAX = 9980
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
JOUR = re.compile(r"\d{4}-\d\d-\d\d")
FORME = "Écrivez une date AAAA-MM-JJ, ou un instant avec son décalage (2025-07-01T01:30:00+04:00)."


def calculer_echeances(
    corps: Mapping[str, Any],
    *,
    fuseaux: Mapping[str, str],
    parametres: Callable[[str, date], Parametres],
    reglages: Callable[[str, date], Mapping[str, str]],
) -> dict[str, Any]:
    """The deadlines of these facts, silence presumed. `fuseaux`: open département → its ARS's zone; `parametres`: the set in force
    for a département on a day, asked for once per object (letter, projet, dotation); `reglages`: the same said in words.
    Raises SaisieInvalide.
    """
    erreurs: dict[str, str] = {}
    departement = corps.get("departement")
    if not isinstance(departement, str) or departement not in fuseaux:
        raise SaisieInvalide({"departement": "Indiquez le code d’un département (01 à 95, 2A, 2B, 971 à 976)."})
    fuseau = fuseaux[departement]
    jours = {nom: _jour(corps.get(nom), nom, fuseau, erreurs) for nom in JOURS}
    demandes = {nom: _demandes(corps.get(nom), nom, fuseau, erreurs) for nom in DEMANDES}
    lettre = jours["lettre_recue"]
    if lettre is None:
        erreurs.setdefault("lettre_recue", "Indiquez le jour où l’ARS a reçu la lettre d’intention.")
    if erreurs or lettre is None:
        raise SaisieInvalide(erreurs)
    faits = FaitsDelais(
        fuseau=fuseau,
        lettre_recue=lettre,
        lettre_premier_depot=jours["lettre_premier_depot"],
        lettre_demandes=demandes["lettre_demandes"],
        amorcage_signe_le=jours["amorcage_signe_le"],
        projet_recu=jours["projet_recu"],
        projet_depose=jours["projet_depose"],
        projet_demandes=demandes["projet_demandes"],
        opposition_caisse_le=jours["opposition_caisse_le"],
        effet_dotation=jours["effet_dotation"],
    )
    origines = {
        "lettre": jours["lettre_premier_depot"] or lettre,
        "projet": jours["projet_depose"] or jours["projet_recu"] or lettre,
        "dotation": jours["effet_dotation"] or lettre,
    }
    echeances: list[dict[str, Any]] = []
    for objet, origine in origines.items():
        calculees = calculer(faits, parametres(departement, origine), presumer_tacite=True)
        retenues = [e for e in calculees if e.objet == objet and e.regle in REGLES]
        noms = reglages(departement, origine) if retenues else {}
        echeances.extend(_reponse(nommer(e, noms)) for e in retenues)
    return {"echeances": echeances}


def calculer_identifiant(corps: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on one identifier; an ill-formed one is an answer, not a fault. Raises SaisieInvalide."""
    type_, valeur = corps.get("type"), corps.get("valeur")
    erreurs: dict[str, str] = {}
    if not isinstance(type_, str) or type_ not in TYPES:
        erreurs["type"] = "Choisissez " + ", ".join(f"«\u00a0{t}\u00a0»" for t in TYPES) + "."
    if not isinstance(valeur, str):
        erreurs["valeur"] = "Écrivez l’identifiant entre guillemets."
    if erreurs or not isinstance(type_, str) or not isinstance(valeur, str):
        raise SaisieInvalide(erreurs)
    verdict = verifier(type_, valeur)
    return {"valide": verdict.valide, "normalise": verdict.normalise}


def _jour(brut: Any, champ: str, fuseau: str, erreurs: dict[str, str]) -> date | None:
    """The legal day of a day or of an instant (CAL-4); None when absent, or when the fault went to `erreurs`."""
    if brut is None:
        return None
    try:
        if not isinstance(brut, str):
            raise ValueError
        if JOUR.fullmatch(brut):
            jour = date.fromisoformat(brut)
        elif INSTANT.fullmatch(brut.upper()):
            jour = jour_legal(datetime.fromisoformat(brut.upper()), fuseau)
        else:
            raise ValueError
    except (ValueError, OverflowError):
        erreurs[champ] = FORME
        return None
    if jour.year > ANNEE_MAX:
        erreurs[champ] = f"Choisissez une année jusqu’à {ANNEE_MAX}."
        return None
    return jour


def _demandes(brut: Any, champ: str, fuseau: str, erreurs: dict[str, str]) -> tuple[Demande, ...]:
    if brut is None:
        return ()
    if not isinstance(brut, list) or len(brut) > DEMANDES_MAX:
        erreurs[champ] = f"Donnez une liste de demandes, {DEMANDES_MAX} au plus."
        return ()
    lues = (_demande(d, f"{champ}[{i}]", fuseau, erreurs) for i, d in enumerate(brut))
    return tuple(d for d in lues if d is not None)


def _demande(brut: Any, champ: str, fuseau: str, erreurs: dict[str, str]) -> Demande | None:
    if not isinstance(brut, Mapping):
        erreurs[champ] = "Décrivez la demande par ses dates."
        return None
    jours = {
        nom: _jour(brut.get(nom), f"{champ}.{nom}", fuseau, erreurs)
        for nom in ("demandee_le", "recue_le", "levee_le", "limite")
    }
    demandee = jours.pop("demandee_le")
    indispensable = brut.get("indispensable", True)
    if not isinstance(indispensable, bool):
        erreurs[f"{champ}.indispensable"] = "Répondez true ou false."
        return None
    if demandee is None:
        erreurs.setdefault(f"{champ}.demandee_le", "Indiquez le jour de la demande.")
        return None
    for nom in ("recue_le", "levee_le"):
        reponse = jours[nom]
        if reponse is not None and reponse < demandee:
            erreurs[f"{champ}.{nom}"] = "La réponse ne peut pas précéder la demande."
    return Demande(demandee_le=demandee, indispensable=indispensable, **jours)


def _reponse(e: EcheanceCalculee) -> dict[str, Any]:
    return {
        "regle": e.regle,
        "objet": e.objet,
        "rang": e.rang,
        "qui": e.qui,
        "dernier_jour": e.dernier_jour.isoformat() if e.dernier_jour else None,
        "acquise_le": e.acquise_le.isoformat() if e.acquise_le else None,
        "instant": _utc(e.instant) if e.instant else None,
        "suspendue": e.suspendue,
        "explication": [
            {
                "libelle": t.libelle,
                "detail": t.detail,
                "valeur": t.valeur,
                "regle": t.regle,
                "source": t.source,
                "reglage": t.reglage,
                "parametre": t.parametre,
            }
            for t in e.explication
        ],
    }


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
