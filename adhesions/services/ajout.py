"""Adding an adhérent to come, and giving an invitation up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from ..models import Adhesion, LienSignature, Professionnel
from .invitation import preparer_lien

OUVERTES = (Adhesion.Etat.INVITEE, Adhesion.Etat.SIGNEE)


@transaction.atomic
def ajouter_adherent(
    *,
    numero: str,
    acteur: Acteur,
    maintenant: datetime,
    rpps: str,
    nom: str,
    specialite: str,
    mode: str,
    courriel: str = "",
    prenom: str = "",
    titre: str = "Dr",
    departements: Sequence[str] = (),
    lieux: str = "",
    inviter: bool = True,
    signature_annoncee_le: date | None = None,
) -> Adhesion:
    """Writes an invitation, and sends the personal link when there is a mail address. It counts for nothing until signed (ADH-1).

    Raises ErreurMetier for an invalid RPPS, an unknown specialty, a professional already there.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    normalise = verifier("rpps", rpps)
    if not normalise.valide:
        phrase = "Ce numéro RPPS n’est pas valable\u00a0: vérifiez ses onze chiffres."
        raise ErreurMetier("rpps", phrase, {"rpps": phrase})
    ligne = Specialite.objects.filter(code=specialite).first()
    if ligne is None:
        raise ErreurMetier(
            "specialite",
            "Choisissez une spécialité de la liste.",
            {"specialite": "Choisissez une spécialité de la liste."},
        )
    departements = verifier_departements(departements or dossier.departements)
    professionnel = _professionnel(normalise.normalise, nom, prenom, ligne, mode, departements, maintenant)
    if Adhesion.objects.filter(dossier=dossier, professionnel_id=professionnel, etat__in=OUVERTES).exists():
        phrase = "Ce professionnel a déjà une adhésion ou une invitation en cours dans votre équipe."
        raise Conflit("adhesion_en_cours", phrase, {"rpps": phrase})
    adhesion = Adhesion.objects.create(
        dossier=dossier,
        professionnel_id=professionnel,
        titre=titre,
        nom=nom.strip(),
        prenom=prenom.strip(),
        courriel=courriel.strip().lower(),
        specialite=ligne,
        mode=mode,
        departements=departements,
        lieux=lieux.strip(),
        signature_annoncee_le=signature_annoncee_le,
        saisie_le=maintenant,
        saisie_par_id=acteur.utilisateur_id,
    )
    effets = [preparer_lien(adhesion, acteur=acteur, maintenant=maintenant)] if inviter and adhesion.courriel else []
    consigner(
        type="ajouter_adherent",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        effets=effets,
        donnees={"adhesion": adhesion.pk, "specialite": specialite, "mode": mode, "invitation": bool(effets)},
    )
    return adhesion


def _professionnel(
    rpps: str, nom: str, prenom: str, specialite: Specialite, mode: str, departements: list[str], maintenant: datetime
) -> int:
    """The id of the professional of this number, made when unknown; who knows it already learns nothing here and changes nothing."""
    with comme_portail():
        professionnel, _ = Professionnel.objects.get_or_create(
            rpps=rpps,
            defaults={
                "nom": nom.strip(),
                "prenom": prenom.strip(),
                "specialite": specialite,
                "mode": mode,
                "departements": departements,
                "cree_le": maintenant,
            },
        )
    return professionnel.pk


def verifier_departements(codes: Sequence[str]) -> list[str]:
    """Raises ErreurMetier for a code that is no département."""
    connus = set(Departement.objects.filter(code__in=codes).values_list("code", flat=True))
    if set(codes) - connus:
        raise ErreurMetier(
            "departements",
            "Choisissez des départements de la liste.",
            {"departements": "Choisissez des départements de la liste."},
        )
    return sorted(connus)


@transaction.atomic
def annuler_invitation(*, numero: str, adhesion: int, acteur: Acteur, maintenant: datetime) -> Adhesion:
    """Gives an unsigned invitation up; its links die. Raises Conflit once signed."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    ligne = Adhesion.objects.verrouillee(dossier, adhesion)
    if ligne.etat != Adhesion.Etat.INVITEE:
        raise Conflit("etat", "Cette adhésion est signée\u00a0: enregistrez plutôt une sortie.")
    clore_invitation(ligne, maintenant)
    consigner(
        type="annuler_invitation", acteur=acteur, maintenant=maintenant, dossier=dossier, donnees={"adhesion": ligne.pk}
    )
    return ligne


def clore_invitation(adhesion: Adhesion, maintenant: datetime) -> None:
    adhesion.etat = Adhesion.Etat.ANNULEE
    adhesion.save(update_fields=("etat",))
    LienSignature.objects.filter(adhesion=adhesion, utilise_le__isnull=True, annule_le__isnull=True).update(
        annule_le=maintenant
    )
