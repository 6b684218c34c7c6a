"""`/sante/`: is the portal doing its work? 200, or 503 with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from dossiers.models import Decision, Echeance
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Passage
from ess_portal.socle import horloge

# Three beats of the scan, ten of the relay: what is said here is less than two minutes old, and one lost message alarms nobody.
SILENCE = timedelta(seconds=100)
RETARD_FILE = timedelta(minutes=5)
# The grids follow the scan, dossier by dossier: a night of silences takes them some minutes, a fault keeps one waiting.
RETARD_GRILLES = timedelta(minutes=5)
# Beat publishes reminders every hour.
SILENCE_RELANCES = timedelta(hours=2, minutes=30)


def bilan() -> tuple[dict[str, Any], list[str]]:
    """(what /sante/ says, the reasons why it is not well). Silence is measured on the machine's clock, what is due on the portal's."""
    reel, present = horloge.temps_reel(), horloge.maintenant()
    with comme_portail():
        passages = {p.nom: p for p in Passage.objects.filter(nom__in=("echeances", "relances", "relais"))}
        en_retard = Echeance.objects.filter(statut="ouverte", instant__lte=present - SILENCE).count()
        a_faire = Envoi.objects.filter(statut=Envoi.Statut.PRET)
        plus_vieux = a_faire.order_by("pk").values_list("inscrit_le", flat=True).first()
        rebut = Envoi.objects.filter(statut=Envoi.Statut.REBUT).count()
        attente = a_faire.count()
        sans_grille = Decision.objects.sans_grille().filter(enregistree_le__lte=present - RETARD_GRILLES).count()
    raisons = []
    moteur, relances, relais = (passages.get(nom) for nom in ("echeances", "relances", "relais"))
    if moteur is None or reel - moteur.passe_le > SILENCE:
        raisons.append(f"Le moteur d’échéances n’est pas passé depuis plus de {SILENCE.seconds} secondes.")
    if en_retard:
        raisons.append(f"{en_retard} échéance(s) dues ne sont pas inscrites.")
    if relances is not None and reel - relances.passe_le > SILENCE_RELANCES:
        raisons.append("Les relances ne sont plus écrites.")
    if plus_vieux is not None and (
        reel - plus_vieux > RETARD_FILE or (reel - plus_vieux > SILENCE and _est_arrete(relais, reel))
    ):
        raisons.append("La file d’envois n’avance plus.")
    elif relais is None or reel - relais.passe_le > SILENCE:
        raisons.append(f"Le relais des envois n’est pas passé depuis plus de {SILENCE.seconds} secondes.")
    if sans_grille:
        raisons.append(f"{sans_grille} décision(s) tacite(s) attendent leur grille des critères.")
    if rebut:
        raisons.append(f"{rebut} envoi(s) en échec.")
    corps = {
        "etat": "ok" if not raisons else "degrade",
        "moteur_echeances": {
            "dernier_passage": moteur.passe_le.isoformat() if moteur else None,
            "en_retard": en_retard,
        },
        "file": {
            "en_attente": attente,
            "en_echec": rebut,
            "plus_ancien": plus_vieux.isoformat() if plus_vieux else None,
        },
    }
    return corps | ({"raisons": raisons} if raisons else {}), raisons


def _est_arrete(relais: Passage | None, reel: datetime) -> bool:
    """The relay has not come by, or came by and got nothing done; one that renders a long queue is at work."""
    return relais is None or relais.nombre == 0 or reel - relais.passe_le > SILENCE


@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    corps, raisons = bilan()
    return JsonResponse(
        corps,
        status=503 if raisons else 200,
        headers={"Cache-Control": "no-store"},
        json_dumps_params={"ensure_ascii": False},
    )
