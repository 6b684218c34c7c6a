"""Loads the reference data of `donnees/` into the base. May run at each start: it writes what differs, nothing else."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction

from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.socle import horloge

from .models import Caisse, Departement, JeuParametres, Region, Specialite
from .regles.parametres import Parametres

DONNEES = Path(__file__).with_name("donnees")
PREMIER_JEU = date(2025, 1, 1)
SOURCE_PREMIER_JEU = (
    "Convention médicale du 22 juin 2024, articles 53 à 58\u00a0; cahier des charges ESS validé en CPN\u00a0; décryptage et méthodologie "
    "de déploiement des ESS, avril 2025\u00a0; code des relations entre le public et l’administration. Là où les textes se taisent, valeurs "
    "par défaut du portail, modifiables par un jeu daté."
)


def lignes(nom: str) -> Iterator[dict[str, str]]:
    with (DONNEES / f"{nom}.csv").open(newline="", encoding="utf-8") as fichier:
        yield from csv.DictReader(fichier)


@lru_cache
def carte() -> dict[str, Any]:
    """Outlines and neighbours; `cadre` is the viewBox, `source` the credit that a page with the map prints."""
    return json.loads((DONNEES / "carte.json").read_text(encoding="utf-8"))


def _poser(modele: type[models.Model], objets: list[models.Model], cle: str, champs: list[str]) -> int:
    modele.objects.bulk_create(objets, update_conflicts=True, unique_fields=[cle], update_fields=champs)
    return len(objets)


@transaction.atomic
def charger() -> dict[str, int]:
    """Writes everything and gives the counts, by name. Contact details already entered by people stay."""
    formes = carte()["departements"]
    compte = {
        "régions": _poser(
            Region, [Region(**r) for r in lignes("regions")], "code", ["nom", "nom_ars", "fuseau", "tribunal"]
        ),
        "départements": _poser(
            Departement,
            [
                Departement(
                    code=d["code"],
                    nom=d["nom"],
                    region_id=d["region"] or None,
                    fuseau=d["fuseau"],
                    est_ouvert=d["ouvert"] == "oui",
                    **formes.get(d["code"], {"voisins": [], "trace": ""}),
                )
                for d in lignes("departements")
            ],
            "code",
            ["nom", "region", "fuseau", "est_ouvert", "voisins", "trace"],
        ),
        "caisses": _poser(
            Caisse,
            [Caisse(departement_id=c.pop("departement"), **c) for c in lignes("caisses")],
            "slug",
            ["nom", "type", "departement", "code_presume"],
        ),
        "spécialités": _poser(
            Specialite,
            [
                Specialite(
                    **s | {"date_fin": s["date_fin"] or None, "groupes": [g for g in s["groupes"].split("|") if g]}
                )
                for s in lignes("specialites")
            ],
            "code",
            ["libelle", "famille", "date_fin", "groupes", "eligibilite", "acces_direct"],
        ),
        "organisations": _poser(Organisation, _organisations(), "code", ["nom", "region", "departement", "fuseau"]),
    }
    if settings.BAC_A_SABLE:
        inventer_coordonnees()
    _premier_jeu()
    compte["jeux de paramètres"] = JeuParametres.objects.count()
    return compte


def _organisations() -> list[Organisation]:
    """The 18 ARS, the caisses, the national administration and one administration per region."""
    creee = horloge.maintenant()
    regions = {r["code"]: r for r in lignes("regions")}
    departements = {d["code"]: d for d in lignes("departements")}
    liste = [
        Organisation(
            type=TypeOrganisation.ADMINISTRATION,
            code="administration-nationale",
            nom="Administration nationale",
            creee_le=creee,
        )
    ]
    for r in regions.values():
        commun = {"region": r["code"], "fuseau": r["fuseau"], "creee_le": creee}
        liste.append(Organisation(type=TypeOrganisation.ARS, code=f"ars-{r['code']}", nom=r["nom_ars"], **commun))
        liste.append(
            Organisation(
                type=TypeOrganisation.ADMINISTRATION,
                code=f"administration-{r['code']}",
                nom=f"Administration régionale – {r['nom']}",
                **commun,
            )
        )
    for c in lignes("caisses"):
        d = departements[c["departement"]]
        liste.append(
            Organisation(
                type=TypeOrganisation.CAISSE,
                code=c["slug"],
                nom=c["nom"],
                region=d["region"],
                departement=d["code"],
                fuseau=d["fuseau"],
                creee_le=creee,
            )
        )
    return liste


def inventer_coordonnees() -> None:
    """Sandbox: an accusé de réception prints the service's address, so each service gets an invented one (numbers kept
    by the telecom regulator for fiction, mail domain that leads nowhere)."""
    services = Organisation.objects.filter(
        type__in=(TypeOrganisation.ARS, TypeOrganisation.CAISSE), courriel=""
    ).order_by("pk")
    for rang, o in enumerate(services):
        o.courriel = f"ess@{o.code}.invalid"
        o.telephone = f"01 99 00 {rang // 100:02d} {rang % 100:02d}"
        o.adresse = f"1 place de l’Exemple\n{(o.departement or '75')[:2].replace('2A', '20').replace('2B', '20')}000 Villefictive"
    Organisation.objects.bulk_update(services, ["courriel", "telephone", "adresse"])


def _premier_jeu() -> None:
    """The first national set: every default of the rules. Written once; a change is another set."""
    if not JeuParametres.objects.filter(region__isnull=True, valide_du=PREMIER_JEU).exists():
        JeuParametres.objects.create(
            valide_du=PREMIER_JEU,
            valeurs=Parametres().valeurs(),
            source=SOURCE_PREMIER_JEU,
            cree_le=horloge.maintenant(),
        )
