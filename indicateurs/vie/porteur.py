"""The dossier as its équipe sees it: what to do now and until when, its states said in words, its next dates."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dossiers import presentation
from dossiers.forms.lettre import ETAPES
from dossiers.libelles import REGLES
from dossiers.models import Decision, Echeance
from dossiers.regles.cycle import Statut
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, dans, date_fr, jour_fr, part
from financement.models import Contrat

from .frise import etapes, nombre_faites
from .lecture import Vie, noms

S = Statut
Bloc = dict[str, Any]


def _bloc(titre: str, texte: str, **autres: Any) -> Bloc:
    base: Bloc = {
        "badge": "À vous d’agir",
        "avant": "",
        "quand": "",
        "reste": "",
        "explication": None,
        "action": None,
        "seconde": None,
    }
    return base | {"titre": titre, "texte": texte} | autres


def _date(vie: Vie, e: Echeance | None, avant: str = "Au plus tard le") -> Bloc:
    """The date first, then what is left, then why."""
    if e is None or e.dernier_jour is None:
        return {"explication": e.explication} if e else {}
    n = vie.reste(e.dernier_jour)
    reste = (
        f"Dépassé de {accord(-n, 'jour')}."
        if n < 0
        else "C’est aujourd’hui."
        if n == 0
        else f"Il vous reste {accord(n, 'jour')}."
    )
    return {"avant": avant, "quand": jour_fr(e.dernier_jour), "reste": reste, "explication": e.explication}


def bloc_action(vie: Vie) -> Bloc:
    """The one thing to do now; when nothing is, who is awaited and until when."""
    match vie.statut:
        case S.BROUILLON:
            return _brouillon(vie)
        case S.LETTRE_INCOMPLETE | S.PROJET_INCOMPLET:
            return _pieces(vie)
        case S.LETTRE_DEPOSEE | S.PROJET_DEPOSE:
            return _attente(vie)
        case S.LETTRE_REFUSEE:
            url = reverse("dossier_nouveau")
            return _bloc(
                "Votre lettre d’intention est refusée",
                "Les motifs sont dans la décision. Vous pouvez la contester dans les deux mois de sa notification, ou commencer une nouvelle lettre qui y répond.",
                badge="Refusée",
                action={"libelle": "Commencer une nouvelle lettre", "url": f"{url}?remplace={vie.dossier.numero}"},
            )
        case S.CLOS | S.RESILIE:
            mots = (
                ("Votre contrat est résilié", "Résilié") if vie.statut is S.RESILIE else ("Ce dossier est clos", "Clos")
            )
            return _bloc(
                mots[0],
                "Le journal dit quand et pourquoi. Les documents restent à votre disposition ; vous pouvez commencer une nouvelle lettre.",
                badge=mots[1],
                action={"libelle": "Lire le journal", "url": reverse("journal", args=[vie.dossier.numero])},
                seconde={"libelle": "Commencer une nouvelle lettre", "url": reverse("dossier_nouveau")},
            )
    return _signature(vie) or _suite(vie)


def _brouillon(vie: Vie) -> Bloc:
    lettre = vie.dossier.lettre
    suivante = next((e for e in ETAPES if e not in lettre.etapes_vues), "")
    numero = vie.dossier.numero
    recapitulatif = reverse("lettre_recapitulatif", args=[numero])
    texte = (
        f"Brouillon : {accord(len(lettre.etapes_vues), 'étape enregistrée', 'étapes enregistrées')} sur {len(ETAPES)}."
    )
    if lettre.enregistree_le:
        texte += f" Dernier enregistrement le {date_fr(jour_local(lettre.enregistree_le, vie.dossier.fuseau))}."
    if not suivante:
        return _bloc(
            "Déposez votre lettre d’intention",
            texte,
            quand="Quand vous voulez",
            action={"libelle": "Relire et déposer", "url": recapitulatif},
        )
    action = {
        "libelle": "Continuer la lettre" if lettre.etapes_vues else "Commencer la lettre",
        "url": reverse("lettre_etape", args=[numero, suivante]),
    }
    return _bloc(
        "Déposez votre lettre d’intention",
        texte,
        quand="Quand vous voulez",
        reste="Aucun délai ne court avant le dépôt.",
        action=action,
        seconde={"libelle": "Voir le récapitulatif", "url": recapitulatif},
    )


def _pieces(vie: Vie) -> Bloc:
    objet = "lettre" if vie.statut is S.LETTRE_INCOMPLETE else "projet"
    demande = vie.demande(objet)
    attendues = [i["libelle"] for i in demande.items if i["indispensable"] and not i["recue_le"]] if demande else []
    acte = vie.acte("completer_lettre", "completer_projet")
    texte = f"{accord(len(attendues), 'pièce indispensable est attendue', 'pièces indispensables sont attendues')} : {' ; '.join(attendues)}. Le délai de réponse est arrêté ; deux mois entiers repartent à la réception de la dernière."
    return _bloc(
        "Fournissez les pièces demandées",
        texte,
        badge="À compléter par vous",
        action={"libelle": acte.libelle, "url": vie.lien(acte)} if acte else None,
        seconde={"libelle": "Écrire à l’ARS", "url": reverse("messages", args=[vie.dossier.numero])},
        **_date(vie, vie.echeance("DL-10", objet), "À compléter jusqu’au"),
    )


def _attente(vie: Vie) -> Bloc:
    lettre = vie.statut is S.LETTRE_DEPOSEE
    ars = noms(vie)[0]
    e = vie.echeance("DL-1" if lettre else "DL-3", "lettre" if lettre else "projet")
    seconde = {"libelle": "Écrire à l’ARS", "url": reverse("messages", args=[vie.dossier.numero])}
    preparer = (
        {
            "libelle": "Préparer le projet de santé",
            "url": reverse("projet_rubrique", args=[vie.dossier.numero, "diagnostic"]),
        }
        if lettre
        else None
    )
    if e is None or e.dernier_jour is None:
        return _bloc(
            "Décision expresse attendue",
            f"La caisse a notifié un avis défavorable motivé. {ars} doit se prononcer : sans réponse, votre projet n’est pas réputé validé.",
            badge=f"En attente de {ars}",
            explication=e.explication if e else None,
            seconde=seconde,
        )
    mot = "votre lettre sera réputée validée" if lettre else "votre projet sera réputé validé"
    date = _date(vie, e, "Réponse au plus tard le") | {"reste": f"{dans(e.dernier_jour, vie.jour).capitalize()}."}
    return _bloc(
        "Votre lettre est en instruction" if lettre else "Votre projet est en instruction",
        f"Sans réponse à cette date, {mot} le {date_fr(e.acquise_le)}. Vous n’avez rien à faire, sauf si une pièce vous est demandée.",
        badge=f"En attente de {ars}",
        seconde=preparer or seconde,
        **date,
    )


def _signature(vie: Vie) -> Bloc | None:
    contrat = vie.argent.propose
    if contrat is None or "equipe" not in contrat.reste_a_signer():
        return None
    return _bloc(
        f"Signez le {contrat.get_type_display().lower()}",
        "Les trois parties signent la même version, dans l’ordre de leur choix. Le contrat est signé à la troisième.",
        action={
            "libelle": "Lire et signer le contrat",
            "url": reverse("contrat", args=[vie.dossier.numero, contrat.pk]),
        },
        seconde={
            "libelle": "Continuer le projet de santé",
            "url": reverse("projet_rubrique", args=[vie.dossier.numero, "diagnostic"]),
        }
        if vie.statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE)
        else None,
    )


def _suite(vie: Vie) -> Bloc:
    """After the letter: write the projet, then what the association and the dotation ask for."""
    numero, association = vie.dossier.numero, getattr(vie.dossier, "association", None)
    declarer = vie.acte("declarer_association") if association is None else None
    a_declarer = {"libelle": "Déclarer l’association", "url": vie.lien(declarer)} if declarer else None
    if vie.statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_REFUSE):
        return _projet(vie, a_declarer)
    if vie.statut is S.PROJET_VALIDE and a_declarer:
        texte = "Le numéro FINESS, le solde et la dotation sont attribués à une association. Déclarez-la : la suite en dépend."
        return _bloc("Déclarez l’association", texte, quand="Dès maintenant", action=a_declarer)
    socle = {a.type for a in vie.dossier.activites.all() if a.type in a.SOCLE and a.ecartee_le is None}
    activite, e = vie.acte("declarer_activite"), vie.echeance("DL-4")
    if activite is not None and len(socle) < 2:
        fait = "Aucune n’est déclarée." if not socle else "Une est déclarée, il en reste une."
        return _bloc(
            "Mettez en place la mission socle",
            f"Deux activités : l’avis spécialisé ponctuel et la structuration du second recours. {fait}",
            action={"libelle": "Déclarer une activité", "url": vie.lien(activite)},
            **_date(vie, e),
        )
    ars, caisse = noms(vie)
    if vie.statut is S.DOTATION_ACTIVE:
        e = next((x for x in presentation.attendues(vie.echeances, vie.maintenant) if x.regle == "DL-7"), None)
        return _bloc(
            "Préparez le rapport d’activité",
            "Il accompagne le contrôle annuel et le versement de l’année suivante.",
            action={"libelle": "Ouvrir les rapports d’activité", "url": reverse("rapports", args=[numero])},
            **_date(vie, e, "Anniversaire du contrat le"),
        )
    qui = ars if vie.statut is S.PROJET_VALIDE else f"{ars} ou {caisse}"
    attendu = "le numéro FINESS" if vie.statut is S.PROJET_VALIDE else "le contrat de dotation annuelle"
    return _bloc(
        f"{qui} prépare {attendu}",
        "Vous n’avez rien à faire pour l’instant. Vous serez prévenus par courriel.",
        badge=f"En attente de {qui}",
    )


def _projet(vie: Vie, a_declarer: dict[str, str] | None) -> Bloc:
    numero, manques, e = vie.dossier.numero, vie.manques_projet, vie.echeance("DL-2")
    deposer = vie.acte("deposer_projet")
    refuse = vie.statut is S.PROJET_REFUSE
    if deposer is not None and not manques:
        action = {"libelle": deposer.libelle, "url": vie.lien(deposer)}
    else:
        libelle = (
            "Continuer le projet de santé"
            if vie.brouillon
            else "Modifier le projet refusé"
            if refuse
            else "Commencer le projet de santé"
        )
        action = {
            "libelle": libelle,
            "url": reverse("projet_rubrique", args=[numero, next(iter(manques), "diagnostic")]),
        }
    texte = "Six rubriques à rédiger, à plusieurs si vous le souhaitez."
    if vie.brouillon:
        texte = f"Brouillon : {accord(6 - len(manques), 'rubrique est complète', 'rubriques sont complètes')} sur 6."
        if vie.brouillon.enregistre_le:
            texte += (
                f" Dernier enregistrement le {date_fr(jour_local(vie.brouillon.enregistre_le, vie.dossier.fuseau))}."
            )
    tard = e is not None and e.dernier_jour is not None and e.dernier_jour < vie.jour
    if tard and not refuse:
        texte += " Vous pouvez encore déposer : l’ARS se prononcera sur le retard, et le dossier n’est jamais clos automatiquement."
    if refuse:
        return _bloc(
            "Déposez un projet de santé modifié",
            f"Le projet est refusé par une décision motivée. {texte}",
            quand="Quand vous voulez",
            action=action,
            seconde=a_declarer,
        )
    return _bloc(
        "Déposez votre projet de santé",
        texte,
        badge="En retard" if tard else "À vous d’agir",
        action=action,
        seconde=a_declarer,
        **_date(vie, e),
    )


def alertes(vie: Vie) -> list[dict[str, str]]:
    """States that change what a date means, each said in words with what follows."""
    d, a_vous = vie.dossier, vie.acteur.est_porteur
    lignes = []
    if d.est_a_regulariser:
        lignes.append(
            {
                "variante": "alerte",
                "titre": "Lettre validée en conflit, à régulariser",
                "texte": "Le silence a validé la lettre alors que le territoire est déjà couvert, ou sans dérogation. Rien ne se signe avant une dérogation de la commission paritaire nationale, un changement de périmètre ou un retrait."
                + (" L’ARS vous contactera ; vous pouvez lui écrire." if a_vous else ""),
            }
        )
    if any(x.issue == "demandee" for x in d.derogations.all()):
        lignes.append(
            {
                "variante": "info",
                "titre": "Dérogation demandée",
                "texte": "La commission paritaire nationale est saisie. Son silence n’accorde rien : une validation expresse attend sa réponse.",
            }
        )
    retirees = [x for x in d.decisions.all() if x.retiree_le and x.sens == Decision.Sens.FAVORABLE]
    if retirees:
        lignes.append(
            {
                "variante": "alerte",
                "titre": f"Validation retirée le {date_fr(retirees[-1].retiree_le)}",
                "texte": retirees[-1].motif_retrait,
            }
        )
    return lignes


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
                }
            )
        elif e.dernier_jour is None:
            lignes.append({"etat": "attente", "libelle": libelle, "detail": "Le délai partira de la lettre complète."})
        elif e.dernier_jour < vie.jour:
            lignes.append(
                {
                    "etat": "erreur",
                    "libelle": libelle,
                    "detail": f"Attendu jusqu’au {date_fr(e.dernier_jour)} inclus. {consequence}",
                }
            )
        else:
            lignes.append(
                {
                    "etat": "attente",
                    "libelle": libelle,
                    "detail": f"Au plus tard le {date_fr(e.dernier_jour)}, {dans(e.dernier_jour, vie.jour)}. {consequence}",
                }
            )
    return lignes


A_FAIRE = {"equipe": "À faire par vous", "ars": "Attendu de l’ARS", "caisse": "Attendu de la caisse"}


def prochaines_dates(vie: Vie) -> list[dict[str, Any]]:
    lignes = []
    for e in presentation.attendues(vie.echeances, vie.maintenant)[:6]:
        texte = REGLES[e.regle]
        if e.acquise_le:
            texte += " ; sans réponse, réputée validée" if e.objet == "lettre" else " ; sans réponse, réputé validé"
        lignes.append(
            {
                "date": e.dernier_jour,
                "texte": texte,
                "precision": f"{A_FAIRE.get(e.qui, '')}, {dans(e.dernier_jour, vie.jour)}",
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
    connus = {a["url"] for a in (action["action"], action["seconde"]) if a}
    return {
        "bloc": action,
        "alertes": alertes(vie),
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
        "signer_amorcage",
        "signer_dotation",
        "renouveler_dotation",
        "refuser_contrat",
        "enregistrer_rapport",
        "deposer_rapport",
        "valider_rapport",
        "demander_correction_rapport",
        "proposer_versement",
        "valider_versement",
        "marquer_paye",
        "annuler_versement",
        "deposer_lettre",
    }
)
