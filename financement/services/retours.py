"""A payment that is no longer what it was: to be validated again on another account, or given back by the bank after it was paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dossiers.models import Dossier
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.typographie import date_fr, euros

from ..livre import actes as livre
from ..livre.soldes import par_enveloppe
from ..models import CompteBancaire, Contrat, Versement
from .versements import consigner_versement, exiger_caisse, verrouiller

S = Versement.Statut


def est_definitif(v: Versement) -> bool:
    """Paid outside the portal, or partly asked back already: a return is not posted against it, a person settles it."""
    if v.statut != S.PAYE:
        return False
    soldes = par_enveloppe(v.dossier).get(livre.enveloppe_de(v))
    return v.origine != Versement.Origine.PORTAIL or soldes is None or soldes.acquis < v.montant


def remettre_a_valider(
    versements: Sequence[Versement], dossier: Dossier, *, acteur: Acteur, maintenant: datetime
) -> None:
    """Validated payments wait for a second person again, in the ledger too."""
    livre.retirer_ordre(versements, dossier, acteur=acteur, maintenant=maintenant)
    Versement.objects.filter(pk__in=[v.pk for v in versements]).update(
        statut=S.PROPOSE, valide_par=None, valide_le=None
    )


def remettre_les_anciens_comptes(versements: Sequence[Versement], *, acteur: Acteur, maintenant: datetime) -> None:
    """Payments that no order holds any more, validated on an account that was replaced since, are to be validated again."""
    for v in versements:
        v.refresh_from_db(fields=("statut", "compte"))
        if v.statut == S.VALIDE and not CompteBancaire.objects.filter(pk=v.compte_id, remplace_le=None).exists():
            remettre_a_valider([v], v.dossier, acteur=acteur, maintenant=maintenant)


@transaction.atomic
def constater_retour(
    *, numero: str, versement: str, jour: date, motif: str, acteur: Acteur, maintenant: datetime
) -> Dossier:
    """The bank gave the money of a paid payment back on `jour`: it is to be paid again, once its cause is dealt with.

    Raises Conflit when part of it was already asked back from the équipe.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_caisse(dossier, acteur)
    v = verrouiller(dossier, versement, (S.PAYE,))
    livre.rendre(v, dossier, jour=jour, acteur=acteur, maintenant=maintenant)
    avant = v.paye_le
    v.statut, v.paye_le, v.paye_par_id, v.reference = S.VALIDE, None, None, ""
    v.save(update_fields=("statut", "paye_le", "paye_par", "reference"))
    consigner_versement(
        dossier,
        v,
        "constater_retour",
        acteur,
        maintenant,
        {"paye_le": avant, "rendu_le": jour, "motif": motif},
        "Versement rendu par la banque",
        f"{euros(v.montant)} ({v.libelle}, {v.numero}) sont revenus à la caisse le {date_fr(jour)}. Motif de la banque\u00a0: {motif}.",
        "Vérifiez l’IBAN de l’association avec la caisse. "
        + (
            "Le versement sera ordonné de nouveau ensuite."
            if v.contrat.statut == Contrat.Statut.SIGNE
            else "Le contrat a pris fin\u00a0: la caisse dit la suite qu’elle donne à ce versement."
        ),
        organisations=(dossier.equipe_id, dossier.caisse_id),
    )
    return dossier
