"""Builds the sandbox's dossiers: once, oldest first, each act in its own transaction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context

from django.db import connection

from dossiers.models import Dossier
from dossiers.services import passage
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.controle.parent import verdicts_retenus
from ess_portal.journal.models import Envoi, Passage
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import ars_competente, caisses_possibles

from .programme import Ligne, lignes
from .recits import Recit
from .scene import Fiche, Scene
from .troupe import Troupe

# Mails older than this were read long ago: the sandbox's mailbox starts with the last ones.
COURRIELS_GARDES = timedelta(days=10)


def construire(maintenant: datetime, programme: Iterable[Ligne] | None = None, *, processus: int = 1) -> int:
    """Makes the dossiers that are not there yet, then one pass of the deadline engine; gives how many were made.

    Several processes share the work by region: nothing of a region's past depends on another's. A run that is cut leaves
    dossiers stopped on the way, each as its last act left it; the next run makes those that are missing.
    """
    lots = _lots(list(programme if programme is not None else lignes()), processus)
    if len(lots) == 1:
        faits = _vivre_lot(lots[0], maintenant, 0)
    else:
        connection.close()
        with ProcessPoolExecutor(len(lots), mp_context=get_context("fork")) as ouvriers:
            taches = [
                ouvriers.submit(_vivre_part, [f.equipe for f, _ in lot], maintenant, n) for n, lot in enumerate(lots)
            ]
            faits = sum(tache.result() for tache in taches)
    _clore_les_envois_anciens(maintenant - COURRIELS_GARDES)
    Passage.noter("echeances", passage.regler_dues(au=maintenant))
    return faits


def _lots(programme: list[Ligne], processus: int) -> list[list[Ligne]]:
    """Whole regions, the longest first on the least loaded process; lives are kept in the order of their beginnings."""
    regions: dict[str, list[Ligne]] = {}
    par_departement = dict(Departement.objects.values_list("code", "region_id"))
    for ligne in programme:
        regions.setdefault(par_departement[ligne[0].siege], []).append(ligne)
    lots: list[list[Ligne]] = [[] for _ in range(max(1, min(processus, len(regions))))]
    for part in sorted(regions.values(), key=len, reverse=True):
        min(lots, key=len).extend(part)
    return [sorted(lot, key=lambda ligne: -ligne[0].age) for lot in lots]


def _vivre_part(equipes: list[str], maintenant: datetime, rang: int) -> int:
    """In a child: a life is no plain data, so it is found again by its équipe's name."""
    connues = set(equipes)
    return _vivre_lot([ligne for ligne in lignes() if ligne[0].equipe in connues], maintenant, rang)


def _vivre_lot(lot: list[Ligne], maintenant: datetime, rang: int) -> int:
    troupe = Troupe(maintenant - timedelta(days=700), premier=rang * 10_000)
    with connection.cursor() as curseur:
        curseur.execute("SET synchronous_commit = off")
    with verdicts_retenus():
        return sum(_vivre(fiche, recit, troupe, maintenant) for fiche, recit in lot)


def _vivre(fiche: Fiche, recit: Recit, troupe: Troupe, maintenant: datetime) -> bool:
    scene = mettre_en_scene(fiche, troupe, maintenant)
    with comme_portail():
        deja = Dossier.objects.filter(equipe=scene.equipe)
        if deja.filter(nom=fiche.equipe).exists():
            return False
        precedent = deja.filter(statut="lettre_refusee").order_by("-pk").first()
    scene.faits["remplace"] = precedent.numero if precedent else ""
    recit(scene)
    return True


def mettre_en_scene(fiche: Fiche, troupe: Troupe, maintenant: datetime) -> Scene:
    """The organisations around a dossier, before its first act."""
    departement = Departement.objects.select_related("region").get(code=fiche.siege)
    code = fiche.organisation or f"demo-{fiche.code or abreger(fiche.equipe)}"
    fuseau = departement.region.fuseau
    equipe = troupe.equipe(code, fiche.equipe, departement.region_id, fuseau)
    caisses = caisses_possibles(fiche.siege)
    caisse: Organisation = next((c for c in caisses if c.code == fiche.caisse), caisses[0])
    return Scene(fiche, troupe, equipe, ars_competente(fiche.siege), caisse, fuseau, maintenant)


def abreger(nom: str) -> str:
    """A slug for an équipe's code."""
    plat = unicodedata.normalize("NFKD", nom.replace("œ", "oe").lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plat).strip("-")[:60]


def _clore_les_envois_anciens(limite: datetime) -> None:
    """What the past has already had: scans done on the way, and mails that nobody waits for any more."""
    with comme_portail():
        Envoi.objects.filter(type="analyse", statut=Envoi.Statut.PRET, dossier__pieces__etat="sain").update(
            statut=Envoi.Statut.FAIT, fait_le=limite
        )
        anciens = Envoi.objects.filter(
            type__in=("courriel", "lien_adhesion"), statut=Envoi.Statut.PRET, cree_le__lt=limite
        )
        anciens.update(statut=Envoi.Statut.FAIT, fait_le=limite)
