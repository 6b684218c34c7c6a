"""The pages of the clauses: what is in force, what is being written, and what sets them apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.texte_riche import vers_lecture, vers_saisie

from ..models import Clausier
from ..regles.clausier import VARIABLES, Article, fondre
from ..regles.comparaison import Passage, ecarts
from ..services import clausiers as services
from ..services.clausiers import Texte

ORIGINES = {"region": "Rédaction de la région", "ajout": "Ajout de la région"}


def annexes(acteur: Acteur, jour: date) -> list[dict[str, Any]]:
    """One row per annexe: the text that this person's contracts take today, and whether a draft is open."""
    region = services.portee(acteur)
    ouverts = set(Clausier.objects.filter(region_id=region, active_le__isnull=True).values_list("annexe", flat=True))
    return [
        {"annexe": code, "titre": titre, "nom": services.lire(code, region, jour).nom, "projet": code in ouverts}
        for code, titre in Clausier.Annexe.choices
    ]


def contexte(annexe: str, acteur: Acteur, jour: date) -> dict[str, Any]:
    """The draft, when there is one, beside the text in force."""
    region = services.portee(acteur)
    vigueur = services.lire(annexe, region, jour)
    projet = services.projet(annexe, region)
    articles = services.articles_du_projet(projet, jour) if projet else vigueur.articles
    versions = list(Clausier.objects.de(annexe, region).actives().select_related("active_par"))
    national = services.lire(annexe, None, jour)
    return {
        "annexe": annexe,
        "titre": Clausier.Annexe(annexe).label,
        "portee": "Texte national" if region is None else "Texte de la région",
        "nom": vigueur.nom,
        "projet": projet,
        "revision": projet.revision if projet else 0,
        "articles": articles,
        "origines": ORIGINES,
        "nationaux": {a.code: a for a in national.articles},
        "est_national": region is None,
        "manque": services.manque(annexe, vigueur.articles),
        "regions_incompletes": services.regions_incompletes(projet) if projet and region is None else [],
        "ecarts": ecarts(passages(vigueur.articles), passages(articles)) if projet else [],
        "versions": _historique(versions),
        "peut_ecrire": acteur.role in services.AUTEURS,
        "variables": [(f"{{{{ {nom} }}}}", v) for nom, v in VARIABLES[annexe].items()],
    }


def a_l_ecran(annexe: str, acteur: Acteur, jour: date) -> Texte:
    """What a preview shows: the draft when there is one."""
    region = services.portee(acteur)
    projet = services.projet(annexe, region)
    if projet is None:
        return services.en_vigueur(annexe, region, jour)
    articles = services.articles_du_projet(projet, jour)
    services.exiger_complet(annexe, articles)
    return Texte(articles, f"projet de version {projet.version}")


def passages(articles: Sequence[Article]) -> list[Passage]:
    return [Passage(a.code, a.titre, vers_saisie(a.html), vers_lecture(a.html)) for a in articles]


def _historique(versions: list[Clausier]) -> list[dict[str, Any]]:
    """The activated versions, the last first, each with what it changed in the one before."""
    lus = []
    for ligne, avant in zip_longest(versions, versions[1:]):
        changes = ecarts(_propres(avant), _propres(ligne)) if avant else []
        lus.append({"version": ligne, "ecarts": changes})
    return lus


def _propres(ligne: Clausier) -> list[Passage]:
    """What a version writes itself: a région's says nothing of the articles it inherits."""
    return passages(fondre([a for a in ligne.articles if "html" in a], None))
