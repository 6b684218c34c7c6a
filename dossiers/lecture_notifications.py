"""How each decision reached its équipe, for the ARS, the caisse and whoever audits: made available, mail, first reading, LRAR."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import prefetch_related_objects

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document, Lecture
from ess_portal.journal.courriel import SANS_DESTINATAIRE
from ess_portal.journal.models import Envoi
from ess_portal.socle.horloge import jour_local

from .faits import version
from .grille import parametres
from .lecture_etat import dates_au_droit, statut_lu
from .models import Decision, Dossier, Echeance, Preparation
from .regles.notification import PREUVES, Remise, notifiee_le, preuve_attendue, sans_effet
from .services.courriels import courriel
from .services.lettres import TYPE
from .services.notifications import presentation
from .services.plis import SILENCES, preuve_en_attente


@dataclass(frozen=True)
class Notification:
    """`notifiee_le` is None while the proof that the setting names, `fait_foi`, is missing (CAL-7). `decision`: what was decided, in
    force or only signed; None for another letter. `sans_effet`: the sentence of a signed refusal that will never be one, because
    silence has decided, or somebody has.
    """

    document: Document
    decision: Decision | Preparation | None
    notifiee_le: date | None
    fait_foi: str
    disponible_le: datetime
    courriel_le: datetime | None
    sans_destinataire: bool
    lectures: tuple[Lecture, ...]
    presentee_le: date | None
    pli: str
    saisie_par: str
    sans_effet: str = ""

    @property
    def preuve(self) -> str:
        return PREUVES[self.fait_foi]


def notifications(dossier: Dossier, documents: Iterable[Document], jour: date) -> list[Notification]:
    """Of the letters among `documents` (already read for this person), in their order: ten queries at most, whatever their number."""
    lettres = [d for d in documents if d.type == TYPE]
    if not lettres:
        return []
    prefetch_related_objects([dossier], "decisions", "preparations", "depots", "projets")
    decisions = {d.pk: d for d in dossier.decisions.all()}
    cles = {d.cle_document: d for d in decisions.values()}
    preparees = {p.cle_document: p for p in dossier.preparations.all()}
    attentes = {cle: decisions.get(p.decision_id) for cle, p in preparees.items()}
    cles |= attentes
    with comme_portail():
        lectures = list(
            Lecture.objects.filter(document__in=lettres, organisation=dossier.equipe_id)
            .select_related("utilisateur")
            .order_by("premiere_le", "pk")
        )
        envois = {
            e.cree_le: e
            for e in Envoi.objects.filter(
                cle__in=_cles_courriels(dossier, {*cles, *(x.cle for x in lettres)}), fait_le__isnull=False
            ).only("cree_le", "fait_le", "erreur")
        }
        presentations = {
            e.donnees["cle"]: e for e in dossier.evenements.filter(type="enregistrer_presentation").order_by("seq")
        }
    # Asked once per object: whether the équipe can be written to is a query.
    en_attente = lru_cache(lambda objet: preuve_en_attente(dossier, objet, jour))
    lues = []
    for lettre in lettres:
        decision, pli = cles.get(lettre.cle), presentations.get(lettre.cle)
        objet = "lettre" if "lettre" in _objet(lettre, decision) else "projet"
        p = parametres(dossier, objet, jour)
        a_attendu = lettre.cle in attentes or (decision is not None and decision.date_notification is None)
        envoi = envois.get(lettre.cree_le)
        personne = envoi is not None and envoi.erreur == SANS_DESTINATAIRE
        lue_par = tuple(x for x in lectures if x.document_id == lettre.pk)
        presentee_le = date.fromisoformat(pli.donnees["le"]) if pli else None
        if lettre.cle in cles:
            preuve = en_attente(objet) if a_attendu else p.preuve_notification
            notifiee = decision.date_notification if decision else None
        else:  # of another act: no row carries its day, the facts say it
            preuve = preuve_attendue(p, joignable=not personne)
            remise = Remise(
                jour_local(lettre.cree_le, dossier.fuseau),
                jour_local(lue_par[0].premiere_le, dossier.fuseau) if lue_par else None,
                presentee_le,
            )
            notifiee = notifiee_le(remise, p, joignable=not personne)
        lues.append(
            Notification(
                document=lettre,
                decision=decision or preparees.get(lettre.cle),
                notifiee_le=notifiee,
                fait_foi=preuve,
                disponible_le=lettre.cree_le,
                courriel_le=envoi.fait_le if envoi is not None and not personne else None,
                sans_destinataire=personne,
                lectures=lue_par,
                presentee_le=presentee_le,
                pli=pli.donnees["reference"] if pli else "",
                saisie_par=pli.acteur_nom if pli else "",
                sans_effet=_sans_effet(dossier, preparees.get(lettre.cle), presentee_le, en_attente),
            )
        )
    return lues


def pourquoi_sans_effet(dossier: Dossier, p: Preparation, silence: Echeance | None, jour: date) -> str:
    """Why a signed refusal never took effect, once `silence` (the date of DL-1 or DL-3) has decided: the same on every page."""
    attendue = preuve_en_attente(dossier, p.objet, jour) == "presentation"
    pli = presentation(dossier, p.cle_document) if attendue else None
    le = date.fromisoformat(pli.donnees["le"]) if pli is not None else None
    return sans_effet(le, dernier_jour=silence.dernier_jour if silence else None)


def _sans_effet(
    dossier: Dossier, p: Preparation | None, presentee_le: date | None, en_attente: Callable[[str], str]
) -> str:
    if p is None or p.decision_id is not None or p.attend(statut_lu(dossier), version(dossier, p.objet)):
        return ""
    if p.close_le is not None:
        return p.motif_cloture
    prefetch_related_objects([dossier], "echeances")
    cle = (SILENCES[p.objet], p.objet, p.version)
    silence = next((e for e in dates_au_droit(dossier) if (e.regle, e.objet, e.rang) == cle), None)
    attendue = en_attente(p.objet) == "presentation"
    return f"{sans_effet(presentee_le if attendue else None, dernier_jour=silence.dernier_jour if silence else None)}."


def _objet(lettre: Document, decision) -> str:
    return decision.objet if decision else lettre.cle


def _cles_courriels(dossier: Dossier, cles: Iterable[str]) -> list[str]:
    """The mails that said so to the équipe: an outbox key each, written at the same instant as the document."""
    gardees = []
    for cle in cles:
        genre, _, pk = cle.partition(":")
        # A withdrawal is told by the decision that it withdraws.
        noms = ((genre, f"{cle}:{dossier.equipe_id}"), (genre, cle), ("retrait", f"retrait:{pk}:{dossier.equipe_id}"))
        gardees += [courriel(dossier, gabarit, nom, organisation=dossier.equipe_id).cle for gabarit, nom in noms]
    return gardees
