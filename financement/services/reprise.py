"""Facts that come from elsewhere (`reprendre`, §6): a contract signed on paper, sums already paid. Recorded as such, never as acts."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel

from ..models import Contrat, Versement
from ..selectors import oublier
from .numeros import prochain
from .textes import empreinte


@transaction.atomic
def reprendre_contrat(
    *,
    dossier: Dossier,
    type: str,
    montant: Decimal,
    signe_le: date,
    acteur: Acteur,
    maintenant: datetime,
    date_effet: date | None = None,
    date_fin: date | None = None,
    reference: str = "",
    montant_deduit: Decimal = Decimal(0),
) -> Contrat:
    """A contract signed by the three parties outside the portal, on its day; its scanned pièce is on the dossier."""  # fmt: skip
    national, regional = referentiel.jeux_du_jour(dossier.region, signe_le)
    contenu = {"modele": "Contrat signé hors du portail", "reference": reference, "clauses": [], "parties": []}
    contrat = Contrat.objects.create(
        dossier=dossier,
        type=type,
        version=1 + Contrat.objects.filter(dossier=dossier, type=type).count(),
        statut=Contrat.Statut.SIGNE,
        origine=Contrat.Origine.REPRISE,
        montant=montant,
        montant_deduit=montant_deduit,
        contenu=contenu,
        empreinte=empreinte(contenu),
        propose_le=maintenant,
        propose_par_id=acteur.utilisateur_id,
        signe_le=datetime.combine(signe_le, time(12), ZoneInfo(dossier.fuseau)),
        date_effet=date_effet or signe_le,
        date_fin=date_fin,
        jeu_national=national,
        jeu_regional=regional,
    )
    oublier(dossier)
    consigner(
        type="reprendre_contrat",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=contrat.signe_le,
        donnees={
            "contrat": contrat.pk,
            "type": type,
            "montant": montant,
            "signe_le": signe_le,
            "date_effet": contrat.date_effet,
            "date_fin": date_fin,
            "reference": reference,
        },
    )
    return contrat


@transaction.atomic
def reprendre_versement(
    *,
    dossier: Dossier,
    contrat: Contrat,
    nature: str,
    montant: Decimal,
    paye_le: date,
    acteur: Acteur,
    maintenant: datetime,
    annee: int = 0,
    reference: str = "",
) -> Versement:
    """A payment made outside the portal: it counts under the ceiling and in what was already received (FIN-13)."""  # fmt: skip
    versement = Versement.objects.create(
        dossier=dossier,
        contrat=contrat,
        numero=prochain(paye_le.year),
        nature=nature,
        annee=annee,
        montant=montant,
        statut=Versement.Statut.PAYE,
        origine=Versement.Origine.REPRISE,
        propose_par_id=acteur.utilisateur_id,
        propose_le=maintenant,
        paye_le=paye_le,
        reference=reference,
        cle_idempotence=f"reprise:{nature}:{annee}",
        **Versement.colonnes(dossier),
    )
    oublier(dossier)
    consigner(
        type="reprendre_versement",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"versement": versement.pk, "nature": nature, "annee": annee, "montant": montant, "paye_le": paye_le},
    )
    return versement
