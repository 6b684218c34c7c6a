"""The one thing the équipe has to do now; when nothing is, who is awaited and until when."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dossiers import presentation
from dossiers.forms.lettre import ETAPES
from dossiers.lecture_recours import NOUVEAU_DEPOT, ouvert
from dossiers.models import Echeance
from dossiers.regles.cycle import Statut
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, dans, date_fr, jour_fr

from .lecture import Vie, noms, phrase

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
    if n < 0:
        avant = "Attendu jusqu’au"
    inclus = " inclus" if avant.endswith("jusqu’au") else ""
    return {"avant": avant, "quand": f"{jour_fr(e.dernier_jour)}{inclus}", "reste": reste, "explication": e.explication}


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
                "Le journal dit quand et pourquoi. Les documents restent à votre disposition\u00a0; vous pouvez commencer une nouvelle lettre.",
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
    texte = f"Brouillon\u00a0: {accord(len(lettre.etapes_vues), 'étape enregistrée', 'étapes enregistrées')} sur {len(ETAPES)}."
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
    texte = f"{accord(len(attendues), 'pièce indispensable est attendue', 'pièces indispensables sont attendues')}\u00a0: {', '.join(attendues)}. Le délai de réponse est arrêté\u00a0; deux mois entiers repartent à la réception de la dernière."
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
            f"La caisse a notifié un avis défavorable motivé. {phrase(ars)} doit se prononcer\u00a0: sans réponse, votre projet n’est pas réputé validé.",
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
    titre = f"l’avenant n°\u00a0{contrat.rang}" if contrat.est_avenant else f"le {contrat.get_type_display().lower()}"
    return _bloc(
        f"Signez {titre}",
        "Les trois parties signent la même version, dans l’ordre de leur choix. La troisième signature le conclut.",
        action={
            "libelle": f"Lire et signer {'l’avenant' if contrat.est_avenant else 'le contrat'}",
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
        texte = "Le numéro FINESS, le solde et la dotation sont attribués à une association. Déclarez-la\u00a0: la suite en dépend."
        return _bloc("Déclarez l’association", texte, quand="Dès maintenant", action=a_declarer)
    socle = {a.type for a in vie.dossier.activites.all() if a.type in a.SOCLE and a.ecartee_le is None}
    activite, e = vie.acte("declarer_activite"), vie.echeance("DL-4")
    if activite is not None and len(socle) < 2:
        fait = "Aucune n’est déclarée." if not socle else "Une est déclarée, il en reste une."
        return _bloc(
            "Mettez en place la mission socle",
            f"Deux activités\u00a0: l’avis spécialisé ponctuel et la structuration du second recours. {fait}",
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
        f"{phrase(qui)} prépare {attendu}",
        "Vous n’avez rien à faire pour l’instant. Vous serez prévenus par courriel.",
        badge=f"En attente de {qui}",
    )


def _fin_du_recours(vie: Vie) -> str:
    """What a new filing does to the recours gracieux that waits."""
    return f" {NOUVEAU_DEPOT}" if ouvert(vie.dossier) is not None else ""


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
        texte = (
            f"Brouillon\u00a0: {accord(6 - len(manques), 'rubrique est complète', 'rubriques sont complètes')} sur 6."
        )
        if vie.brouillon.enregistre_le:
            texte += (
                f" Dernier enregistrement le {date_fr(jour_local(vie.brouillon.enregistre_le, vie.dossier.fuseau))}."
            )
    tard = e is not None and e.dernier_jour is not None and e.dernier_jour < vie.jour
    if tard and not refuse:
        texte += " Vous pouvez encore déposer\u00a0: l’ARS se prononcera sur le retard, et le dossier n’est jamais clos automatiquement."
    if refuse:
        return _bloc(
            "Déposez un projet de santé modifié",
            f"Le projet est refusé par une décision motivée. {texte}{_fin_du_recours(vie)}",
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
