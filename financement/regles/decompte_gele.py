"""A yearly statement as it is frozen: its facts and its figures as plain JSON, and the hash that covers both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .bareme import Bornes, six_decimales
from .decompte import Annee, Decompte, Lectures

# Raised when what is frozen changes: a reader knows which rules wrote it.
FORME = 1


def faits(a: Annee) -> dict[str, Any]:
    """The frozen facts, as plain JSON: days in ISO, amounts in euros with two decimals."""
    x, b = a.lectures, a.lectures.bornes
    return {
        "forme": FORME,
        "annee": a.rang,
        "debut": a.debut.isoformat(),
        "terme": a.terme.isoformat(),
        "fin": a.fin.isoformat(),
        "effectifs": [[du.isoformat(), nombre] for du, nombre in a.marches],
        "avance": f"{a.avance:.2f}",
        "arbitre": None if a.arbitre is None else f"{a.arbitre:.2f}",
        "motif": a.motif,
        "lectures": {
            "bareme": x.bareme,
            "table": [[n, f"{m:.2f}"] for n, m in x.table],
            "effectif": x.effectif,
            "ordre": x.ordre,
            "sous_10": x.sous_10,
            "comptes_dotation": x.comptes_dotation,
            "regularisation": x.regularisation,
            "minimum": f"{b.minimum:.2f}",
            "maximum": f"{b.maximum:.2f}",
            "effectif_minimum": b.effectif_minimum,
            "effectif_maximum": b.effectif_maximum,
        },
    }


def lire(f: Mapping[str, Any]) -> Annee:
    """The facts as they were frozen. Raises KeyError or ValueError when they were not."""
    x = f["lectures"]
    return Annee(
        rang=f["annee"],
        debut=date.fromisoformat(f["debut"]),
        terme=date.fromisoformat(f["terme"]),
        fin=date.fromisoformat(f["fin"]),
        marches=tuple((date.fromisoformat(du), n) for du, n in f["effectifs"]),
        avance=Decimal(f["avance"]),
        arbitre=None if f["arbitre"] is None else Decimal(f["arbitre"]),
        motif=f["motif"],
        lectures=Lectures(
            bareme=x["bareme"],
            table=tuple((n, Decimal(m)) for n, m in x["table"]),
            effectif=x["effectif"],
            ordre=x["ordre"],
            sous_10=x["sous_10"],
            comptes_dotation=x["comptes_dotation"],
            regularisation=x["regularisation"],
            bornes=Bornes(Decimal(x["minimum"]), Decimal(x["maximum"]), x["effectif_minimum"], x["effectif_maximum"]),
        ),
    )


def resultat(d: Decompte) -> dict[str, Any]:
    """The figures, as plain JSON: amounts with two decimals, the mean with six and as the exact fraction."""

    def texte(m: Decimal | None) -> str | None:
        return None if m is None else f"{m:.2f}"

    return {
        "jours": d.jours,
        "sur": d.sur,
        "effectif_moyen": six_decimales(d.effectif_moyen),
        "effectif_exact": f"{d.effectif_moyen.numerator}/{d.effectif_moyen.denominator}",
        "calcule": texte(d.calcule),
        "du": texte(d.du),
        "ecart": texte(d.ecart),
        "simulations": {nom: texte(m) for nom, m in d.simulations.items()},
        "lignes": [dict(x) for x in d.lignes],
        "alertes": list(d.alertes),
    }


def empreinte(faits_: Mapping[str, Any], resultat_: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of the facts and of the figures."""
    texte = json.dumps([faits_, resultat_], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()
