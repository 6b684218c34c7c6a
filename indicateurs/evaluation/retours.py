"""What became of each report that a campaign expects: the contract years that end in a calendar year, and their reports (§7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.db.models.functions import Coalesce

from dossiers.models import Echeance
from dossiers.models.suivi import EST_ANNIVERSAIRE
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat
from financement.services import dates

from ..models import Campagne, Rapport
from ..pilotage.echeances import Filtres, vides
from ..regles.echeance_rapport import due_le

VALIDE, DEPOSE, A_CORRIGER, EN_RETARD, PAS_DU = "valide", "depose", "a_corriger", "en_retard", "pas_du"
ETATS = (VALIDE, DEPOSE, A_CORRIGER, EN_RETARD, PAS_DU)
FILES = (VALIDE, DEPOSE)  # in the hands of the ARS and the caisse: those whose figures are told


@dataclass(frozen=True)
class Retour:
    """One expected report. `due_le`: the day by the rule, or the later one that the ARS granted; `remis_le`: the day of its first filing."""

    dossier: int
    annee: int
    region: str
    numero: str
    nom: str
    etat: str
    due_le: date
    remis_le: date | None = None

    @property
    def est_tardif(self) -> bool:
        return self.remis_le is not None and self.remis_le > self.due_le


def retours(acteur: Acteur, filtres: Filtres, campagne: int, maintenant: datetime) -> list[Retour]:
    """By the équipe's name. A constant number of queries. A year that its contract's end cut short counts once it is reported."""
    annees = _annees(acteur, filtres, campagne, maintenant)
    deposes = _deposes(acteur, filtres, {pk for pk, _ in annees}, campagne)
    cles = {cle for cle in annees if cle not in deposes or deposes[cle].fin.year == campagne}
    cles |= {cle for cle, r in deposes.items() if r.fin.year == campagne}
    ouvertes = {
        (c.dossier_id, c.annee): c.prorogee_au or c.due_le
        for c in Campagne.objects.filter(dossier__in={pk for pk, _ in cles}).order_by("pk")
    }
    fixees = _fixees({pk for pk, annee in cles if (pk, annee) not in ouvertes})
    lus = []
    for cle in cles:
        r, terme = deposes.get(cle), annees.get(cle)
        d, fin = (r.dossier, r.fin) if r else (terme.dossier, terme.dernier_jour - timedelta(days=1))
        due = ouvertes.get(cle) or due_le(fin, _reglage(fixees.get(cle[0], ()), fin))
        attendu = EN_RETARD if jour_local(maintenant, d.fuseau) > due else PAS_DU
        remis = jour_local(r.premiere_le, d.fuseau) if r else None
        lus.append(Retour(*cle, d.region, d.numero, d.nom, r.statut if r else attendu, due, remis))
    return sorted(lus, key=lambda x: (x.nom, x.numero, x.annee))


def _annees(acteur: Acteur, filtres: Filtres, campagne: int, maintenant: datetime) -> dict[tuple[int, int], Echeance]:
    """The anniversaries whose year ended, or ends, in that one: the day before is its last."""
    lues = (
        Echeance.objects.pour(acteur)
        .filter(filtres.q("dossier__"), EST_ANNIVERSAIRE, dernier_jour__range=(date(campagne, 1, 2), date(campagne + 1, 1, 1)))
        .exclude(statut=Echeance.Statut.ANNULEE)
        .exclude(**vides(maintenant))
        .select_related("dossier")
        .order_by("pk")
    )  # fmt: skip
    return {(e.dossier_id, e.rang): e for e in lues}


def _deposes(acteur: Acteur, filtres: Filtres, attendus: set[int], campagne: int) -> Mapping[tuple[int, int], Rapport]:
    """The filed reports of these dossiers, and those of that year, each with `premiere_le`, its first filing."""
    siens = Rapport.objects.pour(acteur).filter(filtres.q("dossier__"), depose_le__isnull=False)
    lus = siens.filter(dossier__in=attendus) | siens.filter(fin__year=campagne)
    lus = lus.annotate(premiere_le=Coalesce(Min("versions__deposee_le"), "depose_le"))
    return {(r.dossier_id, r.annee): r for r in lus.select_related("dossier").order_by("pk")}


def _fixees(dossiers: set[int]) -> dict[int, list[Contrat]]:
    """The dotations of those whose campaign no scan has opened yet: their setting says when the report is due."""
    lus: dict[int, list[Contrat]] = {}
    contrats = Contrat.objects.filter(dossier__in=dossiers, type=Contrat.Type.DOTATION, date_effet__isnull=False)
    for c in contrats.defer("contenu").order_by("date_effet", "pk"):
        lus.setdefault(c.dossier_id, []).append(c)
    return lus


def _reglage(contrats: list[Contrat] | tuple[()], fin: date) -> str:
    en_vigueur = [c for c in contrats if c.date_effet <= fin]
    return dates.parametres(en_vigueur[-1]).echeance_rapport if en_vigueur else "anniversaire"
