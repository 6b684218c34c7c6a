"""The dossier as its équipe sees it: what to do now and until when, its states said in words, its next dates."""

from __future__ import annotations

from typing import Any

from dossiers import actes_registre, dates, presentation
from dossiers.lecture_etat import decision_du_silence
from dossiers.libelles import REGLES
from dossiers.models import Decision, Echeance
from dossiers.regles.cycle import Statut
from ess_portal.socle.typographie import dans, date_fr, part
from financement.annees import annees
from financement.models import Contrat

from . import attente, avenants, recours
from .bloc import bloc_action
from .frise import etapes, nombre_faites
from .lecture import Vie

S = Statut


def alertes(vie: Vie) -> list[dict[str, str]]:
    """States that change what a date means, each said in words with what follows."""
    d, a_vous = vie.dossier, vie.acteur.est_porteur
    lignes = []
    if d.est_a_regulariser:
        par_silence = _par_silence(vie)
        lignes.append(
            {
                "variante": "alerte",
                "titre": "Lettre validée en conflit, à régulariser"
                if par_silence
                else "Dossier en conflit, à régulariser",
                "texte": (
                    "Le silence a validé la lettre alors que le territoire est déjà couvert, ou sans dérogation. "
                    if par_silence
                    else "Le territoire est déjà couvert par une autre équipe de la même spécialité. "
                )
                + "Rien ne se signe avant une dérogation de la commission paritaire nationale, un changement de périmètre ou un retrait."
                + (" L’ARS vous contactera\u00a0; vous pouvez lui écrire." if a_vous else ""),
            }
        )
    if any(x.issue == "demandee" for x in d.derogations.all()):
        lignes.append(
            {
                "variante": "info",
                "titre": "Dérogation demandée",
                "texte": "La commission paritaire nationale est saisie. Son silence n’accorde rien\u00a0: une validation expresse attend sa réponse.",
            }
        )
    for absence in vie.absences:
        suppleance = (
            f"En l’absence de {d.suivi_par} jusqu’au {date_fr(absence.fin)}, {absence.remplacant} suit ce dossier."
        )
        lignes.append({"variante": "info", "titre": "Absence", "texte": suppleance})
    retirees = [x for x in d.decisions.all() if x.retiree_le and x.sens == Decision.Sens.FAVORABLE]
    if retirees:
        lignes.append(
            {
                "variante": "alerte",
                "titre": f"Validation retirée le {date_fr(retirees[-1].retiree_le)}",
                "texte": retirees[-1].motif_retrait,
            }
        )
    return lignes + _annee_en_attente(vie) + attente.alertes(vie)


def _annee_en_attente(vie: Vie) -> list[dict[str, str]]:
    """A year that has begun and that nobody has proposed to pay: its own page says what is missing (FIN-6). Reads nothing more."""
    lues = annees(vie.dossier, vie.jour) if vie.statut is S.DOTATION_ACTIVE else []
    if len(lues) < 2 or vie.argent.versement("dotation", lues[-1].annee) is not None:
        return []
    annee = lues[-1]
    return [
        {
            "variante": "alerte",
            "titre": f"Dotation de l’année {annee.annee}\u00a0: versement en attente",
            "texte": f"L’anniversaire du contrat était le {date_fr(annee.debut)}. Le versement suit le rapport d’activité et le contrôle "
            "de la caisse\u00a0: la page «\u00a0Dotation\u00a0» du menu dit ce qui manque.",
        }
    ]


def _par_silence(vie: Vie) -> bool:
    """Was the letter validated by silence? A dossier taken over may wait for it here as any other."""
    lettres = [x for x in vie.dossier.decisions.all() if x.objet == "lettre" and x.retiree_le is None]
    nee = decision_du_silence(vie.dossier)
    return any(x.mode == Decision.Mode.TACITE for x in lettres) or (nee is not None and nee.objet == "lettre")


def jalons(vie: Vie) -> list[dict[str, str]]:
    """DL-5 and DL-4, milestones of their own beside the frise."""
    lignes = []
    for regle, libelle, consequence in (
        (
            "DL-5",
            "Au moins une activité de la mission socle en place",
            "À défaut, une procédure de récupération peut être ouverte, après vos observations.",
        ),
        (
            "DL-4",
            "Les deux activités de la mission socle en place",
            "À défaut, l’ARS le constate et en parle avec vous.",
        ),
    ):
        e = vie.echeance(regle)
        if e is None:
            lignes.append(
                {
                    "etat": "neutre",
                    "libelle": libelle,
                    "detail": "Un an après le dépôt du projet de santé."
                    if regle == "DL-4"
                    else "Dix-huit mois après la lettre complète.",
                }
            )
        elif e.statut == Echeance.Statut.TENUE:
            lignes.append(
                {
                    "etat": "succes",
                    "libelle": libelle,
                    "detail": f"Fait à temps. Le dernier jour était le {date_fr(e.dernier_jour)}.",
                    **_lien(vie, e),
                }
            )
        elif e.dernier_jour is None:
            detail = "Le délai partira de la lettre complète."
            lignes.append({"etat": "attente", "libelle": libelle, "detail": detail, **_lien(vie, e)})
        elif e.dernier_jour < vie.jour:
            lignes.append(
                {
                    "etat": "erreur",
                    "libelle": libelle,
                    "detail": f"Attendu jusqu’au {date_fr(e.dernier_jour)} inclus. {consequence}",
                    **_lien(vie, e),
                }
            )
        else:
            lignes.append(
                {
                    "etat": "attente",
                    "libelle": libelle,
                    "detail": f"Au plus tard le {date_fr(e.dernier_jour)}, {dans(e.dernier_jour, vie.jour)}. {consequence}",
                    **_lien(vie, e),
                }
            )
    return lignes


def _lien(vie: Vie, e: Echeance) -> dict[str, str]:
    return {"url": dates.adresse(vie.dossier.numero, e), "lien": "Pourquoi cette date\u00a0?"}


A_FAIRE = {"equipe": "À faire par vous", "ars": "Attendu de l’ARS", "caisse": "Attendu de la caisse"}


def prochaines_dates(vie: Vie) -> list[dict[str, Any]]:
    lignes = []
    attendues = presentation.attendues(vie.echeances, vie.maintenant)
    premiere = {e.regle: e for e in reversed(attendues)}  # of the five anniversaries, the next one
    for e in [e for e in attendues if premiere[e.regle] is e and not (e.regle == "AVI" and e.dernier_jour < vie.jour)]:
        texte = REGLES[e.regle]
        if e.acquise_le:
            texte += (
                "\u00a0; sans réponse, rejeté"
                if e.regle == "CAL-6"
                else "\u00a0; sans réponse, accepté"
                if e.regle == "CAL-6-A"
                else "\u00a0; sans réponse, rejetée"
                if e.regle == "CAL-6-V"
                else "\u00a0; sans réponse, acceptée"
                if e.regle == "CAL-6-VA"
                else "\u00a0; sans réponse, réputée validée"
                if e.objet == "lettre"
                else "\u00a0; sans réponse, réputé validé"
            )
        lignes.append(
            {
                "date": e.dernier_jour,
                "texte": texte,
                "precision": f"{A_FAIRE.get(e.qui, '')}, {dans(e.dernier_jour, vie.jour)}",
                "url": dates.adresse(vie.dossier.numero, e),
            }
        )
    return lignes


def adherents(vie: Vie) -> dict[str, Any]:
    """The gauge: signed adhérents libéraux among the specialty's libéraux of the territory; before any signature, what the letter says."""
    lettre = getattr(vie.dossier, "lettre", None)
    base = (lettre.liberaux if lettre else None) or 0
    signes = vie.comptage.liberaux(vie.jour)
    declares = bool(not signes and lettre and lettre.adherents_declares)
    nombre = lettre.adherents_declares if declares else signes
    return {
        "nombre": nombre,
        "base": base,
        "declares": declares,
        "part": part(nombre, base) or "",
        "source": lettre.source_comptage if lettre else "",
        "date": lettre.date_comptage if lettre else None,
    }


def messages_recents(vie: Vie, nombre: int = 3) -> list[dict[str, Any]]:
    organisation = vie.acteur.organisation_id
    return [
        {
            "auteur": m.auteur_nom,
            "organisation": m.organisation.nom,
            "quand": m.ecrit_le,
            "texte": m.texte if len(m.texte) <= 240 else f"{m.texte[:239]}…",
            "soi": m.organisation_id == organisation,
            "non_lu": organisation not in m.lu_par,
        }
        for m in vie.messages
        if m.fil == "partage"
    ][:nombre]


def contexte(vie: Vie) -> dict[str, Any]:
    lignes = etapes(vie)
    action = bloc_action(vie)
    les_recours = [*recours.cartes(vie), *avenants.cartes(vie)]
    liens = (action["action"], action["seconde"], *(c["lien"] for c in les_recours))
    connus = {a["url"] for a in liens if a}
    return {
        "bloc": action,
        "alertes": alertes(vie),
        "recours": les_recours,
        "etapes": lignes,
        "faites": nombre_faites(lignes),
        "jalons": jalons(vie) if vie.statut not in (S.BROUILLON, S.LETTRE_REFUSEE) else [],
        "dates": prochaines_dates(vie),
        "messages_recents": messages_recents(vie),
        "adherents": adherents(vie),
        "actes": [
            {"libelle": a.libelle, "url": url}
            for a in vie.actions
            if (url := vie.lien(a)) not in connus and not _sur_sa_page(a.nom)
        ],
        "contrat_en_cours": vie.argent.signe(*Contrat.Type.values) is not None,
    }


def _sur_sa_page(nom: str) -> bool:
    """Acts that make sense beside the row they are about: adhérents, contracts, reports have their own pages."""
    return nom in PAGES_PROPRES


PAGES_PROPRES = frozenset(
    {
        "ajouter_adherent",
        "envoyer_lien_adhesion",
        "annuler_invitation",
        "deposer_formulaire_adhesion",
        "sortir_adherent",
        "corriger_adhesion",
        "changer_exercice",
        "importer_adherents",
        "retirer_adhesion",
        "signer_amorcage",
        "signer_dotation",
        "renouveler_dotation",
        "noter_rencontre",
        "demander_avenant",
        "repondre_demande_avenant",
        "completer_demande_avenant",
        "proposer_avenant",
        "signer_avenant",
        "refuser_contrat",
        "enregistrer_rapport",
        "joindre_piece_rapport",
        "retirer_piece_rapport",
        "deposer_rapport",
        "valider_rapport",
        "demander_correction_rapport",
        "proposer_versement",
        "valider_versement",
        "marquer_paye",
        "annuler_versement",
        "controler_annee",
        "etablir_decompte",
        "deposer_lettre",
        *(a.nom for a in actes_registre.ACTIONS),
    }
)
