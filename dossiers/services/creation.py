"""A new dossier: a draft that belongs to its équipe alone until the letter is filed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import PORTEURS
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from ..models import Dossier, LettreIntention


@transaction.atomic
def creer_dossier(
    *,
    nom: str,
    specialites: Sequence[str],
    siege_departement: str,
    acteur: Acteur,
    maintenant: datetime,
    remplace: str = "",
    numero: str = "",
) -> Dossier:
    """Opens the draft of a letter and gives it its number. `remplace`: number of the refused dossier it follows; `numero`: one
    that `reserver_numeros` set aside.

    Raises Interdit for who is no porteur, ErreurMetier for an unknown specialty, or a siège without ARS (975).
    """
    if acteur.role not in PORTEURS:
        raise Interdit("interdit", "Seule une équipe ouvre une lettre d’intention.")
    departement = Departement.objects.select_related("region").filter(code=siege_departement, est_ouvert=True).first()
    if departement is None or departement.region is None:
        raise ErreurMetier(
            "territoire",
            "Aucune ARS n’est compétente pour ce département.",
            {"siege_departement": "Choisissez un autre département."},
        )
    precedent = None
    if remplace:
        precedent = (
            Dossier.objects.pour(acteur)
            .au(maintenant)
            .filter(numero=remplace, statut_effectif__in=("lettre_refusee", "clos"))
            .first()
        )
        if precedent is None:
            raise ErreurMetier(
                "remplace",
                "Le dossier cité n’existe pas, ou n’est pas refusé.",
                {"remplace": "Citez un dossier refusé de votre équipe."},
            )
    region = departement.region
    dossier = Dossier(
        numero=numero or prochain_numero(region.code, jour_local(maintenant, region.fuseau).year),
        nom=nom.strip(),
        equipe_id=acteur.organisation_id,
        siege_departement=siege_departement,
        region=region.code,
        fuseau=region.fuseau,
        statut_depuis=maintenant,
        cree_le=maintenant,
        remplace=precedent,
        departements=[siege_departement],
    )
    poser_specialites(dossier, specialites)
    dossier.recherche = texte_cherche(dossier)
    dossier.save()
    LettreIntention.objects.create(dossier=dossier)
    consigner(
        type="creer_dossier",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "numero": dossier.numero,
            "specialites": dossier.specialites,
            "siege": siege_departement,
            "remplace": remplace,
        },
    )
    return dossier


def prochain_numero(region: str, annee: int) -> str:
    """`{region}-{year}-{rank}`: the counter's row is the lock."""
    return prendre_numeros(region, annee, 1)[0]


def prendre_numeros(region: str, annee: int, nombre: int) -> list[str]:
    """The next `nombre` numbers of a region's year, given to nobody else."""
    with connection.cursor() as c:
        c.execute(
            "INSERT INTO dossiers_compteur (region, annee, dernier) VALUES (%s, %s, %s) "
            "ON CONFLICT (region, annee) DO UPDATE SET dernier = dossiers_compteur.dernier + EXCLUDED.dernier RETURNING dernier",
            [region, annee, nombre],
        )
        dernier = c.fetchone()[0]
    return [f"{region}-{annee}-{rang:04d}" for rang in range(dernier - nombre + 1, dernier + 1)]


def reserver_numeros(region: str, annee: int, nombre: int) -> list[str]:
    """The first `nombre` numbers of a region's year, out of `prochain_numero`'s reach from now on. May be asked again."""
    with connection.cursor() as c:
        c.execute(
            "INSERT INTO dossiers_compteur (region, annee, dernier) VALUES (%s, %s, %s) "
            "ON CONFLICT (region, annee) DO UPDATE SET dernier = greatest(dossiers_compteur.dernier, EXCLUDED.dernier)",
            [region, annee, nombre],
        )
    return [f"{region}-{annee}-{rang:04d}" for rang in range(1, nombre + 1)]


def poser_specialites(dossier: Dossier, codes: Sequence[str]) -> None:
    """Specialties and their groups on the dossier. Raises ErreurMetier for none, an unknown or an ineligible one (DEF-1)."""
    lignes = list(Specialite.objects.filter(code__in=codes))
    if not codes or len(lignes) != len(set(codes)):
        raise ErreurMetier(
            "specialite",
            "Choisissez une spécialité de la liste.",
            {"specialites": "Choisissez une spécialité de la liste."},
        )
    exclues = [s.libelle for s in lignes if s.eligibilite == Specialite.Eligibilite.NON]
    if exclues:
        raise ErreurMetier(
            "specialite",
            f"«\u00a0{exclues[0]}\u00a0» n’ouvre pas droit à une équipe de soins spécialisés.",
            {"specialites": "Choisissez une autre spécialité."},
        )
    dossier.specialites = sorted(s.code for s in lignes)
    p = parametres_du_jour(dossier.region, jour_local(dossier.cree_le, dossier.fuseau))
    groupes = [set(p.groupes_specialites.de(s.code, s.groupes)) for s in lignes]
    dossier.groupes = sorted(set().union(*groupes))
    communs = set.intersection(*groupes)
    dossier.est_pluri = len(lignes) > 1 and not communs


def texte_cherche(dossier: Dossier, *autres: str) -> str:
    """The normalised text of the list's search: number, name, commune, and what else names the dossier."""
    return normaliser(" ".join((dossier.numero, dossier.nom, dossier.siege_commune, *autres)))


def normaliser(texte: str) -> str:
    """Lower case without accents, single spaces: what is stored and what is searched go through here."""
    plat = unicodedata.normalize("NFKD", texte.lower())
    return " ".join("".join(c for c in plat if not unicodedata.combining(c)).split())
