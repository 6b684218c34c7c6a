"""The seven steps of a dossier as its équipe reads them: what is done, what is awaited, of whom, until when, and why."""

from __future__ import annotations

from datetime import date

from dossiers import dates
from dossiers.models import Decision, Dossier, Echeance
from dossiers.regles.cycle import Statut
from dossiers.regles.statuts import CONFORMITE_ACQUISE
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, dans, date_fr

from .etapes_financieres import association, contrat, dotation, premier_versement, solde
from .lecture import Etape, Vie, noms, phrase

S = Statut


def etapes(vie: Vie) -> list[Etape]:
    return [
        _avec_origine(vie, "lettre", _lettre(vie)),
        contrat(vie),
        premier_versement(vie),
        _avec_origine(vie, "projet", _projet(vie)),
        association(vie),
        solde(vie),
        dotation(vie),
    ]


def _avec_origine(vie: Vie, objet: str, etape: Etape) -> Etape:
    """How it came, where it did not come through the portal: both days and the platform's number (CAL-8)."""
    depot = vie.depot(objet)
    if depot is None or depot.canal == depot.Canal.PORTAIL or vie.dossier.origine == Dossier.Origine.REPRISE:
        return etape
    recu = f"reçu{'e' if objet == 'lettre' else ''} par l’ARS le {date_fr(depot.date_reception)}"
    origine = (
        f"Par courrier\u00a0: cachet de la poste du {date_fr(depot.date_depot)}, {recu}."
        if depot.canal == depot.Canal.PAPIER
        else f"Sur Démarches Simplifiées, n°\u00a0{depot.reference}, le {date_fr(depot.date_depot)}, {recu}."
    )
    if depot.date_premiere_reception is not None:
        origine += f" Une autre ARS, non compétente, l’avait reçue le {date_fr(depot.date_premiere_reception)} et l’a transmise."
    return etape | {"texte": f"{etape.get('texte', '')} {origine}".strip()}


def nombre_faites(lignes: list[Etape]) -> int:
    return sum(e["etat"] == "fait" for e in lignes)


def _avis(vie: Vie, objet: str) -> str:
    avis = vie.avis(objet)
    if avis is None:
        return ""
    if avis.rendu_le is not None:
        nom = {"favorable": "favorable", "reserves": "avec réserves", "defavorable": "défavorable"}[avis.sens]
        return f" La caisse a rendu un avis {nom} le {date_fr(jour_local(avis.rendu_le, vie.dossier.fuseau))}."
    if avis.date_limite < vie.jour:
        return f" L’avis de la caisse était attendu jusqu’au {date_fr(avis.date_limite)}."
    return f" L’avis de la caisse est attendu jusqu’au {date_fr(avis.date_limite)}."


def _attente(vie: Vie, e: Echeance, depose: date, *, lettre: bool) -> Etape:
    """While the ARS has the clock: the last day, the day silence brings, or that silence is stopped."""
    objet, ars = ("lettre" if lettre else "projet"), noms(vie)[0]
    sujet, repute = ("votre lettre", "réputée validée") if lettre else ("votre projet", "réputé validé")
    depot = f"{'Déposée' if lettre else 'Déposé'} le {date_fr(depose)}"
    if e.dernier_jour is None:
        opposition = vie.dossier.opposition_caisse_le
        expresse = vie.echeance("AVI-2", "projet")
        limite = expresse.dernier_jour if expresse else None
        jours = f" depuis {accord((vie.jour - opposition).days, 'jour')}" if opposition else ""
        return {
            "etat": "attente",
            "badge": f"Décision expresse attendue de {ars}",
            "date": limite or "sans date implicite",
            "precision": f"décision expresse, {dans(limite, vie.jour)}" if limite else "",
            "texte": f"{depot}. La caisse a notifié un avis défavorable motivé{f' le {date_fr(opposition)}' if opposition else ''}\u00a0: "
            f"le silence ne vaut plus validation. {phrase(ars)} doit se prononcer\u00a0; sa décision est attendue{jours}.",
            "par": f"Décide\u00a0: {ars}",
            "explication": e.explication,
            "lien_date": dates.adresse(vie.dossier.numero, e),
        }
    return {
        "etat": "attente",
        "badge": f"En attente de {ars}",
        "date": e.dernier_jour,
        "precision": f"au plus tard, {dans(e.dernier_jour, vie.jour)}",
        "texte": f"{depot}, décision au plus tard le {date_fr(e.dernier_jour)}. Sans réponse à cette date, {sujet} sera {repute} "
        f"le {date_fr(e.acquise_le)}.{_avis(vie, objet)}",
        "par": f"Décide\u00a0: {ars}",
        "explication": e.explication,
        "lien_date": dates.adresse(vie.dossier.numero, e),
    }


def _incomplet(vie: Vie, objet: str) -> Etape:
    demande, e = vie.demande(objet), vie.echeance("DL-10", objet)
    limite = demande.date_limite if demande else None
    attendues = [i["libelle"] for i in demande.items if i["indispensable"] and not i["recue_le"]] if demande else []
    passe = limite is not None and limite < vie.jour
    suite = (
        f"Le jour prévu est passé\u00a0: {noms(vie)[0]} peut décider sur ce qui est au dossier, ou le classer. Vous pouvez encore fournir les pièces."
        if passe
        else "Le délai de réponse est arrêté. Deux mois entiers repartent à la réception de la dernière pièce."
    )
    return {
        "etat": "retard" if passe else "suspendu",
        "badge": "Pièces non reçues" if passe else "À compléter par vous",
        "date": limite or "",
        "precision": ("pièces attendues" if passe else f"inclus, {dans(limite, vie.jour)}") if limite else "",
        "texte": f"Pièces demandées\u00a0: {', '.join(attendues) or 'voir la demande'}. {suite}",
        "par": "À faire par\u00a0: vous",
        "explication": e.explication if e else None,
        "lien_date": dates.adresse(vie.dossier.numero, e) if e else "",
    }


def _decidee(vie: Vie, decision: Decision | None, e: Echeance | None, depose: date | None, *, lettre: bool) -> Etape:
    """Validated, by word or by silence. While the scan is late its row is not there yet: the date of silence says it (CAL-9)."""
    objet, ars = ("lettre" if lettre else "projet"), noms(vie)[0]
    tacite = decision is None or decision.mode == Decision.Mode.TACITE
    acquise = decision.date_acquise if decision else (e.acquise_le if e else None)
    f = "e" if lettre else ""
    badge = f"Réputé{f} validé{f}" if tacite else f"Validé{f}"
    depot = f"Vous avez déposé {'la lettre' if lettre else 'le projet'} le {date_fr(depose)}." if depose else ""
    if tacite and acquise:
        suite = f" {phrase(ars)} n’a pas répondu dans le délai\u00a0: {'la lettre est réputée validée' if lettre else 'le projet est réputé validé'} depuis le {date_fr(acquise)}."
    else:
        suite = f" {phrase(ars)} a validé {'votre lettre' if lettre else 'votre projet'}."
    prefixes = [f"accuse:{objet}", objet + ":", f"decision:{objet}:"]
    if decision is not None:
        prefixes += [f"decision:{decision.pk}", f"attestation:{decision.pk}"]
    return {
        "etat": "fait",
        "badge": badge,
        "date": acquise or "",
        "precision": f"déposé{f} le {date_fr(depose)}" if depose else "",
        "texte": f"{depot}{_avis(vie, objet)}{suite}".strip(),
        "par": f"Par\u00a0: {ars}" + (", décision implicite" if tacite else ""),
        "documents": vie.documents_de(*prefixes),
        "explication": (decision.explication if decision and decision.explication else (e.explication if e else None)),
        "lien_date": dates.adresse(vie.dossier.numero, e) if e else "",
    }


def _refusee(vie: Vie, objet: str) -> Etape:
    decision, depot = vie.decision(objet), vie.depot(objet)
    lettre = objet == "lettre"
    f = "e" if lettre else ""
    le = decision.date_notification or decision.date_acquise if decision else None
    suite = (
        "Vous pouvez contester cette décision dans les deux mois, ou commencer une nouvelle lettre."
        if lettre
        else "Vous pouvez déposer un projet modifié, ou contester cette décision dans les deux mois."
    )
    prefixes = [f"accuse:{objet}", objet + ":", f"decision:{objet}:"] + (
        [f"decision:{decision.pk}"] if decision else []
    )
    return {
        "etat": "retard",
        "badge": f"Refusé{f}",
        "date": le or "",
        "precision": f"déposé{f} le {date_fr(depot.date_depot)}" if depot else "",
        "texte": f"{phrase(noms(vie)[0])} a refusé {'votre lettre' if lettre else 'votre projet'} par une décision motivée. {suite}",
        "par": f"Par\u00a0: {noms(vie)[0]}",
        "documents": vie.documents_de(*prefixes),
    }


def _lettre(vie: Vie) -> Etape:
    titre, e, depot = (
        {"titre": "Lettre d’intention", "ancre": "etape-lettre"},
        vie.echeance("DL-1", "lettre"),
        vie.depot("lettre"),
    )
    documents = {"documents": vie.documents_de("accuse:lettre", "lettre:", "decision:lettre:")}
    if vie.statut is S.BROUILLON:
        vues = len(vie.dossier.lettre.etapes_vues)
        texte = f"Brouillon\u00a0: {accord(vues, 'étape')} sur 7 enregistrée{'s' if vues > 1 else ''}. Vous seuls voyez ce brouillon."
        return titre | {"etat": "cours", "texte": texte, "par": "À faire par\u00a0: vous", "date": "sans délai"}
    if vie.statut is S.LETTRE_INCOMPLETE:
        return titre | documents | _incomplet(vie, "lettre")
    if vie.statut is S.LETTRE_DEPOSEE and e is not None and depot is not None:
        return titre | documents | _attente(vie, e, depot.date_depot, lettre=True)
    if vie.statut is S.LETTRE_REFUSEE:
        return titre | _refusee(vie, "lettre")
    if depot is None:
        return titre | {"etat": "fait", "badge": "Reprise", "texte": "Étape instruite hors du portail.", "par": ""}
    decision = vie.decision("lettre")
    if vie.statut in (S.CLOS, S.RESILIE) and (decision is None or decision.sens != Decision.Sens.FAVORABLE):
        return (
            titre
            | {"documents": vie.documents_de("accuse:lettre", "lettre:", "classement:lettre:")}
            | {"etat": "venir", "badge": "Sans décision", "texte": "Le dossier a été clos avant la décision."}
        )
    return titre | _decidee(vie, decision, e, depot.date_depot, lettre=True)


def _projet(vie: Vie) -> Etape:
    titre, e, depot = (
        {"titre": "Projet de santé", "ancre": "etape-projet"},
        vie.echeance("DL-3", "projet"),
        vie.depot("projet"),
    )
    documents = {"documents": vie.documents_de("accuse:projet", "projet:", "decision:projet:")}
    if vie.statut is S.PROJET_INCOMPLET:
        return titre | documents | _incomplet(vie, "projet")
    if vie.statut is S.PROJET_DEPOSE and e is not None and depot is not None:
        return titre | documents | _attente(vie, e, depot.date_depot, lettre=False)
    if vie.statut is S.PROJET_REFUSE:
        return titre | _refusee(vie, "projet")
    decision = vie.decision("projet")
    if vie.statut in CONFORMITE_ACQUISE or (decision is not None and decision.sens == Decision.Sens.FAVORABLE):
        if depot is None:
            return titre | {"etat": "fait", "badge": "Repris", "texte": "Étape instruite hors du portail."}
        return titre | _decidee(vie, decision, e, depot.date_depot, lettre=False)
    if vie.statut in (S.CLOS, S.RESILIE) and depot is not None:
        return titre | {
            "etat": "venir",
            "badge": "Sans décision",
            "texte": "Le dossier a été clos avant la décision.",
            "documents": vie.documents_de("accuse:projet", "projet:", "classement:projet:"),
        }
    return titre | {"documents": vie.documents_de("retard:")} | _projet_a_ecrire(vie)


def _projet_a_ecrire(vie: Vie) -> Etape:
    e = vie.echeance("DL-2")
    texte = "Diagnostic, missions, indicateurs, gouvernance, mise à jour, déploiement."
    suite = "Vous pourrez encore déposer après cette date\u00a0: le projet sera signalé en retard et l’ARS se prononcera expressément. Votre dossier n’est jamais clos automatiquement."
    if vie.brouillon is not None:
        reste = len(vie.manques_projet)
        texte = f"Brouillon\u00a0: {accord(6 - reste, 'rubrique complète', 'rubriques complètes')} sur 6."
    if vie.statut in (S.CLOS, S.RESILIE, S.LETTRE_REFUSEE):
        return {"etat": "venir", "badge": "Sans suite", "texte": "Le projet de santé n’a pas été déposé."}
    if e is None or e.dernier_jour is None:
        return {
            "etat": "venir",
            "texte": f"{texte} Les six mois courent à partir de la lettre complète.",
            "par": "À faire par\u00a0: vous",
            "date": "six mois après la lettre complète",
            "explication": e.explication if e else None,
            "lien_date": dates.adresse(vie.dossier.numero, e) if e else "",
        }
    ecart = vie.reste(e.dernier_jour)
    commun = {
        "date": e.dernier_jour,
        "par": "À faire par\u00a0: vous",
        "explication": e.explication,
        "lien_date": dates.adresse(vie.dossier.numero, e),
        "suite": f"Et si la date passe\u00a0? {suite}",
    }
    if ecart < 0:
        return commun | {
            "etat": "retard",
            "badge": f"Dépassé de {accord(-ecart, 'jour')}",
            "precision": "dernier jour",
            "texte": f"{texte} {suite}",
        }
    courante = vie.statut in (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE)
    return commun | {
        "etat": "cours" if courante else "venir",
        "precision": f"au plus tard, {dans(e.dernier_jour, vie.jour)}",
        "texte": texte,
    }
