"""FIN-13: one seed credit per ESS, whatever the dossiers: what the same team already received is deducted."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum

from dossiers.models import Association, Couverture, Dossier
from ess_portal.comptes.locataire import comme_portail

from ..models import Versement


def deja_recu(dossier: Dossier) -> Decimal:
    """Seed credits paid or under way on the other dossiers of the same ESS: same RNA or SIREN, or same group and shared département.

    Read as the portal: another region's dossier may count, and only its sum is known here.
    """
    association = Association.objects.filter(dossier=dossier).first()
    # By pairs: an overlap of arrays is not leakproof and would read every payment under row-level security.
    voisins = Couverture.objects.filter(
        groupe__in=dossier.groupes, departement__in=dossier.departements, dossier__equipe=dossier.equipe_id
    )
    meme = Q(dossier__in=voisins.values("dossier"))
    if association is not None and association.rna:
        meme |= Q(dossier__association__rna=association.rna)
    if association is not None and association.siren:
        meme |= Q(dossier__association__siren=association.siren)
    with comme_portail():
        lignes = (
            Versement.objects.exclude(dossier=dossier.pk)
            .exclude(nature__in=Versement.DE_LA_DOTATION)
            .filter(statut__in=("valide", "paye"))
        )
        total = lignes.filter(meme).aggregate(total=Sum("montant"))["total"]
    return total or Decimal("0.00")
