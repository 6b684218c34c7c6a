"""Who the équipe was at an instant: name, territory, siège, association. Each line says which fact it is read from; what has no past
fact is said to be as it is today.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dossiers.models import Association
from dossiers.selectors import libelles_departements, libelles_specialites
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..regles.passe import Acte, Lecture, connus
from .archives import Archives
from .rembobiner import Passe

COLONNES = ("Information", "À cette date", "D’après")
AUJOURD_HUI = "Tel qu’aujourd’hui\u00a0: aucun état plus ancien n’est conservé"
BROUILLON = "Tel qu’aujourd’hui\u00a0: un brouillon ne garde pas ses versions"
NON_DECLAREE = "Pas encore déclarée"
_ASSOCIATION = ("declarer_association", "corriger_association")
_FORMES = dict(Association.Type.choices)


def lignes(p: Passe, archives: Archives) -> list[tuple[str, str, str]]:
    """(what, its value at the instant, the fact it is read from)."""
    return [*_equipe(p, archives), _siege(p, archives), *_association(p, archives)]


def _equipe(p: Passe, archives: Archives) -> list[tuple[str, str, str]]:
    d = archives.dossier
    lu, source = _depose(p, archives)
    noms, lieux = libelles_specialites(), libelles_departements()
    specialites = lu.get("specialites") or d.specialites
    departements = lu.get("departements") or d.departements
    return [
        ("Nom", lu.get("nom") or d.nom, source if lu.get("nom") else AUJOURD_HUI),
        (
            "Spécialités",
            ", ".join(noms.get(c, c) for c in specialites),
            source if lu.get("specialites") else AUJOURD_HUI,
        ),
        (
            "Territoire",
            ", ".join(f"{lieux.get(c, c)} ({c})" for c in departements),
            source if lu.get("departements") else AUJOURD_HUI,
        ),
    ]


def _depose(p: Passe, archives: Archives) -> tuple[Mapping[str, Any], str]:
    """What the last letter filed by then said of the équipe, or the paper file it was taken over from; a draft has but today's words."""
    d = archives.dossier
    lettres = [x for x in p.lignes["depots"] if x.objet == "lettre" and x.contenu.get("territoire")]
    if lettres:
        depot = max(lettres, key=lambda x: x.version)
        c = depot.contenu
        dit = {
            "nom": c.get("porteurs", {}).get("nom"),
            "specialites": c.get("specialite", {}).get("specialites"),
            **c["territoire"],
        }
        return dit, f"Lettre d’intention du {date_fr(depot.date_depot)}"
    repris = _premier(connus(archives.actes, p.instant, p.lecture), "reprendre")
    if repris is not None:
        return repris.donnees, f"Dossier repris le {date_fr(jour_local(repris.enregistre_le, d.fuseau))}"
    actuel = {
        "nom": d.nom,
        "specialites": d.specialites,
        "departements": d.departements,
        "siege_departement": d.siege_departement,
        "siege_commune": d.siege_commune,
    }
    return actuel, BROUILLON


def _siege(p: Passe, archives: Archives) -> tuple[str, str, str]:
    """The siège moves by its transfers, each from its day (ORG-2); before the first, it is where the letter put it."""
    d = archives.dossier
    transferts = [a for a in archives.actes if a.type == "transferer"]
    faits = [a for a in transferts if _transfere(a, p)]
    if faits:
        dernier = faits[-1].donnees
        commune, departement = dernier.get("commune", ""), dernier["siege"]
        source = f"Transfert du {date_fr(date.fromisoformat(dernier['date_effet']))}"
    else:
        lu, source = _depose(p, archives)
        commune, departement = lu.get("siege_commune", ""), lu.get("siege_departement", "")
        if not departement:
            commune, departement, source = d.siege_commune, d.siege_departement, AUJOURD_HUI
    lieu = f"{libelles_departements().get(departement, departement)} ({departement})"
    return "Siège", ", ".join(filter(None, (commune, lieu))), source


def _transfere(a: Acte, p: Passe) -> bool:
    """In law from the day that the act names, for the portal from its recording."""
    if p.lecture is Lecture.VRAI:
        return date.fromisoformat(a.donnees["date_effet"]) <= p.jour
    return a.avant(p.instant, p.lecture)


def _association(p: Passe, archives: Archives) -> list[tuple[str, str, str]]:
    """The legal person as its acts have named it by then, and its FINESS number. In law it lives from its declaration to the préfecture, when
    that day is known.
    """
    fuseau = archives.dossier.fuseau
    actes = connus(archives.actes, p.instant, p.lecture)
    dite = next((a for a in reversed(actes) if a.type in _ASSOCIATION), None)
    declaree = _premier(archives.actes, "declarer_association")
    ligne = next(iter(archives.lignes["associations"]), None)
    if (
        dite is None
        and p.lecture is Lecture.VRAI
        and declaree is not None
        and ligne is not None
        and ligne.date_declaration is not None
        and ligne.date_declaration <= p.jour
    ):
        dite = declaree
    repris = _premier(actes, "reprendre")
    if dite is not None:
        valeur = _nommee(dite.donnees)
        mot = "Déclaration" if dite.type == "declarer_association" else "Correction"
        source = f"{mot} du {date_fr(jour_local(dite.legal_le, fuseau))}"
    elif repris is not None and repris.donnees.get("association"):
        valeur = _nommee({"nom": repris.donnees["association"], "rna": repris.donnees.get("rna", "")})
        source = f"Dossier repris le {date_fr(jour_local(repris.enregistre_le, fuseau))}"
    else:
        return [("Association", NON_DECLAREE, "Journal du dossier")]
    return [("Association", valeur, source), *_finess(p, archives, repris)]


def _finess(p: Passe, archives: Archives, repris: Acte | None) -> list[tuple[str, str, str]]:
    attribue = _premier(archives.actes, "attribuer_finess")
    for a in filter(None, (attribue, repris)):
        numero, jour = a.donnees.get("finess"), a.donnees.get("finess_le")
        en_droit = p.lecture is Lecture.VRAI and jour and date.fromisoformat(jour) <= p.jour
        if numero and (en_droit or a.avant(p.instant, p.lecture)):
            le = date.fromisoformat(jour) if jour else jour_local(a.legal_le, archives.dossier.fuseau)
            return [("Numéro FINESS", numero, f"Attribué le {date_fr(le)}")]
    return []


def _nommee(dit: Mapping[str, Any]) -> str:
    numeros = [f"{nom}\u00a0{dit[cle]}" for cle, nom in (("rna", "RNA"), ("siren", "SIREN")) if dit.get(cle)]
    if dit.get("registre"):
        numeros.append(f"{_FORMES.get(dit.get('type', ''), '')}, {dit['registre']}")
    return ", ".join([dit.get("nom", ""), *numeros])


def _premier(actes: list[Acte], type_: str) -> Acte | None:
    return next((a for a in actes if a.type == type_), None)
