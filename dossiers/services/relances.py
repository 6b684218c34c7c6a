"""Reminders before a date (REL-1), one per step and per person, whatever is restarted.

Rows are read and written in chunks of their own transaction: a pass that dies keeps what it had written, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet

from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.horloge import jour_local

from .. import faits
from ..libelles import REGLES
from ..models import Derogation, Echeance, Relance, Tache
from ..regles.relances import jours_avant, palier_atteint
from .cooperations import alerter_fins
from .destinataires import Rappel, ecrire

LOT = 500
# A report put off (IND-3) is reminded of by its task, that carries the same day.
RAPPELABLES = (
    "DL-1",
    "DL-2",
    "DL-3",
    "DL-4",
    "DL-5",
    "DL-6",
    "DL-7",
    "DL-10",
    "AVI",
    "AVI-2",
    "CAL-6",
    "CAL-6-A",
    "CAL-6-V",
    "CAL-6-VA",
    "DUR-1",
)
# Two passes at once take turns, chunk by chunk: each sees what the other has written.
VERROU = "SELECT pg_advisory_xact_lock(hashtextextended('relances', 0))"


class Lot(NamedTuple):
    """What a chunk wrote, and the place of the last row it read: None when nothing is left."""

    crees: int
    place: Any


def creer(*, au: datetime) -> int:
    """Writes the reminders whose step has come, the nearest step only (a missed run is not made up for by a volley); gives the
    count of steps reminded of.
    """
    with comme_portail():
        jeux = [Parametres(), *map(Parametres.depuis, JeuParametres.objects.values_list("valeurs", flat=True))]
    jours = timedelta(days=max(max(p.paliers_relance, default=0) for p in jeux) + 1)
    contrats = max(jours, timedelta(days=31 * max(max(p.alertes_fin_contrat, default=0) for p in jeux) + 1))
    derogations = timedelta(days=max(max(p.paliers_derogation, default=0) for p in jeux) + 1)
    return sum(
        (
            _epuiser(lambda apres: _echeances(au, jours, contrats, apres)),
            _epuiser(lambda apres: _derogations_pendantes(au, derogations, apres)),
            _epuiser(lambda apres: _taches(au, jours, apres)),
            _epuiser(lambda apres: Lot(*alerter_fins(au, jours, apres or 0, LOT))),
        )
    )


def _epuiser(lot: Callable[[Any], Lot]) -> int:
    """Chunk after chunk, each in its own transaction and from where the one before stopped; gives what they wrote."""
    crees, apres = 0, None
    while True:
        with comme_portail(), connection.cursor() as curseur:
            curseur.execute(VERROU)
            fait = lot(apres)
        crees += fait.crees
        if fait.place is None:
            return crees
        apres = fait.place


def _echeances(au: datetime, jours: timedelta, contrats: timedelta, apres: tuple[datetime, int] | None) -> Lot:
    """Dates that come; the end of a contract is told months before too (DUR-1). `jours`, `contrats`: how far ahead any set reminds."""
    proches = _lot(
        Echeance.objects.filter(
            Q(instant__lte=au + jours) | Q(regle="DUR-1", instant__lte=au + contrats),
            statut="ouverte",
            instant__gt=au,
            instant__lte=au + contrats,
            regle__in=RAPPELABLES,
        ).defer("explication", "suite", "dossier__recherche"),
        "instant",
        apres,
    )
    rappels = []
    for e in proches:
        jour = jour_local(au, e.dossier.fuseau)
        rappels.append(
            _rappel(
                e,
                Relance(echeance=e, genre="echeance"),
                jour=jour,
                dernier_jour=e.dernier_jour,
                paliers=alertes(e, jour),
                libelle=REGLES[e.regle],
                acquise_le=e.acquise_le,
            )
        )
    return _fini(proches, "instant", rappels, au)


def _derogations_pendantes(au: datetime, horizon: timedelta, apres: Any) -> Lot:
    """DER-1: the ARS is warned of a tacit date that would meet a pending dérogation, at the steps of the parameters, once each."""
    menacees = _lot(
        Echeance.objects.filter(
            statut="ouverte",
            instant__gt=au,
            instant__lte=au + horizon,
            regle__in=("DL-1", "DL-3"),
            dossier_id__in=Derogation.objects.filter(issue=Derogation.Issue.DEMANDEE).values("dossier_id"),
        )
        .defer("explication", "suite", "dossier__recherche")
        .prefetch_related("dossier__projets"),
        "instant",
        apres,
    )
    rappels = []
    for e in menacees:
        jour = jour_local(au, e.dossier.fuseau)
        lire = faits.parametres_projet if e.regle == "DL-3" else faits.parametres
        rappels.append(
            _rappel(
                e,
                Relance(echeance=e, genre=Relance.Genre.DEROGATION),
                jour=jour,
                dernier_jour=e.dernier_jour,
                paliers=lire(e.dossier, jour).paliers_derogation,
                gabarit="derogation_pendante",
                niveaux=("charge",),
                qui="ars",
                objet=e.objet,
                acquise_le=e.acquise_le,
            )
        )
    return _fini(menacees, "instant", rappels, au)


def _taches(au: datetime, horizon: timedelta, apres: Any) -> Lot:
    """What a person must do by a day, at the same steps."""
    a_faire = _lot(
        Tache.objects.filter(
            faite_le=None,
            a_faire_au_plus_tard__gte=au.date() - timedelta(days=1),
            a_faire_au_plus_tard__lte=au.date() + horizon,
        ).defer("dossier__recherche"),
        "a_faire_au_plus_tard",
        apres,
    )
    rappels = []
    for t in a_faire:
        jour = jour_local(au, t.dossier.fuseau)
        rappels.append(
            _rappel(
                t,
                Relance(tache=t, genre=Relance.Genre.TACHE),
                jour=jour,
                dernier_jour=t.a_faire_au_plus_tard,
                paliers=faits.parametres(t.dossier, jour).paliers_relance,
                libelle=t.get_type_display(),
            )
        )
    return _fini(a_faire, "a_faire_au_plus_tard", rappels, au)


def _lot(lignes: QuerySet[Any], date_: str, apres: tuple[Any, int] | None) -> list[Any]:
    """The next rows by their date and key, with the dossier and the region of its ARS."""
    if apres is not None:
        quand, cle = apres
        lignes = lignes.filter(
            Q(**{f"{date_}__gt": quand}) | Q(**{date_: quand, "pk__gt": cle}), **{f"{date_}__gte": quand}
        )
    suivantes = lignes.filter(ars__isnull=False).select_related("dossier").annotate(region=F("ars__region"))
    return list(suivantes.order_by(date_, "pk")[:LOT])


def _fini(lus: list[Any], date_: str, rappels: list[Rappel | None], au: datetime) -> Lot:
    place = (getattr(lus[-1], date_), lus[-1].pk) if len(lus) == LOT else None
    return Lot(ecrire([r for r in rappels if r], au), place)


def _rappel(
    ligne: Echeance | Tache,
    relance: Relance,
    *,
    jour: date,
    dernier_jour: date,
    paliers: tuple[int, ...],
    gabarit: str = "relance",
    niveaux: tuple[str, ...] | None = None,
    qui: str = "",
    **contexte: object,
) -> Rappel | None:
    """None when no step is reached yet, or the day is over."""
    reste = (dernier_jour - jour).days
    palier = palier_atteint(reste, paliers) if reste >= 0 else None
    if palier is None:
        return None
    relance.dossier_id, relance.palier, relance.dernier_jour = ligne.dossier_id, palier, dernier_jour
    qui = qui or ligne.qui
    echelle = faits.parametres(ligne.dossier, jour).echelle_relance
    return Rappel(
        relance=relance,
        dossier=ligne.dossier,
        gabarit=gabarit,
        qui=qui,
        organisation={"ars": ligne.ars_id, "caisse": ligne.caisse_id, "equipe": ligne.equipe_id}[qui],
        region=ligne.region,
        niveaux=niveaux or echelle.niveaux(palier),
        contexte={"dernier_jour": dernier_jour, "reste": reste, **contexte},
    )


def alertes(e: Echeance, jour: date) -> tuple[int, ...]:
    """Days before at which to remind; the end of a contract is told months before too (DUR-1)."""
    p = faits.parametres(e.dossier, jour)
    mois = p.alertes_fin_contrat if e.regle == "DUR-1" else ()
    return (*jours_avant(e.dernier_jour, mois), *p.paliers_relance)
