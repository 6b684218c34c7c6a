"""A table of figures by département and specialty group, read line by line: what holds, and what is wrong with each other line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLONNES = ("departement", "specialite", "liberaux", "presents")


@dataclass(frozen=True, slots=True)
class Chiffre:
    departement: str
    groupe: str
    liberaux: int
    presents: int


@dataclass(frozen=True, slots=True)
class Lecture:
    """`erreurs` = (line of the file, sentence). One error and nothing of the table is taken."""

    chiffres: tuple[Chiffre, ...]
    erreurs: tuple[tuple[int, str], ...]


def lire(
    lignes: Sequence[Sequence[str]], *, departements: Mapping[str, bool], groupes: Mapping[str, Sequence[str]]
) -> Lecture:
    """`departements`: code → may this reader write it; `groupes`: what a line may name → the groups it stands for."""
    entete = [c.strip().lower().replace("é", "e") for c in lignes[0]] if lignes else []
    absentes = [c for c in COLONNES if c not in entete]
    if absentes:
        phrase = f"Colonnes attendues\u00a0: {', '.join(COLONNES)}. Il manque\u00a0: {', '.join(absentes)}."
        return Lecture((), ((1, phrase),))
    rangs = {c: entete.index(c) for c in COLONNES}
    chiffres: dict[tuple[str, str], Chiffre] = {}
    erreurs: list[tuple[int, str]] = []
    for numero, ligne in enumerate(lignes[1:], 2):
        if not any(c.strip() for c in ligne):
            continue
        cellules = {c: ligne[r].strip() if r < len(ligne) else "" for c, r in rangs.items()}
        fautes = _fautes(cellules, departements, groupes)
        if fautes:
            erreurs.extend((numero, f) for f in fautes)
            continue
        code = code_departement(cellules["departement"])
        for groupe in groupes[cellules["specialite"].lower()]:
            if (code, groupe) in chiffres:
                erreurs.append((numero, f"Le département {code} a déjà une ligne pour cette spécialité."))
                continue
            chiffres[code, groupe] = Chiffre(code, groupe, int(cellules["liberaux"]), int(cellules["presents"]))
    if not chiffres and not erreurs:
        erreurs.append((1, "Le fichier ne contient aucun chiffre."))
    return Lecture(tuple(chiffres.values()), tuple(erreurs))


def code_departement(texte: str) -> str:
    """A spreadsheet eats the zero of « 01 »."""
    return texte.upper().zfill(2)


def _fautes(
    cellules: Mapping[str, str], departements: Mapping[str, bool], groupes: Mapping[str, Sequence[str]]
) -> list[str]:
    fautes = []
    code = code_departement(cellules["departement"])
    if code not in departements:
        fautes.append(f"Département «\u00a0{cellules['departement']}\u00a0» inconnu.")
    elif not departements[code]:
        fautes.append(f"Le département {code} n’est pas dans votre région.")
    if not groupes.get(cellules["specialite"].lower()):
        fautes.append(
            f"Spécialité «\u00a0{cellules['specialite']}\u00a0» inconnue\u00a0: un code SMxx ou un groupe est attendu."
        )
    nombres = {c: cellules[c] for c in ("liberaux", "presents")}
    faux = [c for c, v in nombres.items() if not (v.isascii() and v.isdigit() and len(v) < 7)]
    if faux:
        fautes.extend(f"«\u00a0{nombres[c]}\u00a0» n’est pas un nombre entier ({c})." for c in faux)
    elif int(nombres["liberaux"]) > int(nombres["presents"]):
        fautes.append("Les libéraux ne peuvent pas dépasser les médecins présents.")
    return fautes
