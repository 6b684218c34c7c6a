"""A text of clauses seen before it is in force: on invented data, or on a dossier as it is today."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from ess_portal.documents.donnees import lire, vers_json
from ess_portal.documents.donnees.communs import Clause
from ess_portal.documents.rendu import Rendu, RenduImpossible, rendre
from ess_portal.documents.specimens.contrats import contrat_amorcage, contrat_dotation, contrat_transitoire
from ess_portal.socle.erreurs import ErreurMetier

from ..models import Clausier
from ..regles.clausier import VARIABLES, remplacer
from .clausiers import Texte
from .proposition import DOCUMENTS, composer

SPECIMENS = {"amorcage": contrat_amorcage, "transitoire": contrat_transitoire, "dotation": contrat_dotation}
CODE = "PR0JETPR0JETPR0J"


def sur_specimen(annexe: str, texte: Texte) -> dict[str, Any]:
    """The contract of an invented équipe, each variable with its sample."""
    formes = {nom: v.exemple for nom, v in VARIABLES[annexe].items()}
    echappees = {nom: html.escape(valeur, quote=False) for nom, valeur in formes.items()}
    posees = tuple(
        Clause(code=a.code, titre=remplacer(a.titre, formes), html=remplacer(a.html, echappees)) for a in texte.articles
    )
    specimen = SPECIMENS[annexe]()
    attendues = tuple(replace(s, signataire="", fonction="", pouvoir="", signee_le=None) for s in specimen.signatures)
    mention = "Aperçu sur un dossier inventé, sans valeur contractuelle"
    terme = {"date_fin": None} if annexe == "dotation" else {}
    return vers_json(
        replace(
            specimen,
            clauses=posees,
            modele=texte.nom,
            mention=mention,
            signatures=attendues,
            date_effet=None,
            **terme,
        )
    )


def sur_dossier(dossier: Dossier, annexe: str, texte: Texte, maintenant: datetime) -> dict[str, Any]:
    """The contract that this dossier would be given today. Raises ErreurMetier for a fact that it lacks."""
    mention = "Projet, sans valeur contractuelle"
    return composer(dossier, annexe, texte=texte, mention=mention, maintenant=maintenant)


def en_pdf(annexe: str, contenu: dict[str, Any]) -> Rendu:
    """Its PDF, made while one waits: it is kept nowhere. Raises ErreurMetier when it cannot be laid out."""
    document = DOCUMENTS[annexe]
    try:
        return rendre(
            document,
            lire(document, contenu),
            titre=Clausier.Annexe(annexe).label.partition(" (")[0],
            version=1,
            code=CODE,
        )
    except RenduImpossible as erreur:
        raise ErreurMetier("rendu", "L’aperçu n’a pas pu être mis en page. Réessayez dans un instant.") from erreur
