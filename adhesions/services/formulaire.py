"""Annexe 3 as signed: asked for at the signature, with the data of that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dossiers.models import Dossier
from dossiers.services.emission import reperes
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.donnees import FormulaireAdhesion
from ess_portal.documents.donnees.communs import Personne, Signature
from ess_portal.documents.models import Document
from ess_portal.documents.services import demander_document

from ..models import Adhesion
from ..textes import CONSULTATIONS_AVANCEES, ENGAGEMENTS, notice


def personne(adhesion: Adhesion) -> Personne:
    """Who adheres, as every document of the adhésion names them."""
    return Personne(nom=adhesion.nom_complet, rpps=adhesion.professionnel.rpps)


def lieux(adhesion: Adhesion) -> tuple[str, ...]:
    return tuple(ligne.strip() for ligne in adhesion.lieux.splitlines() if ligne.strip())


def demander_formulaire(dossier: Dossier, adhesion: Adhesion, *, acteur: Acteur, maintenant: datetime) -> Document:
    engagements = [f"{titre} {texte}" for titre, texte in ENGAGEMENTS]
    if adhesion.a_consultations_avancees:
        engagements.append(CONSULTATIONS_AVANCEES)
    donnees = FormulaireAdhesion(
        reperes=reperes(dossier, maintenant),
        adherent=replace(personne(adhesion), courriel=adhesion.courriel),
        specialite=adhesion.specialite.libelle,
        lieux=lieux(adhesion),
        mode_exercice=adhesion.get_mode_display(),
        engagements=tuple(engagements),
        date_adhesion=adhesion.signee_le,
        signature=Signature(
            role="adherent",
            partie=adhesion.nom_complet,
            signataire=adhesion.nom_complet,
            signee_le=adhesion.signature_le,
        ),
        notice=notice(dossier),
    )
    return demander_document(
        dossier=dossier,
        type="formulaire_adhesion",
        donnees=donnees,
        cle=f"adhesion:{adhesion.pk}",
        acteur=acteur,
        maintenant=maintenant,
        # Whoever holds a verification code reads the title, and it is for ever: it names the adhésion, not the person.
        titre=f"Formulaire d’adhésion n° {adhesion.pk}",
    )
