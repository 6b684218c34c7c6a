"""The certificate of adhésion: what is held true of one adhérent on a day, as a verifiable document."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dossiers.models import Dossier
from dossiers.selectors import libelles_specialites
from dossiers.services.emission import reperes
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.donnees import CertificatAdhesion
from ess_portal.documents.donnees.demandes import PeriodeExercice
from ess_portal.documents.models import Document
from ess_portal.documents.services import demander_document
from ess_portal.socle.erreurs import Conflit, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import ActeAdhesion, Adhesion
from ..models.professionnel import Mode
from . import histoire
from .formulaire import lieux, personne
from .signature import Situation, invite, lire_invitation


@transaction.atomic
def editer_certificat(*, numero: str, adhesion: int, acteur: Acteur, maintenant: datetime) -> Document:
    """One certificate a day for what is held true: asked for twice, it is the same. Raises Conflit before the signature."""
    dossier = Dossier.objects.pour(acteur).filter(numero=numero).first()
    ligne = Adhesion.objects.pour(acteur).filter(dossier=dossier, pk=adhesion).first() if dossier else None
    if ligne is None:
        raise Introuvable
    if not acteur.est_porteur:
        raise Interdit
    return _emettre(dossier, ligne, acteur, maintenant)


@transaction.atomic
def editer_certificat_par_lien(jeton: str, *, maintenant: datetime) -> Document:
    """The signatory's own, by the link that signed, for as long as it lives. Raises Introuvable or Conflit."""
    invitation = lire_invitation(jeton, maintenant=maintenant)
    if invitation.situation is not Situation.SIGNE or not invitation.encore_lisible(maintenant):
        raise Conflit("lien_perime", "Ce lien ne donne plus de certificat. Demandez-le à l’équipe.")
    with comme_portail():
        return _emettre(invitation.dossier, invitation.adhesion, invite(invitation.dossier), maintenant)


def _emettre(dossier: Dossier, adhesion: Adhesion, acteur: Acteur, maintenant: datetime) -> Document:
    if adhesion.signee_le is None:
        raise Conflit("etat", "Cette adhésion n’est pas signée\u00a0: il n’y a rien à certifier.")
    dernier = ActeAdhesion.objects.filter(adhesion=adhesion).order_by("-pk").values_list("pk", flat=True).first()
    specialites = libelles_specialites()
    donnees = CertificatAdhesion(
        reperes=reperes(dossier, maintenant),
        adherent=personne(adhesion),
        signee_le=adhesion.signee_le,
        sortie_le=adhesion.sortie_le,
        periodes=tuple(
            PeriodeExercice(
                du=t.du,
                au=t.au,
                specialite=specialites.get(t.exercice.specialite, t.exercice.specialite),
                mode=Mode(t.exercice.mode).label,
            )
            for t in histoire.lire(adhesion)
        ),
        lieux=lieux(adhesion),
        consultations_avancees=adhesion.a_consultations_avancees,
    )
    return demander_document(
        dossier=dossier,
        type="certificat_adhesion",
        donnees=donnees,
        cle=f"certificat:{adhesion.pk}:{dernier}:{jour_local(maintenant, dossier.fuseau)}",
        acteur=acteur,
        maintenant=maintenant,
        titre=f"Certificat d’adhésion n° {adhesion.pk}",
    )
