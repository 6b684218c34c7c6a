"""When to remind before a last day and whom (REL-1), and before the end of a contract (DUR-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from ess_portal.comptes.regles.absences import presents

from .cycle import ROLES, Qui
from .delais import dernier_jour

# Who must act, as an échéance says it → the roles that may.
ROLES_DE = {"equipe": ROLES[Qui.PORTEUR], "ars": ROLES[Qui.ARS], "caisse": ROLES[Qui.CAISSE]}
# Who answers for a service where nobody was said to be its head.
RESPONSABLES = frozenset({"porteur_referent", "ars_signataire", "caisse_ordonnateur"})
# Rung after rung, up to the one who answers for the whole portal.
ECHELLE = ("charge", "chef", "region", "national")
# Of who is written to because nobody can read it below.
RELEVE = "releve"


def jours_avant(dernier: date, mois: Iterable[int]) -> tuple[int, ...]:
    """Steps given in calendar months, as the days that separate them from this last day: date to date, like every delay (CAL-1)."""
    return tuple((dernier - dernier_jour(dernier, -m)).days for m in mois)


def palier_atteint(reste: int, paliers: Iterable[int]) -> int | None:
    """The nearest step reached, `reste` days before the end: a missed run is not made up for by a volley."""
    return min((p for p in paliers if reste <= p), default=None)


@dataclass(frozen=True, slots=True)
class Personne:
    """One active access: a person in an organisation. `region`: of a regional administrator."""

    utilisateur: int
    organisation: int
    role: str
    est_chef: bool = False
    region: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Destinataire:
    """Who is reminded, in which organisation, and why: `charge`, `chef`, `region`, or `releve` where nobody below can read it; perhaps in
    the place of somebody away.
    """

    utilisateur: int
    organisation: int
    niveau: str
    absent: str = ""


def destinataires(
    niveaux: Iterable[str],
    *,
    qui: str,
    organisation: int,
    region: str,
    suivi_par: int | None,
    personnes: Sequence[Personne],
    absences: Mapping[int, Mapping[int, int]] = MappingProxyType({}),
) -> tuple[Destinataire, ...]:
    """The people of these levels, each once, at the first level that names them (REL-1).

    Who must act is the agent who follows the dossier when he is of the organisation that acts, else all its people of the role that
    acts. Who is away gives way to his substitute (`absences`: organisation → person → substitute). Never into the void: a rung where
    there is nobody, or nobody present, leaves it at once to the next one, the regional administrator after the service, the national
    one after him; those who are away find it too.
    """
    siens = [p for p in personnes if p.organisation == organisation]
    suit = [p for p in siens if p.utilisateur == suivi_par and p.role in ROLES_DE[qui]]
    chefs = [p for p in siens if p.est_chef]
    par_niveau = {
        "charge": suit or [p for p in siens if p.role in ROLES_DE[qui]],
        "chef": chefs or [p for p in siens if p.role in RESPONSABLES],
        "region": [p for p in personnes if p.role == "admin_regional" and p.region == region],
        "national": [p for p in personnes if p.role == "admin_national"],
    }
    nommes: dict[int, Destinataire] = {}
    for niveau in niveaux:
        for echelon in ECHELLE[ECHELLE.index(niveau) :]:
            est_lu = False
            for p in par_niveau[echelon]:
                absents = absences.get(p.organisation, {})
                memes = [x.utilisateur for x in personnes if x.organisation == p.organisation]
                for u in presents(p.utilisateur, siens=memes, absences=absents):
                    absent = "" if u == p.utilisateur else p.nom
                    nommes.setdefault(
                        u, Destinataire(u, p.organisation, niveau if echelon == niveau else RELEVE, absent)
                    )
                    est_lu = est_lu or u not in absents
            if est_lu:
                break
    return tuple(nommes.values())
