"""One dossier being lived: each act by its own person, under its own tenant, at its own instant, the deadline engine passing between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from dossiers.models import Dossier, Echeance
from dossiers.services import passage
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.documents.models import Piece
from ess_portal.documents.services import analyser_piece
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from .troupe import Troupe

PAS = timedelta(minutes=9)
ROLES = {
    "porteur": Role.PORTEUR_REFERENT,
    "instructeur": Role.ARS_INSTRUCTEUR,
    "signataire": Role.ARS_SIGNATAIRE,
    "gestionnaire": Role.CAISSE_INSTRUCTEUR,
    "ordonnateur": Role.CAISSE_ORDONNATEUR,
}
PARTIES = ("porteur", "signataire", "ordonnateur")


@dataclass
class Fiche:
    """What a dossier is about, before anything happens. `age`: days from its first act to today."""

    equipe: str
    specialites: tuple[str, ...]
    departements: tuple[str, ...]
    commune: str
    age: int
    liberaux: int = 38
    presents: int = 52
    adherents: int = 9
    code: str = ""
    organisation: str = ""
    caisse: str = ""

    @property
    def siege(self) -> str:
        return self.departements[0]


@dataclass
class Scene:
    """`le(jour)` moves to a day counted from the dossier's first one; `fait` does an act there."""

    fiche: Fiche
    troupe: Troupe
    equipe: Organisation
    ars: Organisation
    caisse: Organisation
    fuseau: str
    aujourdhui: datetime
    reserve: str = ""  # the number that waits for this dossier
    numero: str = ""
    versements: Iterator[int] = field(default_factory=lambda: iter(()))  # ranks that wait for its payments
    faits: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.jour_zero = jour_local(self.aujourdhui, self.fuseau) - timedelta(days=self.fiche.age)
        self.instant = self._matin(0)

    def _matin(self, jour: int) -> datetime:
        heure = time(8 + (jour * 5 + self.fiche.age) % 7, (jour * 7 + self.fiche.age * 3) % 60)
        local = datetime.combine(self.jour_zero + timedelta(days=jour), heure, ZoneInfo(self.fuseau))
        return local.astimezone(UTC)

    @property
    def jour(self) -> date:
        return jour_local(self.instant, self.fuseau)

    def date(self, jour: int) -> date:
        """The legal day at so many days from the first one."""
        return self.jour_zero + timedelta(days=jour)

    def le(self, jour: int) -> Scene:
        """Moves to a day; what falls due on the way is settled minutes after its own instant, as the engine does."""
        voulu = min(self._matin(jour), self.aujourdhui)
        if voulu > self.instant:
            self._laisser_passer(voulu)
            self.instant = voulu
        return self

    def _laisser_passer(self, jusqua: datetime) -> None:
        while self.numero:
            with comme_portail():
                prochain = Echeance.objects.filter(
                    dossier__numero=self.numero, statut=Echeance.Statut.OUVERTE, instant__lte=jusqua
                ).aggregate(instant=Min("instant"))["instant"]
            if prochain is None:
                return
            passage.regler_dues(au=prochain + timedelta(minutes=1), numero=self.numero)

    def acteur(self, qui: str) -> Acteur:
        organisation = {"porteur": self.equipe, "instructeur": self.ars, "signataire": self.ars}.get(qui, self.caisse)
        return self.troupe.acteur(organisation.pk, ROLES[qui])

    def fait(self, qui: str, service: Callable[..., Any], **champs: Any) -> Any:
        """Does an act now; `numero` is given to who takes one."""
        acteur = self.acteur(qui)
        self.instant = min(self.instant + PAS, self.aujourdhui)
        with contexte(acteur):
            return service(numero=self.numero, acteur=acteur, maintenant=self.instant, **champs)

    def lire(self) -> Dossier:
        with comme_portail():
            return Dossier.objects.get(numero=self.numero)

    def analyser(self) -> None:
        """The scanner's verdict on what was just deposited, a minute later."""
        with comme_portail():
            attente = list(Piece.objects.en_attente().filter(dossier__numero=self.numero).values_list("pk", flat=True))
        with horloge.figer(min(self.instant + timedelta(minutes=1), self.aujourdhui)):
            for piece in attente:
                analyser_piece(piece)
