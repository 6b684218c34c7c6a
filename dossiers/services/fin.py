"""How a dossier ends, waits or moves: abandon, sortie du champ, retard, transfert of siège."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import ars_competente, caisses_possibles
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits
from ..models import Avis, Dossier, Echeance, Porte, Tache
from ..regles.cycle import CIBLES_RETARD
from . import cycle, lettres, plis
from .courriels import courriel
from .lettre import lecteurs
from .recherche import indexer


def _parties(dossier: Dossier) -> list[int]:
    return [o for o in (dossier.equipe_id, dossier.ars_id, dossier.caisse_id) if o]


@transaction.atomic
def abandonner(*, numero: str, motif: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """The équipe gives up, while no contract is signed by the three; afterwards the way is résiliation."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if faits.externes(dossier, jour_local(maintenant, dossier.fuseau)).contrat_signe:
        raise Conflit(
            "contrat",
            "Un contrat est signé par les trois parties\u00a0: l’abandon n’est plus possible, il reste la résiliation.",
        )
    return cycle.appliquer(
        dossier,
        "abandonner",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motif": motif.strip()},
        effets=[
            courriel(
                dossier, "fin", f"abandon:{o}:{dossier.pk}", organisation=o, acte="abandonner", motif=motif.strip()
            )
            for o in _parties(dossier)
        ],
    )


@transaction.atomic
def sortir_du_champ(*, numero: str, motivation: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """TRA-5: the ESS does not want to enter the conventional field; no support any more."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if not motivation.strip():
        raise ErreurMetier("motivation", "Motivez la sortie du champ.", {"motivation": "Indiquez le motif."})
    return cycle.appliquer(
        dossier,
        "sortir_du_champ",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motivation": motivation.strip()},
        effets=[
            courriel(
                dossier,
                "fin",
                f"sortie:{o}:{dossier.pk}",
                organisation=o,
                acte="sortir_du_champ",
                motif=motivation.strip(),
            )
            for o in _parties(dossier)
        ],
    )


@transaction.atomic
def statuer_retard(
    *,
    numero: str,
    issue: str,
    motivation: str,
    acteur: Acteur,
    maintenant: datetime,
    nouveau_delai: date | None = None,
    **_: Any,
) -> Dossier:
    """The ARS answers a projet that did not come within DL-2: grants a delay, gives notice, or ends it, by a letter. Filing late stays
    possible.

    `issue`: accorder_delai (with `nouveau_delai`), mettre_en_demeure (idem), clore (nothing signed) or resilier (contract signed).
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    dl2 = Echeance.objects.filter(dossier=dossier, regle="DL-2").first()
    if dl2 is None or dl2.dernier_jour is None or jour <= dl2.dernier_jour:
        raise Conflit("dl2", "Le délai de dépôt du projet n’est pas dépassé.")
    if not motivation.strip():
        raise ErreurMetier("motivation", "Motivez la décision.", {"motivation": "Indiquez le motif."})
    signe = faits.externes(dossier, jour).contrat_signe
    if issue in ("accorder_delai", "mettre_en_demeure") and (nouveau_delai is None or nouveau_delai <= jour):
        raise ErreurMetier("delai", "Fixez un nouveau délai.", {"nouveau_delai": "Choisissez un jour à venir."})
    if issue == "clore" and signe:
        raise Conflit("contrat", "Un contrat est signé\u00a0: la voie est la résiliation.")
    if issue == "resilier" and not signe:
        raise Conflit("contrat", "Aucun contrat n’est signé\u00a0: le dossier se clôt.")
    Tache.objects.filter(dossier=dossier, type=Tache.Type.STATUER_RETARD, faite_le__isnull=True).update(
        faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire=motivation.strip()
    )
    if issue == "accorder_delai":  # late again if that day passes too
        dossier.est_tardif, dossier.delai_accorde_le = False, nouveau_delai
    cle, passe = lettres.cle_retard(dossier), dl2.dernier_jour
    dossier = cycle.appliquer(
        dossier,
        "statuer_retard",
        acteur=acteur,
        maintenant=maintenant,
        cible=CIBLES_RETARD[issue],
        donnees={"issue": issue, "motivation": motivation.strip(), "nouveau_delai": nouveau_delai, "lettre": cle},
        effets=[
            courriel(
                dossier,
                "retard",
                f"{cle}:{o}",
                organisation=o,
                issue=issue,
                nouveau_delai=nouveau_delai,
                motif=motivation.strip(),
            )
            for o in _parties(dossier)
        ],
    )
    lettres.retard(
        dossier,
        issue,
        motivation.strip(),
        dernier_jour=passe,
        nouveau_delai=nouveau_delai,
        cle=cle,
        a_contrat=signe,
        acteur=acteur,
        maintenant=maintenant,
    )
    if lettres.RETARDS[issue].sens == "defavorable":
        plis.attendre(dossier, cle, "projet", maintenant=maintenant)
    return dossier


@transaction.atomic
def transferer(
    *,
    numero: str,
    siege_departement: str,
    siege_commune: str,
    caisse: str,
    date_effet: date,
    acteur: Acteur,
    maintenant: datetime,
    **_: Any,
) -> Dossier:
    """A change of siège hands the dossier over to its new ARS and caisse (ORG-2). Running clocks neither move nor restart, their
    zone stays the one of the ARS competent at their origin. Columns copied on listed tables follow.

    Raises ErreurMetier for a `date_effet` to come, or before the filing.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    departement = Departement.objects.filter(code=siege_departement, est_ouvert=True).first()
    nouvelle = next((c for c in caisses_possibles(siege_departement) if c.code == caisse), None)
    if departement is None or nouvelle is None:
        raise ErreurMetier(
            "siege",
            "Choisissez le département du siège et sa caisse.",
            {"caisse": "Choisissez une caisse de la liste."},
        )
    jour = jour_local(maintenant, dossier.fuseau)
    depuis = jour_local(dossier.depose_le or dossier.cree_le, dossier.fuseau)
    if not depuis <= date_effet <= jour:
        phrase = (
            "Ce jour n’est pas encore venu\u00a0: enregistrez le transfert à sa date."
            if date_effet > jour
            else f"Le transfert ne précède pas le dépôt de la lettre, le {date_fr(depuis)}."
        )
        raise ErreurMetier("date_effet", phrase, {"date_effet": phrase})
    ars = ars_competente(siege_departement)
    anciens = {"ars": dossier.ars.nom if dossier.ars else "", "caisse": dossier.caisse.nom if dossier.caisse else ""}
    # Written while the giving ARS still reads the row.
    dossier = cycle.appliquer(
        dossier,
        "transferer",
        acteur=acteur,
        maintenant=maintenant,
        recalculer=False,
        donnees={
            "avant": anciens,
            "ars": ars.nom,
            "caisse": nouvelle.nom,
            "siege": siege_departement,
            "commune": siege_commune,
            "date_effet": date_effet,
        },
        effets=[
            courriel(
                dossier,
                "transfert",
                f"transfert:{dossier.version}:{o}",
                organisation=o,
                ars=ars.nom,
                caisse=nouvelle.nom,
            )
            for o in {*_parties(dossier), ars.pk, nouvelle.pk}
        ],
    )
    _consigner_chez(
        dossier, {dossier.ars_id, dossier.caisse_id} - {ars.pk, nouvelle.pk, None}, acteur, maintenant, ars, nouvelle
    )
    deplacer(dossier, ars=ars, caisse=nouvelle, siege_departement=siege_departement, siege_commune=siege_commune)
    return dossier


def _consigner_chez(
    dossier: Dossier, cedants: set[int], acteur: Acteur, maintenant: datetime, ars: Organisation, caisse: Organisation
) -> None:
    """The giving side may read the dossier no more: its own journal keeps when it left, and to whom."""
    for organisation in sorted(cedants):
        consigner(
            type="transferer",
            acteur=acteur,
            maintenant=maintenant,
            organisation_id=organisation,
            donnees={"numero": dossier.numero, "ars": ars.nom, "caisse": caisse.nom},
        )


def deplacer(
    dossier: Dossier, *, ars: Organisation, caisse: Organisation, siege_departement: str, siege_commune: str
) -> None:
    """The handover itself, as the portal: the giving ARS may not write a row it no longer owns. An avis still awaited is the new
    caisse's to give; the agent who followed the dossier is no longer of its ARS.
    """
    avant = dossier.ars_id
    dossier.ars, dossier.caisse, dossier.siege_departement, dossier.siege_commune = (
        ars,
        caisse,
        siege_departement,
        siege_commune,
    )
    dossier.lecteurs = lecteurs(dossier)
    suivi = {} if dossier.ars_id == avant else {"suivi_par": None}
    colonnes = {"ars": ars, "caisse": caisse, "lecteurs": dossier.lecteurs}
    with comme_portail():
        Dossier.objects.filter(pk=dossier.pk).update(
            siege_departement=siege_departement, siege_commune=siege_commune, **suivi, **colonnes
        )
        Avis.objects.filter(dossier=dossier, rendu_le__isnull=True, non_rendu_le__isnull=True).update(caisse=caisse)
        for modele in tables_porteuses():
            modele.objects.filter(dossier_id=dossier.pk).update(**colonnes)
        indexer(dossier)


def tables_porteuses() -> list[type[Porte]]:
    """Every table that carries the reading columns, in whatever app."""
    return [m for m in apps.get_models() if issubclass(m, Porte)]
