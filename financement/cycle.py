"""What stands at the close of a contract year: the report received, the caisse's check, and what follows (DL-7, FIN-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers import faits
from dossiers.faits import RapportFait
from dossiers.models import Dossier, Tache
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .models import ControleAnnuel, Versement
from .regles.cycle_annuel import Cycle, FaitsCycle, cycle
from .selectors import argent


@dataclass(frozen=True)
class AnneeClose:
    """`anniversaire`: the day after the year. `tache_le`: day on which a person closed the caisse's task, without writing a check."""

    anniversaire: date
    rapport: RapportFait | None
    controle: ControleAnnuel | None
    tache_le: date | None

    @property
    def controle_le(self) -> date | None:
        return self.controle.fait_le if self.controle else self.tache_le

    @property
    def est_conforme(self) -> bool | None:
        """None before any check. A written check goes before the task."""
        if self.controle is not None:
            return self.controle.est_conforme
        return True if self.tache_le else None

    @property
    def detail_controle(self) -> str:
        if self.controle_le is None:
            return ""
        suite = (
            "" if self.controle is None or self.est_conforme else f", à corriger\u00a0: {self.controle.observations}"
        )
        return f"Fait le {date_fr(self.controle_le)}{suite}"

    def cycle(self, jour: date, versement: Versement | None) -> Cycle:
        """Where the year stands on a day; `versement`: the payment it opens, if any is alive."""
        return cycle(
            FaitsCycle(
                jour=jour,
                anniversaire=self.anniversaire,
                rapport_recu_le=self.rapport.recu_le if self.rapport else None,
                controle_le=self.controle_le,
                controle_conforme=self.est_conforme,
                paye_le=versement.paye_le if versement else None,
            )
        )


def annee_close_le(dossier: Dossier, anniversaire: date) -> AnneeClose:
    """The year that ends on the eve of this day."""
    fin = anniversaire - timedelta(days=1)
    rapports = {r.fin: r for r in faits.externes(dossier, anniversaire).rapports}
    controles = {c.anniversaire: c for c in argent(dossier).controles.values()}
    return AnneeClose(anniversaire, rapports.get(fin), controles.get(anniversaire), _tache_close(dossier, anniversaire))


def _tache_close(dossier: Dossier, anniversaire: date) -> date | None:
    """The caisse's task of this very anniversary (DL-7), closed by a person."""
    tache = dossier.taches.filter(
        type=Tache.Type.CONTROLE_ANNUEL, cle__endswith=f":{anniversaire.isoformat()}", faite_le__isnull=False
    ).first()
    return jour_local(tache.faite_le, dossier.fuseau) if tache else None
