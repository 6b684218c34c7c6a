"""The account that is paid: typed by one person, confirmed by another of the caisse; a change freezes payments (FIN-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.urls import reverse
from stdnum import iban as normes_iban
from stdnum.exceptions import ValidationError as NormeRefusee

from dossiers import faits
from dossiers.models import Association, Dossier
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement, Utilisateur
from ess_portal.comptes.roles import CAISSE, Role
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import Effet, consigner
from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local

from ..models import CompteBancaire, CompteCaisse, Contrat, LigneLot, LotPaiement, Versement
from ..models.contrat import partie_de
from ..selectors import argent, oublier
from . import dates
from .courriels import avertir, page_versements
from .retours import remettre_a_valider


def lire_iban(saisie: str) -> str:
    """The compact form of a valid IBAN (ISO 13616). Raises ErreurMetier."""
    try:
        return normes_iban.validate(saisie)
    except NormeRefusee as refus:
        raise ErreurMetier(
            "iban",
            "Cet IBAN n’est pas valable\u00a0: vérifiez sa clé et sa longueur.",
            {"iban": "Cet IBAN n’est pas valable\u00a0: vérifiez sa clé et sa longueur."},
        ) from refus


@transaction.atomic
def enregistrer_iban(
    *,
    numero: str,
    iban: str,
    titulaire: str,
    acteur: Acteur,
    maintenant: datetime,
    rib: UploadedFile | None = None,
    siren_porteuse: str = "",
) -> Dossier:
    """Records the account of the association. It replaces the former one, which the équipe is told of; validated payments wait again.
    Before the association exists, that of its structure porteuse, by its SIREN, where the setting admits it (FIN-2).

    Raises ErreurMetier for an invalid IBAN or an association not declared, Conflit for the account already recorded.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if partie_de(dossier, acteur.organisation_id) not in ("equipe", "caisse"):
        raise Interdit("partie", "Seules l’équipe et sa caisse de rattachement enregistrent un IBAN.")
    compact = lire_iban(iban)
    porteuse = ""
    if not Association.objects.filter(dossier=dossier).exists():
        porteuse = _lire_porteuse(dossier, siren_porteuse, maintenant)
    _refuser_d_autrui(dossier, compact)
    ancien = CompteBancaire.objects.select_for_update(of=("self",)).filter(dossier=dossier, remplace_le=None).first()
    if ancien is not None and (ancien.iban, ancien.titulaire, ancien.siren_porteuse) == (
        compact,
        titulaire.strip(),
        porteuse,
    ):
        raise Conflit("iban_identique", "Cet IBAN est déjà enregistré.")
    piece = None
    if rib is not None:
        piece = deposer_piece(
            dossier=dossier,
            fichier=rib,
            type="rib",
            libelle="Relevé d’identité bancaire",
            acteur=acteur,
            maintenant=maintenant,
            objet="versement",
        )
    if ancien is not None:
        ancien.remplace_le = maintenant
        ancien.save(update_fields=("remplace_le",))
    compte = CompteBancaire.objects.create(
        dossier=dossier,
        iban=compact,
        titulaire=titulaire.strip(),
        siren_porteuse=porteuse,
        piece=piece,
        saisi_par_id=acteur.utilisateur_id,
        saisi_le=maintenant,
        contacts=_contacts(dossier, acteur.utilisateur_id),
    )
    remis = _remettre_a_valider(dossier, acteur, maintenant)
    oublier(dossier)
    consigner(
        type="enregistrer_iban",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "compte": compte.pk,
            "fin": compact[-3:],
            "remplace": ancien is not None,
            **({"siren_porteuse": porteuse} if porteuse else {}),
            "versements_a_revalider": remis,
        },
        effets=[
            *_a_l_ancienne_adresse(dossier, ancien, compte, acteur),
            *_lots_a_annuler(dossier, compte),
            *avertir(
                dossier,
                f"iban:{compte.pk}",
                "IBAN modifié" if ancien else "IBAN enregistré",
                f"Un IBAN se terminant par {compact[-3:]} a été enregistré par {acteur.nom}, {acteur.organisation_nom}.",
                "Aucun versement ne part avant sa confirmation par une seconde personne, à la caisse.",
                "Si vous n’êtes pas à l’origine de ce changement, prévenez votre caisse sans attendre.",
                organisations=(dossier.equipe_id, dossier.caisse_id),
                chemin=page_versements(dossier),
            ),
        ],
    )
    return dossier


def admet_une_porteuse(dossier: Dossier, maintenant: datetime) -> bool:
    """Does the set of the credit in hand, else of the letter, let a structure porteuse receive the first payment (FIN-2)?"""
    a = argent(dossier)
    credit = a.signe(*Contrat.CREDITS) or (a.propose if a.propose and a.propose.est_credit else None)
    if credit is not None:
        return dates.parametres(credit).structure_porteuse
    return faits.parametres(dossier, jour_local(maintenant, dossier.fuseau)).structure_porteuse


def _lire_porteuse(dossier: Dossier, siren: str, maintenant: datetime) -> str:
    """The SIREN of the structure porteuse, normalised. Raises ErreurMetier where there is none, or where none is admitted."""
    if not admet_une_porteuse(dossier, maintenant):
        raise ErreurMetier(
            "personne_morale", "Déclarez d’abord l’association\u00a0: l’IBAN est enregistré à son nom (règle FIN-2)."
        )
    lu = verifier("siren", siren)
    if not lu.valide:
        phrase = (
            "Ce numéro SIREN n’est pas valable."
            if siren.strip()
            else "Indiquez le SIREN de la structure porteuse, ou déclarez d’abord l’association (règle FIN-2)."
        )
        raise ErreurMetier("personne_morale", phrase, {"siren_porteuse": phrase})
    return str(lu.normalise)


def _refuser_d_autrui(dossier: Dossier, iban: str) -> None:
    """The account of a caisse, or of another équipe whose association is not the same. Whose it is is not said."""
    with comme_portail():
        with connection.cursor() as c:
            # Two équipes that type the same account at once are judged one after the other.
            c.execute("SELECT pg_advisory_xact_lock(79, hashtext(%s))", [iban])
        memes = CompteBancaire.objects.filter(iban=iban, remplace_le=None).exclude(dossier__equipe=dossier.equipe_id)
        siens = set(Association.objects.filter(dossier=dossier).exclude(siren="").values_list("siren", flat=True))
        autres = memes.exclude(dossier__in=Association.objects.filter(siren__in=siens).values("dossier"))
        est_pris = autres.exists() or CompteCaisse.objects.filter(iban=iban, remplace_le=None).exists()
    if est_pris:
        texte = "Cet IBAN est déjà celui d’une autre organisation. Vérifiez-le sur le relevé\u00a0; s’il est bien celui de l’association, écrivez à sa caisse."
        raise ErreurMetier("iban", texte, {"iban": texte})


def _contacts(dossier: Dossier, saisi_par: int | None) -> list[str]:
    """The addresses that will be told if this account is changed: the équipe's référents of the day, and who types it."""
    referents = Rattachement.objects.actifs().filter(organisation=dossier.equipe_id, role=Role.PORTEUR_REFERENT)
    return sorted(
        {
            *referents.values_list("utilisateur__courriel", flat=True),
            *Utilisateur.objects.filter(pk=saisi_par).values_list("courriel", flat=True),
        }
    )


def _a_l_ancienne_adresse(
    dossier: Dossier, ancien: CompteBancaire | None, compte: CompteBancaire, acteur: Acteur
) -> list[Effet]:
    """A changed account is told to those who were there when the former one was typed, at their addresses of that day: who takes over an
    account and changes its address does not turn the warning away.
    """
    if ancien is None:
        return []
    phrases = (
        f"L’IBAN se terminant par {ancien.iban[-3:]} a été remplacé par un IBAN se terminant par {compte.iban[-3:]}, par {acteur.nom}, "
        f"{acteur.organisation_nom}.",
        "Aucun versement ne part avant sa confirmation par une seconde personne, à la caisse.",
        "Vous recevez ce message à l’adresse connue quand l’ancien IBAN a été enregistré. Si ce changement vous surprend, prévenez votre "
        "caisse sans attendre.",
    )
    return [
        Effet(
            type="courriel",
            cle=f"courriel:financement:iban_ancien:{compte.pk}:{dossier.pk}",
            charge={
                "gabarit": "financement",
                "organisation": dossier.equipe_id,
                "adresses": ancien.contacts or _contacts(dossier, ancien.saisi_par_id),
                "contexte": {
                    "numero": dossier.numero,
                    "nom": dossier.nom,
                    "sujet": "IBAN remplacé",
                    "phrases": list(phrases),
                    "chemin": page_versements(dossier),
                },
            },
        )
    ]


def _lots_a_annuler(dossier: Dossier, compte: CompteBancaire) -> list[Effet]:
    """The caisse is told of the validated batch that still orders the former account."""
    with comme_portail():
        lignes = list(
            LigneLot.objects.filter(versement__dossier=dossier, sortie_le=None, lot__statut=LotPaiement.Statut.VALIDE)
            .exclude(versement__statut=Versement.Statut.PAYE)
            .select_related("lot")
            .order_by("pk")
        )
    return [
        effet
        for x in lignes
        for effet in avertir(
            dossier,
            f"iban_lot:{compte.pk}:{x.pk}",
            "Lot de paiement à annuler",
            f"Le lot {x.lot.numero} ordonne le versement {x.reference} à un IBAN qui vient de changer.",
            "Annulez ce lot. Si l’ordre est déjà à la banque, demandez-lui son rappel.",
            organisations=(x.caisse_id,),
            chemin=reverse("lot", args=[x.lot.numero]),
        )
    ]


def _remettre_a_valider(dossier: Dossier, acteur: Acteur, maintenant: datetime) -> list[str]:
    """Payments validated on the former account are to be validated again on the new one; those that a validated batch orders are the
    bank's, until the batch is cancelled or the bank gives them back.
    """
    valides = list(
        Versement.objects.select_for_update(of=("self",))
        .filter(dossier=dossier, statut=Versement.Statut.VALIDE)
        .order_by("pk")
    )
    with comme_portail():
        ordonnes = set(
            LigneLot.objects.filter(
                versement__in=valides, sortie_le=None, lot__statut=LotPaiement.Statut.VALIDE
            ).values_list("versement_id", flat=True)
        )
    libres = [v for v in valides if v.pk not in ordonnes]
    remettre_a_valider(libres, dossier, acteur=acteur, maintenant=maintenant)
    return [v.numero for v in libres]


@transaction.atomic
def confirmer_iban(*, numero: str, acteur: Acteur, maintenant: datetime, verification: str = "", **_: Any) -> Dossier:
    """A second person of the caisse confirms the current account. Raises Interdit for who typed it, Conflit when there is none."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if acteur.role not in CAISSE or partie_de(dossier, acteur.organisation_id) != "caisse":
        raise Interdit("partie", "L’IBAN est confirmé par un agent de la caisse de rattachement.")
    compte = CompteBancaire.objects.select_for_update(of=("self",)).filter(dossier=dossier, remplace_le=None).first()
    if compte is None:
        raise Conflit("iban_absent", "Aucun IBAN n’est enregistré sur ce dossier.")
    if compte.est_confirme:
        raise Conflit("iban_confirme", "Cet IBAN est déjà confirmé.")
    if compte.saisi_par_id == acteur.utilisateur_id:
        raise Interdit(
            "deux_personnes",
            "Vous avez saisi cet IBAN\u00a0: une autre personne de la caisse le confirme (règle FIN-11).",
        )
    if Rattachement.objects.actifs().filter(organisation=dossier.equipe_id, utilisateur=acteur.utilisateur_id).exists():
        raise Interdit(
            "deux_roles",
            "Vous êtes aussi de cette équipe\u00a0: une autre personne de la caisse confirme son IBAN (règle FIN-11).",
        )
    compte.confirme_par_id, compte.confirme_le = acteur.utilisateur_id, maintenant
    compte.verification = verification.strip()
    compte.save(update_fields=("confirme_par", "confirme_le", "verification"))
    oublier(dossier)
    consigner(
        type="confirmer_iban",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"compte": compte.pk, "fin": compte.iban[-3:], "verification": compte.verification},
        effets=avertir(
            dossier,
            f"iban_confirme:{compte.pk}",
            "IBAN confirmé",
            f"L’IBAN se terminant par {compte.iban[-3:]} a été confirmé par votre caisse. Les versements peuvent reprendre.",
            organisations=(dossier.equipe_id,),
            chemin=page_versements(dossier),
        ),
    )
    return dossier
