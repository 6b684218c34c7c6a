"""A contract beside the version it replaces: what a signatory is shown before signing again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ess_portal.documents.texte_riche import vers_saisie
from ess_portal.socle.typographie import euros

from ..models import Contrat
from ..regles.comparaison import Ecart, Passage, ecarts


def precedente(contrat: Contrat, versions: list[Contrat]) -> Contrat | None:
    """The last version of the same contract proposed before this one, when its text is in the portal."""
    avant = [c for c in versions if c.type == contrat.type and c.version < contrat.version and c.contenu.get("clauses")]
    return max(avant, key=lambda c: c.version, default=None)


def comparer(avant: Contrat, apres: Contrat) -> list[Ecart]:
    """Parties, amounts and schedule first, then article by article; articles frozen without a code go by their title."""
    par_titre = not all(c.get("code") for x in (avant, apres) for c in x.contenu["clauses"])
    return ecarts(_passages(avant.contenu, par_titre), _passages(apres.contenu, par_titre))


def _passages(contenu: dict[str, Any], par_titre: bool) -> list[Passage]:
    donnees = [
        Passage("parties:", "Parties", "\n".join(_partie(p) for p in contenu.get("parties", ()))),
        Passage("montants:", "Montants", "\n".join(_montants(contenu))),
    ]
    articles = [
        Passage(
            c["titre"] if par_titre else c["code"],
            c["titre"],
            vers_saisie(c["html"]) if c.get("html") else "\n\n".join(c["paragraphes"]),
        )
        for c in contenu["clauses"]
    ]
    return donnees + articles


def _partie(p: dict[str, Any]) -> str:
    return ", ".join(
        p[nom] for nom in ("nom", "forme", "identifiants", "adresse", "representant", "fonction") if p.get(nom)
    )


def _montants(contenu: dict[str, Any]) -> list[str]:
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
