"""The équipes that a perimeter follows from the validation of their letter on, each with what the rules expect of it. Few queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from adhesions.regional import compter
from dossiers.models import ActiviteMission, Dossier, Echeance
from dossiers.regles.statuts import Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.horloge import jour_local

from ..models import Rapport
from ..pilotage.echeances import Filtres
from ..regles.conformite import palier

S = Statut
SUIVIS = (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_DEPOSE, S.PROJET_INCOMPLET, S.PROJET_REFUSE, S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE)  # fmt: skip
EN_SERVICE, SANS_PREUVE, DECLARE, AUCUN = "en_service", "sans_preuve", "declare", "aucun"


@dataclass(frozen=True)
class Suivie:
    """`palier`: the share reached (0 under the first), None where it cannot be judged; `cible_le`: the day by which 50 % is expected (DL-6);
    `socle`: how many of its two activities are deployed (MIS-1); `outil`: what is told of its IT tool (IND-4).
    """

    numero: str
    nom: str
    region: str
    adherents: int
    base: int | None
    palier: int | None
    cible_le: date | None
    socle: int
    outil: str
    outil_le: date | None


def suivies(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> list[Suivie]:
    """By name. A constant number of queries."""
    dossiers = list(
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .filter(filtres.q(), statut_effectif__in=[s.value for s in SUIVIS])
        .order_by("nom", "numero")
    )
    jour = jour_local(maintenant, "Europe/Paris")
    cles = [d.pk for d in dossiers]
    comptes, socles, outils, cibles = compter(dossiers, jour), _socles(cles, jour), _outils(cles), _cibles(cles)
    lues = []
    for d in dossiers:
        c, (outil, outil_le) = comptes[d.pk], outils.get(d.pk, (AUCUN, None))
        pourcents = (c.parametres.seuil_creation, c.parametres.seuil_intermediaire, c.parametres.seuil_cible)
        lues.append(
            Suivie(
                d.numero, d.nom, d.region, c.adherents, c.base, palier(c.adherents, c.base, pourcents), cibles.get(d.pk),
                len(socles.get(d.pk, ())), outil, outil_le,
            )
        )  # fmt: skip
    return lues


def _socles(dossiers: list[int], jour: date) -> Mapping[int, set[str]]:
    deployees = ActiviteMission.objects.filter(
        dossier__in=dossiers, type__in=ActiviteMission.SOCLE, ecartee_le__isnull=True, date_deploiement__lte=jour
    )
    lues: dict[int, set[str]] = {}
    for dossier, type_ in deployees.order_by("pk").values_list("dossier_id", "type"):
        lues.setdefault(dossier, set()).add(type_)
    return lues


def _outils(dossiers: list[int]) -> dict[int, tuple[str, date | None]]:
    """What the last report filed says of the tool."""
    deposes = Rapport.objects.filter(dossier__in=dossiers, depose_le__isnull=False).order_by("dossier", "annee")
    return {
        pk: (
            AUCUN
            if not texte and le is None
            else DECLARE
            if le is None
            else SANS_PREUVE
            if piece is None
            else EN_SERVICE,
            le,
        )
        for pk, texte, le, piece in deposes.values_list(
            "dossier_id", "outil_informatique", "outil_le", "outil_piece_id"
        )
    }


def _cibles(dossiers: list[int]) -> dict[int, date]:
    lues = Echeance.objects.filter(dossier__in=dossiers, regle="DL-6", dernier_jour__isnull=False)
    lues = lues.exclude(statut=Echeance.Statut.ANNULEE).order_by("dossier", "dernier_jour")
    return dict(lues.values_list("dossier_id", "dernier_jour"))
