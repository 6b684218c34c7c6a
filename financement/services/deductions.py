"""FIN-13: one seed credit per ESS, whatever the dossiers: what the same team already received is deducted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from dossiers.models import Association, Couverture, Dossier
from ess_portal.comptes.locataire import comme_portail

from ..models import MouvementRecuperation, Versement


@dataclass(frozen=True, slots=True)
class Identite:
    """By what a dossier is known to be of an ESS. `equipe` None: a team that the portal does not know yet."""

    equipe: int | None
    groupes: Sequence[str]
    departements: Sequence[str]
    rna: str = ""
    siren: str = ""


def un_a_la_fois() -> None:
    """One credit is judged at a time until the commit, so that two dossiers judged at once see each other."""
    with connection.cursor() as c:
        c.execute("SELECT pg_advisory_xact_lock(81, 13)")


def deja_recu(dossier: Dossier) -> Decimal:
    """Seed credits paid or under way, and not repaid, on the other dossiers of the same ESS."""
    return recu_ailleurs(_identite(dossier), sauf=dossier.pk)


def recu_ailleurs(soi: Identite, *, sauf: int | None = None) -> Decimal:
    """The same, of an ESS whose dossier may not exist yet: same RNA or SIREN, or same group and shared département, and whoever is so
    linked to one that received a credit, as `verifier` joins them.

    Read as the portal: another region's dossier may count, and only its sum is known here.
    """
    vus = set() if sauf is None else {sauf}
    a_suivre, total = [soi], Decimal("0.00")
    with comme_portail():
        while a_suivre:
            credits = (
                Versement.objects.exclude(dossier__in=vus)
                .exclude(nature__in=Versement.DE_LA_DOTATION)
                .filter(_memes(a_suivre.pop()), statut__in=("valide", "paye"))
            )
            recus: dict[int, dict[int, Decimal]] = {}
            for pk, autre, montant in credits.values_list("pk", "dossier_id", "montant").distinct():
                recus.setdefault(autre, {})[pk] = montant
            total += sum((_garde(autre, siens) for autre, siens in recus.items()), Decimal("0.00"))
            vus |= recus.keys()
            a_suivre += [_identite(d) for d in Dossier.objects.filter(pk__in=recus)] if recus else []
    return total


def _identite(dossier: Dossier) -> Identite:
    association = Association.objects.filter(dossier=dossier).first()
    rna, siren = (association.rna, association.siren) if association is not None else ("", "")
    return Identite(dossier.equipe_id, dossier.groupes, dossier.departements, rna, siren)


def _memes(soi: Identite) -> Q:
    # By pairs: an overlap of arrays is not leakproof and would read every payment under row-level security.
    meme = Q(pk__in=())
    if soi.equipe is not None:
        voisins = Couverture.objects.filter(
            groupe__in=soi.groupes, departement__in=soi.departements, dossier__equipe=soi.equipe
        )
        meme |= Q(dossier__in=voisins.values("dossier"))
    if soi.rna:
        meme |= Q(dossier__association__rna=soi.rna)
    if soi.siren:
        meme |= Q(dossier__association__siren=soi.siren)
    return meme


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
