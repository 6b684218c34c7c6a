"""What the acts of a recovery share: who may, which one, its tasks, its event and its mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from dossiers.models import Dossier, Tache
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS, CAISSE, Role
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from ..models import ObservationRecuperation, Recuperation
from ..models.contrat import partie_de
from ..regles.procedure import permis
from ..selectors import oublier
from ..services.courriels import avertir, parties

DECIDEURS = {"caisse": Role.CAISSE_ORDONNATEUR, "ars": Role.ARS_SIGNATAIRE}
ROLES = {"caisse": CAISSE, "ars": ARS}
NOMS = {"caisse": "la caisse de rattachement", "ars": "l’ARS compétente"}


def exiger_creancier(dossier: Dossier, creancier: str, acteur: Acteur, *, decide: bool = False) -> None:
    """The act is its creditor's, and a decision its ordonnateur's or signatory's. Raises Interdit."""
    if acteur.role not in ROLES[creancier] or partie_de(dossier, acteur.organisation_id) != creancier:
        raise Interdit("partie", f"Cette procédure est l’affaire de {NOMS[creancier]}.")
    if decide and acteur.role != DECIDEURS[creancier]:
        qui = "un ordonnateur de la caisse" if creancier == "caisse" else "un signataire de l’ARS"
        raise Interdit("interdit", f"Cet acte revient à {qui}.")


def verrouiller(dossier: Dossier, numero: str, acte: str) -> Recuperation:
    """The recovery, locked, in a state where this act is possible; the only candidate needs no number. Raises ErreurMetier, Conflit."""
    lignes = Recuperation.objects.select_for_update(of=("self",)).filter(dossier=dossier)
    r = lignes.filter(numero=numero).first() if numero else None
    if r is None:
        texte = "Cette récupération n’existe pas sur ce dossier."
        raise ErreurMetier("recuperation", texte, {"recuperation": texte})
    if not permis(acte, r.statut):
        raise Conflit(
            "etat",
            f"La récupération {r.numero} est à l’étape «\u00a0{r.get_statut_display().lower()}\u00a0»\u00a0: rechargez la page.",
        )
    r.dossier = dossier
    return r


def exiger_texte(texte: str, champ: str, manque: str) -> str:
    if not texte.strip():
        raise ErreurMetier(champ, manque, {champ: manque})
    return texte.strip()


def refuser(champ: str, texte: str) -> ErreurMetier:
    return ErreurMetier(champ, texte, {champ: texte})


def ouvrir_tache(
    dossier: Dossier, type_: str, cle: str, qui: str, maintenant: datetime, au_plus_tard: date | None
) -> None:
    """A task with its last day: the ladder of reminders reads it (REL-1)."""
    Tache.objects.get_or_create(
        dossier=dossier,
        cle=cle[:80],
        defaults={
            "type": type_,
            "qui": qui,
            "ouverte_le": maintenant,
            "a_faire_au_plus_tard": au_plus_tard,
            **Tache.colonnes(dossier),
        },
    )


def clore_taches(dossier: Dossier, prefixe: str, acteur: Acteur, maintenant: datetime, commentaire: str) -> None:
    Tache.objects.filter(dossier=dossier, cle__startswith=prefixe, faite_le=None).update(
        faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire=commentaire
    )


def page(r: Recuperation) -> str:
    return reverse("recuperation", args=[r.dossier.numero, r.numero])


def ecrire(
    r: Recuperation,
    evenement: Any,
    sujet: str,
    *phrases: str,
    acteur: Acteur,
    maintenant: datetime,
    donnees: dict[str, Any] | None = None,
    organisations: Iterable[int | None] | None = None,
) -> None:
    """Event and mails, in the transaction of the act; the snapshot is read again afterwards. `evenement`: its code."""
    dossier = r.dossier
    oublier(dossier)
    consigner(
        type=evenement,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"recuperation": r.pk, "numero": r.numero, "origine": r.origine, **(donnees or {})},
        effets=avertir(
            dossier,
            f"{evenement}:{r.pk}:{maintenant.isoformat()}",
            sujet,
            *phrases,
            organisations=parties(dossier) if organisations is None else organisations,
            chemin=page(r),
        ),
    )


def observations_de(dossier: Dossier) -> int:
    """How many observations the équipe has sent on the recoveries of this dossier: what a decision has read, or not."""
    return ObservationRecuperation.objects.filter(dossier=dossier).count()
