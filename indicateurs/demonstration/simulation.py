"""Many random lives: the same seed gives the same facts, numbers relative to the run, whatever the number of processes.

By one process, each life is told in one transaction, as the sandbox's are: beside a portal that lives, its deadline engine and its relay
see a whole past, never half of one that they would settle at today's date. By several, each act is committed, for lives would wait for
one another's locks (territory, single credit): on a base that nobody else uses. Nothing of an act is left out. What a run does once is
done before the first life (agents, numbers, verdicts on the few files), and PostgreSQL plans each statement once per process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import chain
from random import Random

from django.db import connection, transaction
from django.db.models import Max

from dossiers.services.creation import prendre_numeros
from ess_portal.comptes.models import Organisation
from ess_portal.documents.controle.parent import verdicts_retenus
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.horloge import jour_local
from financement.models import NumeroVersement
from financement.services.numeros import reserver as reserver_versements

from .agents import engager
from .construction import achever, mettre_en_scene
from .fichiers import TEXTES, octets
from .hasard import Compte, Vie
from .ordre import prises
from .partage import partager
from .scene import Fiche
from .troupe import Troupe

PREMIER_RANG = 100_000  # invented people beyond those of the sandbox
RANGS_PAR_VIE = 60
VERSEMENTS_PAR_VIE = 12
# A life waits for the one that holds the territory, longer than a person would.
REGLAGES = {"synchronous_commit": "off", "lock_timeout": "2min", "plan_cache_mode": "force_generic_plan"}


def simuler(
    *,
    dossiers: int,
    annees: float,
    graine: int,
    maintenant: datetime,
    processus: int = 1,
    regions: Collection[str] = (),
) -> Compte:
    """Lives `dossiers` dossiers over `annees` years, to end at `maintenant`; `regions`: those of their sièges, all when there is none."""
    simulees = Organisation.objects.filter(code__startswith="simulation-")
    passees, siennes = simulees.count(), simulees.filter(code__startswith=f"simulation-{graine}-").count()
    departements = Departement.objects.filter(region__isnull=False).select_related("region").in_bulk(field_name="code")
    groupes = dict(Specialite.objects.values_list("code", "groupes"))
    hasard = Random(graine)  # noqa: S311  facts, not secrets
    fiches = _fiches(dossiers, annees, hasard, f"simulation-{graine}-", siennes, regions)
    depuis = maintenant - timedelta(days=round(annees * 366))
    numeros = _numeros(fiches, departements, maintenant)
    versements = _versements(dossiers, range(depuis.year, maintenant.year + 1))
    engager(Troupe(depuis, domaine="simulation.demo"), fiches)

    def vivre(rang: int) -> Compte:
        premier = PREMIER_RANG + RANGS_PAR_VIE * (passees + rang)
        troupe = Troupe(depuis, domaine=f"simulation{premier}.demo", premier=premier)
        compte = Compte()
        with _une_vie(entiere=processus == 1):
            scene = mettre_en_scene(fiches[rang], troupe, maintenant)
            scene.reserve = numeros[rang]
            debut = versements + rang * VERSEMENTS_PAR_VIE
            scene.versements = iter(range(debut + 1, debut + VERSEMENTS_PAR_VIE + 1))
            vie = Vie(scene, Random(f"{graine}:{siennes + rang}"), compte)  # noqa: S311
            vie.vivre()
            scene.le(scene.fiche.age)
            achever(scene, maintenant)
            compte.statuts[vie.statut()] += 1
        return compte

    total = Compte()
    with verdicts_retenus(map(octets, TEXTES)):
        for _, compte in partager(range(dossiers), _apres(fiches, groupes), vivre, processus=processus):
            total.ajouter(compte)
    return total


def _fiches(
    dossiers: int, annees: float, hasard: Random, organisation: str, premiere: int, regions: Collection[str]
) -> list[Fiche]:
    """What each is about: another territory each time as long as there is one, a first day anywhere in these years, rather early."""
    ouverts = Departement.objects.filter(est_ouvert=True, region__isnull=False).values_list("code", "region")
    departements = [code for code, region in ouverts if not regions or region in regions]
    specialites = Specialite.objects.filter(famille="SM", eligibilite="oui").values_list("code", flat=True)
    territoires = sorted((s, d) for d in departements for s in specialites)
    hasard.shuffle(territoires)
    fiches = []
    for rang in range(premiere, premiere + dossiers):
        specialite, siege = territoires[rang % len(territoires)]
        liberaux = hasard.randint(15, 60)
        fiches.append(
            Fiche(
                f"ESS {specialite} {siege} n° {rang + 1}",
                (specialite,),
                (siege,),
                "Chef-lieu",
                max(1, round(annees * 365 * (1 - hasard.random() ** 2))),
                liberaux=liberaux,
                presents=liberaux + hasard.randint(0, 30),
                adherents=max(2, liberaux // hasard.randint(3, 10)),
                organisation=f"{organisation}{rang}",
            )
        )
    return fiches


def _numeros(fiches: Sequence[Fiche], departements: Mapping[str, Departement], maintenant: datetime) -> list[str]:
    """The number of each, taken at once: lives keep no counter locked."""
    cles = []
    for fiche in fiches:
        region = departements[fiche.siege].region
        cles.append((region.code, (jour_local(maintenant, region.fuseau) - timedelta(days=fiche.age)).year))
    suites = {cle: iter(prendre_numeros(*cle, nombre)) for cle, nombre in Counter(cles).items()}
    return [next(suites[cle]) for cle in cles]


def _versements(dossiers: int, annees: Iterable[int]) -> int:
    """The rank after which those of the lives come, the same every year."""
    dernier = NumeroVersement.objects.aggregate(n=Max("dernier"))["n"] or 0
    for annee in annees:
        reserver_versements(annee, dernier + dossiers * VERSEMENTS_PAR_VIE)
    return dernier


def _apres(fiches: Sequence[Fiche], groupes: Mapping[str, Iterable[str]]) -> dict[int, set[int]]:
    """Who waits for whom: one life at a time on a ground, in the order of the run."""
    derniers: dict[object, int] = {}
    apres = {}
    for rang, fiche in enumerate(fiches):
        siennes = prises(fiche, groupes)
        apres[rang] = {derniers[prise] for prise in siennes if prise in derniers}
        derniers |= dict.fromkeys(siennes, rang)
    return apres


@contextmanager
def _une_vie(*, entiere: bool) -> Iterator[None]:
    """Each statement that comes back is prepared, and planned once; `entiere`: one transaction."""
    connection.ensure_connection()
    lien = connection.connection
    avant = lien.prepare_threshold, lien.prepared_max
    lien.prepare_threshold, lien.prepared_max = 1, 5000
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT {', '.join(['set_config(%s, %s, false)'] * len(REGLAGES))}", [*chain(*REGLAGES.items())]
        )
    try:
        with transaction.atomic() if entiere else nullcontext():
            yield
    finally:
        lien.prepare_threshold, lien.prepared_max = avant
        with connection.cursor() as curseur:
            for nom in REGLAGES:
                curseur.execute(f"RESET {nom}")
