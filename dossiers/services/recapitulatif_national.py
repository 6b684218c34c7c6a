"""What the national administration reads each week: figures by region, the name of no dossier and of no équipe."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.referentiel.models import Region

from ..models import Decision, Dossier, Echeance, Recours, Tache
from ..regles.recapitulatif import JOURS_A_VENIR
from .relances import RAPPELABLES
from .taches import attendues as taches_attendues

AGENTS = (TypeOrganisation.ARS, TypeOrganisation.CAISSE)
SILENCES = ("DL-1", "DL-3")
FIGURES = ("echeances", "a_decider", "retards", "silences")


def regions(jour: date, fin: datetime) -> list[dict[str, Any]]:
    """Of each region with something to say, by name: what its services must do within JOURS_A_VENIR days of `jour`, of which the decisions
    that silence would take, what is late or waits without a date, what silence decided in the week before `fin`. Run as the portal.
    """
    terme, semaine = jour + timedelta(days=JOURS_A_VENIR), (fin - timedelta(days=7), fin)
    dates = Echeance.objects.filter(
        qui__in=AGENTS, statut="ouverte", regle__in=RAPPELABLES, dernier_jour__range=(jour, terme)
    )
    taches = Tache.objects.filter(taches_attendues(), qui__in=AGENTS, faite_le=None)
    decisions = Decision.objects.filter(
        mode=Decision.Mode.TACITE, enregistree_le__gte=semaine[0], enregistree_le__lt=semaine[1]
    ).exclude(dossier__origine=Dossier.Origine.REPRISE, prise_le__lt=F("dossier__cree_le"))
    recours = Recours.objects.filter(mode=Recours.Mode.IMPLICITE, repondu_le__gte=semaine[0], repondu_le__lt=semaine[1])
    tardives = Q(a_faire_au_plus_tard__isnull=True) | Q(a_faire_au_plus_tard__lt=jour)
    comptes = {
        "echeances": (
            _par_region(dates),
            _par_region(taches.filter(a_faire_au_plus_tard__range=(jour, terme))),
        ),
        "a_decider": (_par_region(dates.filter(regle__in=SILENCES)),),
        "retards": (_par_region(taches.filter(tardives)),),
        "silences": (_par_region(decisions, "dossier__"), _par_region(recours, "dossier__")),
    }
    lignes = [
        {"nom": nom, **{figure: _somme(code, comptes[figure]) for figure in FIGURES}}
        for code, nom in Region.objects.order_by("nom").values_list("pk", "nom")
    ]
    return [x for x in lignes if any(x[figure] for figure in FIGURES)]


def _par_region(lignes: QuerySet[Any], prefixe: str = "") -> dict[str, int]:
    champ = f"{prefixe}ars__region"
    return dict(lignes.order_by().values_list(champ).annotate(n=Count("pk")).values_list(champ, "n"))


def _somme(code: str, comptes: Iterable[dict[str, int]]) -> int:
    return sum(c.get(code, 0) for c in comptes)
