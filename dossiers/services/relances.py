"""Reminders before a date (REL-1): 30, 15, 7, 2 and 0 days before, one per step, whatever is restarted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import programmer
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.horloge import jour_local

from .. import faits
from ..libelles import REGLES
from ..models import Derogation, Echeance, Relance
from ..regles.relances import jours_avant, palier_atteint
from .cooperations import alerter_fins
from .courriels import courriel

RAPPELABLES = ("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-10", "AVI", "AVI-2", "DUR-1")


@transaction.atomic
def creer(*, au: datetime) -> int:
    """Writes the reminders whose step has come, the nearest step only (a missed run is not made up for by a volley); gives the count."""
    crees = 0
    with comme_portail():
        jours, contrats = _horizons()
        proches = Echeance.objects.filter(
            Q(instant__lte=au + jours) | Q(regle="DUR-1", instant__lte=au + contrats),
            statut="ouverte",
            instant__gt=au,
            regle__in=RAPPELABLES,
            ars__isnull=False,
        ).select_related("dossier")
        for e in proches.defer("explication", "suite").order_by("pk").iterator(chunk_size=500):
            jour = jour_local(au, e.dossier.fuseau)
            reste = (e.dernier_jour - jour).days
            palier = palier_atteint(reste, alertes(e, jour))
            if palier is None:
                continue
            relance, neuve = Relance.objects.get_or_create(
                echeance=e,
                genre="echeance",
                palier=palier,
                dernier_jour=e.dernier_jour,
                defaults={"dossier": e.dossier, "creee_le": au},
            )
            if neuve:
                crees += 1
                programmer([_mail(e, relance, reste)], dossier_id=e.dossier_id, maintenant=au)
        crees += _derogations_pendantes(au) + alerter_fins(au, jours)
    return crees


def _derogations_pendantes(au: datetime) -> int:
    """DER-1: the ARS is warned of a tacit date that would meet a pending dérogation, at the steps of the parameters, once each."""
    crees = 0
    menacees = (
        Echeance.objects.filter(
            statut="ouverte",
            instant__gt=au,
            instant__lte=au + timedelta(days=max(max(p.paliers_derogation, default=0) for p in _jeux()) + 1),
            regle__in=("DL-1", "DL-3"),
            ars__isnull=False,
            dossier_id__in=Derogation.objects.filter(issue=Derogation.Issue.DEMANDEE).values("dossier_id"),
        )
        .select_related("dossier")
        .defer("explication", "suite")
    )
    for e in menacees.order_by("pk"):
        jour = jour_local(au, e.dossier.fuseau)
        lire = faits.parametres_projet if e.regle == "DL-3" else faits.parametres
        reste = (e.dernier_jour - jour).days
        palier = palier_atteint(reste, lire(e.dossier, jour).paliers_derogation)
        if palier is None:
            continue
        relance, neuve = Relance.objects.get_or_create(
            echeance=e,
            genre=Relance.Genre.DEROGATION,
            palier=palier,
            dernier_jour=e.dernier_jour,
            defaults={"dossier": e.dossier, "creee_le": au},
        )
        if neuve:
            crees += 1
            mail = courriel(
                e.dossier,
                "derogation_pendante",
                f"relance:{relance.pk}",
                organisation=e.ars_id,
                objet=e.objet,
                dernier_jour=e.dernier_jour,
                acquise_le=e.acquise_le,
                reste=reste,
            )
            programmer([mail], dossier_id=e.dossier_id, maintenant=au)
    return crees


def alertes(e: Echeance, jour: date) -> tuple[int, ...]:
    """Days before at which to remind; the end of a contract is told months before too (DUR-1)."""
    p = faits.parametres(e.dossier, jour)
    mois = p.alertes_fin_contrat if e.regle == "DUR-1" else ()
    return (*jours_avant(e.dernier_jour, mois), *p.paliers_relance)


def _horizons() -> tuple[timedelta, timedelta]:
    """How far ahead any set of parameters, old or new, reminds of a date and of a contract's end: nothing later is read."""
    jeux = _jeux()
    jours = max(max(p.paliers_relance, default=0) for p in jeux) + 1
    mois = max(max(p.alertes_fin_contrat, default=0) for p in jeux)
    return timedelta(days=jours), timedelta(days=max(jours, 31 * mois + 1))


def _jeux() -> list[Parametres]:
    return [Parametres(), *map(Parametres.depuis, JeuParametres.objects.values_list("valeurs", flat=True))]


def _mail(e: Echeance, relance: Relance, reste: int):
    """To the one who must act; within two days, to the head of service too (the signatory of the ARS, the ordonnateur)."""
    organisation = {"ars": e.ars_id, "caisse": e.caisse_id, "equipe": e.equipe_id}[e.qui]
    return courriel(
        e.dossier,
        "relance",
        f"relance:{relance.pk}",
        organisation=organisation,
        libelle=REGLES[e.regle],
        dernier_jour=e.dernier_jour,
        reste=reste,
        acquise_le=e.acquise_le,
    )
