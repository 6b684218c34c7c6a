"""The acts that may be done on many dossiers: for each, what it would give on a dossier, and the doing of it.

`prevoir` and `faire` read the same facts, so that a preview cannot lie; a refusal is an ErreurMetier whose sentence is the row's result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from dossiers import selectors
from dossiers.libelles import QUI, REGLES
from dossiers.models import Decision, Dossier, Echeance
from dossiers.selectors import qui_commande
from dossiers.services import emission
from dossiers.services.courriels import courriel
from dossiers.services.echanges import suivre
from dossiers.services.echeances import materialiser
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import ARS, CAISSE, Role
from ess_portal.journal.models import Evenement
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import ActionGroupee

Genre = ActionGroupee.Genre
Donnees = Mapping[str, Any]
Faits = Mapping[int, Any]
# States that silence leaves by a decision.
NEES = ("lettre_deposee", "projet_depose")


@dataclass(frozen=True)
class Geste:
    """`lire` reads the facts of many dossiers in a constant number of queries; `prevoir` says in words what would be done of one, or raises
    ErreurMetier; `faire` does it.
    """

    roles: frozenset[Role]
    aide: str
    lire: Callable[[Sequence[Dossier], Acteur, datetime], Faits]
    prevoir: Callable[[Dossier, Donnees, Any, Acteur, datetime], str]
    faire: Callable[[Dossier, Donnees, Any, Acteur, datetime], None]


def siens(acteur: Acteur, maintenant: datetime):
    """The dossiers for which one's own organisation is competent, by their state of law; those it only reads are not acted upon."""
    return (
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .filter(Q(ars=acteur.organisation_id) | Q(caisse=acteur.organisation_id))
    )


def collegues(acteur: Acteur) -> dict[int, str]:
    """Who may be given a dossier."""
    lignes = Rattachement.objects.actifs().filter(organisation_id=acteur.organisation_id).select_related("utilisateur")
    return {r.utilisateur_id: r.utilisateur.nom_complet for r in lignes.order_by("utilisateur__nom", "pk")}


def _lire_suivi(dossiers: Sequence[Dossier], acteur: Acteur, _maintenant: datetime) -> Faits:
    return dict.fromkeys((d.pk for d in dossiers), collegues(acteur))


def _prevoir_suivi(dossier: Dossier, donnees: Donnees, noms: Any, _acteur: Acteur, _maintenant: datetime) -> str:
    if donnees.get("utilisateur") not in noms:
        raise ErreurMetier("utilisateur", "Cette personne n’est pas de votre organisation.")
    if dossier.suivi_par_id == donnees["utilisateur"]:
        raise Conflit("suivi", f"Déjà suivi par {noms[dossier.suivi_par_id]}.")
    return f"Confié à {noms[donnees['utilisateur']]}"


def _suivre(dossier: Dossier, donnees: Donnees, _noms: Any, acteur: Acteur, maintenant: datetime) -> None:
    suivre(numero=dossier.numero, acteur=acteur, maintenant=maintenant, utilisateur=donnees["utilisateur"])


def _lire_relances(dossiers: Sequence[Dossier], acteur: Acteur, maintenant: datetime) -> Faits:
    """(the date that the list shows, when it was last recalled by hand) of each dossier that awaits one."""
    ids = [d.pk for d in dossiers]
    lues = selectors.attendues(ids, maintenant)
    ouvertes = {
        (e.dossier_id, e.regle, e.objet, e.rang): e
        for e in Echeance.objects.filter(dossier__in=ids, statut="ouverte").only(
            *("dossier_id", "regle", "objet", "rang", "qui", "dernier_jour")
        )
    }
    rappels = Evenement.objects.filter(dossier__in=ids, type="relance_envoyee").order_by("enregistre_le")
    derniers = {r["donnees"]["echeance"]: r["enregistre_le"] for r in rappels.values("donnees", "enregistre_le")}
    faits = {}
    for d in dossiers:
        e = qui_commande(d, lues.get(d.pk, ()), acteur)
        ouverte = ouvertes.get((d.pk, e.regle, e.objet, e.rang)) if e else None
        faits[d.pk] = (ouverte, derniers.get(ouverte.pk)) if ouverte else (None, None)
    return faits


def _prevoir_relance(dossier: Dossier, _donnees: Donnees, fait: Any, acteur: Acteur, maintenant: datetime) -> str:
    e, dernier = fait
    if e is None:
        raise Conflit("relance", "Aucune date n’est attendue de quelqu’un sur ce dossier.")
    if e.qui == acteur.type:
        raise Conflit("relance", f"C’est à votre organisation d’agir\u00a0: {REGLES[e.regle]}.")
    if dernier and jour_local(dernier, dossier.fuseau) == jour_local(maintenant, dossier.fuseau):
        raise Conflit("relance", "Déjà relancé aujourd’hui pour la même date.")
    return f"{QUI.get(e.qui, e.qui)}\u00a0: {REGLES[e.regle]}, au plus tard le {date_fr(e.dernier_jour)}"


def _relancer(dossier: Dossier, _donnees: Donnees, fait: Any, acteur: Acteur, maintenant: datetime) -> None:
    e, jour = fait[0], jour_local(maintenant, dossier.fuseau)
    organisation = {"ars": dossier.ars_id, "caisse": dossier.caisse_id, "equipe": dossier.equipe_id}[e.qui]
    consigner(
        type="relance_envoyee",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"echeance": e.pk, "regle": e.regle, "qui": e.qui, "dernier_jour": e.dernier_jour},
        effets=[
            courriel(
                dossier, "rappel", f"{e.pk}:{jour.isoformat()}", organisation=organisation, libelle=REGLES[e.regle],
                dernier_jour=e.dernier_jour, est_passe=e.dernier_jour < jour, de=acteur.organisation_nom,
            )
        ],
    )  # fmt: skip


def _lire_tacites(dossiers: Sequence[Dossier], _acteur: Acteur, _maintenant: datetime) -> Faits:
    """Whether silence has decided something of each, written down or not (CAL-9)."""
    decides = set(
        Decision.objects.filter(
            dossier__in=[d.pk for d in dossiers], mode="tacite", retiree_le__isnull=True
        ).values_list("dossier_id", flat=True)
    )
    nees = {d.pk for d in dossiers if d.statut in NEES and d.statut_effectif != d.statut}
    return {d.pk: d.pk in decides | nees for d in dossiers}


def _prevoir_attestation(
    _dossier: Dossier, _donnees: Donnees, fait: Any, _acteur: Acteur, _maintenant: datetime
) -> str:
    if not fait:
        raise Conflit("tacite", "Aucune décision n’est née du silence sur ce dossier.")
    return "Attestation de décision implicite, parmi les documents du dossier"


def _attester(dossier: Dossier, _donnees: Donnees, _fait: Any, acteur: Acteur, maintenant: datetime) -> None:
    materialiser(numero=dossier.numero, maintenant=maintenant)
    emission.attestation(numero=dossier.numero, acteur=acteur, maintenant=maintenant)


GESTES: Mapping[str, Geste] = {
    Genre.SUIVRE: Geste(
        ARS, "Elle les retrouve dans l’onglet «\u00a0Suivis par moi\u00a0».", _lire_suivi, _prevoir_suivi, _suivre
    ),
    Genre.RELANCER: Geste(
        ARS | CAISSE,
        "Un courriel rappelle la date attendue à qui doit agir, une fois par jour au plus. Aucune date ne change.",
        _lire_relances,
        _prevoir_relance,
        _relancer,
    ),
    Genre.ATTESTER: Geste(
        ARS,
        "Une lettre par dossier dont une décision est née du silence, mise à la disposition de l’équipe.",
        _lire_tacites,
        _prevoir_attestation,
        _attester,
    ),
}


def possibles(acteur: Acteur) -> list[tuple[str, str, str]]:
    """(code, words, help) of what this person may do on many dossiers."""
    return [(genre, str(Genre(genre).label), g.aide) for genre, g in GESTES.items() if acteur.role in g.roles]
