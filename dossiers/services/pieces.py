"""Requests for missing items (CAL-6, DL-10): an indispensable one stops the clock, the rest is only a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits, grille
from ..models import Decision, DemandePieces, Dossier, Echeance, Message
from ..regles.delais import ajouter
from ..regles.statuts import Statut
from . import cycle, emission, lettres, plis
from .courriels import courriel

OBJETS = {
    Statut.LETTRE_DEPOSEE: "lettre",
    Statut.LETTRE_INCOMPLETE: "lettre",
    Statut.PROJET_DEPOSE: "projet",
    Statut.PROJET_INCOMPLET: "projet",
}

# More is a misuse of the field: nobody follows sixty items one by one, nor ticks a paragraph.
MAXIMUM = 50
LONGUEUR = 300


@transaction.atomic
def demander_pieces(
    *,
    numero: str,
    objet: str,
    items: Sequence[dict[str, Any]],
    acteur: Acteur,
    maintenant: datetime,
    texte: str = "",
    date_limite: date | None = None,
) -> Dossier:
    """Asks for items: `items` = [{libelle, indispensable}]. With an indispensable one the dossier waits (`demander_pieces_<objet>`);
    otherwise the request is a message and no state changes. Raises ErreurMetier without item or with a delay in the past.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if phrase := sans_effet(dossier, objet):
        raise Conflit("tacite", phrase)
    jour = jour_local(maintenant, dossier.fuseau)
    utiles = [
        {"libelle": str(i["libelle"]).strip(), "indispensable": bool(i.get("indispensable")), "recue_le": None}
        for i in items
        if str(i.get("libelle", "")).strip()
    ]
    if not utiles:
        raise ErreurMetier(
            "pieces", "Listez au moins une pièce à fournir.", {"indispensables": "Listez au moins une pièce."}
        )
    if len(utiles) > MAXIMUM:
        champ = "indispensables" if sum(i["indispensable"] for i in utiles) > MAXIMUM else "autres"
        phrase = f"Listez {MAXIMUM} pièces au plus\u00a0: regroupez-les."
        raise ErreurMetier("pieces", phrase, {champ: phrase})
    if longue := next((i for i in utiles if len(i["libelle"]) > LONGUEUR), None):
        champ = "indispensables" if longue["indispensable"] else "autres"
        phrase = (
            f"Nommez chaque pièce en {LONGUEUR} caractères au plus\u00a0: «\u00a0{longue['libelle'][:40].rstrip()}…\u00a0» en a "
            f"{len(longue['libelle'])}. Le détail va dans le message à l’équipe."
        )
        raise ErreurMetier("pieces", phrase, {champ: phrase})
    defaut = ajouter(jour, grille.parametres(dossier, objet, jour).delai_pieces)
    limite = date_limite or defaut
    if limite <= jour:
        raise ErreurMetier(
            "delai",
            "Le délai laissé à l’équipe doit finir après aujourd’hui.",
            {"date_limite": "Choisissez un jour à venir."},
        )
    indispensable = any(i["indispensable"] for i in utiles)
    if not indispensable:
        cycle.exiger(dossier, f"demander_pieces_{objet}", acteur)
    demande = DemandePieces.objects.create(
        dossier=dossier,
        objet=objet,
        version=faits.version(dossier, objet),
        items=utiles,
        est_indispensable=indispensable,
        texte=texte,
        demandee_le=jour,
        date_limite=limite,
        demandee_par_id=acteur.utilisateur_id,
    )
    liste = "\n".join(f"– {i['libelle']}{' (indispensable)' if i['indispensable'] else ''}" for i in utiles)
    Message.objects.create(
        dossier=dossier,
        fil="partage",
        auteur_id=acteur.utilisateur_id,
        auteur_nom=acteur.nom,
        organisation_id=acteur.organisation_id,
        texte=f"{texte}\n\nPièces demandées\u00a0:\n{liste}\nÀ fournir jusqu’au {date_fr(limite)} inclus.".strip(),
        ecrit_le=maintenant,
        lu_par=[acteur.organisation_id],
    )
    donnees = {
        "demande": demande.pk,
        "items": utiles,
        "date_limite": limite,
        "objet": objet,
        "indispensable": indispensable,
    }
    effets = [
        courriel(
            dossier,
            "pieces",
            f"demande:{demande.pk}",
            organisation=dossier.equipe_id,
            date_limite=limite,
            indispensable=indispensable,
        )
    ]
    if indispensable:
        return cycle.appliquer(
            dossier, f"demander_pieces_{objet}", acteur=acteur, maintenant=maintenant, donnees=donnees, effets=effets
        )
    consigner(
        type="demander_precision", acteur=acteur, maintenant=maintenant, dossier=dossier, donnees=donnees, effets=effets
    )
    return dossier


def sans_effet(dossier: Dossier, objet: str) -> str | None:
    """The sentence that refuses a request made once silence has decided (CAL-6), with the day it did and what remains; None otherwise."""
    attendu = (Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE, Statut.PROJET_DEPOSE, Statut.PROJET_INCOMPLET)
    if Statut(dossier.statut) in attendu and OBJETS[Statut(dossier.statut)] == objet:
        return None
    tacites = Decision.objects.filter(dossier=dossier, objet=objet, mode="tacite", retiree_le__isnull=True)
    decision = tacites.order_by("-prise_le").first()
    if decision is None:
        return None
    nom = "la lettre d’intention est réputée validée" if objet == "lettre" else "le projet de santé est réputé validé"
    retrait = Echeance.objects.filter(dossier=dossier, regle="DL-8", objet=objet, rang=decision.version).first()
    reste = "Il reste à demander ces pièces par un message, sans effet sur le délai"
    if retrait is not None and retrait.dernier_jour is not None and retrait.statut == Echeance.Statut.OUVERTE:
        reste += (
            f", ou à retirer cette décision si elle est illégale, jusqu’au {date_fr(retrait.dernier_jour)} inclus, "
            "par une décision motivée prise après une procédure contradictoire"
        )
    return f"Demande sans effet\u00a0: {nom} depuis le {date_fr(decision.date_acquise)}, par le silence de l’administration. {reste}."


@transaction.atomic
def lever_demande(*, numero: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """The ARS lifts its request: it counts as received that day, the two months run anew (CAL-6)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    demande = (
        DemandePieces.objects.select_for_update()
        .filter(dossier=dossier, est_indispensable=True, recue_le__isnull=True, levee_le__isnull=True)
        .first()
    )
    if demande is None:
        raise Conflit("etat", "Aucune demande de pièces n’est en cours.")
    demande.levee_le = jour_local(maintenant, dossier.fuseau)
    demande.save(update_fields=("levee_le",))
    dossier = cycle.appliquer(
        dossier,
        "lever_demande",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"demande": demande.pk},
        effets=[courriel(dossier, "demande_levee", f"levee:{demande.pk}", organisation=dossier.equipe_id)],
    )
    emission.accuser_complement(dossier, demande, acteur=acteur, maintenant=maintenant)
    return dossier


@transaction.atomic
def classer(*, numero: str, motif: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Closes a dossier whose indispensable items never came, once DL-10 is past; a letter says so, with its remedies. Raises Conflit
    before.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    demande = demande_ouverte(dossier)
    if phrase := trop_tot(dossier, jour):
        raise Conflit("dl10", phrase)
    if not motif.strip():
        raise ErreurMetier("motif", "Motivez le classement.", {"motif": "Indiquez le motif du classement."})
    cycle.exiger(dossier, "classer", acteur)
    if demande is None:
        raise Conflit("etat", "Aucune demande de pièces n’est en cours.")
    cle = lettres.cle_classement(demande)
    dossier = cycle.appliquer(
        dossier,
        "classer",
        acteur=acteur,
        maintenant=maintenant,
        donnees={"motif": motif.strip(), "lettre": cle},
        effets=[courriel(dossier, "classement", cle, organisation=dossier.equipe_id, motif=motif.strip())],
    )
    lettres.classement(dossier, demande, motif.strip(), acteur=acteur, maintenant=maintenant)
    plis.attendre(dossier, cle, demande.objet, maintenant=maintenant)
    return dossier


def demande_ouverte(dossier: Dossier) -> DemandePieces | None:
    """The request for indispensable items that still waits for them."""
    return next((d for d in dossier.demandes.all() if d.est_indispensable and d.est_ouverte), None)


def trop_tot(dossier: Dossier, jour: date) -> str | None:
    """The sentence that refuses a classement while the équipe still has its delay (DL-10); None once it is over."""
    demande = demande_ouverte(dossier)
    if demande is None or jour > demande.date_limite:
        return None
    return f"Le dossier ne se classe qu’après le {date_fr(demande.date_limite)}, dernier jour laissé à l’équipe."


def pieces_de(dossier: Dossier, objet: str):
    return Piece.objects.filter(dossier=dossier, objet=objet).order_by("depose_le")
