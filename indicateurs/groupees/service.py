"""Actions on many dossiers: asked for once, done row by row by the outbox. A worker that dies leaves a row undone, never done twice."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.session import acteur_de
from ess_portal.journal.models import Envoi
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable

from ..models import ActionGroupee, LigneGroupee
from .gestes import GESTES, collegues, siens

MAXIMUM = 500
E = LigneGroupee.Etat


def choisis(numeros: Sequence[str], acteur: Acteur, maintenant: datetime) -> list[Dossier]:
    """These dossiers in this order, each one of those that one's organisation decides on.

    Raises ErreurMetier when there is none, too many, or one of them is not: then nothing is done on any.
    """
    uniques = list(dict.fromkeys(numeros))
    if not uniques:
        texte = "Choisissez au moins un dossier."
        raise ErreurMetier("dossiers", texte, {"dossiers": texte})
    if len(uniques) > MAXIMUM:
        texte = f"Une action porte sur {MAXIMUM} dossiers au plus\u00a0: faites-en plusieurs."
        raise ErreurMetier("dossiers", texte, {"dossiers": texte})
    pris = {d.numero: d for d in siens(acteur, maintenant).filter(numero__in=uniques)}
    if absents := [n for n in uniques if n not in pris]:
        suite = " et d’autres" if len(absents) > 1 else ""
        texte = f"{absents[0][:16]}{suite}\u00a0: ce dossier n’existe pas, ou votre organisation n’y décide pas. Rien n’est fait sur les autres."
        raise ErreurMetier("dossiers", texte, {"dossiers": texte})
    return [pris[n] for n in uniques]


def lire_donnees(genre: str, champs: Mapping[str, Any], acteur: Acteur) -> dict[str, Any]:
    """What the act takes. Raises Interdit for a role that may not, ErreurMetier for what is missing."""
    geste = GESTES.get(genre)
    if geste is None:
        texte = "Choisissez ce qu’il faut faire."
        raise ErreurMetier("genre", texte, {"genre": texte})
    if acteur.role not in geste.roles:
        raise Interdit
    if genre != ActionGroupee.Genre.SUIVRE:
        return {}
    qui = str(champs.get("utilisateur", ""))
    if not qui.isdigit() or int(qui) not in collegues(acteur):
        texte = "Choisissez une personne de votre organisation."
        raise ErreurMetier("utilisateur", texte, {"utilisateur": texte})
    return {"utilisateur": int(qui)}


def prevoir(
    genre: str, donnees: Mapping[str, Any], dossiers: Sequence[Dossier], acteur: Acteur, maintenant: datetime
) -> list[tuple[Dossier, bool, str]]:
    """(dossier, whether it would be done, what or why not) of each. Nothing is written."""
    geste, lus = GESTES[genre], []
    faits = geste.lire(dossiers, acteur, maintenant)
    for d in dossiers:
        try:
            lus.append((d, True, geste.prevoir(d, donnees, faits[d.pk], acteur, maintenant)))
        except ErreurMetier as refus:
            lus.append((d, False, refus.message))
    return lus


@transaction.atomic
def lancer(
    *,
    genre: str,
    dossiers: Sequence[str],
    champs: Mapping[str, Any],
    cle: uuid.UUID,
    acteur: Acteur,
    maintenant: datetime,
) -> ActionGroupee:
    """An act over dossiers, by their numbers. The same `cle` gives the one already asked for. Raises as `choisis` and `lire_donnees`."""
    donnees = lire_donnees(genre, champs, acteur)
    deja = ActionGroupee.objects.pour(acteur).filter(cle=cle).first()
    if deja is not None:
        return deja
    pris = choisis(dossiers, acteur, maintenant)
    action, est_neuve = ActionGroupee.objects.get_or_create(
        organisation_id=acteur.organisation_id,
        cle=cle,
        defaults={"genre": genre, "donnees": donnees, "lancee_par_id": acteur.utilisateur_id, "lancee_le": maintenant},
    )
    if not est_neuve:
        return action
    lignes = LigneGroupee.objects.bulk_create(
        LigneGroupee(action=action, organisation_id=action.organisation_id, rang=rang, dossier=d)
        for rang, d in enumerate(pris, 1)
    )
    consigner(
        type="groupee_lancee",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"action": action.pk, "genre": genre, "dossiers": [d.numero for d in pris], **donnees},
        effets=[Effet(type="groupee", cle=x.cle, charge={"ligne": x.pk}) for x in lignes],
    )
    return action


def a_reprendre(lignes: Iterable[LigneGroupee]) -> list[LigneGroupee]:
    """Those that may be asked for again: refused, or waiting for an effect that was given up."""
    lues = list(lignes)
    attendues = [x.cle for x in lues if x.etat == E.A_FAIRE]
    arretees = set(Envoi.objects.filter(cle__in=attendues, statut=Envoi.Statut.REBUT).values_list("cle", flat=True))
    return [x for x in lues if x.etat == E.REFUSEE or x.cle in arretees]


@transaction.atomic
def reprendre(*, pk: int, acteur: Acteur, maintenant: datetime) -> int:
    """Asks again for the rows that were not done; how many. Their reasons are kept in the journal.

    Raises Interdit for a role that may not, Introuvable for another organisation's action, Conflit when no row is to be done again.
    """
    action = ActionGroupee.objects.pour(acteur).filter(pk=pk).first()
    if action is None:
        raise Introuvable
    if acteur.role not in GESTES[action.genre].roles:
        raise Interdit
    lignes = a_reprendre(action.lignes.select_for_update(of=("self",)).select_related("dossier"))
    if not lignes:
        raise Conflit("groupee", "Aucun dossier de cette action n’est à reprendre.")
    motifs = {x.dossier.numero: x.resultat for x in lignes}
    for x in lignes:
        x.etat, x.resultat, x.faite_le = E.A_FAIRE, "", None
        x.essai, x.reprise_par_id = x.essai + 1, acteur.utilisateur_id
    LigneGroupee.objects.bulk_update(lignes, ("etat", "resultat", "faite_le", "essai", "reprise_par"))
    consigner(
        type="groupee_reprise",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"action": action.pk, "dossiers": motifs},
        effets=[Effet(type="groupee", cle=x.cle, charge={"ligne": x.pk}) for x in lignes],
    )
    return len(lignes)


def executer(charge: Mapping[str, Any], cle: str) -> str:
    """The outbox's handler: one row, in one transaction with its result. Replayed, it finds the row done."""
    with comme_portail():
        ligne = LigneGroupee.objects.select_for_update(of=("self",)).get(pk=charge["ligne"])
        if ligne.etat != E.A_FAIRE:
            return ligne.get_etat_display()
        maintenant = horloge.maintenant()
        action = ActionGroupee.objects.get(pk=ligne.action_id)
        try:
            # Its own savepoint: a refusal leaves nothing but its reason.
            with transaction.atomic():
                ligne.resultat, ligne.etat = _faire(action, ligne, maintenant), E.FAITE
        except ErreurMetier as refus:
            ligne.resultat, ligne.etat = _phrases(refus), E.REFUSEE
        ligne.faite_le = maintenant
        ligne.save(update_fields=("etat", "resultat", "faite_le"))
    return ligne.get_etat_display()


def _faire(action: ActionGroupee, ligne: LigneGroupee, maintenant: datetime) -> str:
    """Judged again with the rights of who asked as he stands now: handed over meanwhile, the dossier is left alone."""
    lien = (
        Rattachement.objects.actifs()
        .filter(utilisateur=ligne.reprise_par_id or action.lancee_par_id, organisation=action.organisation_id)
        .select_related("utilisateur", "organisation")
        .first()
    )
    if lien is None:
        raise Interdit("rattachement", "La personne qui a lancé l’action n’appartient plus à l’organisation.")
    acteur = acteur_de(lien)
    geste = GESTES[action.genre]
    if acteur.role not in geste.roles:
        raise Interdit("interdit", "Le rôle de la personne qui a lancé l’action ne la permet plus.")
    with contexte(acteur):
        dossier = siens(acteur, maintenant).select_for_update(of=("self",)).filter(pk=ligne.dossier_id).first()
        if dossier is None:
            raise Interdit("dossier", "Ce dossier ne relève plus de votre organisation.")
        fait = geste.lire([dossier], acteur, maintenant)[dossier.pk]
        phrase = geste.prevoir(dossier, action.donnees, fait, acteur, maintenant)
        geste.faire(dossier, action.donnees, fait, acteur, maintenant)
        return phrase


def _phrases(refus: ErreurMetier) -> str:
    champs = [p for v in refus.champs.values() for p in v]
    return " ".join(dict.fromkeys(champs or [refus.message]))
