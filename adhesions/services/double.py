"""Double adhésion (ADH-2): the same professional in two ESS of one specialty group on the same days."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from dossiers.faits import parametres
from dossiers.models import Couverture, Dossier
from dossiers.regles.statuts import FINAUX
from dossiers.services.courriels import courriel
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import Effet
from ess_portal.socle.erreurs import Conflit

from ..models import Adhesion


def reserver(adhesion: Adhesion) -> None:
    """One act at a time on a professional, in every équipe: two équipes that sign the same doctor at the same second see each
    other. Taken after the dossier's lock, held until the commit."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('adhesion:professionnel', %s))", [adhesion.professionnel_id]
        )


def autres_adhesions(adhesion: Adhesion, dossier: Dossier, depuis: date, jusqua: date | None = None) -> list[Adhesion]:
    """Adhésions of the same professional, in live dossiers of a common group, that share a day with a period. Read as the portal."""
    communs = Q() if jusqua is None else Q(signee_le__lte=jusqua)
    with comme_portail():
        return list(
            Adhesion.objects.comptees()
            .filter(
                communs,
                Q(sortie_le__isnull=True) | Q(sortie_le__gte=depuis),
                # By pairs: an overlap of arrays is not leakproof and would read the whole table under row-level security.
                Exists(Couverture.objects.filter(dossier=OuterRef("dossier"), groupe__in=dossier.groupes)),
                professionnel_id=adhesion.professionnel_id,
            )
            .exclude(dossier=dossier)
            .exclude(dossier__statut__in=[s.value for s in FINAUX])
            .select_related("dossier")
            .order_by("pk")
        )


def controler(adhesion: Adhesion, dossier: Dossier, depuis: date, jusqua: date | None = None) -> list[Effet]:
    """Raises Conflit where the setting `double_adhesion` blocks; otherwise gives the mails that tell both caisses.

    Neither équipe is told which other one it is: only who sees both dossiers learns it.
    """
    autres = autres_adhesions(adhesion, dossier, depuis, jusqua)
    if not autres:
        return []
    if parametres(dossier, depuis).double_adhesion == "bloquer":
        raise Conflit(
            "double_adhesion",
            "Ce professionnel est déjà adhérent d’une autre équipe de la même spécialité à cette date.",
        )
    effets = []
    for autre in autres:
        for caisse in {dossier.caisse_id, autre.dossier.caisse_id} - {None}:
            effets.append(
                courriel(
                    dossier,
                    "double_adhesion",
                    f"{adhesion.pk}:{autre.pk}:{caisse}",
                    organisation=caisse,
                    rpps=adhesion.professionnel.rpps,
                    autre_numero=autre.dossier.numero,
                    autre_nom=autre.dossier.nom,
                    depuis=depuis.isoformat(),
                )
            )
    return effets
