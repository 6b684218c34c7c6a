"""The national directory extract, line by line: what is read of it, what is kept, what is rejected and why.

Kept: every doctor (profession 10), and whoever of another profession has a specialty of the reference data; students aside. Who is
neither can be no adhérent and is counted nowhere: those lines are checked (columns, number, encoding), then left out. Of a person the
portal keeps number, civility, name, specialties, modes and places: no telephone, no mail, no SIRET.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

TYPE_RPPS, MEDECIN, ETUDIANT = "8", "10", "E"

ENCODAGE, RPPS_FAUX, NOM_ABSENT, DOUBLON = "encodage", "rpps", "nom", "doublon"
MAUVAISES_COLONNES, SPECIALITE_INCONNUE, MODE_INCONNU = "colonnes", "specialite", "mode"
DEPARTEMENT_INCONNU = "departement"
MOTIFS: Mapping[str, str] = MappingProxyType(
    {
        ENCODAGE: "Caractères illisibles",
        MAUVAISES_COLONNES: "Nombre de colonnes",
        RPPS_FAUX: "Numéro RPPS faux",
        NOM_ABSENT: "Nom absent",
        SPECIALITE_INCONNUE: "Spécialité inconnue",
        MODE_INCONNU: "Mode d’exercice inconnu",
        DEPARTEMENT_INCONNU: "Département inconnu",
        DOUBLON: "Ligne en double",
    }
)

# TRE_R02: public, military, private and cancer hospitals, their head offices, a hospital doctor's private sector.
HOPITAUX = frozenset({"SA01", "SA02", "SA03", "SA04", "SA36", "SA40", "SA53"})
CIVILITES = MappingProxyType({"DR": "Dr", "PR": "Pr", "M": "M.", "MME": "Mme", "MLLE": "Mme"})

LIBERAL, HOSPITALIER, SALARIE = 1, 2, 4
SAINT_BARTHELEMY, SAINT_MARTIN = "97133", "97150"
FRANCE = frozenset({"", "99000", "99100", "FR", "FRA"})


class LigneRejetee(Exception):
    """What is wrong with a line."""

    def __init__(self, motif: str, precision: str = "") -> None:
        super().__init__(motif)
        self.motif, self.precision = motif, precision[:160]


def _sommes(longueur: int) -> dict[str, int]:
    """Luhn's sum of every group of so many digits, the second and the fourth doubled."""
    return {
        groupe: sum(int(c) if rang % 2 == 0 else sum(divmod(2 * int(c), 10)) for rang, c in enumerate(groupe))
        for groupe in (f"{nombre:0{longueur}d}" for nombre in range(10**longueur))
    }


_QUATRE, _TROIS = _sommes(4), _sommes(3)


def rpps_juste(numero: str) -> bool:
    """Eleven digits and their Luhn key, as `identifiants.verifier` says it (§8), in three look-ups instead of a loop."""
    if len(numero) != 11:
        return False
    try:
        return (_QUATRE[numero[:4]] + _QUATRE[numero[4:8]] + _TROIS[numero[8:]]) % 10 == 0
    except KeyError:
        return False


def rpps_de(identifiant: str, nationale: str) -> str:
    """The RPPS number of a line: `Identifiant PP`, or the national identification without its leading 8. Raises LigneRejetee."""
    numero = identifiant or nationale
    if len(numero) == 12 and numero[0] == TYPE_RPPS:
        numero = numero[1:]
    if not rpps_juste(numero):
        raise LigneRejetee(RPPS_FAUX, f"Valeur lue\u00a0: {numero[:20]}" if numero else "Aucun numéro")
    if nationale and nationale not in (numero, TYPE_RPPS + numero):
        raise LigneRejetee(RPPS_FAUX, f"Deux numéros différents\u00a0: {numero} et {nationale[:20]}")
    return numero


def activite(mode: str, secteur: str) -> int:
    """What one line says of the way of working. Voluntary work (B) and a line without mode say nothing."""
    if mode == "L":
        return LIBERAL
    if mode == "S":
        return HOSPITALIER if secteur in HOPITAUX else SALARIE
    if mode in ("", "B"):
        return 0
    raise LigneRejetee(MODE_INCONNU, f"Code lu\u00a0: {mode[:10]}")


def mode_d_exercice(activites: int) -> str:
    """The mode of practice of a person, from the activities of all her lines (bits of `activite`).

    Mixte: libéral and employed, wherever. Libéral: libéral only. Hospitalier: employed, in a hospital at least once. Salarié:
    employed, never in a hospital. Nothing when no line says it: only voluntary work, or no activity in the extract.
    """
    if activites & LIBERAL:
        return "mixte" if activites & (HOSPITALIER | SALARIE) else "liberal"
    if activites & HOSPITALIER:
        return "hospitalier"
    return "salarie" if activites & SALARIE else ""


MODES = tuple(mode_d_exercice(bits) for bits in range(8))


def departement(code: str, commune: str, postal: str, connus: Collection[str]) -> str:
    """The département of a place: the file's code (« 075 » and « 1 » accepted), or that of the commune, or of the postal code.

    Empty when the line says no place. Raises LigneRejetee for a place that is in no known département.
    """
    for trouve in (_departement_code(code), _departement_commune(commune), _departement_postal(postal)):
        if trouve in connus:
            return trouve
    if code or commune or postal:
        raise LigneRejetee(DEPARTEMENT_INCONNU, f"Valeur lue\u00a0: {(code or commune or postal)[:20]}")
    return ""


def _departement_code(code: str) -> str:
    if len(code) == 3 and code[0] == "0":
        return code[1:]
    return code.zfill(2) if code else ""


def _departement_commune(commune: str) -> str:
    """INSEE: 2A004, 97411; Saint-Barthélemy and Saint-Martin kept their own codes, 977 and 978."""
    if len(commune) != 5:
        return ""
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def _departement_postal(postal: str) -> str:
    """Corsica shares 20: 200 and 201 are the south. 97133 and 97150 are islands that left Guadeloupe."""
    if len(postal) != 5 or not postal.isdigit():
        return ""
    if postal in (SAINT_BARTHELEMY, SAINT_MARTIN):
        return "977" if postal == SAINT_BARTHELEMY else "978"
    if postal.startswith("20"):
        return "2A" if postal[2] in "01" else "2B"
    return postal[:3] if postal.startswith(("97", "98")) else postal[:2]


_MOT = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=20_000)
def mots(texte: str) -> str:
    """The words of a name as they are compared: no accent, no case, no punctuation."""
    bas = texte.lower()
    if not bas.isascii():
        bas = unicodedata.normalize("NFKD", bas.replace("œ", "oe").replace("æ", "ae"))
        bas = "".join(c for c in bas if not unicodedata.combining(c))
    return " ".join(_MOT.findall(bas))


_APRES_APOSTROPHE = re.compile(r"(?<=\w\w['’])\w")


@lru_cache(maxsize=20_000)
def casse(nom: str) -> str:
    """A name printed in capitals, as one writes it: D’Argent, Guivarc’h; one that has its own case is left alone."""
    return _APRES_APOSTROPHE.sub(lambda lettre: lettre[0].lower(), nom.title()) if nom.isupper() else nom
