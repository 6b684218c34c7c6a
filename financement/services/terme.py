"""The end of a contrat de dotation that nobody renewed (DUR-1): what it had reserved and will not pay is released, once."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from dossiers.models import Dossier
from dossiers.regles.statuts import Statut
from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.journal.services import consigner
from ess_portal.socle.horloge import jour_local

from ..livre import actes as livre
from ..livre.soldes import par_enveloppe, total
from ..models import Contrat, Versement
from ..selectors import oublier

FAIT = "degagement_au_terme"
MOTIF = "contrat de dotation arrivé à son terme"


def degager_les_echus(*, au: datetime, limite: int = 200) -> int:
    """The dossiers closed by their term at `au`, whose money was not released yet; their count. Replayed, it finds none."""
    with comme_portail():
        echus = Contrat.objects.filter(dossier=OuterRef("pk"), type=Contrat.Type.DOTATION, statut=Contrat.Statut.SIGNE)
        deja = Evenement.objects.filter(dossier=OuterRef("pk"), type=FAIT)
        clos = Dossier.objects.filter(Exists(echus.filter(date_fin__lte=au.date())), ~Exists(deja), statut=Statut.CLOS)
        numeros = list(clos.order_by("pk").values_list("numero", flat=True)[:limite])
        return sum(_degager(numero, au) for numero in numeros)


@transaction.atomic
def _degager(numero: str, au: datetime) -> bool:
    """Payments only proposed lapse; an order already given stands, and is paid or returned by the bank."""
    dossier = Dossier.objects.verrouille(numero)
    contrats = list(Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.SIGNE).order_by("date_effet", "pk"))
    fin = max((c.date_fin for c in contrats if c.date_fin is not None), default=None)
    if (
        fin is None
        or jour_local(au, dossier.fuseau) < fin
        or Evenement.objects.filter(dossier=dossier, type=FAIT).exists()
    ):
        return False
    avant = total(par_enveloppe(dossier)).engage_total
    proposes = list(Versement.objects.filter(dossier=dossier, statut=Versement.Statut.PROPOSE).order_by("pk"))
    livre.annuler(proposes, dossier, acteur=SYSTEME, maintenant=au)
    Versement.objects.filter(pk__in=[v.pk for v in proposes]).update(
        statut=Versement.Statut.ANNULE, annule_le=au, motif_annulation=MOTIF
    )
    Contrat.objects.filter(dossier=dossier, statut=Contrat.Statut.PROPOSE).update(
        statut=Contrat.Statut.EXPIRE, clos_le=au, motif=MOTIF
    )
    livre.degager(contrats, dossier, acteur=SYSTEME, maintenant=au)
    oublier(dossier)
    consigner(
        type=FAIT,
        acteur=SYSTEME,
        maintenant=au,
        dossier=dossier,
        legal_le=datetime.combine(fin, time(), ZoneInfo(dossier.fuseau)),
        donnees={
            "contrats": [c.pk for c in contrats],
            "date_fin": fin,
            "degage": avant - total(par_enveloppe(dossier)).engage_total,
            "versements_annules": [v.numero for v in proposes],
        },
    )
    return True
