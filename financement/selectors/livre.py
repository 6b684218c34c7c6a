"""The accounts of a dossier as its page shows them: what is committed, paid and to be paid back; the entries, for agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.tableur import Cellule
from ess_portal.socle.typographie import date_fr, euros

from ..livre.soldes import par_enveloppe, total
from ..models import Ecriture
from ..regles.livre import COMPTES, Enveloppe, Soldes

PAR_PAGE = 50
TYPES, POSTES = dict(Ecriture.Type.choices), dict(Ecriture.Poste.choices)
ENTETE = (
    "Rang", "Date comptable", "Inscrite le", "Type", "Libellé", "Financeur", "Poste", "Année", "Sens", "Compte", "Intitulé du compte", "Montant",
    "Par", "Annule le rang", "Empreinte",
)  # fmt: skip


def page(dossier: Dossier, acteur: Acteur, parametres: Mapping[str, str]) -> dict[str, Any]:
    """What the page « Comptes » reads; the entries only where an agent asks."""
    enveloppes = par_enveloppe(dossier)
    somme = total(enveloppes)
    contexte: dict[str, Any] = {
        "enveloppes": [_rangee(e, s) for e, s in sorted(enveloppes.items(), key=_rang)],
        "total": _montants(somme),
        "chiffres": [
            {"valeur": euros(somme.engage_total, centimes=True), "libelle": "accordés par l’Assurance maladie"},
            {"valeur": euros(somme.verse, centimes=True), "libelle": "versés"},
            {"valeur": euros(somme.reste_a_verser, centimes=True), "libelle": "encore à verser"},
        ],
        "a_rendre": euros(somme.a_recuperer, centimes=True) if somme.a_recuperer else "",
    }
    if acteur.est_agent:
        contexte |= _ecritures(dossier, acteur, parametres)
    return contexte


def _rang(couple: tuple[Enveloppe, Soldes]) -> tuple[bool, int, int]:
    """The Assurance maladie first, its credits, then the years."""
    e = couple[0]
    return (e.financeur == Ecriture.Financeur.ARS, list(POSTES).index(e.poste), e.annee)


def _rangee(e: Enveloppe, s: Soldes) -> dict[str, Any]:
    annee = f", année {e.annee}" if e.annee else ""
    return {
        "libelle": f"{POSTES[e.poste]}{annee}",
        "financeur": Ecriture.Financeur(e.financeur).label,
        **_montants(s),
    }


def _montants(s: Soldes) -> dict[str, str]:
    noms = ("engage_total", "a_liquider", "a_ordonnancer", "a_payer", "verse", "reste_a_verser", "trop_percu", "recupere", "remis", "a_recuperer")  # fmt: skip
    return {nom: euros(getattr(s, nom), centimes=True) for nom in noms}


def _choisi(parametres: Mapping[str, str], nom: str, permis: Mapping[str, str]) -> str:
    return valeur if (valeur := parametres.get(nom, "")) in permis else ""


def lire(dossier: Dossier, acteur: Acteur, parametres: Mapping[str, str]) -> QuerySet[Ecriture]:
    """The entries that the filters keep, in their order; an unknown filter keeps all."""
    lues = Ecriture.objects.pour(acteur).filter(dossier=dossier)
    type_, poste = _choisi(parametres, "type", TYPES), _choisi(parametres, "poste", POSTES)
    lues = lues.filter(**({"type": type_} if type_ else {}), **({"poste": poste} if poste else {}))
    return lues.select_related("contrepasse", "contrepassee_par").prefetch_related("lignes").order_by("seq")


def _ecritures(dossier: Dossier, acteur: Acteur, parametres: Mapping[str, str]) -> dict[str, Any]:
    type_, poste = _choisi(parametres, "type", TYPES), _choisi(parametres, "poste", POSTES)
    choisis = {nom: valeur for nom, valeur in (("type", type_), ("poste", poste)) if valeur}
    page_ = Paginator(lire(dossier, acteur, parametres).reverse(), PAR_PAGE).get_page(parametres.get("page"))
    return {
        "page": page_,
        "ecritures": [_ecriture(e) for e in page_],
        "types": [{"code": c, "libelle": n, "choisi": c == type_} for c, n in TYPES.items()],
        "postes": [{"code": c, "libelle": n, "choisi": c == poste} for c, n in POSTES.items()],
        "filtres": [
            {"libelle": {**TYPES, **POSTES}[valeur], "url": f"?{urlencode({n: v for n, v in choisis.items() if n != nom})}"}
            for nom, valeur in choisis.items()
        ],
        "effacer": "?" if choisis else "",
        "requete": urlencode(choisis),
    }  # fmt: skip


def _ecriture(e: Ecriture) -> dict[str, Any]:
    precision = ""
    if e.contrepasse is not None:
        precision = f"annule l’écriture n° {e.contrepasse.seq}"
    elif hasattr(e, "contrepassee_par"):
        precision = f"annulée par l’écriture n° {e.contrepassee_par.seq}"
    return {
        "seq": e.seq,
        "jour": date_fr(e.date_comptable),
        "libelle": e.libelle,
        "precision": precision,
        "acteur": e.acteur_nom,
        "lignes": [f"{x.get_sens_display()} {x.compte}, {COMPTES[x.compte]}" for x in e.lignes.all()],
        "montant": euros(e.montant, centimes=True),
    }


def lignes_csv(dossier: Dossier, acteur: Acteur, parametres: Mapping[str, str]) -> Iterator[tuple[Cellule, ...]]:
    """One row per account moved, the heading first. Amounts with a comma and two decimals, as French spreadsheets read them."""
    yield ENTETE
    for e in lire(dossier, acteur, parametres):
        for x in e.lignes.all():
            yield (
                e.seq, e.date_comptable, e.inscrit_le.isoformat(), e.get_type_display(), e.libelle, e.get_financeur_display(),
                e.get_poste_display(), e.annee or None, x.get_sens_display(), x.compte, COMPTES[x.compte], f"{x.montant:.2f}".replace(".", ","),
                e.acteur_nom, e.contrepasse.seq if e.contrepasse else None, e.empreinte,
            )  # fmt: skip
