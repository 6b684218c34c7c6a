"""The sandbox's figures of demography, imported twice as an administration does each year: invented, and said to be so.

Each dossier of the programme finds on its territory the doctors that its letter declares, as in the directory.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from adhesions.models import Demographie
from adhesions.regles.demographie import COLONNES
from adhesions.services.demographie import Bilan, importer_lignes
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.session import acteur_de
from ess_portal.referentiel.models import Specialite
from ess_portal.socle.horloge import jour_local

from .programme import lignes

SOURCE = "Données de démonstration"
# (years back, how many doctors of today's were there): the profession moves a little from one year to the next.
MILLESIMES = ((1, 0.96), (0, 1.0))
Chiffres = dict[tuple[str, str], tuple[int, int]]


def importer_si_absent(maintenant: datetime) -> list[Bilan]:
    """Once, as the national administration: figures imported since stay."""
    if Demographie.objects.exists():
        return []
    acteur, connus = _administration(), chiffres()
    fin = date(jour_local(maintenant, "Europe/Paris").year - 1, 12, 31)
    bilans = []
    with contexte(acteur):
        for annees, part in MILLESIMES:
            tableau = [
                [departement, groupe, str(round(liberaux * part)), str(round(presents * part))]
                for (departement, groupe), (liberaux, presents) in sorted(connus.items())
            ]
            bilans.append(
                importer_lignes(
                    nom=f"demographie-{fin.year - annees}.csv", lignes=[list(COLONNES), *tableau], source=SOURCE,
                    date_comptage=fin.replace(year=fin.year - annees), acteur=acteur, maintenant=maintenant - timedelta(days=20),
                )
            )  # fmt: skip
    return bilans


def chiffres() -> Chiffres:
    """(département, group) → libéraux and doctors present, for every département and group of the programme."""
    groupes: dict[str, list[str]] = dict(Specialite.objects.values_list("code", "groupes"))
    fiches = [fiche for fiche, _ in lignes()]
    voulus: Chiffres = {}
    for fiche in fiches:
        nombre = len(fiche.specialites)
        for groupe in dict.fromkeys(g for s in fiche.specialites for g in groupes[s]):
            libres = [d for d in fiche.departements if (d, groupe) not in voulus]
            la = [voulus[d, groupe] for d in fiche.departements if (d, groupe) in voulus]
            restent = (
                max(fiche.liberaux // nombre - sum(n for n, _ in la), 0),
                max(fiche.presents // nombre - sum(n for _, n in la), 0),
            )
            for rang, d in enumerate(libres):
                liberaux, presents = (n // len(libres) + (rang < n % len(libres)) for n in restent)
                voulus[d, groupe] = liberaux, max(liberaux, presents)
    tous = {g for s in {s for f in fiches for s in f.specialites} for g in groupes[s]}
    return {
        (d, g): voulus.get((d, g)) or _invente(d, g)
        for d in sorted({d for f in fiches for d in f.departements})
        for g in sorted(tous)
    }


def _invente(departement: str, groupe: str) -> tuple[int, int]:
    """The same figures for the same place, on every machine: between 4 and 63 libéraux, some employed beside them."""
    tirage = hashlib.sha256(f"{departement}:{groupe}".encode()).digest()
    liberaux = 4 + tirage[0] % 60
    return liberaux, liberaux + 2 + tirage[1] % (liberaux // 2 + 3)


def _administration() -> Acteur:
    return acteur_de(
        Rattachement.objects.select_related("utilisateur", "organisation")
        .filter(role=Role.ADMIN_NATIONAL)
        .earliest("pk")
    )
