"""The tripartite signature: any order, each party once, the third one concludes the contract and moves the dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from dossiers.regles.cycle import TRANSITIONS, Statut
from dossiers.regles.statuts import LIBELLES
from dossiers.services import cycle, unicite
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.documents.services import demander_sceau
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import Conflit, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, euros

from ..echeancier import premiere_annee
from ..livre import actes as livre
from ..models import Contrat, Signature
from ..models.contrat import partie_de
from ..selectors import argent, oublier
from . import avenants, chevauchement, dates, delegations, designations, portes
from .courriels import avertir, page_contrat, parties

TYPES = {
    "signer_amorcage": Contrat.CREDITS,
    "signer_dotation": (Contrat.Type.DOTATION,),
    "renouveler_dotation": (Contrat.Type.DOTATION,),
    "signer_avenant": (Contrat.Type.AVENANT,),
}
SANS_VERIFICATION = "session ouverte sur le portail"


@transaction.atomic
def signer(
    *,
    numero: str,
    transition: str,
    acteur: Acteur,
    maintenant: datetime,
    empreinte: str = "",
    qualite: str = "",
    moyen: str = SANS_VERIFICATION,
    pouvoir: str = "",
    nom: str = "",
    est_manuscrite: bool = False,
    delegant: int | None = None,
) -> Dossier:
    """Signs the contract in signature for one's party. `empreinte`: what the signatory read; another one is refused.

    `moyen`: how the identity was checked, as the form that asked for it knows. `pouvoir`: by virtue of what, for who signs in
    somebody's place, `delegant`. `nom`: of who signed by hand, whose paper this person brings (`est_manuscrite`). Raises Interdit for who is no party or not the person named, Conflit for
    a stale version, a second signature or a state that forbids it, ErreurMetier for a gate of §3.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    partie = _partie(dossier, transition, acteur)
    contrat = _en_signature(dossier, transition)
    if empreinte and empreinte != contrat.empreinte:
        raise Conflit(
            "version",
            f"Le contrat a changé depuis que vous l’avez ouvert\u00a0: relisez la version {contrat.version} avant de signer.",
        )
    if contrat.signatures.filter(partie=partie).exists():
        raise Conflit("deja_signe", f"La version {contrat.version} est déjà signée par votre organisation.")
    if not est_manuscrite:
        designations.exiger(contrat, partie, delegant or acteur.utilisateur_id)
    jour = jour_local(maintenant, dossier.fuseau)
    avertissements: list[dict[str, str]] = []
    if contrat.est_avenant:
        avenants.exiger_vivant(dossier, contrat, jour)
    else:
        unicite.reserver(dossier)
        avertissements = portes.franchir(dossier, contrat.transition, jour, anonyme=acteur.est_porteur)
    personne = Utilisateur.objects.get(pk=acteur.utilisateur_id)
    signature = Signature.objects.create(
        dossier=dossier,
        contrat=contrat,
        partie=partie,
        organisation_id=acteur.organisation_id,
        signataire=personne,
        nom=nom or personne.nom_complet,
        qualite=qualite.strip() or ("" if est_manuscrite else personne.fonction),
        pouvoir=pouvoir,
        signee_le=maintenant,
        empreinte=contrat.empreinte,
        moyen=moyen,
    )
    oublier(dossier)
    restantes = contrat.reste_a_signer()
    if not restantes:
        contrat.date_effet, contrat.date_fin = (
            (avenants.effet(dossier, contrat, jour), None)
            if contrat.est_avenant
            else dates.effet_et_terme(dossier, contrat, jour)
        )
    cachets = _sceller(contrat, signature, acteur, est_manuscrite)
    donnees = {
        "contrat": contrat.pk,
        "type": contrat.type,
        "version": contrat.version,
        "empreinte": contrat.empreinte,
        "partie": partie,
        "moyen": moyen,
        "pouvoir": pouvoir,
        "avertissements": avertissements,
    }
    if restantes:
        organisations = [getattr(dossier, f"{p}_id") for p in restantes]
        consigner(
            type="signature_contrat",
            acteur=acteur,
            maintenant=maintenant,
            dossier=dossier,
            donnees={**donnees, "restent": restantes},
            effets=cachets
            + avertir(
                dossier,
                f"signature:{signature.pk}",
                "Contrat à signer",
                f"{signature.nom}, {acteur.organisation_nom}, a signé {_designer(contrat)}.",
                "Votre signature est attendue. Elle se donne sur le portail, avec votre mot de passe.",
                organisations=organisations,
                personnes=designations.destinataires(dossier, contrat, jour),
                chemin=page_contrat(contrat),
            ),
        )
        return dossier
    return _conclure(dossier, contrat, transition, acteur, maintenant, jour, donnees, cachets)


def _sceller(contrat: Contrat, signature: Signature, acteur: Acteur, est_manuscrite: bool) -> list[Effet]:
    """The seal that attests this signature on the very bytes that were read; the last one says when the contract takes effect."""
    if contrat.document is None:
        return []
    mention = f"Prise d’effet\u00a0: {date_fr(contrat.date_effet)}" if contrat.date_effet else ""
    return [
        demander_sceau(
            document=contrat.document,
            partie=signature.partie,
            nom=signature.nom,
            qualite=signature.pouvoir or signature.qualite,
            organisation=acteur.organisation_nom,
            acte_le=signature.signee_le,
            mention=mention,
            est_manuscrit=est_manuscrite,
        )
    ]


def _partie(dossier: Dossier, transition: str, acteur: Acteur) -> str:
    """The party this person signs for, once the state allows the act."""
    regle = TRANSITIONS[transition]
    partie = partie_de(dossier, acteur.organisation_id)
    if not regle.permise(acteur.role):
        raise Interdit("interdit", "Votre rôle ne permet pas de signer ce contrat.")
    if not partie:
        raise Interdit("partie", "Votre organisation n’est pas partie à ce contrat.")
    if regle.cible(Statut(dossier.statut)) is None:
        libelle = LIBELLES[Statut(dossier.statut)]
        raise Conflit(
            "etat",
            f"«\u00a0{regle.libelle}\u00a0» n’est pas possible\u00a0: le dossier est à l’étape «\u00a0{libelle}\u00a0».",
        )
    return partie


def _en_signature(dossier: Dossier, transition: str) -> Contrat:
    contrat = (
        Contrat.objects.select_for_update(of=("self",))
        .filter(dossier=dossier, statut=Contrat.Statut.PROPOSE, type__in=TYPES[transition])
        .first()
    )
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat n’est en signature sur ce dossier.")
    contrat.dossier = dossier
    return contrat


def _conclure(
    dossier: Dossier,
    contrat: Contrat,
    transition: str,
    acteur: Acteur,
    maintenant: datetime,
    jour: date,
    donnees: dict[str, Any],
    cachets: list[Effet],
) -> Dossier:
    """The third signature: the contract stands from its `date_effet`, the state follows. Its document stays the one that was read."""
    contrat.statut, contrat.signe_le = Contrat.Statut.SIGNE, maintenant
    with unicite.garde():
        contrat.save(update_fields=("statut", "signe_le", "date_effet", "date_fin"))
    oublier(dossier)
    if contrat.est_avenant:
        avenants.consolider(dossier, contrat, acteur=acteur, maintenant=maintenant)
    else:
        annee = premiere_annee(dossier, contrat)
        livre.engager(contrat, dossier, annee=annee, acteur=acteur, maintenant=maintenant, jour=jour)
        chevauchement.proposer(dossier, contrat, acteur=acteur, maintenant=maintenant)
    montant = "" if contrat.est_avenant else f"Montant\u00a0: {euros(contrat.montant)}. "
    designe = _designer(contrat)
    effets = avertir(
        dossier,
        f"contrat_signe:{contrat.pk}",
        f"{'Avenant' if contrat.est_avenant else 'Contrat'} signé par les trois parties",
        f"{designe[0].upper()}{designe[1:]} est signé par les trois parties.",
        f"{montant}Prise d’effet\u00a0: {date_fr(contrat.date_effet)}.",
        _suite(dossier, contrat),
        organisations=parties(dossier),
        chemin=page_contrat(contrat),
    )
    return cycle.appliquer(
        dossier,
        transition,
        acteur=acteur,
        maintenant=maintenant,
        donnees={**donnees, "montant": contrat.montant, "date_effet": contrat.date_effet, "date_fin": contrat.date_fin},
        effets=cachets + effets,
    )


def _designer(contrat: Contrat) -> str:
    """A text in signature, in the middle of a sentence."""
    if contrat.est_avenant:
        return f"l’avenant n°\u00a0{contrat.rang} (version {contrat.version})"
    return f"le contrat ({contrat.get_type_display().lower()}, version {contrat.version})"


def _suite(dossier: Dossier, contrat: Contrat) -> str:
    if contrat.est_avenant:
        return "La version consolidée du contrat est sur le portail."
    if argent(dossier).compte is None:
        return "Le premier versement attend le relevé d’identité bancaire de l’association."
    if contrat.date_effet and contrat.signe_jour and contrat.date_effet > contrat.signe_jour:
        return "Le premier versement sera possible à la prise d’effet."
    return "La caisse peut proposer le premier versement dès que ses conditions sont remplies."


def signer_amorcage(**arguments: Any) -> Dossier:
    return signer(transition="signer_amorcage", **arguments)


def signer_dotation(**arguments: Any) -> Dossier:
    return signer(transition="signer_dotation", **arguments)


def renouveler_dotation(**arguments: Any) -> Dossier:
    return signer(transition="renouveler_dotation", **arguments)


def signer_avenant(**arguments: Any) -> Dossier:
    return signer(transition="signer_avenant", **arguments)


@transaction.atomic
def signer_par_delegation(*, numero: str, acteur: Acteur, maintenant: datetime, **arguments: Any) -> Dossier:
    """Signs in the place of a colleague, whose delegation covers this day; the act says so, and carries his role.

    Raises Interdit without such a delegation.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    contrat = argent(dossier).propose
    designe = contrat and contrat.designe(partie_de(dossier, acteur.organisation_id) or "equipe")
    recue = delegations.recue(acteur, jour_local(maintenant, dossier.fuseau), de=designe)
    if recue is None:
        raise Interdit("delegation", "Vous n’avez pas, pour ce jour, de délégation de la personne qui doit signer.")
    delegation, role = recue
    return signer(
        numero=numero,
        transition=transition_en_cours(dossier),
        acteur=replace(acteur, role=Role(role)),
        maintenant=maintenant,
        delegant=delegation.delegant_id,
        pouvoir=f"Par délégation de {delegation.delegant.nom_complet} ({delegation.reference})",
        **arguments,
    )


def transition_en_cours(dossier: Dossier) -> str:
    """The act that signs the contract in signature; a dotation already in force is renewed."""
    contrat = argent(dossier).propose
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat n’est en signature sur ce dossier.")
    if contrat.est_credit or contrat.est_avenant or dossier.statut != Statut.DOTATION_ACTIVE:
        return contrat.transition
    return "renouveler_dotation"
