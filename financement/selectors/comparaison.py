"""A contract beside the version it replaces: what a signatory is shown before signing again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ess_portal.documents.texte_riche import vers_lecture, vers_saisie
from ess_portal.socle.typographie import date_fr, euros

from ..models import Contrat
from ..regles.avenant import PAPIER
from ..regles.comparaison import Ecart, Passage, ecarts


def precedente(contrat: Contrat, versions: list[Contrat]) -> Contrat | None:
    """The last version of the same text proposed before this one, when it is in the portal."""
    avant = [
        c
        for c in versions
        if (c.type, c.modifie_id, c.rang) == (contrat.type, contrat.modifie_id, contrat.rang)
        and c.version < contrat.version
        and (c.contenu.get("clauses") or c.est_avenant)
    ]
    return max(avant, key=lambda c: c.version, default=None)


def comparer(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> list[Ecart]:
    """Parties, amounts and schedule first, then article by article; articles frozen without a code go by their title."""
    par_titre = not all(c.get("code") for contenu in (avant, apres) for c in contenu["clauses"])
    return ecarts(_passages(avant, par_titre), _passages(apres, par_titre))


def comparer_avenants(avant: Contrat, apres: Contrat) -> list[Ecart]:
    """Two versions of one avenant: its object and day, its parties, then each article that it changes. A new article without a code of
    its own from one version to the next goes by its title.
    """
    return ecarts(_passages_avenant(avant.contenu), _passages_avenant(apres.contenu))


def _passages_avenant(contenu: Mapping[str, Any]) -> list[Passage]:
    gestes = {"ajoute": "article ajouté", "remplace": "remplacé", "retire": "supprimé"}
    return [
        Passage("parties:", "Parties", "\n".join(_partie(p) for p in contenu.get("parties", ()))),
        Passage("objet:", "Objet", contenu["objet"]),
        Passage("effet:", "Prise d’effet", date_fr(date.fromisoformat(contenu["effet_prevu"]))),
        *(
            Passage(
                c["titre"] if c["geste"] == "ajoute" or c["code"].startswith(PAPIER) else c["code"],
                f"{c['titre']} ({gestes[c['geste']]})",
                vers_saisie(c["html"]),
                vers_lecture(c["html"]),
            )
            for c in contenu["changements"]
        ),
    ]


def _passages(contenu: Mapping[str, Any], par_titre: bool) -> list[Passage]:
    donnees = [
        Passage("parties:", "Parties", "\n".join(_partie(p) for p in contenu.get("parties", ()))),
        Passage("montants:", "Montants", "\n".join(_montants(contenu))),
    ]
    articles = [
        Passage(
            c["titre"] if par_titre else c["code"],
            c["titre"],
            vers_saisie(c["html"]) if c.get("html") else "\n\n".join(c["paragraphes"]),
            vers_lecture(c["html"]) if c.get("html") else "",
        )
        for c in contenu["clauses"]
    ]
    return donnees + articles


def _partie(p: dict[str, Any]) -> str:
    return ", ".join(
        p[nom] for nom in ("nom", "forme", "identifiants", "adresse", "representant", "fonction") if p.get(nom)
    )


def _montants(contenu: Mapping[str, Any]) -> list[str]:
    """The amounts as they are read, a line each."""
    lignes = []
    if "montant" in contenu:
        lignes.append(f"Total\u00a0: {euros(Decimal(contenu['montant']))}")
    if "montant_premiere_annee" in contenu:
        lignes.append(
            f"Première année\u00a0: {euros(Decimal(contenu['montant_premiere_annee']))}, {contenu['effectif']} médecins"
        )
    lignes += [
        f"{e['libelle']}\u00a0: {euros(Decimal(e['montant']))} ({e['condition']})"
        for e in contenu.get("echeancier", ())
    ]
    return lignes + [f"{x['effectif']}\u00a0: {euros(Decimal(x['montant']))}" for x in contenu.get("bareme", ())]
