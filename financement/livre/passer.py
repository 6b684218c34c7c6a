"""The only door to the ledger: an entry and its lines, in the transaction of the act that it records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, models

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit

from ..models import Ecriture, LigneEcriture
from ..regles import livre as regles
from ..regles.livre import Enveloppe, Ligne
from .soldes import comptes

# Judged at once, while the tenant is set and the act can still be told why; then deferred again for the next entry.
JUGER = "SET CONSTRAINTS livre_ecriture, livre_ligne IMMEDIATE; SET CONSTRAINTS livre_ecriture, livre_ligne DEFERRED"


def passer(
    *,
    dossier: Dossier,
    type: str,
    poste: str,
    montant: Decimal,
    cle: str,
    source: models.Model,
    date_comptable: date,
    acteur: Acteur,
    maintenant: datetime,
    annee: int = 0,
    financeur: str = Ecriture.Financeur.ASSURANCE_MALADIE,
    libelle: str = "",
) -> Ecriture:
    """Writes one movement of `Ecriture.Type`, but a counter-entry. `montant` in euros, positive, to the cent; `annee` of the dotation, else 0.

    The same `cle` on the same dossier gives the entry already written. `source`: the row whose act this is.

    Raises Conflit when a ceiling or a balance refuses it, or when the key already wrote something else.
    """  # fmt: skip
    lignes = regles.lignes(type, montant)
    return _ecrire(
        dossier, lignes, type=type, poste=poste, annee=annee, financeur=financeur, montant=montant, cle=cle,
        source_type=source._meta.model_name, source_id=source.pk, date_comptable=date_comptable, inscrit_le=maintenant,
        acteur_id=acteur.utilisateur_id, acteur_nom=acteur.nom, libelle=libelle or Ecriture.Type(type).label,
    )  # fmt: skip


def contrepasser(
    ecriture: Ecriture,
    *,
    dossier: Dossier,
    date_comptable: date,
    acteur: Acteur,
    maintenant: datetime,
    libelle: str = "",
) -> Ecriture:
    """The same lines on the other side: the entry stands, its effect does not. Asked again, gives the same counter-entry.

    Raises Conflit when what followed still needs the amount: an order is cancelled before its liquidation.
    """  # fmt: skip
    lignes = regles.inverses(x.en_regle for x in ecriture.lignes.order_by("rang"))
    return _ecrire(
        dossier, lignes, type=Ecriture.Type.CONTREPASSATION, poste=ecriture.poste, annee=ecriture.annee, financeur=ecriture.financeur,
        montant=ecriture.montant, cle=f"contrepassation:{ecriture.seq}", source_type=ecriture.source_type, source_id=ecriture.source_id,
        date_comptable=date_comptable, inscrit_le=maintenant, acteur_id=acteur.utilisateur_id, acteur_nom=acteur.nom,
        libelle=libelle or f"Annulation\u00a0: {ecriture.libelle}"[:200], contrepasse=ecriture,
    )  # fmt: skip


def vivantes(dossier: Dossier, source: models.Model, *types: str) -> list[Ecriture]:
    """The entries of a source that no counter-entry cancels, the last first."""
    lues = Ecriture.objects.filter(
        dossier=dossier, source_type=source._meta.model_name, source_id=source.pk, contrepassee_par__isnull=True
    ).exclude(type=Ecriture.Type.CONTREPASSATION)
    return list((lues.filter(type__in=types) if types else lues).order_by("-seq"))


def verrouiller(dossier: Dossier) -> None:
    """One writer at a time in a dossier's ledger, to the end of the transaction: what is read after it is what will be written on."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(78, %s::int)", [dossier.pk])


def _ecrire(dossier: Dossier, lignes: Iterable[Ligne], **champs: object) -> Ecriture:
    if not connection.in_atomic_block:
        raise RuntimeError("une écriture se passe dans la transaction de son acte")
    lignes = tuple(lignes)
    verrouiller(dossier)
    deja = Ecriture.objects.filter(dossier=dossier, cle=champs["cle"]).first()
    if deja is not None:
        return _la_meme(deja, champs, regles.detail(lignes))
    enveloppe = Enveloppe(str(champs["financeur"]), str(champs["poste"]), int(str(champs["annee"])))
    refus = regles.refus(comptes(dossier), enveloppe, lignes)
    if refus is not None:
        raise Conflit(refus.code, refus.phrase)
    ecriture = Ecriture.objects.create(
        dossier=dossier, detail=regles.detail(lignes), **champs, **Ecriture.colonnes(dossier)
    )
    LigneEcriture.objects.bulk_create(
        LigneEcriture(dossier=dossier, ecriture=ecriture, rang=rang, compte=x.compte, sens=x.sens, montant=x.montant)
        for rang, x in enumerate(lignes, 1)
    )
    with connection.cursor() as curseur:
        curseur.execute(JUGER)
    # Rank and hashes are the trigger's.
    ecriture.refresh_from_db(fields=("seq", "precedent", "empreinte"))
    return ecriture


def _la_meme(deja: Ecriture, champs: dict[str, object], detail: str) -> Ecriture:
    compares = ("type", "poste", "annee", "financeur")
    if deja.detail != detail or any(getattr(deja, nom) != champs[nom] for nom in compares):
        raise Conflit("ecriture_cle", "Cette opération est déjà passée au livre, pour un autre montant.")
    return deja
