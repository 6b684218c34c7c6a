"""The steps of the frise that follow money and the association: contract, payments, FINESS number, dotation."""

from __future__ import annotations

from datetime import timedelta

from dossiers.regles.cycle import Statut
from dossiers.regles.statuts import CONFORMITE_ACQUISE
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, date_fr, euros
from financement.models import Contrat, Versement

from .lecture import APRES_LETTRE, Etape, Vie, noms

S = Statut


def _a_venir(titre: str, texte: str, par: str, date_: str = "") -> Etape:
    return {"titre": titre, "etat": "venir", "date": date_, "texte": texte, "par": par}


def contrat(vie: Vie) -> Etape:
    ars, caisse = noms(vie)
    titre = "Contrat de crédit d’amorçage"
    if vie.dossier.regime == "existante_conforme":
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Sans objet",
            "texte": "Une équipe existante conforme passe directement à la dotation annuelle.",
        }
    contrat = vie.argent.signe(*Contrat.CREDITS)
    if contrat is not None:
        signatures = sorted(contrat.signatures.all(), key=lambda s: s.signee_le)
        jours = {s.partie: date_fr(jour_local(s.signee_le, vie.dossier.fuseau)) for s in signatures}
        par = ", ".join(
            f"{qui} le {jours[code]}"
            for code, qui in (("equipe", "vous"), ("caisse", caisse), ("ars", ars))
            if code in jours
        )
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Signé par les trois parties",
            "date": contrat.signe_jour,
            "texte": f"Crédit de {euros(contrat.montant)}.",
            "par": f"Par\u00a0: {par}" if par else "",
            "documents": vie.documents_de("contrat:amorcage", "contrat:transitoire"),
        }
    propose = vie.argent.propose
    if propose is not None and propose.est_credit:
        restent = propose.reste_a_signer()
        a_vous = "equipe" in restent
        return {
            "titre": titre,
            "etat": "cours" if a_vous else "attente",
            "badge": "À vous de signer" if a_vous else "En attente de signature",
            "texte": f"Crédit de {euros(propose.montant)}. {accord(3 - len(restent), 'signature')} sur 3. "
            "Le contrat est signé à la troisième\u00a0; l’ordre est libre.",
            "par": "Attendu de\u00a0: "
            + ", ".join(q for c, q in (("equipe", "vous"), ("ars", ars), ("caisse", caisse)) if c in restent),
            "documents": vie.documents_de("contrat:amorcage", "contrat:transitoire"),
        }
    if vie.statut in APRES_LETTRE and vie.statut not in (S.CLOS, S.RESILIE):
        return {
            "titre": titre,
            "etat": "attente",
            "badge": f"En attente de {ars}",
            "date": "après la lettre",
            "texte": "L’ARS ou la caisse propose le contrat\u00a0; vous le signez toutes les trois, dans l’ordre de votre choix.",
            "par": f"Attendu de\u00a0: {ars} ou {caisse}",
        }
    return _a_venir(
        titre,
        "Signé par vous, l’ARS et la caisse une fois la lettre validée.",
        "Attendu de\u00a0: l’ARS ou la caisse",
        "après validation de la lettre",
    )


def _versement(vie: Vie, titre: str, natures: tuple[str, ...], attente: Etape) -> Etape:
    v = next((v for n in natures if (v := vie.argent.versement(n))), None)
    caisse = noms(vie)[1]
    if v is None:
        return {"titre": titre} | attente
    part = f"{euros(v.montant)}."
    if v.statut == Versement.Statut.PAYE:
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Versé",
            "date": v.paye_le,
            "texte": part,
            "par": f"Par\u00a0: {caisse}",
            "documents": vie.documents_de(f"versement:{v.numero}"),
        }
    badge = "Ordre de versement émis" if v.statut == Versement.Statut.VALIDE else "En cours de validation"
    return {
        "titre": titre,
        "etat": "attente",
        "badge": badge,
        "texte": part,
        "par": f"Attendu de\u00a0: {caisse}",
        "documents": vie.documents_de(f"versement:{v.numero}"),
    }


def premier_versement(vie: Vie) -> Etape:
    titre, caisse = "Premier versement", noms(vie)[1]
    if vie.dossier.regime == "existante_conforme":
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Sans objet",
            "texte": "Pas de crédit d’amorçage pour une équipe existante conforme.",
        }
    if vie.argent.signe(*Contrat.CREDITS) is None:
        attente = _a_venir(
            titre,
            "Versé dès que le contrat est signé par les trois et que l’association et son IBAN sont enregistrés.",
            f"Attendu de\u00a0: {caisse}",
            "après signature",
        )
    else:
        association = getattr(vie.dossier, "association", None)
        manques = [
            m
            for m, absent in (
                ("déclarer l’association", association is None),
                ("enregistrer son IBAN", vie.argent.compte is None),
            )
            if absent
        ]
        texte = f"Il reste à {' et à '.join(manques)}." if manques else "Tout est prêt de votre côté."
        attente = {
            "etat": "partiel" if manques else "attente",
            "badge": "En attente de l’association" if manques else f"En attente de {caisse}",
            "texte": texte,
            "par": f"Attendu de\u00a0: {'vous' if manques else caisse}",
        }
    return _versement(vie, titre, ("amorcage_1", "amorcage_unique", "transitoire"), attente)


def association(vie: Vie) -> Etape:
    titre, ars = "Association et numéro FINESS", noms(vie)[0]
    association = getattr(vie.dossier, "association", None)
    if association is None:
        return _a_venir(
            titre,
            "Vous pouvez déclarer l’association dès maintenant\u00a0: le premier versement l’attend.",
            f"Attendu de\u00a0: vous, puis {ars} pour le numéro FINESS",
            "après validation du projet",
        )
    numero = next(
        (f"{nom} {v}" for nom, v in (("RNA", association.rna), ("SIREN", association.siren)) if v), association.registre
    )
    le = f" le {date_fr(association.date_declaration)}" if association.date_declaration else ""
    texte = f"{association.nom}, déclarée{le}{f' ({numero})' if numero else ''}."
    if association.finess:
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Numéro attribué",
            "date": association.finess_le,
            "texte": f"{texte} Numéro FINESS {association.finess}.",
            "par": f"Par\u00a0: {ars}",
        }
    return {
        "titre": titre,
        "etat": "partiel",
        "date": "après validation du projet",
        "texte": f"{texte} Il reste à enregistrer le numéro FINESS.",
        "par": f"Attendu de\u00a0: {ars}",
    }


def solde(vie: Vie) -> Etape:
    titre, caisse = "Solde du crédit d’amorçage", noms(vie)[1]
    if vie.dossier.regime in ("existante_conforme", "mise_en_conformite", "en_projet_credit_ars"):
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "Sans objet",
            "texte": "Le régime transitoire ne prévoit pas de second versement.",
        }
    faites = {a.type for a in vie.dossier.activites.all() if a.type in a.SOCLE and a.ecartee_le is None}
    manques = [
        m
        for m, absent in (
            ("le projet est validé", vie.statut not in CONFORMITE_ACQUISE),
            ("au moins une activité de la mission socle est en place, preuve à l’appui", not faites),
        )
        if absent
    ]
    texte = f"Versé dès que {' et que '.join(manques)}." if manques else "Les deux conditions sont réunies."
    attente = {
        "etat": "venir" if manques else "attente",
        "texte": texte,
        "par": f"Attendu de\u00a0: {'vous pour la preuve, ' if not faites else ''}{caisse} pour le versement",
        "badge": "" if manques else f"En attente de {caisse}",
    }
    return _versement(vie, titre, ("amorcage_2",), attente)


def dotation(vie: Vie) -> Etape:
    titre, (ars, caisse) = "Dotation annuelle", noms(vie)
    contrats = vie.argent.signees()
    if contrats:
        # A renewal is signed before it takes effect: the one that runs is told until then.
        contrat = next((c for c in reversed(contrats) if c.date_effet <= vie.jour), contrats[0])
        payes = [v for v in vie.argent.actifs if v.nature == "dotation" and v.statut == Versement.Statut.PAYE]
        hors = vie.argent.fin(contrat)
        texte = (
            f"Contrat en vigueur du {date_fr(contrat.date_effet)} au {date_fr(hors - timedelta(days=1))}."
            if hors
            else "Contrat en vigueur."
        )
        return {
            "titre": titre,
            "etat": "fait",
            "badge": "En cours" if vie.statut is S.DOTATION_ACTIVE else "Terminée",
            "date": contrat.date_effet,
            "texte": f"{texte} {accord(len(payes), 'année versée', 'années versées')}.",
            "par": f"Par\u00a0: {caisse}",
            "documents": vie.documents_de("contrat:dotation"),
        }
    propose = vie.argent.propose
    if propose is not None and not propose.est_credit:
        a_vous = "equipe" in propose.reste_a_signer()
        return {
            "titre": titre,
            "etat": "cours" if a_vous else "attente",
            "badge": "À vous de signer" if a_vous else "En attente de signature",
            "texte": f"Contrat de {euros(propose.montant)} pour la première année.",
            "par": f"Attendu de\u00a0: vous, {ars}, {caisse}",
            "documents": vie.documents_de("contrat:dotation"),
        }
    if vie.statut is S.FINESS_ATTRIBUE:
        return {
            "titre": titre,
            "etat": "attente",
            "badge": f"En attente de {ars}",
            "texte": "L’ARS ou la caisse propose le contrat de cinq ans.",
            "par": f"Attendu de\u00a0: {ars} ou {caisse}",
        }
    return _a_venir(
        titre,
        "Contrat de cinq ans, de 50\u00a0000\u00a0€ à 100\u00a0000\u00a0€ par an selon le nombre de médecins adhérents.",
        f"Attendu de\u00a0: l’association, {caisse} et {ars}",
        "après le numéro FINESS",
    )
