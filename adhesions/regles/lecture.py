"""Reads the extract by blocks of whole lines: what goes to the base, as COPY wants it, and the lines left out.

Two million lines pass here, so a line costs as little as it can: it is cut no further than its eighteenth column unless it is kept,
and a number is checked once when the lines of a person follow each other.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

from . import entete as c
from . import extrait as e

NOMBRE = len(c.COLONNES)
_JSON = json.JSONEncoder(ensure_ascii=False).encode
BOM = b"\xef\xbb\xbf"


class FichierRefuse(Exception):
    """The file is not an extract; the message says why, in French."""


@dataclass
class Lot:
    """What a block of lines gave. `gardees` and `empreintes` are rows of COPY in text format."""

    lignes: int = 0
    hors_champ: int = 0
    gardees: list[str] = field(default_factory=list)
    empreintes: list[str] = field(default_factory=list)
    rejets: list[tuple[int, str, str]] = field(default_factory=list)


def encodage(entete: bytes) -> str:
    """The encoding of a file, told by the accents of its header; raises FichierRefuse when this is no such header."""
    for nom in ("utf-8", "cp1252"):
        try:
            texte = entete.removeprefix(BOM).decode(nom)
        except UnicodeDecodeError:
            continue
        lues = texte.replace('"', "").replace("’", "'").rstrip("\r\n").removesuffix("|").split("|")
        if lues[0] != c.COLONNES[0]:
            break
        if len(lues) != NOMBRE:
            raise FichierRefuse(
                f"L’entête de ce fichier compte {len(lues)} colonnes, l’extrait publié en compte {NOMBRE}."
            )
        for rang, (lue, attendue) in enumerate(zip(lues, c.COLONNES, strict=True), start=1):
            if lue.strip() != attendue:
                raise FichierRefuse(
                    f"La colonne {rang} de ce fichier est «\u00a0{lue[:60]}\u00a0» au lieu de «\u00a0{attendue}\u00a0»."
                )
        return nom
    raise FichierRefuse(
        "Ce fichier n’est pas l’extrait «\u00a0PS_LibreAcces_Personne_activite\u00a0»\u00a0: sa première ligne n’en est pas l’entête."
    )


class Lecteur:
    """Reads blocks in their order; the header is line 1."""

    def __init__(self, encodage: str, specialites: Collection[str], departements: Collection[str]) -> None:
        self.encodage, self.specialites, self.departements = encodage, frozenset(specialites), frozenset(departements)
        self.numero = 1
        # The last number checked, and the columns it was read from.
        self._verifie, self._rpps = ("", ""), ""
        self._departement = lru_cache(maxsize=20_000)(partial(e.departement, connus=self.departements))

    def lire(self, octets: bytes) -> Lot:
        """One block, which ends with a line's end (or with the file)."""
        lot, numero, specialites = Lot(), self.numero, self.specialites
        empreintes, verifie, rpps = lot.empreintes, self._verifie, self._rpps
        for ligne in self._decoder(octets):
            numero += 1
            try:
                if ligne is None:
                    raise e.LigneRejetee(e.ENCODAGE)
                if ligne.count("|") != NOMBRE or ligne[-1] != "|" or '"' in ligne:
                    champs = colonnes(ligne)
                else:
                    champs = ligne.split("|", c.MODE + 1)
                if champs[0] == e.TYPE_RPPS:
                    if verifie != (champs[1], champs[2]):
                        rpps = e.rpps_de(champs[1], champs[2])
                        verifie = (champs[1], champs[2])
                elif not champs[0].isdigit():
                    raise e.LigneRejetee(e.RPPS_FAUX, f"Type d’identifiant lu\u00a0: {champs[0][:20]}")
                if (
                    champs[0] != e.TYPE_RPPS
                    or (champs[9] != e.MEDECIN and champs[15] not in specialites)
                    or champs[11] == e.ETUDIANT
                ):
                    lot.hors_champ += 1
                else:
                    lot.gardees.append(self._garder(rpps, ligne, champs))
                # Python's own hash: it lives no longer than this import.
                empreintes.append(f"{numero}\t{hash(ligne)}")
            except e.LigneRejetee as rejet:
                lot.rejets.append((numero, rejet.motif, rejet.precision))
        lot.lignes, self.numero = numero - self.numero, numero
        self._verifie, self._rpps = verifie, rpps
        return lot

    def _decoder(self, octets: bytes) -> Iterable[str | None]:
        """The lines; None for one that the file's encoding cannot read."""
        try:
            texte = octets.decode(self.encodage)
        except UnicodeDecodeError:
            return [self._decoder_ligne(ligne) for ligne in octets.removesuffix(b"\n").split(b"\n")]
        return texte.replace("\r\n", "\n").removesuffix("\n").split("\n")

    def _decoder_ligne(self, octets: bytes) -> str | None:
        try:
            return octets.decode(self.encodage).removesuffix("\r")
        except UnicodeDecodeError:
            return None

    def _garder(self, rpps: str, ligne: str, champs: list[str]) -> str:
        if len(champs) <= NOMBRE:
            champs = ligne.split("|")
        if not ligne.isprintable():
            champs = [imprimable(champ) for champ in champs]
        if not champs[c.NOM].strip():
            raise e.LigneRejetee(e.NOM_ABSENT)
        specialite = champs[c.SAVOIR_FAIRE]
        if specialite not in self.specialites:
            if specialite.startswith("SM"):
                raise e.LigneRejetee(e.SPECIALITE_INCONNUE, f"Code lu\u00a0: {specialite[:10]}")
            specialite = ""  # a competence, a capacity: not a specialty
        ou = ""
        if champs[c.PAYS] in e.FRANCE:
            ou = self._departement(champs[c.DEPARTEMENT], champs[c.CODE_COMMUNE], champs[c.CODE_POSTAL])
        activite = e.activite(champs[c.MODE], champs[c.SECTEUR])
        nom, prenom = e.casse(champs[c.NOM].strip())[:120], e.casse(champs[c.PRENOM].strip())[:120]
        rangee = "\t".join(
            (
                rpps,
                e.CIVILITES.get(champs[c.CIVILITE_EXERCICE] or champs[c.CIVILITE], ""),
                nom,
                prenom,
                champs[c.PROFESSION],
                specialite,
                str(activite),
                ou,
                lieu(champs, ou),
                f"{e.mots(nom)} {e.mots(prenom)}"[:241],
            )
        )
        return rangee.replace("\\", "\\\\") if "\\" in rangee else rangee


def colonnes(ligne: str) -> list[str]:
    """The columns of a line that holds quotes or has not the usual number of them. Raises LigneRejetee."""
    champs = ligne.split("|")
    if '"' in ligne:
        if len(champs) != NOMBRE + 1:
            champs = next(csv.reader([ligne], delimiter="|"), [])
        champs = [champ.strip('"') for champ in champs]
    if len(champs) == NOMBRE:
        return [*champs, ""]
    if len(champs) == NOMBRE + 1 and not champs[-1]:
        return champs
    nombre = len(champs) - 1 if not champs[-1] else len(champs)
    raise e.LigneRejetee(e.MAUVAISES_COLONNES, f"{nombre} au lieu de {NOMBRE}")


def imprimable(champ: str) -> str:
    """Tabs and unusual spaces become one space; what is still no printable character condemns the line."""
    net = " ".join(champ.split())
    if not net.isprintable():
        raise e.LigneRejetee(e.ENCODAGE)
    return net


def lieu(champs: list[str], departement: str) -> str:
    """The place of a line as the directory's JSON holds it; empty when the line says none."""
    voie = f"{champs[c.NUMERO]}{champs[c.INDICE]} {champs[c.TYPE_VOIE]} {champs[c.VOIE]}".strip()
    ville = f"{champs[c.CODE_POSTAL]} {champs[c.COMMUNE]}".strip()
    parties = (champs[c.ENSEIGNE] or champs[c.RAISON_SOCIALE], voie, ville)
    adresse = ", ".join(partie for partie in parties if partie)
    if not adresse and not departement:
        return ""
    mode = champs[c.MODE]
    return f'{{"departement":"{departement}","mode":"{mode}","adresse":{_JSON(adresse)}}}'
