"""Who signs for each party: a person named outside the text, so that naming somebody else makes no new version of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from dossiers.models import Dossier
from dossiers.regles.cycle import ROLES, TRANSITIONS, Qui
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from ..models import Contrat, Delegation, Signature
from ..models.contrat import partie_de
from ..selectors import argent, oublier
from .courriels import avertir, page_contrat

PARTIES = tuple(Signature.Partie.values)
SIGNATAIRES = tuple(sorted(role for qui in Qui for role in ROLES[qui] if TRANSITIONS["signer_amorcage"].permise(role)))


def habilites(*organisations: int | None) -> list[Rattachement]:
    """Who may sign for these organisations today."""
    return [x for x in _responsables(*organisations) if x.role in SIGNATAIRES]


def _responsables(*organisations: int | None) -> list[Rattachement]:
    """Who may sign for these organisations, and their heads of service."""
    siens = Rattachement.objects.actifs().filter(organisation_id__in=organisations)
    lus = siens.filter(Q(role__in=SIGNATAIRES) | Q(est_chef_de_service=True))
    return list(lus.select_related("utilisateur").order_by("utilisateur__nom", "pk"))


def par_defaut(dossier: Dossier, anciens: Iterable[Contrat], acteur: Acteur) -> dict[str, int | None]:
    """The fields of a contract that is proposed. For each party: whom it named on its last text, if he may sign still; else its only
    signatory; else the one head of service among them, or who proposes. Nobody otherwise: any of them signs.
    """
    liens = habilites(dossier.equipe_id, dossier.ars_id, dossier.caisse_id)
    derniers = sorted(anciens, key=lambda c: (c.propose_le, c.pk), reverse=True)
    noms: dict[str, int | None] = {}
    for partie in PARTIES:
        siens = [x for x in liens if x.organisation_id == getattr(dossier, f"{partie}_id")]
        personnes = {x.utilisateur_id for x in siens}
        chefs = [x.utilisateur_id for x in siens if x.est_chef_de_service]
        choix = [
            next((c.designe(partie) for c in derniers if c.designe(partie)), None),
            *(personnes if len(personnes) == 1 else ()),
            *(chefs if len(chefs) == 1 else ()),
            acteur.utilisateur_id,
        ]
        noms[f"signataire_{partie}_id"] = next((u for u in choix if u in personnes), None)
    return noms


def exiger(contrat: Contrat, partie: str, personne: int | None) -> None:
    """`personne`: who signs, or who gave the delegation. Raises Interdit where somebody else is named."""
    if contrat.designe(partie) not in (None, personne):
        nom = getattr(contrat, f"signataire_{partie}").nom_complet
        raise Interdit(
            "designation",
            f"La signature attendue est celle de {nom}. Pour signer à sa place, reprenez d’abord la signature à votre nom, ou demandez-lui une délégation.",
        )


def empechement(dossier: Dossier) -> str | None:
    """Why a signatory of a party is not offered the signature of the contract in signature: somebody else is named."""
    contrat = argent(dossier).propose
    if contrat is None:
        return None
    noms = [getattr(contrat, f"signataire_{p}") for p in contrat.reste_a_signer() if contrat.designe(p)]
    if not noms:
        return None
    return (
        f"Votre signature n’est pas attendue\u00a0: ce contrat attend celle de {', '.join(n.nom_complet for n in noms)}. "
        "Si elle vous revient, reprenez-la d’abord à votre nom, sur la page du contrat."
    )


@transaction.atomic
def designer_signataire(
    *, numero: str, signataire: int, acteur: Acteur, maintenant: datetime, attendu: int | None = None, **_: Any
) -> Dossier:
    """One's own party says who signs for it, until it has signed. `attendu`: who was named on the page that was read.

    Raises Conflit where the party has signed or has named somebody else meanwhile, ErreurMetier for who may not sign for it.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    partie = partie_de(dossier, acteur.organisation_id)
    if not partie:
        raise Interdit("partie", "Votre organisation n’est pas partie à ce contrat.")
    contrat = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, statut="propose").first()
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat n’est en signature sur ce dossier.")
    if contrat.signatures.filter(partie=partie).exists():
        raise Conflit("deja_signe", f"La version {contrat.version} est déjà signée par votre organisation.")
    contrat.dossier = dossier
    avant = contrat.designe(partie)
    if avant != attendu:
        raise Conflit(
            "designation",
            "Le signataire a changé depuis que vous avez ouvert cette page\u00a0: relisez-la avant de continuer.",
        )
    lien = next((x for x in habilites(acteur.organisation_id) if x.utilisateur_id == signataire), None)
    if lien is None:
        phrase = "Cette personne ne peut pas signer pour votre organisation\u00a0: choisissez-en une autre."
        raise ErreurMetier("contenu", phrase, {"signataire": phrase})
    if avant == signataire:
        return dossier
    setattr(contrat, f"signataire_{partie}_id", signataire)
    contrat.save(update_fields=(f"signataire_{partie}",))
    oublier(dossier)
    consigner(
        type="designer_signataire",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "contrat": contrat.pk,
            "version": contrat.version,
            "partie": partie,
            "avant": avant,
            "signataire": signataire,
            "nom": lien.utilisateur.nom_complet,
        },
        effets=_prevenir(dossier, contrat, acteur, signataire, maintenant),
    )
    return dossier


def _prevenir(dossier: Dossier, contrat: Contrat, acteur: Acteur, signataire: int, maintenant: datetime) -> list:
    if signataire == acteur.utilisateur_id:
        return []
    return avertir(
        dossier,
        f"designation:{contrat.pk}:{signataire}:{maintenant:%Y%m%d%H%M%S%f}",
        "Vous êtes désigné pour signer un contrat",
        f"{acteur.nom} vous a désigné pour signer {contrat.intitule.lower()}, version {contrat.version}, au nom de\u00a0: {acteur.organisation_nom}.",
        "Lisez-le, puis signez-le sur le portail. Si cette signature ne vous revient pas, désignez une autre personne sur la même page.",
        organisations=[acteur.organisation_id],
        personnes={acteur.organisation_id: [signataire]},
        chemin=page_contrat(contrat),
    )


def deleguees(contrat: Contrat, parties: Iterable[str], jour: date) -> list[Delegation]:
    """The delegations of a day given by the people named for these parties. The three parties read them: a contract says who signs it."""
    nommes = {u for p in parties if (u := contrat.designe(p))}
    if not nommes:
        return []
    organisations = [getattr(contrat.dossier, f"{p}_id") for p in parties]
    with comme_portail():
        lignes = Delegation.objects.filter(delegant_id__in=nommes, organisation_id__in=organisations).du_jour(jour)
        return list(lignes.select_related("delegataire").order_by("fin", "pk"))


def destinataires(
    dossier: Dossier, contrat: Contrat, jour: date, *, avec_chef: bool = False
) -> Mapping[int, list[int]]:
    """Whom to write to, by organisation that has not signed: the person named, who holds his delegation, and the head of the service where
    asked. A party absent from it is written to whole: it named nobody, or somebody who signs no more.
    """
    parties = contrat.reste_a_signer()
    organisations = {p: getattr(dossier, f"{p}_id") for p in parties}
    liens = _responsables(*organisations.values())
    delegations = deleguees(contrat, parties, jour)
    trouves: dict[int, list[int]] = {}
    for partie, organisation in organisations.items():
        siens = [x for x in liens if x.organisation_id == organisation]
        designe = contrat.designe(partie)
        if designe not in {x.utilisateur_id for x in siens if x.role in SIGNATAIRES}:
            continue
        chefs = [x.utilisateur_id for x in siens if x.est_chef_de_service] or [x.utilisateur_id for x in siens]
        delegataires = [
            x.delegataire_id for x in delegations if x.organisation_id == organisation and x.delegant_id == designe
        ]
        trouves[organisation] = list(dict.fromkeys([designe, *delegataires, *(chefs if avec_chef else ())]))
    return trouves
