"""Reminders to the parties that have not signed: one mail per step, whatever is restarted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import Effet, programmer_par_dossier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Contrat
from .courriels import avertir, page_contrat
from .dates import parametres
from .designations import destinataires


def rappeler_signatures(*, au: datetime) -> int:
    """The steps of REL-1 (`paliers_relance`), counted in days after the proposal: the last one passed only, once per party.

    The first one to the person named and who holds his delegation, the next ones to the head of the service as well.

    A late run does not make up for the steps it missed by a volley. Gives the count of mails asked for.
    """
    with comme_portail():
        proposes = Contrat.objects.proposes().select_related("dossier__ars", "dossier__caisse", "dossier__equipe")
        effets = [
            (contrat.dossier_id, effet)
            for contrat in proposes.order_by("pk").prefetch_related("signatures")
            for effet in _rappels(contrat, au)
        ]
        programmer_par_dossier(effets, maintenant=au)
    return len(effets)


def _rappels(contrat: Contrat, au: datetime) -> Iterator[Effet]:
    dossier = contrat.dossier
    propose = jour_local(contrat.propose_le, dossier.fuseau)
    attente = (jour_local(au, dossier.fuseau) - propose).days
    paliers = [p for p in parametres(contrat).paliers_relance if p > 0]
    palier = max((p for p in paliers if p <= attente), default=None)
    if palier is None:
        return
    organisations = [getattr(dossier, f"{partie}_id") for partie in contrat.reste_a_signer()]
    yield from avertir(
        dossier,
        f"rappel_signature:{contrat.pk}:{palier}",
        "Contrat en attente de votre signature",
        f"Le contrat ({contrat.get_type_display().lower()}, version {contrat.version}) vous est proposé depuis le {date_fr(propose)}.",
        "Votre signature manque. Signez-le sur le portail, ou demandez une modification en disant pourquoi.",
        organisations=organisations,
        personnes=destinataires(dossier, contrat, jour_local(au, dossier.fuseau), avec_chef=palier > min(paliers)),
        chemin=page_contrat(contrat),
    )
