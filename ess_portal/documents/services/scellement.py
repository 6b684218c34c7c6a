"""The demand of a seal, in the transaction of the act that it attests; `ess_portal.documents.sceau.effets` puts it, once."""

from __future__ import annotations

from datetime import datetime

from ess_portal.documents.donnees import SCELLES
from ess_portal.documents.models import Document, Sceau
from ess_portal.journal.services import Effet, programmer


def demander_sceau(
    *,
    document: Document,
    partie: str,
    nom: str,
    qualite: str,
    organisation: str,
    acte_le: datetime,
    mention: str = "",
    est_manuscrit: bool = False,
) -> Effet:
    """The row of a seal to put in the field of `partie`, and the effect that puts it; to be written with the act itself.

    `mention`: a short sentence that the act adds, printed in the field. `est_manuscrit`: what is attested was signed by hand, on
    paper, and brought as a scan. IntegrityError when this party has its seal already.
    """
    sceau = Sceau.objects.create(
        dossier_id=document.dossier_id,
        document=document,
        partie=partie,
        nom=nom[:200],
        qualite=qualite[:200],
        organisation=organisation[:200],
        mention=mention[:200],
        acte_le=acte_le,
        est_manuscrit=est_manuscrit,
    )
    return Effet(type="sceau", cle=f"sceau:{sceau.pk}", charge={"document": str(document.pk)})


def a_la_production(document: Document) -> list[Effet]:
    """What was signed before its bytes were there is sealed as soon as they are."""
    if document.type not in SCELLES or not Sceau.objects.filter(document=document).attendus().exists():
        return []
    return [Effet(type="sceau", cle=f"sceau:document:{document.pk}", charge={"document": str(document.pk)})]


def rappeler_les_sceaux(*, maintenant: datetime, limite: int = 200) -> int:
    """Seals that still wait are asked for again, once an hour at most; the count of documents."""
    attendus = (
        Sceau.objects.filter(etat=Sceau.Etat.A_APPOSER, document__etat=Document.Etat.PRODUIT)
        .order_by("acte_le", "pk")
        .values_list("document", "dossier")[:limite]
    )
    documents = dict(attendus)
    for document, dossier in documents.items():
        cle = f"sceau:rappel:{document}:{maintenant:%Y%m%d%H}"
        programmer(
            [Effet(type="sceau", cle=cle, charge={"document": str(document)})],
            dossier_id=dossier,
            maintenant=maintenant,
        )
    return len(documents)
