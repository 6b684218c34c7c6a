"""Express decisions of the ARS on the letter and the projet, and the caisse's avis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits, grille
from ..models import Avis, Decision, DemandePieces, Dossier, Echeance
from ..regles import notification
from ..regles.motifs import verifier_motifs
from ..regles.visa import exige_visa
from . import cycle, echeances, lettres, plis, preparations, unicite
from .courriels import courriel

NOMS = {"lettre": "la lettre d’intention", "projet": "le projet de santé"}


@transaction.atomic
def valider(
    *,
    numero: str,
    objet: str,
    acteur: Acteur,
    maintenant: datetime,
    message: str = "",
    visee: bool = False,
    **_: Any,
) -> Dossier:
    """Express validation of the letter or the projet. Raises ErreurMetier with the gates of §3 that block it, Conflit when another
    ESS of the specialty was first on the territory. Where the ARS asks for a visa and it is not `visee`, it is prepared only.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    unicite.reserver(dossier)
    jour = jour_local(maintenant, dossier.fuseau)
    constats = grille.constats(dossier, objet, jour)
    avertissements = grille.franchir(dossier, f"valider_{objet}", jour, constats=constats)
    if not visee and exige_visa("favorable", grille.parametres(dossier, objet, jour)):
        cycle.exiger(dossier, f"valider_{objet}", acteur)
        return preparations.preparer(dossier, objet, "favorable", message=message, acteur=acteur, maintenant=maintenant)
    preparations.fermer(dossier, objet, "Validation prise depuis.", maintenant=maintenant)
    decision = _inscrire(
        dossier,
        objet,
        "favorable",
        acteur,
        maintenant,
        jour,
        grille_figee=grille.figer(constats),
        avertissements=avertissements,
    )
    dossier = cycle.appliquer(
        dossier,
        f"valider_{objet}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"decision": decision.pk, "avertissements": avertissements, "message": message},
        effets=_notifications(dossier, decision),
    )
    lettres.notification(dossier, decision, acteur=acteur, maintenant=maintenant, message=message)
    return dossier


@transaction.atomic
def refuser(
    *,
    numero: str,
    objet: str,
    motifs: Sequence[Mapping[str, str]],
    acteur: Acteur,
    maintenant: datetime,
    visee: bool = False,
    **_: Any,
) -> Dossier:
    """Refusal, motivated in law and in fact (MOT-1, MOT-2): `motifs` = [{code, faits, critere}].

    Where its notification counts and has to be proved, it is signed only: it takes effect with its proof (CAL-7, `notifications`).
    Where the ARS asks for a visa and it is not `visee`, it is prepared only.
    Raises Conflit when silence has already decided (CAL-7), ErreurMetier on a blank or unknown reason.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if dossier.statut not in (
        f"{objet}_{'deposee' if objet == 'lettre' else 'depose'}",
        f"{objet}_{'incomplete' if objet == 'lettre' else 'incomplet'}",
    ):
        phrase = deja_tacite(dossier, objet)
        if phrase:
            raise Conflit("tacite", phrase)
    erreurs = verifier_motifs(objet, motifs)
    if erreurs:
        raise ErreurMetier("motifs", "Un refus se motive, en droit et en fait.", erreurs)
    jour = jour_local(maintenant, dossier.fuseau)
    p, retenus = grille.parametres(dossier, objet, jour), [dict(m) for m in motifs]
    if not visee and exige_visa("defavorable", p):
        cycle.exiger(dossier, f"refuser_{objet}", acteur)
        return preparations.preparer(
            dossier, objet, "defavorable", motifs=retenus, acteur=acteur, maintenant=maintenant
        )
    figee = grille.figer(grille.constats(dossier, objet, jour))
    if notification.attend_sa_preuve(objet, "defavorable", p, joignable=faits.equipe_joignable(dossier)):
        cycle.exiger(dossier, f"refuser_{objet}", acteur)
        return preparations.signer_refus(
            dossier, objet, motifs=retenus, grille=figee, acteur=acteur, maintenant=maintenant
        )
    decision = inscrire_refus(dossier, objet, acteur, maintenant, jour, motifs=retenus, grille_figee=figee)
    dossier = cycle.appliquer(
        dossier,
        f"refuser_{objet}",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"decision": decision.pk, "motifs": retenus},
        effets=_notifications(dossier, decision),
    )
    lettres.notification(dossier, decision, acteur=acteur, maintenant=maintenant)
    plis.attendre(dossier, decision.cle_document, objet, maintenant=maintenant)
    return dossier


def inscrire_refus(
    dossier: Dossier, objet: str, acteur: Acteur, maintenant: datetime, jour: date, **details: Any
) -> Decision:
    """The refusal in force from now. Whatever was still asked for is asked for no more: a later filing starts with a clean slate."""
    DemandePieces.objects.filter(dossier=dossier, recue_le__isnull=True, levee_le__isnull=True).update(levee_le=jour)
    return _inscrire(dossier, objet, "defavorable", acteur, maintenant, jour, **details)


def deja_tacite(dossier: Dossier, objet: str) -> str | None:
    """The sentence that refuses a refusal once silence has decided (CAL-7), with the way that remains; None while it has not."""
    decision = (
        Decision.objects.filter(dossier=dossier, objet=objet, mode="tacite", retiree_le__isnull=True)
        .order_by("-prise_le")
        .first()
    )
    if decision is not None:
        acquise = decision.date_acquise
        retrait = Echeance.objects.filter(dossier=dossier, regle="DL-8", objet=objet, rang=decision.version).first()
        fin = retrait.dernier_jour if retrait else None
    else:
        regle = "DL-1" if objet == "lettre" else "DL-3"
        due = Echeance.objects.filter(
            dossier=dossier, regle=regle, objet=objet, statut="ouverte", instant=dossier.bascule_le
        ).first()
        if due is None or getattr(dossier, "statut_effectif", dossier.statut) == dossier.statut:
            return None
        acquise = due.acquise_le
        fin = next((date.fromisoformat(s["dernier_jour"]) for s in due.suite if s["regle"] == "DL-8"), None)
    nom = "la lettre d’intention est réputée validée" if objet == "lettre" else "le projet de santé est réputé validé"
    return (
        f"Refus impossible\u00a0: {nom} depuis le {date_fr(acquise)}. Il reste le retrait"
        f"{f', jusqu’au {date_fr(fin)} inclus' if fin else ''}, motivé et après une procédure contradictoire."
    )


def _inscrire(
    dossier: Dossier,
    objet: str,
    sens: str,
    acteur: Acteur,
    maintenant: datetime,
    jour: date,
    *,
    motifs: list[dict[str, str]] | None = None,
    grille_figee: list[dict[str, Any]] | None = None,
    avertissements: list[dict[str, str]] | None = None,
    signee_le: date | None = None,
) -> Decision:
    """The decision with the dates and the explanation it relied on, frozen (CAL-11).

    Made available in the portal now, and notified by it unless the setting asks for another proof (CAL-7): the day is then written
    with the proof. `signee_le`, when it was signed before: `jour` is that of the proof which puts it in force.
    """
    aussitot = notifie_aussitot(dossier, objet, sens, jour)
    version = faits.version(dossier, objet)
    regle = "DL-1" if objet == "lettre" else "DL-3"
    echeance = Echeance.objects.filter(dossier=dossier, regle=regle, objet=objet, rang=version).first()
    if Decision.objects.filter(dossier=dossier, objet=objet, version=version, retiree_le__isnull=True).exists():
        raise Conflit("decision", "Une décision est déjà prise.")
    with unicite.garde():
        return Decision.objects.create(
            dossier=dossier,
            objet=objet,
            version=version,
            sens=sens,
            mode="expresse",
            date_signature=signee_le or jour,
            date_notification=jour if aussitot or signee_le else None,
            date_acquise=jour,
            dernier_jour=echeance.dernier_jour if echeance else None,
            prise_le=maintenant,
            enregistree_le=maintenant,
            motifs=motifs or [],
            explication=echeance.explication if echeance else [],
            grille=grille_figee or [],
            avertissements=avertissements or [],
            decidee_par_id=acteur.utilisateur_id,
        )


def notifie_aussitot(dossier: Dossier, objet: str, sens: str, jour: date) -> bool:
    """Is it notified by being made available? Not what is unfavourable to an équipe that nobody can write to."""
    joignable = sens == "favorable" or faits.equipe_joignable(dossier)
    p = grille.parametres(dossier, objet, jour)
    return notification.preuve_attendue(p, joignable=joignable) == "mise_a_disposition"


def _notifications(dossier: Dossier, decision: Decision) -> list[Any]:
    return [
        courriel(
            dossier, "decision", f"decision:{decision.pk}:{o}", organisation=o, objet=decision.objet, sens=decision.sens
        )
        for o in (dossier.equipe_id, dossier.caisse_id)
    ]


@transaction.atomic
def rendre_avis(
    *,
    numero: str,
    sens: str,
    acteur: Acteur,
    maintenant: datetime,
    texte: str = "",
    criteres: Mapping[str, str] | None = None,
    opposition: bool = False,
    **_: Any,
) -> Dossier:
    """The caisse's avis on what is being instructed, locked once given (AVI-1). On the projet, an unfavourable motivated act
    within the two months stops the tacit validation (AVI-2). Raises ErreurMetier without motive, Conflit when given already.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    objet = "projet" if dossier.statut.startswith("projet") else "lettre"
    version = faits.version_lettre(dossier) if objet == "lettre" else faits.version_projet(dossier)
    avis = Avis.objects.select_for_update().filter(dossier=dossier, objet=objet, version=version).first()
    if avis is None or avis.caisse_id != acteur.organisation_id:
        raise Conflit("avis", "Aucun avis n’est attendu de votre caisse.")
    if avis.rendu_le is not None:
        raise Conflit("avis", "L’avis est déjà rendu\u00a0: il ne se modifie plus.")
    if sens != Avis.Sens.FAVORABLE and not texte.strip():
        raise ErreurMetier("motifs", "Motivez l’avis.", {"texte": "Des réserves ou un avis défavorable se motivent."})
    jour = jour_local(maintenant, dossier.fuseau)
    bloque = grille.parametres(dossier, objet, jour).opposition_caisse_bloque
    avis.est_opposition = bool(opposition and objet == "projet" and sens == Avis.Sens.DEFAVORABLE)
    avis.sens, avis.texte, avis.criteres = sens, texte.strip(), dict(criteres or {})
    avis.rendu_le, avis.rendu_par_id = maintenant, acteur.utilisateur_id
    avis.save()
    if avis.est_opposition and bloque:
        dossier.opposition_caisse_le = jour
        dossier.save(update_fields=("opposition_caisse_le",))
    consigner(
        type="rendre_avis",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"avis": avis.pk, "sens": sens, "opposition": avis.est_opposition, "objet": objet},
        effets=[
            courriel(
                dossier,
                "avis",
                f"avis:{avis.pk}",
                organisation=dossier.ars_id,
                sens=sens,
                opposition=avis.est_opposition,
            )
        ],
    )
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier
