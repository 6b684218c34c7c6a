"""The monthly counters of an équipe: written by hand, by file, by its own tool; the same month sent twice changes nothing.

Who says what she had read of a month is told when a colleague changed the very counters that she writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dossiers.models import Dossier
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, nombre

from ..compteurs import annee_de
from ..models import Compteur
from ..periodes import Periode, periodes
from ..regles.compteurs import CODES, DELAIS, ecrire_delais, incoherences, lire_delais, lire_mois, lire_nombre
from ..regles.versions import Ecart

VIDES = (None, "", [], {})


class MoisPerime(Conflit):
    """A colleague, or the équipe's tool, changed these counters meanwhile. `ecarts`: counter, what is saved now, what was sent; nothing of it is written."""

    def __init__(self, ecarts: tuple[Ecart, ...], par: str) -> None:
        self.ecarts = ecarts
        super().__init__(
            "perime",
            f"{par} a enregistré ce mois pendant que vous l’écriviez. Votre saisie est encore à l’écran\u00a0: comparez, puis "
            "enregistrez de nouveau.",
            {e.champ: f"Enregistré entre-temps\u00a0: {dire(e.avant)}." for e in ecarts},
        )


def dire(contenu: Any) -> str:
    """A counter as a person reads it."""
    if contenu is None:
        return "rien"
    return ecrire_delais(contenu) if isinstance(contenu, dict) else nombre(contenu)


@dataclass(frozen=True)
class Enregistres:
    """`changes`: indicator → what stood before (None for nothing); {} when the month already said all of it."""

    dossier: Dossier
    mois: date
    changes: dict[str, Any]


def lire(valeurs: Mapping[str, Any]) -> dict[str, Any]:
    """Content by indicator, blanks left out. Raises ErreurMetier with a sentence per field; a name that is no counter is refused."""
    lus, erreurs = {}, {}
    for nom, valeur in valeurs.items():
        if nom not in CODES:
            erreurs[nom] = "Ce compteur n’existe pas."
            continue
        if valeur in VIDES:
            continue
        try:
            lus[nom] = lire_delais(valeur) if nom in DELAIS else lire_nombre(valeur)
        except ValueError as refus:
            erreurs[nom] = str(refus)
    if erreurs:
        raise ErreurMetier("compteurs", next(iter(erreurs.values())), erreurs)
    return lus


def mois_admis(mois_lu: Any, connues: list[Periode], jour: date) -> date:
    """The first day of a month begun, whose first day lies in a year of the contract. Raises ErreurMetier on `mois`."""
    mois = lire_mois(mois_lu)
    if mois is None:
        phrase = "Écrivez un mois, comme 2026-05."
    elif mois > jour:
        phrase = "Ce mois n’a pas commencé."
    elif not connues:
        phrase = "Aucun contrat de dotation n’est en vigueur\u00a0: il n’y a pas de compteur à tenir."
    elif annee_de(mois, connues) is None:
        phrase = (
            f"Ce mois n’est pas dans une année du contrat de dotation, qui va du {date_fr(connues[0].debut)} "
            f"au {date_fr(connues[-1].fin)}."
        )
    else:
        return mois
    raise ErreurMetier("mois", phrase, {"mois": phrase})


@transaction.atomic
def enregistrer_compteurs(
    *,
    numero: str,
    mois: Any,
    valeurs: Mapping[str, Any],
    source: str,
    acteur: Acteur,
    maintenant: datetime,
    avant: Mapping[str, Any] | None = None,
) -> Enregistres:
    """Writes what is new of a month: the same content is left as it is, another one is a new version, None empties, an absent or blank
    counter is not touched. `avant`: what was read of some of them (None for nothing).

    Raises ErreurMetier with a sentence per field, MoisPerime when what was read is no longer what is saved, unless it says the same;
    nothing of the month is then written.
    """
    if not acteur.est_porteur:
        raise Interdit
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    premier = mois_admis(mois, periodes(dossier, jour), jour)
    lus = lire(valeurs) | {nom: None for nom, v in valeurs.items() if v is None}
    if not lus:
        raise ErreurMetier("vide", "Donnez au moins un compteur.", {"mois": "Donnez au moins un compteur."})
    courants = {c.indicateur: c for c in _courants(dossier, premier)}
    _comparer(courants, lus, avant or {})
    fautes = incoherences({c: x.contenu for c, x in courants.items()} | lus)
    if fautes:
        raise ErreurMetier("compteurs", next(iter(fautes.values())), fautes)
    changes: dict[str, Any] = {}
    for code, contenu in lus.items():
        ancien = courants.get(code)
        if _contenu(ancien) == contenu:
            continue
        changes[code] = _contenu(ancien)
        if ancien is not None:
            Compteur.objects.filter(pk=ancien.pk).update(est_courant=False)
        Compteur.objects.create(
            dossier=dossier,
            mois=premier,
            indicateur=code,
            valeur=None if code in DELAIS else contenu,
            effectifs=contenu if code in DELAIS else None,
            version=ancien.version + 1 if ancien is not None else 1,
            source=source,
            enregistre_le=maintenant,
            enregistre_par_id=acteur.utilisateur_id,
        )
    if changes:
        consigner(
            type="enregistrer_compteurs",
            acteur=acteur,
            maintenant=maintenant,
            dossier=dossier,
            donnees={
                "mois": premier,
                "source": source,
                "avant": {c: v for c, v in changes.items() if v is not None},
                "apres": {c: lus[c] for c in changes},
            },
        )
    return Enregistres(dossier, premier, changes)


def _courants(dossier: Dossier, mois: date) -> QuerySet[Compteur]:
    lus = Compteur.objects.filter(dossier=dossier, mois=mois, est_courant=True)
    return lus.select_related("enregistre_par").order_by("indicateur")


def _contenu(c: Compteur | None) -> Any:
    return c.contenu if c is not None else None


def _comparer(courants: Mapping[str, Compteur], lus: Mapping[str, Any], avant: Mapping[str, Any]) -> None:
    connus = dict.fromkeys(avant) | lire(avant)
    ecarts = tuple(
        Ecart(code, enregistre, lus[code])
        for code, connu in connus.items()
        if code in lus and (enregistre := _contenu(courants.get(code))) not in (connu, lus[code])
    )
    if ecarts:
        auteur = next((c.enregistre_par for e in ecarts if (c := courants.get(e.champ)) and c.enregistre_par), None)
        raise MoisPerime(ecarts, auteur.nom_complet if auteur else "Une autre personne")
