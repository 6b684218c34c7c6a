"""Makes extracts in the published format: invented people with valid numbers, the same ones at each run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

from adhesions.regles.entete import COLONNES

ENTETE = "|".join(COLONNES) + "|"
NOM = "PS_LibreAcces_Personne_activite_202611150830.txt"
NOMS = ("MARTIN", "BERNARD", "LE GOFF", "D'ARGENT", "PELLETIER-ROUX", "GARCIA", "MÜLLER", "BŒUF", "NGUYEN", "PETIT")
PRENOMS = ("CAMILLE", "JEAN-PIERRE", "HÉLÈNE", "ANAÏS", "YVES", "FRANÇOIS", "ZOÉ", "MARIE", "LOÏC", "SALIMA", "PAUL")
COMMUNES = (
    ("31000", "31555", "TOULOUSE", "31"), ("20000", "2A004", "AJACCIO", ""), ("97411", "97415", "SAINT-PAUL", "974"),
    ("35000", "", "RENNES", ""), ("75012", "75112", "PARIS", "075"), ("20200", "", "BASTIA", ""), ("32000", "32013", "AUCH", "32"),
)  # fmt: skip
SPECIALITES = (("SM04", "Cardiologie"), ("SM32", "Neurologie"), ("SM54", "Médecine générale"), ("SM48", "Rhumatologie"))
_DOUBLES = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def rpps(rang: int) -> str:
    """A valid number: `10`, eight digits and Luhn's key."""
    base = f"10{rang:08d}"
    somme = sum(_DOUBLES[int(c)] if i % 2 else int(c) for i, c in enumerate(base))
    return f"{base}{-somme % 10}"


SORTES = ("encodage", "colonnes", "rpps", "doublon", "departement", "specialite", "colonne de trop")


@dataclass
class Personne:
    """One line of the extract for each activity; what is not given is that of a cardiologist of Toulouse."""

    rpps: str
    nom: str = "MARTIN"
    prenom: str = "CAMILLE"
    profession: str = "10"
    specialite: str = "SM04"
    categorie: str = "C"
    civilite: str = "DR"
    # (mode, sector, postal code, commune code, commune, département, structure)
    activites: tuple[tuple[str, ...], ...] = (("L", "SA07", "31000", "31555", "TOULOUSE", "31", "CABINET MEDICAL"),)

    def lignes(self) -> Iterator[str]:
        for rang, (mode, secteur, postal, insee, commune, departement, structure) in enumerate(self.activites):
            yield (
                f"8|{self.rpps}|8{self.rpps}|{self.civilite}|Docteur|M|Monsieur|{self.nom}|{self.prenom}|{self.profession}|Médecin|"
                f"{self.categorie}|Civil|S|Spécialité ordinale|{self.specialite}|Spécialité|{mode}|Libéral|{self.rpps}00012|{self.rpps[:9]}||"
                f"|R1{self.rpps}{rang}|{structure}||||{rang + 8}||RUE|Rue|DES LILAS BLANCS|CS 10329|{postal} {commune}|{postal}|{insee}|{commune}|"
                f"99000|France|0500000000||0500000001|cabinet.{self.rpps}@exemple.invalid|{departement}|Département||CNOM/CNOM/CNOM|{secteur}|"
                "Secteur d’activité|||RT01|Titulaire de cabinet|GENR01|Activité standard de soin ou de pharmacien|"
            )


def personnes(part: int = 4) -> Iterator[Personne]:
    """Without end. One in `part` is a doctor with a specialty; half of all have two activities."""
    for rang in count():
        medecin = rang % part == 0
        lieux = tuple(
            (
                mode,
                secteur,
                *COMMUNES[(rang + pas) % 7],
                "CENTRE HOSPITALIER" if secteur == "SA01" else "CABINET MEDICAL",
            )
            for pas, (mode, secteur) in enumerate((("L", "SA07"), ("S", "SA01"))[rang % 3 // 2 : 2 - rang % 3 % 2])
        )
        yield Personne(
            rpps(rang), NOMS[rang // part % 10], PRENOMS[rang // (10 * part) % 11], "10" if medecin else "60",
            SPECIALITES[rang // part % 4][0] if medecin else "", civilite="DR" if medecin else "MME", activites=lieux,
        )  # fmt: skip


@dataclass
class Attendu:
    """What an import of the file must find: lines, people kept, rejects (line: reason)."""

    lignes: int = 0
    personnes: set[str] = field(default_factory=set)
    rejets: dict[int, str] = field(default_factory=dict)


def ecrire(
    chemin: Path,
    nombre: int,
    *,
    encodage: str = "utf-8",
    guillemets: bool = False,
    fautes: int = 0,
    part: int = 4,
    sortes: Sequence[str] = SORTES,
    entete: str = ENTETE,
) -> Attendu:
    """Writes so many lines; `fautes` broken ones of each kind are put among them, and told."""
    attendu, source = Attendu(), (ligne for p in personnes(part) for ligne in p.lignes())
    voulues = fautes * len(sortes)
    pas = nombre // (voulues + 1) if fautes else 0
    with chemin.open("wb") as fichier:
        fichier.write(f"{entete}\n".encode(encodage))
        encodage = encodage.removesuffix("-sig")
        while attendu.lignes < nombre:
            bloc = list(islice(source, min(pas or 20_000, nombre - attendu.lignes)))
            octets = [(_entre_guillemets(ligne) if guillemets else ligne).encode(encodage) for ligne in bloc]
            attendu.lignes += len(bloc)
            if not pas:
                fichier.write(b"\n".join(octets) + b"\n")
                continue
            fichier.write(b"\n".join(octets) + b"\n")
            attendu.personnes |= {ligne[2:13] for ligne in bloc if "|10|Médecin|" in ligne}
            if len(attendu.rejets) < voulues and attendu.lignes < nombre:
                sorte = sortes[len(attendu.rejets) % len(sortes)]
                motif, mauvaise = _gater(sorte, bloc[-1], octets[-1], encodage, attendu.lignes)
                fichier.write(mauvaise + b"\n")
                attendu.lignes += 1
                attendu.rejets[attendu.lignes + 1] = motif
    return attendu


def _entre_guillemets(ligne: str) -> str:
    return "|".join(f'"{champ}"' for champ in ligne.split("|")[:-1]) + "|"


def _gater(sorte: str, ligne: str, octets: bytes, encodage: str, rang: int) -> tuple[str, bytes]:
    """A broken line made of a good one."""
    numero = rpps(90_000_000 + rang)
    champs = Personne(numero).lignes().__next__().split("|")
    faux = f"{numero[:-1]}{(int(numero[-1]) + 1) % 10}"
    match sorte:
        case "encodage":
            mauvais = b"\xe9\xff" if encodage == "utf-8" else b"\x81\x8d"
            return "encodage", "|".join(champs).encode(encodage).replace(b"CAMILLE", b"CAMILLE" + mauvais)
        case "colonnes":
            return "colonnes", "|".join(champs[:30]).encode(encodage)
        case "rpps":
            return "rpps", "|".join(champs).replace(numero, faux).encode(encodage)
        case "doublon":
            return "doublon", octets
        case "departement":
            return "departement", "|".join([*champs[:35], "99999", "", *champs[37:44], "99", *champs[45:]]).encode(
                encodage
            )
        case "specialite":
            return "specialite", "|".join(champs).replace("SM04", "SM99").encode(encodage)
        case _:
            return "colonnes", ("|".join(champs) + "de trop|").encode(encodage)


def copie_nue(curseur, chemin: Path) -> int:
    """COPY of the same file, all its columns as they are, into a bare temporary table: the fastest that the base can do."""
    colonnes = ", ".join(f"c{rang} text" for rang in range(len(COLONNES) + 1))
    curseur.execute(f"CREATE TEMPORARY TABLE copie_nue ({colonnes}) ON COMMIT DROP")
    with (
        chemin.open("rb", buffering=0) as flux,
        curseur.copy("COPY copie_nue FROM STDIN WITH (FORMAT csv, DELIMITER '|', HEADER true)") as copie,
    ):
        while morceau := flux.read(1024 * 1024):
            copie.write(morceau)
    lignes = curseur.rowcount
    curseur.execute("DROP TABLE copie_nue")
    return lignes
