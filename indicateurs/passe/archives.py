"""Every row from which a dossier's past can be told, as this reader may see it: a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from adhesions.models import VersionAdhesion
from dossiers.models import (
    ActiviteMission,
    Association,
    Avis,
    Decision,
    DemandePieces,
    Depot,
    Dossier,
    Instance,
    ProjetSante,
    Recours,
    Siege,
)
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Document, Piece
from ess_portal.journal.models import Evenement
from financement.models import Contrat, DemandeAvenant, FinancementArs, Signature, Versement

from ..regles.passe import Acte
from ..vie.lot import charger


@dataclass(frozen=True)
class Archives:
    """The rows of today, and the acts that made them."""

    dossier: Dossier
    lignes: dict[str, list[Any]]
    adhesions: list[VersionAdhesion]
    actes: list[Acte]


def lire(dossier: Dossier, acteur: Acteur) -> Archives:
    def de(modele: type[Model], *ordre: str) -> QuerySet:
        return modele.objects.pour(acteur).filter(dossier=dossier).order_by(*ordre)

    lignes = charger(
        {
            "depots": de(Depot, "objet", "version"),
            "demandes": de(DemandePieces, "demandee_le", "pk"),
            "decisions": de(Decision, "prise_le", "pk"),
            "recours": de(Recours, "recu_le", "pk"),
            "avis": de(Avis, "objet", "version"),
            "activites": de(ActiviteMission, "date_deploiement", "pk"),
            "projets": de(ProjetSante, "version"),
            "pieces": de(Piece, "depose_le", "pk"),
            "documents": de(Document, "cree_le", "pk").defer("donnees", "octets"),
            "contrats": de(Contrat, "propose_le", "pk").defer("contenu"),
            "signatures": Signature.objects.filter(contrat__dossier=dossier).order_by("signee_le", "pk"),
            "versements": de(Versement, "propose_le", "pk"),
            "demandes_avenant": de(DemandeAvenant, "recue_le", "pk"),
            "financement_ars": FinancementArs.objects.filter(dossier=dossier).order_by("pk"),
            "associations": de(Association, "pk"),
            "instances": de(Instance, "creee_le", "pk"),
            "sieges": de(Siege, "debut", "pk"),
            "evenements": de(Evenement, "seq"),
        }
    )
    adhesions = VersionAdhesion.objects.pour(acteur).filter(dossier=dossier).order_by("pk")
    return Archives(
        dossier=dossier,
        lignes=lignes,
        adhesions=list(adhesions.select_related("specialite", "adhesion__professionnel")),
        actes=[Acte(e.seq, e.type, e.legal_le, e.enregistre_le, e.donnees) for e in lignes.pop("evenements")],
    )
