"""The shape of the adhérents' list, in a file: its columns, and what each cell means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.typographie import sans_marques

# (code, heading, other headings understood, needed)
COLONNES: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("numero", "N° d’adhésion", ("numero d adhesion", "adhesion"), False),
    ("rpps", "RPPS", ("numero rpps", "n rpps", "identifiant rpps", "identifiant pp"), True),
    ("titre", "Titre", ("civilite",), False),
    ("nom", "Nom", ("nom d exercice", "nom de famille"), True),
    ("prenom", "Prénom", ("prenom d exercice",), False),
    ("courriel", "Courriel", ("email", "e mail", "mail", "adresse electronique", "adresse mail"), False),
    ("specialite", "Spécialité", ("code specialite", "savoir faire", "code savoir faire"), True),
    ("mode", "Mode d’exercice", ("mode", "exercice"), True),
    ("departements", "Départements", ("departement", "departements d exercice", "dpt"), False),
    ("lieux", "Lieux d’exercice", ("lieu d exercice", "adresse", "lieux", "lieu"), False),
    ("etat", "État", ("statut",), False),
    (
        "signee_le",
        "Signée le",
        ("date de signature", "date de la signature", "date d adhesion", "date d entree"),
        False,
    ),
    ("sortie_le", "Dernier jour", ("date de sortie", "sortie", "dernier jour d adhesion"), False),
    ("motif_sortie", "Motif de la sortie", ("motif",), False),
    ("changement_le", "Changement à compter du", ("changement le", "a compter du"), False),
)
ENTETES = tuple(titre for _, titre, _, _ in COLONNES)
CODES = tuple(code for code, _, _, _ in COLONNES)
MODES = {
    "liberal": ("liberal", "liberale", "lib"),
    "mixte": ("mixte", "mixte : liberal et salarie", "liberal et salarie", "liberal et hospitalier"),
    "hospitalier": ("hospitalier", "hospitaliere", "ph", "praticien hospitalier"),
    "salarie": ("salarie", "salariee"),
}
TITRES = {"dr": "Dr", "docteur": "Dr", "pr": "Pr", "professeur": "Pr", "m": "M.", "mr": "M.", "monsieur": "M.", "mme": "Mme", "madame": "Mme"}  # fmt: skip
LONGUEURS = {"nom": 120, "prenom": 120, "courriel": 254, "motif_sortie": 300, "lieux": 2000}
_COURRIEL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]{2,}")


class EnteteInvalide(ValueError):
    """The heading is not that of a list; the sentence says which columns are missing."""


@dataclass(frozen=True)
class Reperes:
    """What cells may name: specialties by code, départements by code."""

    specialites: Mapping[str, str]
    departements: frozenset[str]


@dataclass
class LigneLue:
    """One line: its values by column (an absent cell is not there), and what is wrong with it."""

    rang: int
    valeurs: dict[str, object] = field(default_factory=dict)
    erreurs: list[str] = field(default_factory=list)

    @property
    def nom(self) -> str:
        return f"{self.valeurs.get('prenom', '')} {self.valeurs.get('nom', '')}".strip()


def plat(texte: str) -> str:
    """Lower case, without accents, apostrophes nor punctuation around words."""
    nfd = unicodedata.normalize("NFKD", texte.lower().replace("’", " ").replace("'", " ").replace("°", " "))
    return " ".join("".join(c if c.isalnum() or c in ":" else " " for c in nfd if not unicodedata.combining(c)).split())


def reconnaitre(entete: Sequence[str]) -> tuple[dict[int, str], list[str]]:
    """Column number → code, and the headings that say nothing to us. Raises EnteteInvalide."""
    connus = {plat(nom): code for code, titre, autres, _ in COLONNES for nom in (titre, *autres)}
    trouvees: dict[int, str] = {}
    inconnues: list[str] = []
    for rang, titre in enumerate(entete):
        code = connus.get(plat(titre))
        if code is None:
            inconnues += [titre] if titre else []
        elif code in trouvees.values():
            raise EnteteInvalide(
                f"Deux colonnes disent la même chose\u00a0: «\u00a0{titre}\u00a0». Gardez-en une seule."
            )
        else:
            trouvees[rang] = code
    manquantes = [titre for code, titre, _, requise in COLONNES if requise and code not in trouvees.values()]
    if manquantes:
        noms = ", ".join(f"«\u00a0{nom}\u00a0»" for nom in manquantes)
        accord = "Il manque la colonne" if len(manquantes) == 1 else "Il manque les colonnes"
        raise EnteteInvalide(
            f"{accord} {noms}. La première ligne porte les noms des colonnes\u00a0: partez du modèle proposé."
        )
    return trouvees, inconnues


def lire_ligne(rang: int, cellules: Sequence[str], colonnes: Mapping[int, str], reperes: Reperes) -> LigneLue:
    """What a line says; a cell that cannot be understood is an error of the line, with its sentence."""
    ligne = LigneLue(rang)
    for colonne, code in colonnes.items():
        texte = sans_marques(cellules[colonne]).strip() if colonne < len(cellules) else ""
        if not texte or code == "etat":
            continue
        try:
            ligne.valeurs[code] = _valeur(code, texte, reperes)
        except ValueError as erreur:
            ligne.erreurs.append(str(erreur))
    if "rpps" not in ligne.valeurs and not ligne.erreurs:
        ligne.erreurs.append("Le numéro RPPS manque.")
    return ligne


def _valeur(code: str, texte: str, reperes: Reperes) -> object:
    if code in LONGUEURS and len(texte) > LONGUEURS[code]:
        raise ValueError(f"«\u00a0{texte[:30]}…\u00a0» est trop long\u00a0: {LONGUEURS[code]} caractères au plus.")
    if code == "rpps":
        lu = verifier("rpps", texte)
        if not lu.valide:
            raise ValueError(f"Le numéro RPPS «\u00a0{texte[:20]}\u00a0» n’est pas valable.")
        return lu.normalise
    if code == "numero":
        if not (texte.isascii() and texte.isdigit() and len(texte) < 16):
            raise ValueError(f"Le numéro d’adhésion «\u00a0{texte[:20]}\u00a0» n’est pas un nombre.")
        return int(texte)
    if code.endswith("_le"):
        return lire_date(texte)
    if code == "courriel":
        if not _COURRIEL.fullmatch(texte):
            raise ValueError(f"Le courriel «\u00a0{texte[:60]}\u00a0» n’est pas valable.")
        return texte.lower()
    if code == "titre":
        titre = TITRES.get(plat(texte))
        if titre is None:
            raise ValueError(f"Le titre «\u00a0{texte[:20]}\u00a0» n’est pas connu\u00a0: Dr, Pr, M. ou Mme.")
        return titre
    if code == "mode":
        mode = next((m for m, noms in MODES.items() if plat(texte) in noms), None)
        if mode is None:
            raise ValueError(
                f"Le mode d’exercice «\u00a0{texte[:40]}\u00a0» n’est pas connu\u00a0: libéral, mixte, hospitalier ou salarié."
            )
        return mode
    if code == "specialite":
        return _specialite(texte, reperes)
    if code == "departements":
        return _departements(texte, reperes)
    return texte


def lire_date(texte: str) -> date:
    """12/05/2026, 2026-05-12, or a day with its hour as spreadsheets write them."""
    brut = texte.split("T")[0].split(" ")[0]
    for forme in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            jour = datetime.strptime(brut, forme).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        if 1900 <= jour.year <= 2200:
            return jour
    raise ValueError(f"La date «\u00a0{texte[:20]}\u00a0» n’est pas comprise\u00a0: écrivez 12/05/2026.")


def _specialite(texte: str, reperes: Reperes) -> str:
    """A code, a label, or both as the export writes them (« SM04 Cardiologie »)."""
    code = texte.split()[0].upper()
    if code in reperes.specialites:
        return code
    trouvees = [c for c, libelle in reperes.specialites.items() if plat(libelle) == plat(texte)]
    if len(trouvees) != 1:
        raise ValueError(
            f"La spécialité «\u00a0{texte[:60]}\u00a0» n’est pas connue\u00a0: écrivez son code, par exemple SM04."
        )
    return trouvees[0]


def _departements(texte: str, reperes: Reperes) -> tuple[str, ...]:
    codes = {m.upper().zfill(2) for m in re.split(r"[\s,;/|]+", texte) if m}
    if inconnus := sorted(codes - reperes.departements):
        raise ValueError(
            f"Le département «\u00a0{inconnus[0][:10]}\u00a0» n’est pas connu\u00a0: écrivez les codes, par exemple 31, 32."
        )
    return tuple(sorted(codes))
