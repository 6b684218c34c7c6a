"""Scans of what still waits: a lost message changes nothing, a repeated one neither."""

from celery import shared_task

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import services
from ess_portal.socle import horloge


@shared_task
def analyser_en_attente(**_unknown: object) -> int:
    horloge.charger()
    return services.analyser_en_attente()


@shared_task
def produire_en_attente(**_unknown: object) -> int:
    horloge.charger()
    return services.produire_en_attente()


@shared_task
def sceller_en_attente(**_unknown: object) -> int:
    horloge.charger()
    with comme_portail():
        return services.rappeler_les_sceaux(maintenant=horloge.maintenant())


@shared_task
def purger_orphelins(**_unknown: object) -> int:
    return services.purger_orphelins()
