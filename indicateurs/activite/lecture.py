"""The counts of the activity dashboard, each one aggregated query over a perimeter, as the law has it at an instant (CAL-9).

The page reads them as the portal, within `pour(acteur)`: see `pilotage.echeances`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from dossiers.models import Decision, Dossier, Echeance
from dossiers.regles.statuts import DEPOSES, Statut
from dossiers.seuils import Seuils
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.socle.horloge import jour_local

from ..models import Rapport
from ..pilotage.echeances import Filtres, vides

S = Statut
INSTRUITS = (S.LETTRE_DEPOSEE, S.PROJET_DEPOSE)
# Delays of instruction are those of the decisions of the last twelve months.
FENETRE = timedelta(days=365)
SANS_RAPPORT = "absent"


@dataclass(frozen=True)
class Delais:
    """Days from the receipt by the competent ARS to the decision, as value → count; `tacites`: how many of them silence took."""

    effectifs: Mapping[int, int] = field(default_factory=dict)
    tacites: int = 0

    @property
    def total(self) -> int:
        return sum(self.effectifs.values())


def dossiers(acteur: Acteur, filtres: Filtres, maintenant: datetime):
    """Filed, and not ended."""
    return (
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .filter(filtres.q(), statut_effectif__in=[s.value for s in DEPOSES])
        .order_by()
    )


def par_region(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[tuple[str, Statut], int]:
    lignes = dossiers(acteur, filtres, maintenant).values_list("region", "statut_effectif").annotate(n=Count("pk"))
    return {(region, S(statut)): n for region, statut, n in lignes}


@dataclass(frozen=True)
class Charge:
    """What one person follows; `cle`: the list's filter, « personne » for what nobody follows."""

    cle: str
    nom: str
    suivis: int
    a_decider: int
    tacites: int


def charges(acteur: Acteur, filtres: Filtres, seuils: Seuils) -> list[Charge]:
    """Dossiers per person, the busiest first. Two queries."""
    instruits = Q(statut_effectif__in=[s.value for s in INSTRUITS])
    lignes = (
        dossiers(acteur, filtres, seuils.maintenant)
        .values("suivi_par_id")
        .annotate(
            suivis=Count("pk"),
            a_decider=Count("pk", filter=instruits),
            tacites=Count("pk", filter=instruits & Q(bascule_le__lte=seuils.fin_proche)),
        )
        .order_by("-a_decider", "-suivis", "suivi_par_id")
    )
    lignes = list(lignes)
    noms = {u.pk: u.nom_complet for u in Utilisateur.objects.filter(pk__in=[x["suivi_par_id"] for x in lignes])}
    return [
        Charge(
            str(x["suivi_par_id"] or "personne"), noms.get(x["suivi_par_id"], "Sans suivi"), x["suivis"], x["a_decider"], x["tacites"]
        )
        for x in lignes
    ]  # fmt: skip


def delais(acteur: Acteur, filtres: Filtres, maintenant: datetime, fuseau: str) -> dict[tuple[str, str], Delais]:
    """(region, objet) → delays of what was decided in FENETRE, a silence that passed included, written down or not. Two queries."""
    jour = jour_local(maintenant, fuseau)
    effectifs: dict[tuple[str, str], Counter[int]] = {}
    tacites: Counter[tuple[str, str]] = Counter()
    decidees = (
        Decision.objects.filter(dossier__in=Dossier.objects.pour(acteur).filter(filtres.q()))
        .filter(date_acquise__gt=jour - FENETRE, date_acquise__lte=jour)
        .filter(dossier__depots__objet=F("objet"), dossier__depots__version=F("version"))
        .annotate(recu=F("dossier__depots__date_reception"))
        .order_by()
        .values_list("dossier__region", "objet", "mode", "recu", "date_acquise")
        .annotate(n=Count("pk"))
    )
    nees = _nees(acteur, filtres, maintenant, jour)
    for region, objet, mode, recu, decide, n in decidees:
        _compter(
            effectifs,
            tacites,
            (region, objet),
            _jours(recu, decide, tacite=mode == "tacite"),
            n,
            tacite=mode == "tacite",
        )
    for region, objet, recu, decide, n in nees:
        _compter(effectifs, tacites, (region, objet), _jours(recu, decide, tacite=True), n, tacite=True)
    return {cle: Delais(dict(vus), tacites[cle]) for cle, vus in effectifs.items()}


def _nees(acteur: Acteur, filtres: Filtres, maintenant: datetime, jour: date):
    """The silences that passed and that no pass has written yet (CAL-9)."""
    return (
        Echeance.objects.pour(acteur)
        .filter(
            filtres.q("dossier__"),
            Q(regle="DL-1", dossier__statut=S.LETTRE_DEPOSEE.value) | Q(regle="DL-3", dossier__statut=S.PROJET_DEPOSE.value),
            statut=Echeance.Statut.OUVERTE, instant__lte=maintenant, acquise_le__gt=jour - FENETRE,
        )
        .filter(dossier__depots__objet=F("objet"), dossier__depots__version=F("rang"))
        .annotate(recu=F("dossier__depots__date_reception"))
        .order_by()
        .values_list("dossier__region", "objet", "recu", "acquise_le")
        .annotate(n=Count("pk"))
    )  # fmt: skip


def _jours(recu: date, decide: date, *, tacite: bool) -> int:
    """A silence exists from the day after its last one, which is the day that counts (CAL-2)."""
    return (decide - recu).days - (1 if tacite else 0)


def _compter(effectifs, tacites, cle: tuple[str, str], jours: int, n: int, *, tacite: bool) -> None:
    effectifs.setdefault(cle, Counter())[jours] += n
    if tacite:
        tacites[cle] += n


def reunir(tous: Mapping[tuple[str, str], Delais], *, objet: str, region: str = "") -> Delais:
    """The delays of one object, of one region or of all of them."""
    somme, tacites = Counter[int](), 0
    for (r, o), d in tous.items():
        if o == objet and region in ("", r):
            somme.update(d.effectifs)
            tacites += d.tacites
    return Delais(dict(somme), tacites)


def rapports(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, int]:
    """Years of dotation that are over, by what became of their report: its state, or SANS_RAPPORT. One query."""
    de_l_annee = Rapport.objects.filter(dossier=OuterRef("dossier"), annee=OuterRef("rang")).order_by()
    if acteur.est_agent:
        de_l_annee = de_l_annee.exclude(depose_le__isnull=True)
    lignes = (
        Echeance.objects.pour(acteur)
        .filter(filtres.q("dossier__"), regle="DL-7", instant__lte=maintenant)
        .exclude(statut=Echeance.Statut.ANNULEE)
        .exclude(**vides(maintenant))
        .annotate(etat=Coalesce(Subquery(de_l_annee.values("statut")[:1]), Value(SANS_RAPPORT)))
        .order_by()
        .values_list("etat")
        .annotate(n=Count("pk"))
    )
    return dict(lignes)


def regions_des_retards(retards) -> dict[str, int]:
    """Region → échéances passed, of a queryset of them."""
    return dict(retards.order_by().values_list("dossier__region").annotate(n=Count("pk")))
