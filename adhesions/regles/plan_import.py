"""What a list would do to the adhérents: nothing is written here, and nobody leaves by being absent from a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ess_portal.socle.typographie import date_fr

from .liste import LigneLue

IDENTITE = ("titre", "nom", "prenom", "courriel", "lieux")
EXERCICE = ("specialite", "mode", "departements")
LIBELLES = {
    "titre": "titre", "nom": "nom", "prenom": "prénom", "courriel": "courriel", "lieux": "lieux d’exercice",
    "specialite": "spécialité", "mode": "mode d’exercice", "departements": "départements", "signee_le": "date de la signature",
    "sortie_le": "dernier jour", "signature_annoncee_le": "signature annoncée",
}  # fmt: skip
OUVERTES = ("invitee", "signee")
AJOUT, CHANGEMENT, SORTIE, INCHANGE, ERREUR = "ajout", "changement", "sortie", "inchange", "erreur"


@dataclass(frozen=True)
class Existante:
    """An adhésion of the dossier, invitation included, as a line compares itself with it."""

    pk: int
    rpps: str
    etat: str
    moyen: str
    valeurs: Mapping[str, Any]

    @property
    def signee_le(self) -> date | None:
        jour: date | None = self.valeurs["signee_le"]
        return jour


@dataclass
class Entree:
    """What one line would do: its words for the preview, its acts for the service, in order."""

    rang: int
    action: str
    rpps: str = ""
    nom: str = ""
    details: list[str] = field(default_factory=list)
    erreurs: list[str] = field(default_factory=list)
    actes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def planifier(lignes: Sequence[LigneLue], existantes: Iterable[Existante], jour: date) -> list[Entree]:
    """One entry by line. Two lines about the same adhésion are an error of the second."""
    par_rpps: dict[str, list[Existante]] = {}
    for e in existantes:
        par_rpps.setdefault(e.rpps, []).append(e)
    vues: dict[object, int] = {}
    entrees = []
    for ligne in lignes:
        entree = Entree(
            ligne.rang, INCHANGE, str(ligne.valeurs.get("rpps", "")), ligne.nom, erreurs=list(ligne.erreurs)
        )
        if not entree.erreurs:
            cible = _cible(ligne, par_rpps.get(entree.rpps, []), entree)
            cle = cible.pk if cible else entree.rpps
            if cle in vues:
                entree.erreurs.append(f"Ce professionnel est déjà à la ligne {vues[cle]}.")
            vues.setdefault(cle, ligne.rang)
            if not entree.erreurs:
                _ajouter(ligne, entree, jour) if cible is None else _comparer(ligne, cible, entree, jour)
        if entree.erreurs:
            entree.action, entree.actes = ERREUR, []
        entrees.append(entree)
    return entrees


def _cible(ligne: LigneLue, candidates: list[Existante], entree: Entree) -> Existante | None:
    """By its number, else by the day of its signature, else the one that is open; None: a professional to add."""
    numero = ligne.valeurs.get("numero")
    if numero is not None:
        trouvee = next((e for e in candidates if e.pk == numero), None)
        if trouvee is None:
            entree.erreurs.append(f"L’adhésion n°\u00a0{numero} n’est pas celle de ce numéro RPPS dans votre équipe.")
        return trouvee
    signee = ligne.valeurs.get("signee_le")
    par_jour = [e for e in candidates if signee and e.signee_le == signee]
    ouvertes = [e for e in candidates if e.etat in OUVERTES]
    return next(iter(par_jour or ouvertes), None)


def _ajouter(ligne: LigneLue, entree: Entree, jour: date) -> None:
    v = ligne.valeurs
    for code, phrase in (
        ("nom", "Le nom manque."),
        ("specialite", "La spécialité manque."),
        ("mode", "Le mode d’exercice manque."),
    ):
        if code not in v:
            entree.erreurs.append(phrase)
    if "sortie_le" in v:
        entree.erreurs.append(
            "Cette adhésion est inconnue et déjà terminée\u00a0: ajoutez l’adhérent avec son formulaire, puis sa sortie."
        )
    signee = v.get("signee_le")
    if isinstance(signee, date) and signee > jour:
        entree.erreurs.append("La date de signature est dans le futur.")
    champs = {nom: v[nom] for nom in ("rpps", *IDENTITE, *EXERCICE) if nom in v}
    entree.action = AJOUT
    if signee is None:
        suite = "un lien de signature est envoyé" if "courriel" in v else "sans courriel, aucun lien ne part"
        entree.details.append(f"Invitation\u00a0: {suite}.")
        entree.actes.append(("ajouter", champs | {"inviter": True}))
    else:
        entree.details.append(
            "Signature annoncée\u00a0: déposez ensuite le formulaire, l’adhésion ne compte pas sans lui."
        )
        entree.actes.append(("ajouter", champs | {"inviter": False, "signature_annoncee_le": signee}))


def _comparer(ligne: LigneLue, e: Existante, entree: Entree, jour: date) -> None:
    """An empty cell changes nothing."""
    v = ligne.valeurs
    corrections = {n: v[n] for n in IDENTITE if n in v and v[n] != e.valeurs[n]}
    exercice = {n: v[n] for n in EXERCICE if n in v and v[n] != e.valeurs[n]}
    effet = v.get("changement_le")
    if e.etat == "invitee":
        corrections |= exercice
        _invitee(v, e, entree, corrections, jour)
    else:
        if exercice and effet is None:
            corrections |= exercice
            entree.details.append("Exercice corrigé comme une erreur de saisie, sur toute la période en cours.")
        elif exercice and isinstance(effet, date):
            _changement(e, exercice, effet, entree)
        _jours(v, e, entree, corrections, jour)
    if corrections:
        noms = ", ".join(LIBELLES[n] for n in corrections)
        entree.details.insert(0, f"Corrigé\u00a0: {noms}.")
        entree.actes.insert(0, ("corriger", {"adhesion": e.pk, "corrections": corrections}))
    if any(nom == "sortir" for nom, _ in entree.actes):
        entree.action = SORTIE
    elif entree.actes:
        entree.action = CHANGEMENT


def _invitee(v: Mapping[str, Any], e: Existante, entree: Entree, corrections: dict[str, Any], jour: date) -> None:
    if "sortie_le" in v:
        entree.erreurs.append("Cette invitation n’est pas signée\u00a0: elle n’a pas de dernier jour.")
    signee = v.get("signee_le")
    if signee is not None and signee > jour:
        entree.erreurs.append("La date de signature est dans le futur.")
    elif signee is not None and signee != e.valeurs["signature_annoncee_le"]:
        corrections["signature_annoncee_le"] = signee
        entree.details.append(
            "Signature annoncée\u00a0: déposez ensuite le formulaire, l’adhésion ne compte pas sans lui."
        )


def _changement(e: Existante, exercice: dict[str, Any], effet: date, entree: Entree) -> None:
    fin = e.valeurs["sortie_le"]
    if e.signee_le is None or effet < e.signee_le or (fin is not None and effet > fin):
        entree.erreurs.append("Le changement tombe hors de l’adhésion.")
    noms = ", ".join(LIBELLES[n] for n in exercice)
    entree.details.append(f"Changé à compter du {date_fr(effet)}\u00a0: {noms}.")
    entree.actes.append(("changer", {"adhesion": e.pk, "date_effet": effet, **exercice}))


def _jours(v: Mapping[str, Any], e: Existante, entree: Entree, corrections: dict[str, Any], jour: date) -> None:
    signee, sortie = v.get("signee_le"), v.get("sortie_le")
    if signee is not None and signee != e.signee_le:
        if e.moyen != "formulaire":
            entree.erreurs.append("Une signature en ligne garde sa date.")
        elif signee > jour:
            entree.erreurs.append("La date de signature est dans le futur.")
        corrections["signee_le"] = signee
    debut = signee or e.signee_le
    if sortie is None or sortie == e.valeurs["sortie_le"]:
        return
    if debut is not None and sortie < debut:
        entree.erreurs.append("Le dernier jour précède la signature.")
    if e.etat == "sortie":
        corrections["sortie_le"] = sortie
    elif not v.get("motif_sortie"):
        entree.erreurs.append("Indiquez le motif de la sortie.")
    else:
        entree.details.append(f"Sortie, dernier jour le {date_fr(sortie)}.")
        entree.actes.append(("sortir", {"adhesion": e.pk, "date_sortie": sortie, "motif": str(v["motif_sortie"])}))
