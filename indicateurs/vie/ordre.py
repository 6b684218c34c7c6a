"""Which of its dossiers an équipe sees first: what waits for it now, then the nearest date, a draft after what is filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Exists, Min, OuterRef, Q

from dossiers.models import Association, Dossier, Echeance
from dossiers.regles.statuts import FINAUX, Statut
from ess_portal.comptes.acteur import Acteur
from financement.models import Contrat, Signature

S = Statut
MAXIMUM = 100
# States in which the next act is the équipe's.
A_ELLE = frozenset({S.LETTRE_INCOMPLETE, S.PROJET_INCOMPLET, S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_REFUSE})
JAMAIS = datetime.max.replace(tzinfo=UTC)


def dossiers_de_l_equipe(acteur: Acteur, maintenant: datetime) -> list[Dossier]:
    """The équipe's dossiers, the liveliest first, as the law has them at this instant (CAL-9)."""
    signee = Signature.objects.filter(contrat=OuterRef("pk"), partie=Signature.Partie.EQUIPE)
    a_signer = Contrat.objects.filter(dossier=OuterRef("pk"), statut=Contrat.Statut.PROPOSE).filter(~Exists(signee))
    lignes = (
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .annotate(
            a_signer=Exists(a_signer),
            a_association=Exists(Association.objects.filter(dossier=OuterRef("pk"))),
            sa_date=Min(
                "echeances__instant", filter=Q(echeances__statut=Echeance.Statut.OUVERTE, echeances__qui="equipe")
            ),
        )
        .only("numero", "nom", "statut", "cree_le", "prochaine_le")
        .order_by("-cree_le", "-pk")
    )
    return ranger(lignes[:MAXIMUM])


def ranger(dossiers: Iterable[Dossier]) -> list[Dossier]:
    """Stable: of two dossiers alike, the last opened comes first."""
    return sorted(dossiers, key=_rang)


def _rang(d: Dossier) -> tuple[int, datetime]:
    statut = S(d.statut_effectif)
    if statut in FINAUX:
        return (3, JAMAIS)
    if statut is S.BROUILLON:
        return (2, JAMAIS)
    if statut in A_ELLE or d.a_signer or (statut is S.PROJET_VALIDE and not d.a_association):
        return (0, d.sa_date or d.prochaine_le or JAMAIS)
    return (1, d.prochaine_le or JAMAIS)
