"""The dotation of a dossier, year by year, as its page, its file and the API show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dossiers.models import Dossier
from ess_portal.socle.tableur import Cellule
from ess_portal.socle.typographie import date_fr, instant_fr, nombre

from ..annees import AnneeContrat, annees
from ..cycle import AnneeClose, annee_close_le
from ..decompte import calculer, faits_annee
from ..livre.soldes import par_enveloppe
from ..models import DotationAnnuelle
from ..regles.bareme import SOUS_10, six_decimales
from ..regles.livre import ZERO, Enveloppe, Soldes
from .instantane import argent

LECTURES = dict(
    zip(SOUS_10, ("Plancher", "Prorata de dix médecins", "Droite prolongée sous dix", "Aucun montant"), strict=True)
)
ETATS = {
    "a_venir": ("neutre", "À venir"),
    "suspendu": ("alerte", "Versement suivant suspendu"),
    "exigible": ("info", "Versement suivant exigible"),
    "paye": ("succes", "Versement suivant payé"),
}
ENTETE = (
    "Année", "Du", "Au", "Effectif moyen", "Montant dû", "Avance", "Reste à verser", "Versé en trop", "Versé", "À rendre", "Dépensé", "Non employé", "Rapport reçu le", "Contrôle fait le", "Décompte établi le", "Version", "Empreinte",
)  # fmt: skip


@dataclass(frozen=True)
class Annee:
    """One year: its period, its statement if it has one, what the ledger says of it."""

    periode: AnneeContrat
    decompte: DotationAnnuelle | None
    soldes: Soldes
    close: AnneeClose | None

    @property
    def avance(self) -> Decimal | None:
        """As the statement has it; before it, what was paid of the year is its advance."""
        return self.decompte.avance if self.decompte else self.soldes.verse or None

    @property
    def etat(self) -> tuple[str, str]:
        if self.decompte is not None:
            return ("succes", "Décompte établi")
        return ("attente", "Décompte à établir") if self.close else ("info", "Année en cours")


def lire(dossier: Dossier, jour: date) -> list[Annee]:
    """Every year begun, the first one first."""
    periodes = annees(dossier, jour)
    if not periodes:
        return []
    decomptes, livre = argent(dossier).decomptes, par_enveloppe(dossier)
    return [
        Annee(
            p,
            decomptes.get(p.annee),
            livre.get(Enveloppe("assurance_maladie", "dotation", p.annee), Soldes()),
            annee_close_le(dossier, p.suivante) if p.fin < jour else None,
        )
        for p in periodes
    ]


def page(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The years side by side, then one block each, the last one first; a closed year without statement is shown as it would be."""
    lues = lire(dossier, jour)
    return {
        "annees": [_rangee(a) for a in lues],
        "blocs": [_bloc(dossier, a, jour) for a in reversed(lues)],
    }


def _rangee(a: Annee) -> dict[str, Any]:
    d = a.decompte
    return {
        "annee": a.periode.annee,
        "periode": f"du {date_fr(a.periode.debut)} au {date_fr(a.periode.fin)}",
        "etat": a.etat,
        "effectif": nombre(f"{d.effectif_moyen:.6f}") if d else "",
        "montant": d.montant if d else None,
        "avance": a.avance,
        "ecart": d.ecart if d else None,
        "verse": a.soldes.verse,
        "a_rendre": a.soldes.a_recuperer,
        "rapport": a.close.rapport if a.close else None,
    }


def _bloc(dossier: Dossier, a: Annee, jour: date) -> dict[str, Any]:
    d = a.decompte
    bloc: dict[str, Any] = _rangee(a) | {
        "decompte": d,
        "entiere": a.periode.est_entiere,
        "suivante": a.periode.suivante,
        "lignes": [],
        "est_close": a.close is not None,
        "cycle": _cycle(dossier, a, jour),
    }
    if d is not None:
        return bloc | {
            "exces": -d.ecart,
            "lignes": d.resultat["lignes"],
            "alertes": d.resultat["alertes"],
            "simulations": _simulations({n: Decimal(m) for n, m in d.resultat["simulations"].items()}),
            "etabli": f"Établi par {d.etablie_par} le {instant_fr(d.etablie_le, dossier.fuseau)}",
        }
    if a.close:
        figures = calculer(faits_annee(dossier, a.periode))
        return bloc | {
            "lignes": figures.lignes,
            "alertes": figures.alertes,
            "montant": figures.du,
            "ecart": figures.ecart,
            "exces": -(figures.ecart or ZERO),
            "effectif": nombre(six_decimales(figures.effectif_moyen)),
            "a_arbitrer": figures.a_arbitrer,
            "simulations": _simulations(figures.simulations),
        }
    return bloc


def _cycle(dossier: Dossier, a: Annee, jour: date) -> dict[str, Any] | None:
    """What the close of the year asks for before the next payment: three days, the latest of which makes it due (FIN-6)."""
    if a.close is None:
        return None
    suivant = argent(dossier).versement("dotation", a.periode.annee + 1)
    lu, r, c = a.close.cycle(jour, suivant), a.close.rapport, a.close.controle
    return {
        "etat": ETATS[lu.code],
        "suspendu": lu.code == "suspendu",
        "exigible_le": lu.exigible_le,
        "manques": [("L’équipe" if qui == "equipe" else "La caisse", quoi) for qui, quoi in lu.manques],
        "controle": c,
        "points": [
            {"etat": "succes", "libelle": "Anniversaire", "detail": date_fr(a.periode.suivante)},
            {
                "etat": "succes" if r else "attente",
                "libelle": "Rapport d’activité reçu",
                "detail": f"Reçu le {date_fr(r.recu_le)}" if r else "Attendu de l’équipe",
            },
            {
                "etat": {True: "succes", False: "erreur", None: "attente"}[a.close.est_conforme],
                "libelle": "Contrôle de la caisse",
                "detail": a.close.detail_controle or "À faire par la caisse\u00a0: critères et composition",
            },
        ],
    }


def _simulations(montants: Any) -> list[tuple[str, Decimal]]:
    return [(LECTURES[code], montants[code]) for code in SOUS_10 if code in montants]


def lignes_csv(dossier: Dossier, jour: date) -> Iterator[tuple[Cellule, ...]]:
    """One row per year begun, the heading first. Amounts with a comma and two decimals, as French spreadsheets read them."""
    yield ENTETE
    for a in lire(dossier, jour):
        d, p = a.decompte, a.periode
        figures = (
            (
                f"{d.effectif_moyen:.6f}".replace(".", ","),
                _montant(d.montant),
                _montant(d.avance),
                _montant(max(d.ecart, ZERO)),
                _montant(max(-d.ecart, ZERO)),
            )
            if d
            else (None, None, None if a.avance is None else _montant(a.avance), None, None)
        )
        suite = (d.etablie_le.isoformat(), d.version, d.empreinte) if d else (None,) * 3
        yield (
            p.annee,
            p.debut,
            p.fin,
            *figures,
            _montant(a.soldes.verse),
            _montant(a.soldes.a_recuperer),
            *_emploi(a),
            *suite,
        )


def _emploi(a: Annee) -> tuple[Cellule, ...]:
    """FIN-12: what the report says was spent and what was not; the days of the report and of the check."""
    r = a.close.rapport if a.close else None
    controle = a.close.controle_le if a.close else None
    return (
        (*(_montant(m) if m is not None else None for m in (r.depense, r.non_employe)), r.recu_le, controle)
        if r
        else (None, None, None, controle)
    )


def _montant(m: Decimal) -> str:
    return f"{m:.2f}".replace(".", ",")
