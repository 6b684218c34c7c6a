"""Deadlines as an iCalendar file (RFC 5545): one all-day event each, on the last day of who must act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard

from dossiers.libelles import OBJETS
from dossiers.models import Echeance
from dossiers.regles.au_droit import RAPPORT, statut_de_date
from dossiers.regles.statuts import Statut

from .libelles import description, titre

PRODID = "-//Portail ESS//Calendrier des echeances//FR"
RELECTURE = timedelta(hours=6)
# Seven days before, at nine in the morning: the event starts at midnight.
RAPPEL = -(timedelta(days=6) + timedelta(hours=15))


def render_calendrier(nom: str, echeances: Iterable[Echeance], maintenant: datetime) -> bytes:
    """The same rows at the same state give the same bytes: nothing here tells when it was asked."""
    calendrier = Calendar()
    calendrier.add("prodid", PRODID)
    calendrier.add("version", "2.0")
    calendrier.add("calscale", "GREGORIAN")
    calendrier.add("name", nom)
    calendrier.add("x-wr-calname", nom)
    calendrier.add("refresh-interval", RELECTURE, parameters={"VALUE": "DURATION"})
    calendrier.add("x-published-ttl", "PT6H")
    for e in echeances:
        calendrier.add_component(_evenement(e, maintenant))
    if not calendrier.subcomponents:
        calendrier.add_component(_utc())
    return calendrier.to_ical(sorted=False)


def uid(e: Echeance) -> str:
    """The key of the deadline: a date that moves is the same event."""
    return (
        f"echeance-{e.dossier_id}-{e.regle}-{e.objet}-{e.rang}@{urlsplit(settings.ADRESSE_PUBLIQUE).hostname}".lower()
    )


def _evenement(e: Echeance, maintenant: datetime) -> Event:
    fin = e.dossier.bascule_le if e.dossier.statut == Statut.DOTATION_ACTIVE and e.regle != RAPPORT else None
    statut = statut_de_date(e.statut, e.instant, maintenant, fin=fin)
    url = settings.ADRESSE_PUBLIQUE + reverse("dossier", args=[e.dossier.numero])
    revu = _revu(e, statut)
    evenement = Event()
    evenement.add("uid", uid(e))
    evenement.add("dtstamp", revu)
    evenement.add("last-modified", revu)
    # A date void in law counts its revision before the scan has written it down.
    evenement.add("sequence", e.sequence + (statut == "annulee" and e.statut != "annulee"))
    evenement.add("status", "CANCELLED" if statut == "annulee" else "CONFIRMED")
    evenement.add("dtstart", e.dernier_jour)
    evenement.add("dtend", e.dernier_jour + timedelta(days=1))
    evenement.add("transp", "TRANSPARENT")
    evenement.add("summary", titre(e, statut))
    evenement.add("description", description(e, statut, url))
    evenement.add("categories", ["Échéance ESS", OBJETS.get(e.objet, e.objet), e.regle])
    evenement.add("url", url)
    if statut == "ouverte":
        evenement.add_component(_rappel(titre(e, statut)))
    return evenement


def _rappel(texte: str) -> Alarm:
    rappel = Alarm()
    rappel.add("action", "DISPLAY")
    rappel.add("description", texte)
    rappel.add("trigger", RAPPEL)
    return rappel


def _revu(e: Echeance, statut: str) -> datetime:
    """When the event last changed; a date that has passed has changed by itself, at its instant."""
    instants = [e.modifiee_le, e.reglee_le, e.instant if statut != e.statut or statut == "echue" else None]
    return max(i for i in instants if i is not None).astimezone(UTC).replace(microsecond=0)


def _utc() -> Timezone:
    """A calendar holds one component at least (RFC 5545, 3.6): without event, a time zone."""
    norme = TimezoneStandard()
    norme.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  local time by definition (3.6.5)
    norme.add("tzoffsetfrom", timedelta(0))
    norme.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", "Etc/UTC")
    zone.add_component(norme)
    return zone
