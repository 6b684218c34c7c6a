"""What a recovery writes in the ledger: the trop-perçu it finds, what is paid back of it, what is written off, envelope by envelope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.horloge import jour_local

from ..models import Ecriture, MouvementRecuperation, Recuperation, Versement
from ..regles.livre import ZERO, Enveloppe, Soldes, repartir
from .actes import enveloppe_de
from .passer import passer
from .soldes import par_enveloppe

T = Ecriture.Type


def constater(r: Recuperation, *, acteur: Acteur, maintenant: datetime) -> None:
    """The decision finds a trop-perçu of `r.montant`, on the envelopes of the payments that it asks back, the last one paid first."""
    dossier = r.dossier
    lus = par_enveloppe(dossier)
    if r.creancier == "ars":
        ouvertes = [Enveloppe(Ecriture.Financeur.ARS, Ecriture.Poste.ANTERIEUR)]
    else:
        verses = Versement.objects.filter(dossier=dossier, pk__in=r.versements).order_by("-paye_le", "-pk")
        ouvertes = list(dict.fromkeys(enveloppe_de(v) for v in verses))
    parts = repartir(r.montant or ZERO, [(e, lus.get(e, Soldes()).acquis) for e in ouvertes])
    _passer(T.TROP_PERCU, r, r, dossier, parts, acteur, maintenant)


def regler(m: MouvementRecuperation, r: Recuperation, *, acteur: Acteur, maintenant: datetime) -> None:
    """A repayment, or a write-off, is confirmed: it settles the envelopes in the order in which they were found."""
    restes: dict[Enveloppe, Decimal] = {}
    mouvements = list(MouvementRecuperation.objects.filter(recuperation=r).values_list("pk", flat=True))
    lues = Ecriture.objects.filter(dossier=r.dossier, type__in=(T.TROP_PERCU, T.RECUPERATION, T.REMISE)).order_by("seq")
    for e in lues:
        cle = Enveloppe(e.financeur, e.poste, e.annee)
        if e.type == T.TROP_PERCU and (e.source_type, e.source_id) == (r._meta.model_name, r.pk):
            restes[cle] = restes.get(cle, ZERO) + e.montant
        elif e.source_type == m._meta.model_name and e.source_id in mouvements:
            restes[cle] = restes.get(cle, ZERO) - e.montant
    type_ = T.REMISE if m.nature == MouvementRecuperation.Nature.REMISE else T.RECUPERATION
    _passer(type_, m, r, r.dossier, repartir(m.montant, restes.items()), acteur, maintenant)


def _passer(
    type_: str,
    source: Recuperation | MouvementRecuperation,
    r: Recuperation,
    dossier: Dossier,
    parts: Iterable[tuple[Enveloppe, Decimal]],
    acteur: Acteur,
    maintenant: datetime,
) -> None:
    jour = source.jour if isinstance(source, MouvementRecuperation) else jour_local(maintenant, dossier.fuseau)
    for rang, (e, montant) in enumerate(parts, 1):
        passer(
            dossier=dossier, type=type_, poste=e.poste, annee=e.annee, financeur=e.financeur, montant=montant,
            cle=f"{type_}:{source._meta.model_name}:{source.pk}:{rang}", source=source, date_comptable=jour, acteur=acteur, maintenant=maintenant,
            libelle=f"{T(type_).label}\u00a0: {r.numero}",
        )  # fmt: skip
