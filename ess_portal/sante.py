"""`/sante/`: is the portal doing its work? 200, or 503 with the reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Passage
from ess_portal.socle import horloge

RETARD_ECHEANCE = timedelta(minutes=15)
SILENCE_MOTEUR = timedelta(minutes=5)
RETARD_FILE = timedelta(minutes=5)


def bilan() -> tuple[dict[str, Any], list[str]]:
    """(what /sante/ says, the reasons why it is not well). Silence of the engine is measured on the machine's clock."""
    reel, present = horloge.temps_reel(), horloge.maintenant()
    with comme_portail():
        dernier = Passage.objects.filter(nom="echeances").aggregate(le=Max("passe_le"))["le"]
        en_retard = Echeance.objects.filter(statut="ouverte", instant__lte=present - RETARD_ECHEANCE).count()
        a_faire = Envoi.objects.filter(statut=Envoi.Statut.PRET)
        plus_vieux = a_faire.order_by("pk").values_list("inscrit_le", flat=True).first()
        rebut = Envoi.objects.filter(statut=Envoi.Statut.REBUT).count()
        attente = a_faire.count()
    raisons = []
    if dernier is None or reel - dernier > SILENCE_MOTEUR:
        raisons.append("Le moteur d’échéances n’est pas passé depuis plus de cinq minutes.")
    if en_retard:
        raisons.append(f"{en_retard} échéance(s) dues ne sont pas inscrites.")
    if plus_vieux is not None and reel - plus_vieux > RETARD_FILE:
        raisons.append("La file d’envois n’avance plus.")
    if rebut:
        raisons.append(f"{rebut} envoi(s) en échec.")
    corps = {
        "etat": "ok" if not raisons else "degrade",
        "moteur_echeances": {"dernier_passage": dernier.isoformat() if dernier else None, "en_retard": en_retard},
        "file": {
            "en_attente": attente,
            "en_echec": rebut,
            "plus_ancien": plus_vieux.isoformat() if plus_vieux else None,
        },
    }
    return corps | ({"raisons": raisons} if raisons else {}), raisons


@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    corps, raisons = bilan()
    return JsonResponse(
        corps,
        status=503 if raisons else 200,
        headers={"Cache-Control": "no-store"},
        json_dumps_params={"ensure_ascii": False},
    )
