"""Builds the sandbox's dossiers: once, those of the homes first, each whole life in one transaction, several at a time.

A run that is cut leaves no dossier half-lived, and the next run makes those that are missing. Until its life is told, a dossier
exists for nobody: the deadline engine of a portal already open would settle its past at today's date.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from dossiers.models import Dossier
from dossiers.services import grilles_tacites, passage
from dossiers.services.creation import reserver_numeros
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.controle.parent import verdicts_retenus
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Passage
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.horloge import jour_local
from financement.services.numeros import reserver as reserver_versements

from .agents import agences, engager
from .fichiers import TEXTES, octets
from .ordre import dependances, ordonner
from .partage import partager
from .programme import PREMIERES, Ligne, lignes
from .recits import Recit
from .scene import Fiche, Scene
from .troupe import Troupe

# Mails older than this were read long ago: the sandbox's mailbox starts with the last ones.
COURRIELS_GARDES = timedelta(days=10)
PASSAGE = "demonstration"
ANCIENNETE = timedelta(days=700)  # since when people have their accounts
VERSEMENTS_PAR_VIE = 4
RANGS_PAR_VIE = 100  # invented people and numbers of one life: the same whatever was lived before it


def construire(
    maintenant: datetime,
    programme: Iterable[Ligne] | None = None,
    *,
    processus: int = 1,
    jalon: Callable[[], None] = lambda: None,
) -> int:
    """Makes the dossiers that are not there yet and gives how many were made. `jalon` is called once PREMIERES are there.

    The same dossiers, numbers and people whatever the number of processes and wherever an earlier run was cut.
    """
    toutes = list(lignes())
    voulues = {ligne[0].equipe: ligne for ligne in (toutes if programme is None else programme)}
    places = {fiche.equipe: n for n, (fiche, _) in enumerate(toutes)}
    apres = dependances(dict(Specialite.objects.values_list("code", "groupes")))
    numeros = _numeros(maintenant)
    for annee in range((maintenant - ANCIENNETE).year, maintenant.year + 1):
        reserver_versements(annee, len(toutes) * VERSEMENTS_PAR_VIE)
    engager(Troupe(maintenant - ANCIENNETE), [fiche for fiche, _ in voulues.values()])

    def faire(equipe: str) -> bool:
        fiche, recit = voulues[equipe]
        troupe = Troupe(maintenant - ANCIENNETE, premier=places[equipe] * RANGS_PAR_VIE)
        versements = range(1 + places[equipe] * VERSEMENTS_PAR_VIE, 1 + (places[equipe] + 1) * VERSEMENTS_PAR_VIE)
        return _vivre(fiche, recit, troupe, maintenant, numeros[equipe], versements)

    manquent, faits = voulues.keys() & set(PREMIERES), 0
    with verdicts_retenus(map(octets, TEXTES)):
        vies = partager(ordonner(voulues, apres), apres, faire, processus=processus)
        for passes, (equipe, fait) in enumerate(vies, start=1):
            faits += fait
            if passes < len(voulues):
                Passage.noter(PASSAGE, passes)
            if manquent and not (manquent := manquent - {equipe}):
                # The portal opens: what its worker will do was done once, a scan and a batch of mails.
                Passage.noter("echeances", passage.regler_dues(au=maintenant))
                Passage.noter("relais", relais.vider(limite=5, types=("courriel",), duree=timedelta(0)))
                jalon()
    Passage.noter("echeances", passage.regler_dues(au=maintenant))
    Passage.noter(PASSAGE, len(voulues))
    return faits


def avancement() -> tuple[int, int] | None:
    """(how many dossiers are there, how many there will be) while they are being made, None otherwise."""
    total = len(list(lignes()))
    la = Passage.objects.filter(nom=PASSAGE, nombre__lt=total).values_list("nombre", flat=True).first()
    return None if la is None else (la, total)


def _numeros(maintenant: datetime) -> dict[str, str]:
    """équipe → its dossier's number, in the order of the calendar and set aside at once: lives keep no counter locked."""
    departements = {d.code: d.region for d in Departement.objects.select_related("region").filter(region__isnull=False)}
    annees: dict[str, tuple[str, int]] = {}
    for fiche, _recit in lignes():
        region = departements[fiche.siege]
        debut = jour_local(maintenant, region.fuseau) - timedelta(days=fiche.age)
        annees[fiche.equipe] = (region.code, debut.year)
    suites = {cle: iter(reserver_numeros(*cle, nombre)) for cle, nombre in Counter(annees.values()).items()}
    return {equipe: next(suites[cle]) for equipe, cle in annees.items()}


@transaction.atomic
def _vivre(fiche: Fiche, recit: Recit, troupe: Troupe, maintenant: datetime, numero: str, versements: range) -> bool:
    """One life, settled up to now: what is seen of it owes nothing to the deadline engine."""
    with connection.cursor() as curseur:
        # A whole life is one transaction: it waits for the one that holds the territory, longer than a person would.
        curseur.execute("SET LOCAL synchronous_commit = off")
        curseur.execute("SET LOCAL lock_timeout = '2min'")
    scene = mettre_en_scene(fiche, troupe, maintenant)
    with comme_portail():
        deja = Dossier.objects.filter(equipe=scene.equipe)
        if deja.filter(nom=fiche.equipe).exists():
            return False
        precedent = deja.filter(statut="lettre_refusee").order_by("-pk").first()
        if not Dossier.objects.filter(numero=numero).exists():
            scene.reserve = numero
    scene.versements = iter(versements)
    scene.faits["remplace"] = precedent.numero if precedent else ""
    recit(scene)
    achever(scene, maintenant)
    return True


def achever(scene: Scene, maintenant: datetime) -> None:
    """What the portal would have done by now, had it lived beside: the last dates, the grids of silence, the mails of the past."""
    passage.regler_dues(au=maintenant, numero=scene.numero)
    grilles_tacites.figer(numero=scene.numero)
    _clore_les_envois_anciens(scene.numero, maintenant - COURRIELS_GARDES)


def mettre_en_scene(fiche: Fiche, troupe: Troupe, maintenant: datetime) -> Scene:
    """The organisations around a dossier, before its first act."""
    departement = Departement.objects.select_related("region").get(code=fiche.siege)
    code = fiche.organisation or f"demo-{fiche.code or abreger(fiche.equipe)}"
    fuseau = departement.region.fuseau
    equipe = troupe.equipe(code, fiche.equipe, departement.region_id, fuseau)
    ars, caisse = agences(fiche.siege, fiche.caisse)
    return Scene(fiche, troupe, equipe, ars, caisse, fuseau, maintenant)


def abreger(nom: str) -> str:
    """A slug for an équipe's code."""
    plat = unicodedata.normalize("NFKD", nom.replace("œ", "oe").lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plat).strip("-")[:60]


def _clore_les_envois_anciens(numero: str, limite: datetime) -> None:
    """What the past has already had: scans done on the way, and mails that nobody waits for any more."""
    with comme_portail():
        envois = Envoi.objects.filter(dossier__numero=numero, statut=Envoi.Statut.PRET)
        envois.filter(type="analyse").update(statut=Envoi.Statut.FAIT, fait_le=F("cree_le"))
        anciens = envois.filter(type__in=("courriel", "lien_adhesion"), cree_le__lt=limite)
        anciens.update(statut=Envoi.Statut.FAIT, fait_le=F("cree_le"))
