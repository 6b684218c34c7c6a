"""The evidence file leaves the portal with a trace: who took it, and when."""

from __future__ import annotations

import json
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Interdit

from ..models import Contrat
from ..models.contrat import partie_de
from ..selectors.preuves import dossier_de_preuves


@transaction.atomic
def remettre(*, dossier: Dossier, contrat: Contrat, acteur: Acteur, maintenant: datetime) -> bytes:
    """The evidence file as UTF-8 JSON, for who belongs to one of the three parties. Raises Interdit for another reader."""
    if not partie_de(dossier, acteur.organisation_id):
        raise Interdit("partie", "Le dossier de preuves est remis aux trois parties du contrat.")
    Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier.pk).values_list("pk").first()
    preuves = dossier_de_preuves(dossier, contrat, etabli_le=maintenant)
    consigner(
        type="preuves_remises",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"contrat": contrat.pk, "version": contrat.version},
    )
    return json.dumps(preuves, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
