"""The calendar of échéances, a month or a quarter at a time: how many fall on each day, and what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.text import capfirst

from dossiers.models import Echeance
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import pour_compter
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.horloge import fin_de_journee, jour_local
from ess_portal.socle.typographie import JOURS, accord, jour_fr

from ..regles.periode import MOIS_SEUL, TRIMESTRE, Periode
from . import echeances as e
from .echeances import Filtres
from .page import actifs, choix, ligne, perimetre

LIGNES = 50


@dataclass(frozen=True)
class Jour:
    """A day of the grid. `mots`: what its number says to who does not see it."""

    jour: date
    nombre: int
    tacites: int
    retards: int
    niveau: int
    est_aujourdhui: bool
    est_choisi: bool
    mots: str
    url: str


def page(acteur: Acteur, filtres: Filtres, periode: Periode, jour: date | None, maintenant: datetime) -> dict[str, Any]:
    """Dates still awaited, those of the past because they are late. `jour`: the one whose dates are listed. Raises Interdit for an équipe."""
    if not acteur.est_agent:
        raise Interdit
    region = Region.objects.filter(pk=acteur.region).first() if acteur.region else None
    fuseau = region.fuseau if region else "Europe/Paris"
    aujourdhui = jour_local(maintenant, fuseau)
    jour = jour if jour and periode.debut <= jour <= periode.fin else None
    seuils = seuils_de(acteur, maintenant)
    premier, dernier = (jour, jour) if jour else (periode.debut, periode.fin)
    with pour_compter():
        # A day more at the end, for the regions where it ends later.
        fin = fin_de_journee(periode.fin + timedelta(days=1), fuseau)
        comptes = e.venues(acteur, filtres, maintenant, fin).par_jour(periode.fin)
        passees = e.en_retard(acteur, filtres, maintenant).filter(dernier_jour__range=(periode.debut, periode.fin))
        retards = dict(passees.order_by().values_list("dernier_jour").annotate(n=Count("pk")))
        choisies = {"dernier_jour__range": (premier, dernier)}
        a_venir = e.a_venir(acteur, filtres, maintenant).filter(instant__lte=fin, **choisies)
        cles = [
            pk
            for lues in (passees.filter(**choisies), a_venir)
            for pk in lues.order_by("instant", "pk").values_list("pk", flat=True)[:LIGNES]
        ]
    en_vue = Counter({j: n for j, (n, _) in comptes.items() if premier <= j <= dernier})
    en_vue.update({j: n for j, n in retards.items() if premier <= j <= dernier})
    noms = noms_groupes()
    ici = {"periode": periode.genre, "debut": periode.cle}
    adresses = _Adresses(filtres)
    return {
        "titre": "Calendrier des échéances",
        "titre_periode": capfirst(periode.titre),
        "perimetre": perimetre(acteur, region),
        "maintenant": maintenant,
        "fuseau": fuseau,
        "mois": [
            (capfirst(m.titre), [[_case(j, aujourdhui, jour, comptes, retards, adresses, ici) for j in s] for s in m.semaines()])
            for m in periode.par_mois()
        ],
        "plusieurs": periode.mois > 1,
        "noms_jours": [(nom[:3], nom) for nom in JOURS],
        "periodes": [
            {"libelle": mot, "url": adresses(**_ou(periode.en(genre))), "actif": genre == periode.genre}
            for genre, mot in ((MOIS_SEUL, "Mois"), (TRIMESTRE, "Trimestre"))
        ],
        "autour": [
            (fleche, capfirst(p.titre), adresses(**_ou(p))) for fleche, p in (("avant", periode.voisine(-1)), ("apres", periode.voisine(1))) if p
        ],
        "courante": "" if periode.debut <= aujourdhui <= periode.fin else adresses(periode=periode.genre),
        "titre_lignes": f"{capfirst(jour_fr(jour) if jour else periode.titre)} ({accord(en_vue.total(), 'échéance')})",
        "jour_choisi": jour,
        "periode_entiere": adresses(**ici),
        "lignes": [ligne(x, aujourdhui, seuils) for x in e.lignes(Echeance.objects.pour(acteur).filter(pk__in=cles), LIGNES)],
        "nombre": en_vue.total(),
        "limite": LIGNES,
        "filtres": filtres,
        "garder": ici,
        "actifs": actifs(filtres, noms, ici),
        "choix": choix(acteur, noms),
    }  # fmt: skip


class _Adresses:
    """The page's own addresses: what they say, with the filters in force."""

    def __init__(self, filtres: Filtres) -> None:
        self.filtres = {"departement": filtres.departement, "specialite": filtres.groupe, "region": filtres.region}

    def __call__(self, **suite: str) -> str:
        return "?" + urlencode({k: v for k, v in (self.filtres | suite).items() if v})


def _ou(periode: Periode) -> dict[str, str]:
    return {"periode": periode.genre, "debut": periode.cle}


def _case(
    jour: date | None,
    aujourdhui: date,
    choisi: date | None,
    comptes: Mapping[date, tuple[int, int]],
    retards: Mapping[date, int],
    adresses: _Adresses,
    ici: Mapping[str, str],
) -> Jour | None:
    if jour is None:
        return None
    (a_venir, tacites), tard = comptes.get(jour, (0, 0)), retards.get(jour, 0)
    nombre = a_venir + tard
    mots = [accord(nombre, "échéance")]
    if tacites:
        mots.append(f"dont {accord(tacites, 'validation tacite possible', 'validations tacites possibles')}")
    if tard:
        mots.append(f"{tard} en retard" if nombre > tard else "en retard")
    url = f"{adresses(**ici, jour=jour.isoformat())}#jour" if nombre else ""
    return Jour(jour, nombre, tacites, tard, min(nombre, 4), jour == aujourdhui, jour == choisi, ", ".join(mots), url)
