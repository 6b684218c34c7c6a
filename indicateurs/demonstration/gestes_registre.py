"""The acts that keep a dossier up to date beside its procedure: dérogation, register, mission, strategy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dossiers.models import Dossier
from dossiers.services import cooperations, derogations, derogations_saisies, fiche_mission, gouvernance, strategies
from ess_portal.comptes.locataire import comme_portail

from .fichiers import fichier
from .identites import personne
from .scene import Scene


def _seul(s: Scene, relation: str) -> int:
    """The key of the dossier's only row there."""
    with comme_portail():
        return getattr(Dossier.objects.get(numero=s.numero), relation).get().pk


def derogation(s: Scene, portee: tuple[str, ...], motif: str, **champs: Any) -> Scene:
    s.fait("instructeur", derogations_saisies.enregistrer_derogation, portee=portee, motif=motif, **champs)
    return s


def demander_derogation(s: Scene, portee: tuple[str, ...], motif: str, **champs: Any) -> Scene:
    """Asked for by the équipe, commented by ARS and caisse, sent: it waits for its session."""
    s.fait("porteur", derogations.demander, portee=portee, motif=motif, **champs)
    pk = _seul(s, "derogations")
    s.fait("instructeur", derogations.rendre_avis, derogation=pk, sens="favorable", texte="")
    reserve = "Un bilan à un an paraît nécessaire."
    s.fait("gestionnaire", derogations.rendre_avis, derogation=pk, sens="reserves", texte=reserve)
    s.fait("instructeur", derogations.envoyer, derogation=pk, envoyee_le=s.jour)
    return s


def tenir_le_registre(s: Scene) -> Scene:
    """A board, a consultation with its report, a partner, the contact point and its target delays."""
    jour, qui = s.jour, [personne(s.troupe.prochain()) for _ in range(2)]
    s.fait("porteur", gouvernance.creer_instance, type="bureau", nom="Bureau", creee_le=jour - timedelta(days=30))
    instance = _seul(s, "instances")
    for p, voix, mode in zip(qui, ("deliberative", "consultative"), ("liberal", "hospitalier"), strict=True):
        s.fait(
            "porteur", gouvernance.ajouter_siege, instance=instance, nom=f"{p.prenom} {p.nom}", fonction="Membre du bureau",
            est_personne=True, profession="medecin", specialite_id=s.fiche.specialites[0], mode=mode, en_exercice=True, voix=voix,
            debut=jour - timedelta(days=30),
        )  # fmt: skip
    s.fait(
        "porteur", gouvernance.enregistrer_consultation, tenue_le=jour - timedelta(days=5), forme="reunion",
        objet="Parcours gradués", acteurs="Deux CPTS, le centre hospitalier, une association d’usagers.", preuve=fichier("complement.pdf"),
    )  # fmt: skip
    s.fait(
        "porteur", cooperations.ajouter_cooperation, type="cpts", partenaire=f"CPTS de {s.fiche.commune}",
        objet="Adressage et téléexpertise.", debut=jour, fin=jour + timedelta(days=730),
    )  # fmt: skip
    s.fait(
        "porteur", fiche_mission.actualiser_mission, valide_du=jour, contact_nom="Secrétariat partagé", telephone="05 61 00 00 00",
        courriel="contact@ess.exemple", horaires="Du lundi au vendredi, de 9\u00a0h à 18\u00a0h", adaptation="Les urgences relatives sont vues sous 48\u00a0heures.",
        delais={"consultation": 21, "teleexpertise": 3}, objectifs={"parcours_gradues": "Insuffisance cardiaque, avec le centre hospitalier."},
    )  # fmt: skip
    s.analyser()
    return s


def publier_strategie(s: Scene) -> Scene:
    """The regional strategy that the letters of the region are compared with."""
    s.fait(
        "instructeur", strategies.enregistrer, titre="Projet régional de santé 2023–2028", debut=s.jour - timedelta(days=200), fin=None,
        groupes=["cardiologie", "dermatologie"], departements=list(s.fiche.departements[1:]),
        orientations="Réduire les délais d’accès au second recours dans les territoires les moins denses.", document="",
    )  # fmt: skip
    return s
