"""The evaluation, assembled for its reader: équipe by équipe for who follows dossiers, aggregates of the regions for the nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import nombre

from ..graphiques import CACHE, Rang, barres
from ..models import Rapport
from ..pilotage.echeances import Filtres
from ..pilotage.page import actifs, choix, perimetre
from ..regles.indicateurs import INDICATEURS
from ..regles.secret import SEUIL, publier
from . import lecture
from .lecture import Sommes

DESSINES = ("i2", "i3", "i5")


def page(acteur: Acteur, filtres: Filtres, campagne: int | None, maintenant: datetime) -> dict[str, Any]:
    """`campagne`: the year asked for, the last one when it has no report. A constant number of queries. Raises Interdit for an équipe."""
    if not acteur.est_agent:
        raise Interdit
    nationale = acteur.role == Role.ADMIN_NATIONAL
    noms, sommes = noms_groupes(), lecture.sommes(acteur, filtres)
    annees = sorted({annee for annee, _ in sommes})
    vue = campagne if campagne in annees else (annees[-1] if annees else None)
    contexte: dict[str, Any] = {
        "perimetre": perimetre(acteur), "maintenant": maintenant, "fuseau": fuseau_de(acteur.region), "filtres": filtres,
        "actifs": actifs(filtres, noms), "choix": choix(acteur, noms), "campagnes": _campagnes(annees, vue, filtres), "campagne": vue,
        "indicateurs": INDICATEURS, "nationale": nationale,
        "series": [serie(code, annees, sommes, nationale=nationale) for code in DESSINES] if annees else [],
        "lignes": [], "regions": None,
    }  # fmt: skip
    if vue is None:
        return contexte
    if nationale:
        noms_regions = dict(Region.objects.order_by("nom").values_list("code", "nom"))
        return contexte | {"regions": regions({r: s for (a, r), s in sommes.items() if a == vue}, noms_regions)}
    return contexte | {"lignes": [ligne(r) for r in lecture.par_equipe(acteur, filtres, vue)]}


def _campagnes(annees: Sequence[int], vue: int | None, filtres: Filtres) -> list[dict[str, Any]]:
    communs = {"departement": filtres.departement, "specialite": filtres.groupe, "region": filtres.region}
    suite = {k: v for k, v in communs.items() if v}
    return [{"annee": a, "url": "?" + urlencode({"campagne": a, **suite}), "actif": a == vue} for a in reversed(annees)]


def serie(code: str, annees: Sequence[int], sommes: Sommes, *, nationale: bool) -> dict[str, Any]:
    """An indicator over the campaigns; for the nation nothing of fewer than `SEUIL` reports, nor a count under it."""
    rangs = []
    for annee in annees:
        lues = [s for (a, _), s in sommes.items() if a == annee]
        somme, n = sum(s[code] for s in lues), sum(s["n"] for s in lues)
        # What is told of the country is what the table of its regions tells.
        cachee = nationale and _total_cache(lues, code)
        rangs.append(Rang(str(annee), (None if cachee else somme,), (CACHE if cachee else f"{nombre(somme)} ({n})",)))
    libelle = next(i.libelle for i in INDICATEURS if i.code == code)
    return {"code": code, "titre": libelle, "dessin": barres("Campagne", (libelle,), rangs)}


def _total_cache(lues: Sequence[Mapping[str, int]], code: str) -> bool:
    if sum(s["n"] for s in lues) < SEUIL:
        return True
    return publier([[s["n"]] for s in lues]).total is None or publier([[s[code]] for s in lues]).total is None


def ligne(r: Rapport) -> dict[str, Any]:
    """An équipe's year: its figures, and what they are to be read against."""
    jours, adherents = (r.fin - r.debut).days + 1, r.adherents
    return {
        "nom": r.dossier.nom,
        "url": reverse("rapport", args=[r.dossier.numero, r.annee]),
        "annee": r.annee,
        "valeurs": [(i.libelle, nombre(getattr(r, i.code))) for i in INDICATEURS],
        "jours": nombre(jours),
        "adherents": nombre(adherents),
        "par_adherent": _par(r.i2 or 0, adherents),
        "valide": r.statut == Rapport.Statut.VALIDE,
    }


def _par(quantite: int, sur: int) -> str:
    """A quantity per head, to one decimal, half up; a dash without anybody."""
    if not sur:
        return "–"
    return nombre((Decimal(quantite) / sur).quantize(Decimal("0.1"), ROUND_HALF_UP), 1)


def regions(sommes: Mapping[str, Mapping[str, int]], noms: Mapping[str, str]) -> dict[str, Any]:
    """Regions side by side. A region of fewer than `SEUIL` reports says nothing of itself, a count under `SEUIL` is hidden, and with them
    what would give them back (`regles.secret`): hiding more never tells more, so that both reasons are added up.
    """
    presentes = [code for code in noms if code in sommes]
    effectifs = publier([[sommes[c]["n"]] for c in presentes])
    muettes = {c for c, (n,) in zip(presentes, effectifs.cellules, strict=True) if n is None}
    colonnes, totaux = [], []
    for i in INDICATEURS:
        p = publier([[sommes[c][i.code]] for c in presentes])
        colonnes.append([None if c in muettes else n for c, (n,) in zip(presentes, p.cellules, strict=True)])
        totaux.append(None if effectifs.total is None else p.total)
    return {
        "lignes": [
            {
                "nom": noms[code],
                "n": _dit(effectifs.cellules[rang][0]),
                "valeurs": [(i.libelle, _dit(colonne[rang])) for i, colonne in zip(INDICATEURS, colonnes, strict=True)],
            }
            for rang, code in enumerate(presentes)
        ],
        "n": _dit(effectifs.total),
        "totaux": [(i.libelle, _dit(t)) for i, t in zip(INDICATEURS, totaux, strict=True)],
    }


def _dit(n: int | None) -> str:
    return CACHE if n is None else nombre(n)
