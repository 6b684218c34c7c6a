"""FIN-13: one seed credit per ESS, whatever the dossiers: what the same team already received is deducted."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from dossiers.models import Association, Couverture, Dossier
from ess_portal.comptes.locataire import comme_portail

from ..models import MouvementRecuperation, Versement


def deja_recu(dossier: Dossier) -> Decimal:
    """Seed credits paid or under way, and not repaid, on the other dossiers of the same ESS: same RNA or SIREN, or same group and shared département.

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
            .filter(meme, statut__in=("valide", "paye"))
        )
        recus: dict[int, dict[int, Decimal]] = {}
        for pk, autre, montant in lignes.values_list("pk", "dossier_id", "montant").distinct():
            recus.setdefault(autre, {})[pk] = montant
        return sum((_garde(autre, siens) for autre, siens in recus.items()), Decimal("0.00"))


def _garde(dossier_id: int, recus: dict[int, Decimal]) -> Decimal:
    """What a dossier keeps of these payments. A repayment settles first what its recovery asks of the dotation: a credit is never counted
    as given back on a doubt.
    """
    rendus: dict[int, Decimal] = {}
    vises: dict[int, set[int]] = {}
    mouvements = MouvementRecuperation.objects.filter(
        recuperation__dossier=dossier_id, nature="remboursement", statut="confirme"
    )
    for cle, versements, montant in mouvements.values_list("recuperation", "recuperation__versements", "montant"):
        rendus[cle] = rendus.get(cle, Decimal("0.00")) + montant
        vises[cle] = set(versements)
    dotations = dict(
        Versement.objects.filter(dossier=dossier_id, nature__in=Versement.DE_LA_DOTATION).values_list("pk", "montant")
    )
    rendu = sum(
        (
            max(Decimal("0.00"), somme - sum((dotations.get(v, Decimal("0.00")) for v in vises[cle]), Decimal("0.00")))
            for cle, somme in rendus.items()
            if recus.keys() & vises[cle]
        ),
        Decimal("0.00"),
    )
    return max(Decimal("0.00"), sum(recus.values(), Decimal("0.00")) - rendu)
