"""Signing annexe 3: online by the personal link and a code, or by the signed form that the équipe hands in (ADH-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dossiers.models import Dossier
from dossiers.regles.au_droit import statut_le
from dossiers.regles.statuts import FINAUX
from dossiers.services import cycle
from ess_portal.comptes.acteur import SYSTEME, Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import Effet, consigner, programmer
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import jetons
from ..models import ActeAdhesion, Adhesion, LienSignature
from ..regles import histoire as regles_histoire
from . import double, histoire
from .formulaire import demander_formulaire

DUREE_CODE = timedelta(minutes=15)
REPOS_CODE = timedelta(minutes=1)
CODES_MAX = 10
ESSAIS_MAX = 5


class Situation(StrEnum):
    OUVERT = "ouvert"
    SIGNE = "signe"
    PERIME = "perime"


class Issue(StrEnum):
    SIGNEE = "signee"
    CODE_FAUX = "code_faux"
    CODE_PERIME = "code_perime"


@dataclass(frozen=True)
class Invitation:
    """What the signing pages show of a link; nothing of another équipe stands in it."""

    lien: LienSignature
    adhesion: Adhesion
    dossier: Dossier
    situation: Situation

    @property
    def code_en_cours(self) -> bool:
        return self.situation is Situation.OUVERT and self.lien.code_rang > 0

    def encore_lisible(self, maintenant: datetime) -> bool:
        """Once signed, the link still gives the signatory his own documents, until the day it would have expired."""
        return self.situation is Situation.SIGNE and maintenant < self.lien.expire_le


def lire_invitation(jeton: str, *, maintenant: datetime) -> Invitation:
    """The invitation behind a secret, whatever has become of it. Raises Introuvable for an unknown one."""
    with comme_portail():
        lien = (
            LienSignature.objects.select_related(
                "adhesion__specialite",
                "adhesion__saisie_par",
                "adhesion__professionnel",
                "dossier__ars",
                "dossier__caisse",
                "dossier__equipe",
            )
            .filter(empreinte=jetons.empreinte(jeton))
            .first()
        )
    if lien is None:
        raise Introuvable("Ce lien n’existe pas. Vérifiez l’adresse reçue par courriel.")
    return Invitation(lien, lien.adhesion, lien.dossier, _situation(lien, maintenant))


def _situation(lien: LienSignature, maintenant: datetime) -> Situation:
    if lien.utilise_le is not None:
        return Situation.SIGNE
    fini = lien.annule_le is not None or lien.expire_le <= maintenant or lien.adhesion.etat != Adhesion.Etat.INVITEE
    return Situation.PERIME if fini or _est_fini(lien.dossier, maintenant) else Situation.OUVERT


def _est_fini(dossier: Dossier, maintenant: datetime) -> bool:
    """Over, by an act or by the end of the contract, whether the scan has written it or not (CAL-9)."""
    return statut_le(dossier.statut, dossier.bascule_le, maintenant) in FINAUX


def _ouvrir(jeton: str, maintenant: datetime) -> tuple[Dossier, Adhesion, LienSignature]:
    """Dossier, adhésion and link, locked in this order. Raises Introuvable, or Conflit when the link no longer opens."""
    invitation = lire_invitation(jeton, maintenant=maintenant)
    dossier = cycle.ouvrir(invitation.dossier.numero, SYSTEME, maintenant)
    adhesion = Adhesion.objects.verrouillee(dossier, invitation.adhesion.pk)
    lien = LienSignature.objects.select_for_update(of=("self",)).get(pk=invitation.lien.pk)
    lien.adhesion, lien.dossier = adhesion, dossier
    situation = _situation(lien, maintenant)
    if situation is Situation.SIGNE:
        raise Conflit("deja_signee", "Cette adhésion est déjà signée.")
    if situation is Situation.PERIME:
        raise Conflit("lien_perime", "Ce lien n’est plus valable. Demandez-en un nouveau à l’équipe.")
    return dossier, adhesion, lien


@transaction.atomic
def demander_code(jeton: str, *, choix: dict[str, Any], maintenant: datetime) -> None:
    """Keeps what was ticked and mails a code of six digits, valid a quarter of an hour; at most one a minute, ten a link."""
    with comme_portail():
        _, _, lien = _ouvrir(jeton, maintenant)
        lien.choix = {"a_consultations_avancees": bool(choix.get("a_consultations_avancees"))}
        recent = lien.code_expire_le is not None and lien.code_expire_le - DUREE_CODE + REPOS_CODE > maintenant
        if recent:
            lien.save(update_fields=("choix",))
            return
        if lien.code_rang >= CODES_MAX:
            raise ErreurMetier(
                "codes_epuises", "Trop de codes ont été demandés avec ce lien. Demandez un nouveau lien à l’équipe."
            )
        lien.code_rang, lien.code_essais, lien.code_expire_le = lien.code_rang + 1, 0, maintenant + DUREE_CODE
        lien.save(update_fields=("choix", "code_rang", "code_essais", "code_expire_le"))
        effet = Effet(
            type="code_adhesion",
            cle=f"code_adhesion:{lien.pk}:{lien.code_rang}",
            charge={"lien": lien.pk, "rang": lien.code_rang},
        )
        programmer([effet], dossier_id=lien.dossier_id, maintenant=maintenant)


@transaction.atomic
def signer(jeton: str, *, code: str, maintenant: datetime) -> Issue:
    """Signs with the code. A wrong code is an issue, not an error: its count must be kept. Raises as `_ouvrir`, or Conflit (ADH-2)."""
    with comme_portail():
        dossier, adhesion, lien = _ouvrir(jeton, maintenant)
        if lien.code_expire_le is None or lien.code_expire_le <= maintenant or lien.code_essais >= ESSAIS_MAX:
            return Issue.CODE_PERIME
        if not jetons.code_egal(lien.sel, lien.code_rang, code):
            lien.code_essais += 1
            lien.save(update_fields=("code_essais",))
            return Issue.CODE_FAUX if lien.code_essais < ESSAIS_MAX else Issue.CODE_PERIME
        lien.utilise_le = maintenant
        lien.save(update_fields=("utilise_le",))
        adhesion.signature_le, adhesion.moyen = maintenant, Adhesion.Moyen.LIEN
        adhesion.a_consultations_avancees = lien.choix.get("a_consultations_avancees", False)
        _adherer(
            dossier, adhesion, jour_local(maintenant, dossier.fuseau), acteur=invite(dossier), maintenant=maintenant
        )
    return Issue.SIGNEE


@transaction.atomic
def decliner(jeton: str, *, maintenant: datetime) -> None:
    """The professional does not wish to adhere: the invitation is closed, the équipe reads it in its list."""
    with comme_portail():
        dossier, adhesion, lien = _ouvrir(jeton, maintenant)
        lien.annule_le = maintenant
        lien.save(update_fields=("annule_le",))
        adhesion.etat = Adhesion.Etat.ANNULEE
        adhesion.save(update_fields=("etat",))
        consigner(
            type="decliner_adhesion",
            acteur=invite(dossier),
            maintenant=maintenant,
            dossier=dossier,
            donnees={"adhesion": adhesion.pk},
        )


def invite(dossier: Dossier) -> Acteur:
    """Who acts by the link. The chain of events is for ever and the person may go (RET-1): it says what they are, not their name."""
    return replace(SYSTEME, nom="Le professionnel invité", organisation_id=dossier.equipe_id)


@transaction.atomic
def deposer_formulaire(
    *,
    numero: str,
    adhesion: int,
    fichier: UploadedFile,
    date_signature: date,
    acteur: Acteur,
    maintenant: datetime,
    a_consultations_avancees: bool = False,
) -> Adhesion:
    """Records a form signed by hand: it counts from the day written on it, whatever the day of entry (ADH-1)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.etat != Adhesion.Etat.INVITEE:
        raise Conflit("etat", "Cette adhésion est déjà signée, ou l’invitation est sans suite.")
    if date_signature > jour_local(maintenant, dossier.fuseau):
        phrase = "La date de signature est dans le futur."
        raise ErreurMetier("date_signature", phrase, {"date_signature": phrase})
    ligne.formulaire = deposer_piece(
        dossier=dossier,
        fichier=fichier,
        type="formulaire_adhesion",
        libelle=f"Formulaire d’adhésion n° {ligne.pk}, signé à la main",
        acteur=acteur,
        maintenant=maintenant,
        objet="adhesion",
    )
    ligne.moyen, ligne.a_consultations_avancees = Adhesion.Moyen.FORMULAIRE, a_consultations_avancees
    LienSignature.objects.filter(adhesion=ligne, utilise_le__isnull=True, annule_le__isnull=True).update(
        annule_le=maintenant
    )
    return _adherer(dossier, ligne, date_signature, acteur=acteur, maintenant=maintenant)


def _adherer(dossier: Dossier, adhesion: Adhesion, jour: date, *, acteur: Acteur, maintenant: datetime) -> Adhesion:
    """The adhésion counts from `jour`: its days may not meet those of an earlier one; a double adhésion warns or blocks."""
    double.reserver(adhesion)
    verifier_jours(adhesion, jour, None)
    effets = double.controler(adhesion, dossier, jour)
    adhesion.etat, adhesion.signee_le = Adhesion.Etat.SIGNEE, jour
    adhesion.a_avis_ponctuel = adhesion.a_second_recours = True
    adhesion.save()
    histoire.inscrire(
        adhesion,
        ActeAdhesion.Type.SIGNATURE,
        regles_histoire.signer(jour, histoire.exercice(adhesion)),
        evenement="signer_adhesion",
        donnees={
            "signee_le": jour,
            "moyen": adhesion.moyen,
            "consultations_avancees": adhesion.a_consultations_avancees,
        },
        acteur=acteur,
        maintenant=maintenant,
        effets=effets,
    )
    if adhesion.moyen == Adhesion.Moyen.LIEN:
        demander_formulaire(dossier, adhesion, acteur=acteur, maintenant=maintenant)
    return adhesion


def verifier_jours(adhesion: Adhesion, debut: date, fin: date | None) -> None:
    """Raises Conflit when another adhésion of the same professional in the dossier covers one of these days."""
    rpps = adhesion.professionnel.rpps
    # Erased, then back: the days that were counted under the pseudonym are still the same person's.
    siennes = {"dossier_id": adhesion.dossier_id, "professionnel__rpps__in": (rpps, jetons.pseudonyme(rpps))}
    autres = Adhesion.objects.comptees().filter(**siennes).exclude(pk=adhesion.pk)
    for autre in autres:
        if (autre.sortie_le is None or autre.sortie_le >= debut) and (fin is None or autre.signee_le <= fin):
            jusqua = f"jusqu’au {date_fr(autre.sortie_le)} inclus" if autre.sortie_le else "sans date de sortie"
            raise Conflit("chevauchement", f"Ce professionnel est déjà adhérent de l’équipe {jusqua}.")
