"""CRI-1c at the moment of an act: the territory taken, who stands in the way, and the base's refusal said as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection
from django.db.models import BooleanField, Case, F, Func, Q, Value, When

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import programmer
from ess_portal.socle.erreurs import Conflit
from ess_portal.socle.horloge import jour_local

from ..models import Couverture, Derogation, Dossier
from ..regles.statuts import EN_PLACE, Statut
from .courriels import courriel

CONTRAINTE = "territoire_unique"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Another ESS that the act must not join, and the départements they would share."""

    numero: str
    nom: str
    departements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.nom} (n°\u00a0{self.numero}, {', '.join(self.departements)})"


def reserver(dossier: Dossier) -> None:
    """Takes the rows of the dossier's pairs until the commit: whoever decides on one of them waits, then sees what was decided.

    After the dossier's own lock, before the criteria are looked at.
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT dossiers_reserver(ARRAY[%s]::bigint[])", [dossier.pk])


def obstacles(dossier: Dossier, instant: datetime, *, signature: bool) -> list[Obstacle]:
    """Who stands in the way of an express validation, or of a signature. Read as the portal: for the ARS's and the caisse's eyes."""
    with comme_portail(), connection.cursor() as curseur:
        curseur.execute(
            "SELECT numero, nom, departements FROM dossiers_obstacles(%s, %s, %s)", [dossier.pk, instant, signature]
        )
        return [Obstacle(numero, nom, tuple(departements)) for numero, nom, departements in curseur.fetchall()]


def reste_a_regulariser(dossier: Dossier, instant: datetime) -> bool:
    """Whether a tacit validation born in conflict still lacks its dérogation, or still meets another ESS (CRI-1c, DER-1)."""
    if dossier.est_pluri:
        jour = jour_local(instant, dossier.fuseau)
        accordees = Derogation.objects.filter(
            Q(valide_du=None) | Q(valide_du__lte=jour),
            Q(valide_au=None) | Q(valide_au__gte=jour),
            dossier=dossier,
            issue__in=Derogation.EN_VIGUEUR,
            portee__contains=["DER-1"],
        )
        if not accordees.exists():
            return True
    return bool(obstacles(dossier, instant, signature=True))


def est_a_regulariser(dossier: Dossier, maintenant: datetime) -> bool:
    """Whether the dossier stands in conflict, its tacit validation written down or only born (CRI-1c, CAL-9)."""
    nee = (
        dossier.statut == Statut.LETTRE_DEPOSEE and dossier.bascule_le is not None and dossier.bascule_le <= maintenant
    )
    return dossier.est_a_regulariser or (nee and reste_a_regulariser(dossier, dossier.bascule_le))


def nee_en_conflit(maintenant: datetime) -> Case:
    """For a queryset of dossiers: a tacit validation born in conflict that no scan has written yet. Asked of the letters whose day has
    passed, and of no other row.
    """
    nee = Func(F("pk"), F("bascule_le"), function="dossiers_a_regulariser", output_field=BooleanField())
    return Case(When(statut=Statut.LETTRE_DEPOSEE, bascule_le__lte=maintenant, then=nee), default=Value(False))


def signaler_reprise(dossier: Dossier, maintenant: datetime) -> None:
    """A dossier taken over with its decision stands at once, even beside another, as one that silence validates does (CRI-1c): after an
    earlier one it is flagged; whoever came first, both sides are told, neither is told who the other one is (CONF-1).
    """
    if dossier.statut not in EN_PLACE:
        return
    avant = [o.numero for o in obstacles(dossier, maintenant, signature=True)]
    with comme_portail():
        pairs = Couverture.objects.filter(groupe__in=dossier.groupes, departement__in=dossier.departements)
        voisins = Dossier.objects.au(maintenant).filter(pk__in=pairs.values("dossier_id"), statut_effectif__in=EN_PLACE)
        apres = [
            d.numero
            for d in voisins.exclude(pk=dossier.pk).exclude(numero__in=avant)
            if dossier.numero in {o.numero for o in obstacles(d, maintenant, signature=True)}
        ]
        if avant:
            dossier.est_a_regulariser = True
            dossier.save(update_fields=("est_a_regulariser",))
        for autre in Dossier.objects.filter(numero__in=[*avant, *apres]).order_by("pk"):
            for d, second in ((dossier, autre.numero in avant), (autre, autre.numero in apres)):
                programmer(
                    [
                        courriel(
                            d, "conflit", f"reprise:{dossier.pk}:{autre.pk}:{o}", organisation=o, a_regulariser=second,
                            est_reprise=True, est_repris=d == dossier,
                        )
                        for o in (d.equipe_id, d.ars_id, d.caisse_id)
                        if o is not None
                    ],
                    dossier_id=d.pk,
                    maintenant=maintenant,
                )  # fmt: skip


@contextmanager
def garde() -> Iterator[None]:
    """What the base refuses inside becomes a Conflit with its sentence; the transaction is lost all the same."""
    try:
        yield
    except IntegrityError as echec:
        diagnostic = getattr(echec.__cause__, "diag", None)
        if diagnostic is None or diagnostic.constraint_name != CONTRAINTE:
            raise
        raise Conflit("unicite", diagnostic.message_primary) from echec
