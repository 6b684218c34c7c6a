"""Inviting somebody into an organisation, taking it back, accepting. The link is hashed, lives 7 days, serves once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable
from ess_portal.socle.horloge import jour_local

from ..acteur import Acteur
from ..clefs import empreinte_invitation, nouvelle_graine, secret_invitation
from ..models import Invitation, Rattachement, Utilisateur
from ..trace import consigner
from .acces import verifier_role, verrouiller

DUREE = timedelta(days=7)


@transaction.atomic
def inviter(*, organisation_id: int, courriel: str, role: str, acteur: Acteur, maintenant: datetime) -> Invitation:
    """Sends an invitation; a former one to the same address, used by nobody, is taken back."""
    organisation, acteur = verrouiller(organisation_id, acteur)
    role = verifier_role(organisation, role)
    courriel = courriel.strip().lower()
    if Rattachement.objects.actifs().filter(organisation=organisation, utilisateur__courriel=courriel).exists():
        raise ErreurMetier(
            "deja_membre",
            "Cette personne a déjà accès à cette organisation.",
            {"courriel": "Déjà dans l’organisation."},
        )
    Invitation.objects.filter(organisation=organisation, courriel=courriel, acceptee_le=None, annulee_le=None).update(
        annulee_le=maintenant
    )
    graine = nouvelle_graine()
    invitation = Invitation.objects.create(
        organisation=organisation,
        courriel=courriel,
        role=role,
        empreinte=empreinte_invitation(secret_invitation(graine)),
        invite_par_id=acteur.utilisateur_id,
        creee_le=maintenant,
        expire_le=maintenant + DUREE,
    )
    consigner(
        type="invitation",
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={"courriel": courriel, "role": role},
        cle=f"invitation:{invitation.pk}",
        courriel={
            "gabarit": "invitation",
            "adresses": [courriel],
            "contexte": {
                "graine": graine,
                "organisation": organisation.nom,
                "role": role.label,
                "invite_par": acteur.nom,
                "expire_le": jour_local(invitation.expire_le, organisation.fuseau),
            },
        },
    )
    return invitation


@transaction.atomic
def annuler(*, invitation_id: int, acteur: Acteur, maintenant: datetime) -> Invitation:
    """Takes an invitation back: its link opens nothing any more."""
    trouvee = Invitation.objects.filter(pk=invitation_id).first()
    if trouvee is None:
        raise Introuvable
    organisation, acteur = verrouiller(trouvee.organisation_id, acteur)
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.acceptee_le or invitation.annulee_le:
        raise Conflit("invitation", "Cette invitation n’est plus en attente.")
    invitation.annulee_le = maintenant
    invitation.save(update_fields=("annulee_le",))
    consigner(
        type="invitation_annulee",
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={"courriel": invitation.courriel},
    )
    return invitation


def lire(secret: str, maintenant: datetime, *, verrouiller_ligne: bool = False) -> Invitation:
    """The invitation that a link opens. Raises Introuvable for an unknown secret, Conflit for one that no longer serves."""
    lignes = (
        Invitation.objects.select_for_update()
        if verrouiller_ligne
        else Invitation.objects.select_related("organisation")
    )
    invitation = lignes.filter(empreinte=empreinte_invitation(secret)).first()
    if invitation is None:
        raise Introuvable
    if invitation.acceptee_le:
        raise Conflit(
            "invitation_servie",
            "Cette invitation a déjà servi. Connectez-vous avec votre adresse et votre mot de passe.",
        )
    if invitation.annulee_le:
        raise Conflit(
            "invitation_annulee",
            "Cette invitation a été retirée. Demandez-en une autre à la personne qui vous a invité.",
        )
    if invitation.expire_le <= maintenant:
        raise Conflit(
            "invitation_expiree", "Cette invitation a expiré. Demandez-en une autre à la personne qui vous a invité."
        )
    return invitation


@transaction.atomic
def accepter(*, secret: str, utilisateur: Utilisateur, maintenant: datetime) -> Rattachement:
    """Binds the invited person. The row is locked: the same link used twice at once gives one rattachement."""
    invitation = lire(secret, maintenant, verrouiller_ligne=True)
    if utilisateur.courriel.lower() != invitation.courriel:
        raise ErreurMetier(
            "autre_adresse", f"Cette invitation est adressée à {invitation.courriel}. Connectez-vous avec ce compte."
        )
    rattachement, _ = Rattachement.objects.get_or_create(
        utilisateur=utilisateur,
        organisation=invitation.organisation,
        retire_le=None,
        defaults={"role": invitation.role, "cree_le": maintenant},
    )
    invitation.acceptee_le = maintenant
    invitation.save(update_fields=("acceptee_le",))
    consigner(
        type="rattachement",
        acteur=rattachement.acteur(),
        maintenant=maintenant,
        organisation=invitation.organisation,
        donnees={"utilisateur": utilisateur.pk, "nom": utilisateur.nom_complet, "role": rattachement.role},
    )
    return rattachement
