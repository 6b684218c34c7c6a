"""The budget of an ARS or of a caisse: what its dossiers were granted, paid and asked back, and what is to come. Seven queries, whatever their number.

A dossier counts whole in the department of its siège, and under its specialty, or under « Plusieurs spécialités »: the parts sum to the whole.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from dossiers.models import Dossier, Echeance
from dossiers.regles.statuts import CONFORMITE_ACQUISE, FINAUX, Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import ADMINS
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.services import parametres_epingles
from ess_portal.socle.cellules import Cellule
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import MOIS

from ..models import Contrat, Ecriture
from ..regles.budget import Attendu, DotationSignee, FaitsBudget, attendus, par_mois
from ..regles.livre import Enveloppe, Soldes, soldes
from ..services.montants import parts_credit

PLUSIEURS = "plusieurs"
CENTIME = Decimal("0.01")
AM = Ecriture.Financeur.ASSURANCE_MALADIE
MESURES = ("engage", "verse", "trop_percu", "recupere", "a_recuperer")


@dataclass
class Ligne:
    """Sums in euros. `a_venir`: over the eighteen months, what is committed and what begins."""

    engage: Decimal = Decimal(0)
    verse: Decimal = Decimal(0)
    trop_percu: Decimal = Decimal(0)
    recupere: Decimal = Decimal(0)
    a_recuperer: Decimal = Decimal(0)
    a_venir: Decimal = Decimal(0)

    def ajouter(self, s: Soldes) -> None:
        self.engage += s.engage_total
        self.verse += s.verse
        self.trop_percu += s.trop_percu
        self.recupere += s.recupere
        self.a_recuperer += s.a_recuperer


@dataclass
class Budget:
    """`lignes`: (year, department, specialty) → sums; `mois`: (month, department, specialty) → to come."""

    jour: date
    lignes: dict[tuple[int, str, str], Ligne] = field(default_factory=dict)
    mois: dict[tuple[date, str, str], Decimal] = field(default_factory=dict)
    au_dela: Decimal = Decimal(0)
    departements: dict[str, str] = field(default_factory=dict)
    specialites: dict[str, str] = field(default_factory=dict)


def lire(
    acteur: Acteur, maintenant: datetime, departement: str = "", specialite: str = "", parmi: Q | None = None
) -> Budget:
    """The whole budget of an agent's organisation, or of one department, or of one specialty; `parmi`: of these dossiers alone."""
    b = Budget(jour_local(maintenant, "Europe/Paris"))
    noms = {
        "departements": dict(Departement.objects.values_list("code", "nom")),
        "specialites": dict(Specialite.objects.values_list("code", "libelle")),
    }
    siens = _dossiers(acteur, maintenant).filter(parmi or Q())
    for departement_, specialite_ in siens.order_by().values_list("siege_departement", SPECIALITE).distinct():
        b.departements[departement_] = noms["departements"].get(departement_, "Siège non renseigné")
        b.specialites[specialite_] = noms["specialites"].get(specialite_, "Plusieurs spécialités")
    # Those that had money alone are read: they are few beside the letters of a region.
    dossiers = {d.pk: d for d in siens.filter(pk__in=_ecritures(acteur).values("dossier_id"))}
    cles = {pk: _cle(d) for pk, d in dossiers.items()}
    gardes = {pk for pk, (d, s) in cles.items() if departement in ("", d) and specialite in ("", s)}
    mouvements = _mouvements(acteur, gardes)
    for (dossier, annee, _enveloppe), sommes in mouvements.items():
        b.lignes.setdefault((annee, *cles[dossier]), Ligne()).ajouter(soldes(sommes))
    for dossier, lignes in _attendus(gardes, dossiers, mouvements, b.jour):
        mois, au_dela = par_mois(lignes, b.jour)
        b.au_dela += au_dela
        for debut, montant in mois.items():
            b.mois[(debut, *cles[dossier])] = b.mois.get((debut, *cles[dossier]), Decimal(0)) + montant
    return b


def grouper(b: Budget, par: str) -> list[tuple[str, Ligne]]:
    """Sums by `annee`, `departement` or `specialite`, in the order of reading; to come only where it is not by year."""
    rang = ("annee", "departement", "specialite").index(par)
    noms = {"departement": b.departements, "specialite": b.specialites}.get(par, {})
    groupes: dict[Any, Ligne] = {}
    for cle, x in b.lignes.items():
        somme = groupes.setdefault(cle[rang], Ligne())
        for mesure in MESURES:
            setattr(somme, mesure, getattr(somme, mesure) + getattr(x, mesure))
    if par != "annee":
        for cle, montant in b.mois.items():
            groupes.setdefault(cle[rang], Ligne()).a_venir += montant
    lus = [(f"{noms[c]} ({c})" if par == "departement" and c else noms.get(c, str(c)), x) for c, x in sorted(groupes.items())]  # fmt: skip
    if par == "specialite":
        lus.sort(key=lambda ligne: ligne[0])
    return [(nom, x) for nom, x in lus if x != Ligne()]


def total(b: Budget) -> Ligne:
    somme = Ligne(a_venir=sum(b.mois.values(), Decimal(0)))
    for x in b.lignes.values():
        for mesure in MESURES:
            setattr(somme, mesure, getattr(somme, mesure) + getattr(x, mesure))
    return somme


def mois_a_venir(b: Budget) -> list[tuple[date, Decimal]]:
    sommes: dict[date, Decimal] = {}
    for (debut, _d, _s), montant in b.mois.items():
        sommes[debut] = sommes.get(debut, Decimal(0)) + montant
    return sorted(sommes.items())


def nommer_mois(debut: date) -> str:
    return f"{MOIS[debut.month]}\u00a0{debut.year}"


def lignes_csv(b: Budget) -> Iterator[tuple[Cellule, ...]]:
    """One row per amount that is not zero, the heading first. Amounts are numbers of two decimals: what is taken back in a later year than it
    was written is negative there, and no text.
    """
    yield ("Période", "Département", "Nom du département", "Spécialité", "Mesure", "Montant")
    mots = ("Engagé", "Versé", "Trop-perçu constaté", "Récupéré", "Reste à récupérer")
    for (annee, d, s), x in sorted(b.lignes.items()):
        for mesure, mot in zip(MESURES, mots, strict=True):
            yield from _rangee(b, str(annee), d, s, mot, getattr(x, mesure))
    for (debut, d, s), montant in sorted(b.mois.items()):
        yield from _rangee(b, f"{debut:%Y-%m}", d, s, "À venir", montant)


def _rangee(b: Budget, periode: str, d: str, s: str, mot: str, montant: Decimal) -> Iterator[tuple[Cellule, ...]]:
    if montant:
        yield (periode, d, b.departements[d], b.specialites[s], mot, montant.quantize(CENTIME))


def _siens(acteur: Acteur, chemin: str = "") -> Q:
    """The dossiers whose competent ARS or caisse one is: those that one only reads are in another's budget."""
    if acteur.voit_tout:
        return Q()
    colonne = "ars_id" if acteur.role in ADMINS else colonne_de(acteur)
    return Q(**{f"{chemin}{colonne}": acteur.perimetre_id})


def _dossiers(acteur: Acteur, maintenant: datetime) -> QuerySet[Dossier]:
    lus = Dossier.objects.pour(acteur).au(maintenant).filter(_siens(acteur), ars__isnull=False).order_by("pk")
    return lus.only("numero", "statut", "bascule_le", "siege_departement", "specialites", "fuseau")


# `_cle` for a queryset: the specialty, or several.
SPECIALITE = Case(When(specialites__len=1, then=F("specialites__0")), default=Value(PLUSIEURS))


def _cle(d: Dossier) -> tuple[str, str]:
    return d.siege_departement or "", d.specialites[0] if len(d.specialites) == 1 else PLUSIEURS


def _ecritures(acteur: Acteur) -> QuerySet[Ecriture]:
    return Ecriture.objects.pour(acteur).filter(_siens(acteur), financeur=AM)


def _mouvements(acteur: Acteur, gardes: Container[int]) -> dict[tuple[int, int, Enveloppe], dict[str, Decimal]]:
    """(dossier, calendar year, envelope) → account → debits less credits, of the Assurance maladie."""
    lues = (
        _ecritures(acteur)
        .values("dossier_id", "date_comptable__year", "poste", "annee", "lignes__compte")
        .annotate(
            debit=Sum("lignes__montant", filter=Q(lignes__sens="D")), credit=Sum("lignes__montant", filter=Q(lignes__sens="C"))
        )
        .order_by("dossier_id", "poste", "annee", "date_comptable__year", "lignes__compte")
    )  # fmt: skip
    sommes: dict[tuple[int, int, Enveloppe], dict[str, Decimal]] = {}
    for x in lues:
        if x["dossier_id"] in gardes:
            cle = (x["dossier_id"], x["date_comptable__year"], Enveloppe(AM, x["poste"], x["annee"]))
            solde = (x["debit"] or Decimal(0)) - (x["credit"] or Decimal(0))
            sommes.setdefault(cle, {})[x["lignes__compte"]] = solde
    return sommes


def _attendus(
    gardes: set[int], dossiers: Mapping[int, Dossier], mouvements: Mapping[tuple[int, int, Enveloppe], Mapping[str, Decimal]], jour: date
) -> Iterator[tuple[int, list[Attendu]]]:  # fmt: skip
    """What each dossier is still expected to be paid."""
    cumuls: dict[int, dict[Enveloppe, dict[str, Decimal]]] = {}
    for (dossier, _annee, enveloppe), sommes in mouvements.items():
        comptes = cumuls.setdefault(dossier, {}).setdefault(enveloppe, {})
        for compte, montant in sommes.items():
            comptes[compte] = comptes.get(compte, Decimal(0)) + montant
    contrats: dict[int, list[Contrat]] = {}
    signes = Contrat.objects.filter(dossier__in=cumuls, statut__in=("signe", "resilie"), date_effet__isnull=False)
    for c in signes.exclude(type=Contrat.Type.AVENANT).defer("contenu").order_by("date_effet", "pk"):
        contrats.setdefault(c.dossier_id, []).append(c)
    limites = Echeance.objects.filter(dossier__in=cumuls, regle__in=("DL-2", "DL-3"), statut="ouverte")
    tard: dict[int, date] = {}
    for dossier, dernier_jour in limites.filter(dernier_jour__isnull=False).order_by("dernier_jour").values_list("dossier_id", "dernier_jour"):  # fmt: skip
        tard[dossier] = dernier_jour
    for pk, enveloppes in cumuls.items():
        d, siens = dossiers[pk], contrats.get(pk, [])
        statut = Statut(d.statut_effectif)
        yield (
            pk,
            list(
                attendus(
                    FaitsBudget(
                        enveloppes={e: soldes(c) for e, c in enveloppes.items()},
                        dotations=_dotations(siens, est_finie=statut in FINAUX),
                        seconde_part=_seconde_part(siens),
                        projet_au_plus_tard=None if statut in CONFORMITE_ACQUISE else tard.get(pk),
                    ),
                    jour,
                )
            ),
        )


def _dotations(contrats: list[Contrat], *, est_finie: bool) -> tuple[DotationSignee, ...]:
    """Each ends with its term, its early end, or the next one's effect."""
    lues = [c for c in contrats if c.type == Contrat.Type.DOTATION]
    return tuple(
        DotationSignee(
            c.date_effet,
            min((j for j in (c.premier_jour_hors, suivant) if j is not None), default=None),
            c.montant,
            est_close=est_finie or c.statut == Contrat.Statut.RESILIE,
        )
        for c, suivant in zip_longest(lues, [c.date_effet for c in lues[1:]])
    )


def _seconde_part(contrats: list[Contrat]) -> Decimal:
    credit = next((c for c in contrats if c.est_credit and c.statut == Contrat.Statut.SIGNE), None)
    if credit is None:
        return Decimal(0)
    p = parametres_epingles(credit.jeu_national_id, credit.jeu_regional_id)
    return parts_credit(credit.type, p, credit.montant_deduit).get("amorcage_2", Decimal(0))
