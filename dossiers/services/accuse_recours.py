"""The accusé de réception of a recours gracieux (AR-1, CRPA R112-5): when it came, what silence is worth and when, who answers."""

from __future__ import annotations

from datetime import datetime

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.donnees.actes import AccuseRecours
from ess_portal.documents.models import Document
from ess_portal.referentiel.models import Region

from ..lecture_recours import ACTES
from ..models import Depot, Dossier, Echeance, Recours
from ..regles.recours import REJET
from . import emission


def accuser(dossier: Dossier, r: Recours, attendue: Echeance, *, acteur: Acteur, maintenant: datetime) -> Document:
    """`attendue`: the date of the answer, as the recours starts it."""
    acte = ACTES[Recours.Contestation(r.contestation), r.objet]
    donnees = AccuseRecours(
        reperes=emission.reperes(dossier, maintenant),
        acte=acte,
        destinataire=emission.destinataire(dossier),
        recu_jour=r.date_reception,
        service=emission.service(dossier.ars),
        depose_jour=r.date_depot if r.canal == Depot.Canal.PAPIER else None,
        est_tardif=r.est_tardif,
        silence="rejet" if attendue.regle == REJET else "acceptation",
        dernier_jour=attendue.dernier_jour,
        acquise_le=attendue.acquise_le,
        tribunal=Region.objects.values_list("tribunal", flat=True).filter(pk=dossier.region).first() or "",
        explication=emission.expliquer(attendue.explication),
    )
    titre = f"Accusé de réception du recours gracieux contre {acte}"
    return emission.emettre(dossier, "accuse_recours", donnees, f"recours:{r.pk}", acteur, maintenant, titre)
