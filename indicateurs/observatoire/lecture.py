"""What the public may know (CONF-1): the ESS that have signed a contract and are not over. Two queries, whatever their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from dossiers.models import Association, Dossier
from dossiers.regles.statuts import FINAUX
from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.models import Region, Specialite
from financement.models import Contrat


@dataclass(frozen=True)
class Fiche:
    """One ESS. `finess` is empty before it has one."""

    nom: str
    region: str
    nom_region: str
    departements: tuple[str, ...]
    specialites: tuple[str, ...]
    libelles: tuple[str, ...]
    finess: str


def fiches(maintenant: datetime) -> list[Fiche]:
    """By name. As the law has it at this instant: one that silence has ended is left out (CAL-9)."""
    signe = Contrat.objects.filter(dossier=OuterRef("pk"), statut=Contrat.Statut.SIGNE)
    finess = Association.objects.filter(dossier=OuterRef("pk")).values("finess")[:1]
    with comme_portail():
        regions = dict(Region.objects.values_list("code", "nom"))
        libelles = dict(Specialite.objects.values_list("code", "libelle"))
        lignes = list(
            Dossier.objects.au(maintenant)
            .exclude(statut_effectif__in=[s.value for s in FINAUX])
            .filter(Exists(signe))
            .annotate(numero_finess=Subquery(finess))
            .order_by("nom", "pk")
            .values_list("nom", "region", "departements", "specialites", "numero_finess")
        )
    return [
        Fiche(
            nom,
            region,
            regions.get(region, region),
            tuple(sorted(departements)),
            tuple(specialites),
            tuple(libelles.get(c, c) for c in specialites),
            numero or "",
        )
        for nom, region, departements, specialites, numero in lignes
    ]
