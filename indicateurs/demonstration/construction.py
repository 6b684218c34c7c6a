"""Builds the sandbox's dossiers: once, oldest first, each in one transaction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

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


def construire(maintenant: datetime, programme: Iterable[Ligne] | None = None) -> int:
    """Makes the dossiers that are not there yet, then one pass of the deadline engine; gives how many were made."""
    troupe = Troupe(maintenant - timedelta(days=700))
    with connection.cursor() as curseur:
        curseur.execute("SET synchronous_commit = off")
    faits = 0
    with verdicts_retenus():
        for fiche, recit in programme if programme is not None else lignes():
            with transaction.atomic():
                faits += _vivre(fiche, recit, troupe, maintenant)
    _clore_les_envois_anciens(maintenant - COURRIELS_GARDES)
    Passage.noter("echeances", passage.regler_dues(au=maintenant))
    return faits


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
