"""What the confirmation of a decision will do: notify it, sign it only, or prepare it for a visa. Said before it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge

from . import faits, grille
from .models import Dossier
from .regles.notification import attend_sa_preuve
from .regles.visa import exige_visa


@dataclass(frozen=True)
class Suite:
    """`visa`: somebody else will sign."""

    bouton: str
    phrase: str = ""
    visa: bool = False


def suite_de(nom: str, libelle: str, dossier: Dossier) -> Suite:
    """Of the act `nom`, called `libelle`, when its letter is confirmed now."""
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    vise = nom == "viser_decision"
    for objet, sens in _decide(nom, dossier):
        p = grille.parametres(dossier, objet, jour)
        if not vise and exige_visa(sens, p):
            return Suite(
                "Préparer pour visa",
                "La décision sera préparée. Elle partira avec le visa d’un autre signataire, qui la signera.",
                True,
            )
        if attend_sa_preuve(objet, sens, p, joignable=faits.equipe_joignable(dossier)):
            phrase = "Le refus sera signé. Il prendra effet avec la preuve de sa notification."
            return Suite("Viser la décision préparée" if vise else "Signer le refus", phrase)
    return Suite(libelle if vise else f"{libelle} et notifier")


def _decide(nom: str, dossier: Dossier) -> list[tuple[str, str]]:
    """(objet, sens) of what the act decides; nothing for a withdrawal, which neither waits for a visa nor for a proof."""
    if nom == "viser_decision":
        return [
            (p.objet, p.sens)
            for p in dossier.preparations.filter(close_le__isnull=True)
            if p.attend(dossier.statut, faits.version(dossier, p.objet))
        ]
    verbe, _, objet = nom.partition("_")
    sens = {"valider": "favorable", "refuser": "defavorable"}.get(verbe)
    return [(objet, sens)] if sens and objet in ("lettre", "projet") else []


def phrase_visa(dossier: Dossier, nom: str, acteur: Acteur, jour: date) -> str:
    """What the form of a decision says of the visa that it needs; "" when it needs none."""
    if not any(exige_visa(sens, grille.parametres(dossier, objet, jour)) for objet, sens in _decide(nom, dossier)):
        return ""
    with comme_portail():
        signataires = Rattachement.objects.actifs().filter(organisation_id=dossier.ars_id, role="ars_signataire")
        un_autre = signataires.exclude(utilisateur=acteur.utilisateur_id).exists()
    if un_autre:
        return (
            "La décision sera préparée\u00a0: elle attendra le visa d’un autre signataire, et le délai court jusque-là."
        )
    return (
        "Attention\u00a0: aucun autre signataire de l’ARS n’a de compte. Personne ne pourra viser cette décision, et le délai court. "
        "Faites inviter un signataire."
    )
