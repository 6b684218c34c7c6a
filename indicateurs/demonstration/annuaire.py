"""The sandbox's directory: an invented extract in the published format, imported as a real one would be.

Each dossier of the programme finds on its territory the doctors that its letter declares: so many libéraux, the others employed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adhesions.annuaire import importer_annuaire
from adhesions.annuaire.fichier import FUSEAU
from adhesions.models import ImportAnnuaire
from adhesions.regles import entete as c
from ess_portal.referentiel.models import Departement, Specialite

from .construction import RANGS_PAR_VIE
from .identites import personne
from .programme import lignes

ADHERENTS = 20
AGE = timedelta(days=3)
CABINET, HOPITAL, CENTRE = (
    ("L", "SA07", "Cabinet médical"),
    ("S", "SA01", "Centre hospitalier"),
    ("S", "SA05", "Centre de santé"),
)


def importer_si_absent(maintenant: datetime) -> ImportAnnuaire | None:
    """Once: a real extract that was imported since stays."""
    return None if ImportAnnuaire.objects.exists() else importer(maintenant)


def importer(maintenant: datetime) -> ImportAnnuaire:
    """Writes the extract in a folder of its own, and takes it in."""
    instant = (maintenant - AGE).astimezone(FUSEAU).replace(hour=8, minute=30)
    with TemporaryDirectory() as dossier:
        fichier = Path(dossier) / f"PS_LibreAcces_Personne_activite_{instant:%Y%m%d%H%M}.txt"
        fichier.write_text("\n".join(["|".join(c.COLONNES) + "|", *extrait(), ""]), encoding="utf-8")
        return importer_annuaire(fichier, maintenant=maintenant)


def extrait() -> Iterator[str]:
    """The lines. People have the ranks of the dossier's life: its adhérents are among them, under their own names."""
    noms = dict(Departement.objects.values_list("code", "nom"))
    libelles = dict(Specialite.objects.values_list("code", "libelle"))
    servis: set[tuple[str, str]] = set()
    for place, (fiche, _recit) in enumerate(lignes()):
        premier, nombre = place * RANGS_PAR_VIE + 1, len(fiche.specialites)
        for n, specialite in enumerate(fiche.specialites):
            libres = [d for d in fiche.departements if (specialite, d) not in servis]
            servis |= {(specialite, d) for d in libres}
            # Where another dossier already has the doctors of the letter, only its adhérents are added.
            presents = min(fiche.presents, RANGS_PAR_VIE - 1) // nombre if libres else ADHERENTS
            for numero in range(presents):
                rang = premier + numero + n * RANGS_PAR_VIE // nombre
                ou = (libres or fiche.departements)[numero % len(libres or fiche.departements)]
                ville = fiche.commune if ou == fiche.siege else noms[ou]
                for mode, secteur, structure in _activites(numero, numero < fiche.liberaux // nombre):
                    lieu = f"{structure} de {ville}"
                    yield _ligne(rang, specialite, libelles[specialite], mode, secteur, lieu, ou, ville)


def _activites(numero: int, est_liberal: bool) -> tuple[tuple[str, str, str], ...]:
    if est_liberal:
        return (CABINET, HOPITAL) if numero % 6 == 0 else (CABINET,)
    return (CENTRE,) if numero % 4 == 0 else (HOPITAL,)


def _ligne(
    rang: int, specialite: str, libelle: str, mode: str, secteur: str, structure: str, departement: str, ville: str
) -> str:
    champs = [""] * len(c.COLONNES)
    p = personne(rang)
    champs[c.TYPE], champs[c.IDENTIFIANT], champs[c.NATIONALE] = "8", p.rpps, f"8{p.rpps}"
    champs[c.CIVILITE_EXERCICE], champs[c.NOM], champs[c.PRENOM] = "DR", p.nom.upper(), p.prenom.upper()
    champs[c.PROFESSION], champs[c.PROFESSION + 1], champs[c.CATEGORIE] = "10", "Médecin", "C"
    champs[c.SAVOIR_FAIRE], champs[c.SAVOIR_FAIRE + 1], champs[c.MODE], champs[c.SECTEUR] = (
        specialite,
        libelle,
        mode,
        secteur,
    )
    champs[c.RAISON_SOCIALE], champs[c.NUMERO], champs[c.TYPE_VOIE] = structure, str(1 + rang % 90), "Rue"
    champs[c.VOIE], champs[c.COMMUNE], champs[c.DEPARTEMENT] = "de l’Exemple", ville, departement
    champs[c.CODE_POSTAL] = f"{departement}{'00000'[len(departement) :]}"
    return "|".join(champs) + "|"
