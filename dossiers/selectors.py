"""Reads shaped for a page: the list with its counted tabs, the journal, the échéances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle.horloge import fin_de_journee, jour_local

from .models import Avis, Dossier, Echeance
from .regles.cycle import FINAUX, Statut
from .services.creation import normaliser

S = Statut
ONGLETS = (
    ("a_traiter", "À traiter"),
    ("suivis", "Suivis par moi"),
    ("en_attente", "En attente d’un tiers"),
    ("tacites", "Tacites imminents"),
    ("traites", "Traités"),
    ("tous", "Tous"),
)
TRIS = {
    "echeance": ("prochaine_le", "pk"),
    "-depot": ("-depose_le", "-pk"),
    "depot": ("depose_le", "pk"),
    "nom": ("nom", "pk"),
    "numero": ("numero",),
}
PAR_PAGE = 50
SEUIL_TACITE = timedelta(days=15)


@dataclass(frozen=True)
class Filtres:
    """The list's filters, as they stand in the address."""

    onglet: str = "a_traiter"
    recherche: str = ""
    statut: str = ""
    specialite: str = ""
    departement: str = ""
    echeance_avant: date | None = None
    suivi_par: str = ""
    tri: str = "echeance"
    page: int = 1
    extra: Mapping[str, str] = field(default_factory=dict)


def conditions(onglet: str, acteur: Acteur, maintenant: datetime) -> Q:
    """The dossiers of a tab, for this reader, as the law stands now (CAL-9): a due tacit date has left « à traiter »."""
    instruits = Q(statut__in=(S.LETTRE_DEPOSEE, S.PROJET_DEPOSE)) & (
        Q(bascule_le__isnull=True) | Q(bascule_le__gt=maintenant)
    )
    match onglet:
        case "a_traiter" if acteur.type == TypeOrganisation.CAISSE:
            return instruits & ~Q(avis__rendu_le__isnull=False) | Q(
                statut__in=(S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE)
            ) & Q(prochaine_le__lte=maintenant + timedelta(days=30))
        case "a_traiter":
            return (
                instruits
                | Q(est_tardif=True, statut__in=(S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE))
                | Q(est_a_regulariser=True) & ~Q(statut__in=list(FINAUX))
            )
        case "suivis":
            return Q(suivi_par_id=acteur.utilisateur_id)
        case "en_attente":
            return Q(
                statut__in=(
                    S.LETTRE_INCOMPLETE,
                    S.PROJET_INCOMPLET,
                    S.LETTRE_VALIDEE,
                    S.AMORCAGE_SIGNE,
                    S.PROJET_REFUSE,
                    S.PROJET_VALIDE,
                )
            )
        case "tacites":
            return Q(
                statut__in=(S.LETTRE_DEPOSEE, S.PROJET_DEPOSE),
                bascule_le__gt=maintenant,
                bascule_le__lte=maintenant + SEUIL_TACITE,
            )
        case "traites":
            return Q(statut__in=[s.value for s in FINAUX] + [S.DOTATION_ACTIVE.value, S.FINESS_ATTRIBUE.value])
    return Q()


def filtrer(lignes: QuerySet[Dossier], f: Filtres) -> QuerySet[Dossier]:
    """Applies the filters that are set. An unknown value filters to nothing rather than to everything."""
    if f.recherche:
        for mot in normaliser(f.recherche).split():
            lignes = lignes.filter(recherche__contains=mot)
    if f.statut:
        lignes = lignes.filter(statut=f.statut)
    if f.specialite:
        lignes = lignes.filter(Q(specialites__contains=[f.specialite]) | Q(groupes__contains=[f.specialite]))
    if f.departement:
        lignes = lignes.filter(departements__contains=[f.departement])
    if f.echeance_avant:
        lignes = lignes.filter(prochaine_le__lt=fin_de_journee(f.echeance_avant, "Europe/Paris"))
    if f.suivi_par:
        lignes = lignes.filter(suivi_par_id=f.suivi_par if f.suivi_par.isdigit() else 0)
    return lignes


def comptes(acteur: Acteur, maintenant: datetime) -> dict[str, int]:
    """The counts of the tabs, one query."""
    return Dossier.objects.pour(acteur).aggregate(
        **{
            nom: Count(
                "pk", filter=conditions(nom, acteur, maintenant), distinct=acteur.type == TypeOrganisation.CAISSE
            )
            for nom, _ in ONGLETS
        }
    )


def liste(acteur: Acteur, f: Filtres, maintenant: datetime, *, total: int | None = None) -> dict[str, Any]:
    """A page of the list: rows with their next échéance and avis, in a constant number of queries. `total`: when already counted."""
    lignes = Dossier.objects.pour(acteur).au(maintenant).filter(conditions(f.onglet, acteur, maintenant))
    if acteur.type == TypeOrganisation.CAISSE and f.onglet == "a_traiter":
        lignes = lignes.distinct()
    lignes = filtrer(lignes, f)
    cles = TRIS.get(f.tri, TRIS["echeance"])
    if f.tri == "echeance" and acteur.type == TypeOrganisation.ARS and f.onglet in ("a_traiter", "tacites"):
        cles = ("bascule_le", *cles)
    ordre = [F(c).asc(nulls_last=True) if c in ("prochaine_le", "bascule_le") else c for c in cles]
    pages = Paginator(lignes.select_related("suivi_par").order_by(*ordre), PAR_PAGE)
    if total is not None:
        pages.count = total
    page = pages.get_page(f.page)
    dossiers = list(page.object_list)
    ids = [d.pk for d in dossiers]
    prochaines: dict[int, list[Echeance]] = {}
    for e in (
        Echeance.objects.filter(dossier_id__in=ids, statut="ouverte")
        .exclude(regle__in=("DL-6", "DL-8", "DL-9"))
        .defer("explication", "suite")
        .order_by("instant")
    ):
        prochaines.setdefault(e.dossier_id, []).append(e)
    avis = {a.dossier_id: a for a in Avis.objects.filter(dossier_id__in=ids).order_by("objet", "version")}
    libelles = libelles_specialites()
    for d in dossiers:
        d.dernier_avis = avis.get(d.pk)
        d.echeance = qui_commande(d, prochaines.get(d.pk, []), acteur, maintenant)
        d.libelle_specialites = ", ".join(libelles.get(c, c) for c in d.specialites)
        d.aujourdhui = jour_local(maintenant, d.fuseau)
    return {"page": page, "dossiers": dossiers}


# In instruction one date commands, whatever else runs; the caisse's own avis comes first for the caisse.
COMMANDE = {
    S.LETTRE_DEPOSEE: "DL-1",
    S.LETTRE_INCOMPLETE: "DL-10",
    S.LETTRE_VALIDEE: "DL-2",
    S.AMORCAGE_SIGNE: "DL-2",
    S.PROJET_DEPOSE: "DL-3",
    S.PROJET_INCOMPLET: "DL-10",
}


def qui_commande(
    dossier: Dossier, ouvertes: Sequence[Echeance], acteur: Acteur, maintenant: datetime
) -> Echeance | None:
    """The date that a row shows, among the open ones. Silence that has passed is no longer awaited (CAL-9)."""
    vivantes = [e for e in ouvertes if not (e.regle in ("DL-1", "DL-3", "DUR-1") and e.instant <= maintenant)]
    regles = ["AVI"] if acteur.type == TypeOrganisation.CAISSE else []
    regles.append(COMMANDE.get(Statut(dossier.statut_effectif), ""))
    for regle in regles:
        for e in vivantes:
            if e.regle == regle:
                return e
    return next((e for e in vivantes if e.regle != "AVI"), None)


def tacites(acteur: Acteur, maintenant: datetime) -> list[Dossier]:
    """The dossiers whose silence is near, nearest first."""
    lignes = Dossier.objects.pour(acteur).filter(conditions("tacites", acteur, maintenant))
    return list(lignes.only("numero", "nom", "statut", "bascule_le", "fuseau").order_by("bascule_le", "pk")[:500])


_LIBELLES: dict[type, dict[str, str]] = {}


def _libelles(modele: type, champ: str) -> dict[str, str]:
    """Names of reference data, kept by the process once they are loaded: they change with a deployment, not in between."""
    if not _LIBELLES.get(modele):
        _LIBELLES[modele] = dict(modele.objects.values_list("pk", champ))
    return _LIBELLES[modele]


def libelles_specialites() -> dict[str, str]:
    return _libelles(Specialite, "libelle")


def libelles_departements() -> dict[str, str]:
    return _libelles(Departement, "nom")


def choix_departements() -> list[tuple[str, str]]:
    return [(code, f"{nom} ({code})") for code, nom in sorted(libelles_departements().items())]


def echeances_de(dossier: Dossier) -> list[Echeance]:
    return list(Echeance.objects.filter(dossier=dossier).order_by("instant", "pk"))
