"""Instalments that were not paid: the équipe and its creditor are told, once for each step of the setting of reminders (REL-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dossiers import faits
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import Effet, programmer_par_dossier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..models import Recuperation
from ..regles.echelonnement import palier_de_retard
from ..regles.procedure import Etat
from ..services.courriels import avertir
from .communs import page
from .remboursements import termes


def relancer_retards(*, au: datetime) -> int:
    """Mails of the instalments late at `au`; twice in a row writes nothing the second time (unique keys). Gives how many were asked for."""
    effets: list[tuple[int | None, Effet]] = []
    with transaction.atomic(), comme_portail():
        ouvertes = Recuperation.objects.filter(statut=Etat.A_REMBOURSER, termes__jour__lt=au.date()).distinct()
        lues = ouvertes.select_related("dossier").prefetch_related("termes", "mouvements")
        for r in lues.order_by("pk"):
            jour = jour_local(au, r.dossier.fuseau)
            p = faits.parametres(r.dossier, jour)
            for t in termes(r):
                if t.etat(jour) != "en_retard":
                    continue
                palier = palier_de_retard((jour - t.jour).days, p.paliers_relance)
                effets += [
                    (r.dossier_id, e)
                    for e in avertir(
                        r.dossier,
                        f"retard:{r.numero}:{t.jour}:{palier}",
                        "Échéance de remboursement non payée",
                        f"Récupération {r.numero}\u00a0: {euros(t.reste, True)} étaient à payer jusqu’au {date_fr(t.jour)}.",
                        "Payez cette somme, ou demandez un nouvel échéancier par un message. Si vous venez de payer, rien n’est à faire.",
                        organisations=(
                            r.dossier.equipe_id,
                            r.dossier.caisse_id if r.creancier == "caisse" else r.dossier.ars_id,
                        ),
                        chemin=page(r),
                    )
                ]
        programmer_par_dossier(effets, maintenant=au)
    return len(effets)
