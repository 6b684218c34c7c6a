"""Reads the XML of a bank without what XML may hide: no document type, no entity, bounded in size and depth."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ess_portal.socle.erreurs import ErreurMetier

PROFONDEUR = 40


def illisible(raison: str) -> ErreurMetier:
    texte = f"Ce fichier n’est pas lisible\u00a0: {raison}"
    return ErreurMetier("releve", texte, {"fichier": texte})


def lire(octets: bytes) -> tuple[str, Element]:
    """The namespace of the root and the tree, its names without namespace. Raises ErreurMetier."""
    lecteur, arbre = expat.ParserCreate(namespace_separator=" "), TreeBuilder()
    racines: list[str] = []
    profondeur = 0

    def ouvrir(nom: str, attributs: dict[str, str]) -> None:
        nonlocal profondeur
        profondeur += 1
        if profondeur > PROFONDEUR:
            raise illisible("il est trop profond.")
        espace, _, court = nom.rpartition(" ")
        racines.append(espace) if not racines else None
        arbre.start(court, attributs)

    def fermer(nom: str) -> None:
        nonlocal profondeur
        profondeur -= 1
        arbre.end(nom.rpartition(" ")[2])

    def refuser(*_: object) -> None:
        raise illisible("il porte une définition de type ou d’entité, qui n’est pas admise.")

    lecteur.StartElementHandler, lecteur.EndElementHandler = ouvrir, fermer
    lecteur.CharacterDataHandler = arbre.data
    lecteur.StartDoctypeDeclHandler = lecteur.EntityDeclHandler = lecteur.ExternalEntityRefHandler = refuser
    try:
        lecteur.Parse(octets, True)
    except (expat.ExpatError, ValueError, LookupError) as echec:
        raise illisible("ce n’est pas un XML bien formé.") from echec
    return racines[0], arbre.close()
