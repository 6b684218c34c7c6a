"""The legal person (DEF-3, CRI-6) and its FINESS number (step 4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import consigner
from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local

from ..models import Association, Dossier
from . import cycle
from .courriels import courriel
from .recherche import indexer

DROIT_LOCAL = frozenset({"57", "67", "68"})


@transaction.atomic
def declarer_association(*, numero: str, acteur: Acteur, maintenant: datetime, **champs: Any) -> Dossier:
    """Records the association, at any step (§10), once: afterwards it is corrected. A loi 1901 one has an RNA number or a SIREN; one of
    local law (57, 67, 68) its entry in the court's register. Raises ErreurMetier on the field that does not hold.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    phrase = deja_declaree(dossier)
    if phrase:
        raise Conflit("association", phrase)
    association = _inscrire(dossier, acteur, maintenant, declaree_le=maintenant, **champs)
    return cycle.appliquer(
        dossier,
        "declarer_association",
        acteur=acteur,
        maintenant=maintenant,
        donnees=_identite(association),
        effets=_courriels(dossier),
    )


@transaction.atomic
def corriger_association(*, numero: str, acteur: Acteur, maintenant: datetime, **champs: Any) -> Dossier:
    """Changes what is known of the association; its FINESS number and its statuts stay. The journal keeps what it was."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    avant = Association.objects.select_for_update().filter(dossier=dossier).first()
    if avant is None:
        raise Conflit("association", "L’association n’est pas encore déclarée.")
    ancienne = _identite(avant)
    association = _inscrire(dossier, acteur, maintenant, **champs)
    dossier.version += 1
    dossier.save(update_fields=("version",))
    consigner(
        type="corriger_association",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={**_identite(association), "avant": ancienne},
        effets=_courriels(dossier),
    )
    return dossier


def deja_declaree(dossier: Dossier) -> str | None:
    """The sentence that refuses a second declaration; None before the first."""
    if not Association.objects.filter(dossier=dossier).exists():
        return None
    return "L’association est déjà déclarée : corrigez ses informations si l’une d’elles a changé."


def _inscrire(
    dossier: Dossier,
    acteur: Acteur,
    maintenant: datetime,
    *,
    nom: str,
    type: str = Association.Type.LOI_1901,
    rna: str = "",
    siren: str = "",
    registre: str = "",
    date_declaration: date | None = None,
    siege_adresse: str = "",
    representant: str = "",
    statuts: Any = None,
    **autres: Any,
) -> Association:
    erreurs: dict[str, str] = {}
    valeurs = {"rna": rna, "siren": siren}
    for champ, valeur in valeurs.items():
        if valeur:
            identifiant = verifier(champ, valeur)
            if not identifiant.valide:
                erreurs[champ] = f"Ce numéro {champ.upper()} n’est pas valable."
            valeurs[champ] = identifiant.normalise or ""
    if type == Association.Type.DROIT_LOCAL:
        if dossier.siege_departement not in DROIT_LOCAL:
            erreurs["type"] = "Une association de droit local a son siège en Moselle, dans le Bas-Rhin ou le Haut-Rhin."
        elif not registre.strip():
            erreurs["registre"] = "Indiquez l’inscription au registre du tribunal."
    elif not rna and not siren:
        erreurs["rna"] = "Indiquez le numéro RNA ou le numéro SIREN."
    if date_declaration is not None and date_declaration > jour_local(maintenant, dossier.fuseau):
        erreurs["date_declaration"] = "Ce jour n’est pas encore venu."
    if erreurs:
        raise ErreurMetier("association", "Certaines informations sur l’association sont à corriger.", erreurs)
    champs: dict[str, Any] = {
        "type": type,
        "nom": nom.strip(),
        "rna": valeurs["rna"],
        "siren": valeurs["siren"],
        "registre": registre.strip(),
        "date_declaration": date_declaration,
        "siege_adresse": siege_adresse,
        "representant": representant,
        **{champ: v for champ, v in autres.items() if champ == "declaree_le"},
    }
    if statuts is not None:
        champs["statuts"] = deposer_piece(
            dossier=dossier,
            fichier=statuts,
            type="statuts",
            libelle="Statuts de l’association",
            acteur=acteur,
            maintenant=maintenant,
            objet="association",
        )
    association = Association.objects.update_or_create(dossier=dossier, defaults=champs)[0]
    indexer(dossier)
    return association


def _identite(association: Association) -> dict[str, str]:
    return {nom: getattr(association, nom) for nom in ("nom", "rna", "siren", "registre", "type")}


def _courriels(dossier: Dossier) -> list[Any]:
    """The mail to the ARS, when there is one already."""
    if dossier.ars_id is None:
        return []
    return [courriel(dossier, "association", f"association:{dossier.version}", organisation=dossier.ars_id)]


@transaction.atomic
def attribuer_finess(
    *, numero: str, finess: str, acteur: Acteur, maintenant: datetime, finess_le: date | None = None, **_: Any
) -> Dossier:
    """The ARS records the FINESS number, which bills nothing (DEF-2). Raises ErreurMetier without association or on a bad key."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if finess_le is not None and finess_le > jour_local(maintenant, dossier.fuseau):
        phrase = "Ce jour n’est pas encore venu."
        raise ErreurMetier("finess_le", phrase, {"finess_le": phrase})
    association = Association.objects.select_for_update().filter(dossier=dossier).first()
    if association is None:
        raise ErreurMetier(
            "association",
            "L’équipe doit d’abord déclarer son association.",
            {"finess": "L’association n’est pas encore déclarée."},
        )
    identifiant = verifier("finess", finess)
    if not identifiant.valide:
        raise ErreurMetier(
            "finess",
            "Ce numéro FINESS n’est pas valable.",
            {"finess": "Vérifiez les neuf caractères\u00a0: la clé ne correspond pas."},
        )
    if Association.objects.filter(finess=identifiant.normalise).exclude(pk=association.pk).exists():
        raise Conflit("finess", "Ce numéro FINESS est déjà enregistré sur un autre dossier.")
    association.finess, association.finess_le = identifiant.normalise, finess_le
    association.save(update_fields=("finess", "finess_le"))
    indexer(dossier)
    return cycle.appliquer(
        dossier,
        "attribuer_finess",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"finess": identifiant.normalise, "finess_le": finess_le},
        effets=[
            courriel(dossier, "finess", f"finess:{dossier.pk}:{o}", organisation=o, finess=identifiant.normalise)
            for o in (dossier.equipe_id, dossier.caisse_id)
        ],
    )
