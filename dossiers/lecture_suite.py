"""What the confirmation of a decision will do: notify it, sign it only, or prepare it for a visa. Said before it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge

from . import faits, grille
from .lecture_recours import ouvert
from .lecture_visas import attend
from .models import Dossier, Recours
from .regles.notification import attend_sa_preuve
from .regles.visa import exige_visa

REPONSE = "La réponse"


@dataclass(frozen=True)
class Suite:
    """`visa`: somebody else will sign."""

    bouton: str
    phrase: str = ""
    visa: bool = False


class _Decide(NamedTuple):
    """`quoi`: what the act takes, as a sentence says it."""

    objet: str
    sens: str
    quoi: str = "La décision"


def suite_de(nom: str, libelle: str, dossier: Dossier, issue: str = "") -> Suite:
    """Of the act `nom`, called `libelle`, when its letter is confirmed now; `issue`: the one chosen, of an answer to a recours."""
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    vise = nom == "viser_decision"
    for objet, sens, quoi in _decide(nom, dossier, issue):
        p = grille.parametres(dossier, objet, jour)
        if not vise and exige_visa(sens, p):
            return Suite(
                "Préparer pour visa",
                f"{quoi} sera préparée. Elle partira avec le visa d’un autre signataire, qui la signera.",
                True,
            )
        if quoi != REPONSE and attend_sa_preuve(objet, sens, p, joignable=faits.equipe_joignable(dossier)):
            phrase = "Le refus sera signé. Il prendra effet avec la preuve de sa notification."
            return Suite("Viser la décision préparée" if vise else "Signer le refus", phrase)
    return Suite(libelle if vise else f"{libelle} et notifier")


def _decide(nom: str, dossier: Dossier, issue: str = "") -> list[_Decide]:
    """What the act decides; nothing for a withdrawal, which neither waits for a visa nor for a proof."""
    if nom == "viser_decision":
        ouvertes = (p for p in dossier.preparations.filter(close_le__isnull=True) if attend(dossier, p))
        return [_Decide(p.objet, p.sens, REPONSE) if p.recours_id else _Decide(p.objet, p.sens) for p in ouvertes]
    if nom == "repondre_recours":
        r = ouvert(dossier)
        return [_Decide(r.objet, sens, REPONSE) for sens in _sens(issue)] if r is not None else []
    verbe, _, objet = nom.partition("_")
    sens = {"valider": "favorable", "refuser": "defavorable"}.get(verbe)
    return [_Decide(objet, sens)] if sens and objet in ("lettre", "projet") else []


def _sens(issue: str) -> tuple[str, ...]:
    """Of this answer; of either, while none is chosen."""
    if not issue:
        return ("defavorable", "favorable")
    return ("favorable" if issue == Recours.Issue.ACCEPTE else "defavorable",)


def phrase_visa(dossier: Dossier, nom: str, acteur: Acteur, jour: date) -> str:
    """What the form of a decision says of the visa that it needs; "" when it needs none."""
    vises = [d for d in _decide(nom, dossier) if exige_visa(d.sens, grille.parametres(dossier, d.objet, jour))]
    if not vises:
        return ""
    quoi = vises[0].quoi
    if quoi == REPONSE and len(vises) == 1:
        quoi = "Une réponse de rejet"
    with comme_portail():
        signataires = Rattachement.objects.actifs().filter(organisation_id=dossier.ars_id, role="ars_signataire")
        un_autre = signataires.exclude(utilisateur=acteur.utilisateur_id).exists()
    if un_autre:
        return f"{quoi} sera préparée\u00a0: elle attendra le visa d’un autre signataire, et le délai court jusque-là."
    return (
        "Attention\u00a0: aucun autre signataire de l’ARS n’a de compte. Personne ne pourra donner son visa, et le délai court. "
        "Faites inviter un signataire."
    )
