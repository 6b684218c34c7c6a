"""The governance register at an instant: the bodies and the seats that ran, each with the voice it had then (GOV-1)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from dossiers.models import Instance, Siege
from dossiers.regles.gouvernance import en_cours
from ess_portal.socle.typographie import date_fr

from ..regles.passe import Acte, Lecture
from .archives import Archives
from .rembobiner import Passe

COLONNES = ("Instance", "Membre", "Fonction", "Voix", "En fonction depuis le")
SANS_MEMBRE = "Aucun membre"
# A mandate is dated by itself: in law, what is known of it today holds for its whole length.
PERIODE = frozenset({"debut", "fin"})


def lignes(p: Passe, archives: Archives) -> list[tuple[str, str, str, str, str]]:
    """One line per seat that ran on the day, bodies in the order of their creation."""
    sieges = [s for x in archives.lignes["sieges"] if (s := _siege(x, p, archives)) is not None]
    lues = []
    for instance in archives.lignes["instances"]:
        if not _existe(instance, p, archives):
            continue
        siens = [s for s in sieges if s.instance_id == instance.pk]
        lues += [(instance.nom, s.nom, s.fonction, s.get_voix_display(), date_fr(s.debut)) for s in siens] or [
            (instance.nom, SANS_MEMBRE, "", "", "")
        ]
    return lues


def _existe(instance: Instance, p: Passe, archives: Archives) -> bool:
    if not _connu(_de(archives, "creer_instance", "instance", instance.pk), p):
        return False
    return en_cours(instance.creee_le, instance.dissoute_le if _dissoute(instance, p, archives) else None, p.jour)


def _dissoute(instance: Instance, p: Passe, archives: Archives) -> bool:
    return _connu(_de(archives, "dissoudre_instance", "instance", instance.pk), p)


def _siege(lu: Siege, p: Passe, archives: Archives) -> Siege | None:
    """The seat as it was, None when it did not run: each change made since gives back what it replaced."""
    if not _connu(_de(archives, "ajouter_siege", "siege", lu.pk), p):
        return None
    s = copy(lu)
    for acte in reversed(_de(archives, "corriger_siege", "siege", lu.pk)):
        if acte.avant(p.instant, p.lecture):
            break
        for nom, valeur in acte.donnees["avant"].items():
            if p.lecture is Lecture.SU or nom not in PERIODE:
                champ = s._meta.get_field(nom.removesuffix("_id"))
                setattr(s, nom, champ.to_python(valeur))
    instance = next((i for i in archives.lignes["instances"] if i.pk == s.instance_id), None)
    if instance is not None and instance.dissoute_le == s.fin and not _dissoute(instance, p, archives):
        s.fin = None  # ended with its body, which the portal believed alive
    return s if en_cours(s.debut, s.fin, p.jour) else None


def _de(archives: Archives, type_: str, cle: str, pk: Any) -> list[Acte]:
    return [a for a in archives.actes if a.type == type_ and a.donnees.get(cle) == pk]


def _connu(actes: Iterable[Acte], p: Passe) -> bool:
    """In law its own days say when it was; for the portal, it is there from its recording."""
    return p.lecture is Lecture.VRAI or any(a.avant(p.instant, p.lecture) for a in actes)
