"""What the portal keeps no longer (RET-1): notices that were read, after the delay of a setting. The event that they told of stays."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Notification
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.horloge import jour_local

from ..regles.delais import retrancher

LOT = 5_000
SIEGE = "Europe/Paris"  # of an organisation of no region


def purger_notifications(*, au: datetime) -> int:
    """Deletes the notices read before the delay of their organisation's region, in chunks of their own transaction; gives their number.
    Days are those of the region's zone.

    One that was not read stays, whatever its age.
    """
    with comme_portail():
        fuseaux = dict(Region.objects.values_list("code", "fuseau"))
        lues = Notification.objects.filter(lue_le__isnull=False).order_by()
        limites = {
            region: _limite(region, au, fuseaux.get(region, SIEGE))
            for region in lues.values_list("organisation__region", flat=True).distinct()
        }
    return sum(_purger(region, avant) for region, avant in limites.items())


def _limite(region: str, au: datetime, fuseau: str) -> datetime:
    jour = jour_local(au, fuseau)
    limite = retrancher(jour, parametres_du_jour(region, jour).conservation_notifications)
    return datetime.combine(limite, time(), ZoneInfo(fuseau))


def _purger(region: str, avant: datetime) -> int:
    total = 0
    while True:
        with comme_portail():
            perimees = Notification.objects.filter(lue_le__lt=avant, organisation__region=region)
            lot = list(perimees.order_by("pk").values_list("pk", flat=True)[:LOT])
            total += Notification.objects.filter(pk__in=lot).delete()[0]
        if len(lot) < LOT:
            return total
