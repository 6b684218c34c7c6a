"""The page of a contract: its three parties, its frozen text, its proofs, its versions, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.urls import reverse

from dossiers import faits
from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents.models import Document, Sceau
from ess_portal.journal.models import Evenement
from ess_portal.socle.horloge import aujourdhui
from ess_portal.socle.typographie import date_fr, euros, instant_fr

from ..models import Contrat, Signature
from ..models.contrat import partie_de
from ..services import dates, designations
from ..services.avenants import cle_consolide
from ..services.chevauchement import calculer
from ..services.textes import empreinte, source
from .comparaison import comparer, comparer_avenants, precedente
from .consolide import avenants, clauses, consolider, ecarts_de, ecarts_depuis_l_origine, est_sur_papier, texte
from .instantane import argent

ETATS = {
    "propose": ("info", "En signature", "edit-line"),
    "signe": ("succes", "Signé par les trois parties", ""),
    "remplace": ("neutre", "Remplacé", "archive-line"),
    "refuse": ("alerte", "Modification demandée", ""),
    "expire": ("neutre", "Sans suite", ""),
    "resilie": ("erreur", "Résilié", ""),
}
EVENEMENTS = {
    "proposer_contrat_amorcage": "Contrat proposé",
    "proposer_contrat_dotation": "Contrat proposé",
    "signature_contrat": "Signature",
    "signer_amorcage": "Troisième signature",
    "signer_dotation": "Troisième signature",
    "renouveler_dotation": "Troisième signature",
    "proposer_avenant": "Avenant proposé",
    "signer_avenant": "Troisième signature",
    "refuser_contrat": "Modification demandée",
    "designer_signataire": "Signataire désigné",
    "deposer_exemplaire": "Exemplaire signé à la main déposé",
    "juger_exemplaire": "Exemplaire signé à la main comparé",
    "reprendre_contrat": "Contrat repris, signé hors du portail",
}
HORS_PORTAIL = "Signé hors du portail"


def est_renouvelable(dossier: Dossier) -> bool:
    """No dotation in force, or one in its last months (DUR-1)."""
    en_cours = argent(dossier).signe(Contrat.Type.DOTATION)
    if en_cours is None:
        return True
    jour = aujourdhui()
    des = dates.renouvelable_des(en_cours, faits.parametres(dossier, jour))
    return des is not None and jour >= des


def lignes(dossier: Dossier) -> list[dict[str, Any]]:
    """Every version, the last first."""
    return [
        {
            "contrat": c,
            "etat": _echu(dossier, c) or ETATS[c.statut],
            "url": reverse("contrat", args=[dossier.numero, c.pk]),
            "signatures": len(c.signatures.all()),
            "precision": f"au {_modifie(dossier, c).get_type_display().lower()}" if c.est_avenant else "",
        }
        for c in reversed(argent(dossier).contrats)
    ]


def rencontres(dossier: Dossier) -> list[dict[str, str]]:
    """The meetings written in the journal, the last first (TRA-8)."""
    lues = Evenement.objects.filter(dossier=dossier, type="noter_rencontre").order_by("-legal_le", "-seq")
    return [
        {**e.donnees, "jour": date_fr(date.fromisoformat(e.donnees["jour"])), "par": e.acteur_nom} for e in lues[:50]
    ]


def contexte(dossier: Dossier, contrat: Contrat, acteur: Acteur) -> dict[str, Any]:
    signatures = contrat.signatures_par_partie()
    partie = partie_de(dossier, acteur.organisation_id)
    return {
        "parties": _parties(dossier, contrat, signatures, partie, acteur),
        "etat": _etat(dossier, contrat, len(signatures)),
        "preuves": _preuves(dossier, contrat, signatures),
        "lien_preuves": reverse("contrat_preuves", args=[dossier.numero, contrat.pk]) if partie and signatures else "",
        "lien_preuves_pdf": reverse("contrat_preuves_pdf", args=[dossier.numero, contrat.pk])
        if partie and signatures
        else "",
        **_comparaison(dossier, contrat),
        "integre": empreinte(contrat.contenu) == contrat.empreinte,
        "empreinte_lisible": " ".join(contrat.empreinte[i : i + 8] for i in range(0, 64, 8)),
        "versions": [v for v in lignes(dossier) if _suite(v["contrat"]) == _suite(contrat)],
        "chevauchement": calculer(dossier, contrat) if contrat.statut == Contrat.Statut.SIGNE else None,
        "avenants": [v for v in lignes(dossier) if v["contrat"].modifie_id == contrat.pk],
        "lien_consolide": _lien_consolide(dossier, contrat),
        "evenements": _evenements(dossier, contrat),
        "controles": _controles(dossier, contrat, signatures, acteur),
        "partie": partie,
        "noms": _noms(dossier),
        "meta": _meta(dossier, contrat),
    }


def _comparaison(dossier: Dossier, contrat: Contrat) -> dict[str, Any]:
    """What this version changes in the one before it; nothing for a first version, or one signed out of the portal."""
    if contrat.est_avenant:
        avant = precedente(contrat, argent(dossier).contrats)
        papier = est_sur_papier(_modifie(dossier, contrat))
        return {
            "version_comparee": avant,
            "ecarts": comparer_avenants(avant, contrat) if avant else [],
            "sur_papier": papier,
            "changes": [] if papier else ecarts_de(dossier, contrat),
        }
    avant = precedente(contrat, argent(dossier).contrats)
    if avant is None or not contrat.contenu.get("clauses"):
        return {"version_comparee": None}
    if avant.signe_le is None:
        return {"version_comparee": avant, "ecarts": comparer(avant.contenu, contrat.contenu)}
    # A renewal: the text that it follows is the one its avenants made.
    en_vigueur = [asdict(a) for a in texte(avant, avenants(dossier, avant))]
    return {"version_comparee": avant, "ecarts": comparer({**avant.contenu, "clauses": en_vigueur}, contrat.contenu)}


def _suite(contrat: Contrat) -> tuple[str, int | None, int]:
    """What the versions of one text share."""
    return contrat.type, contrat.modifie_id, contrat.rang


def _modifie(dossier: Dossier, avenant: Contrat) -> Contrat:
    return next(c for c in argent(dossier).contrats if c.pk == avenant.modifie_id)


def _lien_consolide(dossier: Dossier, contrat: Contrat) -> str:
    vise = _modifie(dossier, contrat) if contrat.est_avenant else contrat
    if not avenants(dossier, vise):
        return ""
    return reverse("contrat_consolide", args=[dossier.numero, vise.pk])


def imprimable(contrat: Contrat) -> dict[str, Any]:
    """The frozen content as a contract is laid out: an avenant's changes are its articles."""
    if not contrat.est_avenant:
        return contrat.contenu
    gestes = {"ajoute": "article ajouté", "remplace": "remplacé", "retire": "supprimé"}
    articles = [
        {
            "titre": f"Article {c['numero']}, {c['titre']} ({gestes[c['geste']]})" if c["numero"] else f"{c['titre']} ({gestes[c['geste']]})",
            "html": c["html"],
        }
        for c in contrat.contenu["changements"]
    ]  # fmt: skip
    return {**contrat.contenu, "clauses": articles}


def consolidation(dossier: Dossier, contrat: Contrat, au: date) -> dict[str, Any]:
    """The text of a contract on a day, with the issued document that prints it: the contract's own before any avenant."""
    lu = consolider(dossier, contrat, au)
    d_origine = {c.code for c in clauses(contrat.contenu)}
    cles = [cle_consolide(c) for c in lu.avenants[-1:]]
    document = Document.objects.filter(dossier=dossier, cle__in=cles).first() if cles else None
    return {
        "au": au,
        "articles": [(a, source(a, d_origine)) for a in lu.articles],
        "avenants": lu.avenants,
        "a_venir": lu.a_venir,
        "sur_papier": est_sur_papier(contrat),
        "ecarts": ecarts_depuis_l_origine(contrat, lu) if lu.avenants and not est_sur_papier(contrat) else [],
        "document": document.pk if document else contrat.document_id,
        "avant_effet": contrat.date_effet > au,
        "fini": contrat.premier_jour_hors is not None and contrat.premier_jour_hors <= au,
    }


def _noms(dossier: Dossier) -> dict[str, str]:
    return {"equipe": dossier.nom, "ars": dossier.ars.nom, "caisse": dossier.caisse.nom}


def _meta(dossier: Dossier, contrat: Contrat) -> list[str]:
    suite = [dossier.nom, dossier.numero]
    if contrat.est_avenant:
        suite.append(f"au {_modifie(dossier, contrat).get_type_display().lower()}")
        if contrat.date_effet is None:
            suite.append(f"effet prévu le {date_fr(contrat.effet_prevu)}")
    else:
        suite.append(euros(contrat.montant))
    if contrat.date_effet:
        suite.append(f"prise d’effet le {date_fr(contrat.date_effet)}")
    if contrat.date_fin:
        suite.append(f"terme le {date_fr(contrat.date_fin)}")
    return suite


def _etat(dossier: Dossier, contrat: Contrat, nombre: int) -> tuple[str, str, str]:
    if contrat.statut == Contrat.Statut.PROPOSE:
        return ("info", f"{nombre} signature{'s' if nombre > 1 else ''} sur 3", "edit-line")
    return _echu(dossier, contrat) or ETATS[contrat.statut]


def _echu(dossier: Dossier, contrat: Contrat) -> tuple[str, str, str] | None:
    """A signed contract past its term, by the calendar: it says so whether the scan has run or not (DUR-1)."""
    if contrat.statut != Contrat.Statut.SIGNE or contrat.date_fin is None:
        return None
    return ("neutre", "Terme échu", "archive-line") if aujourdhui(dossier.fuseau) >= contrat.date_fin else None


def _parties(
    dossier: Dossier, contrat: Contrat, signatures: Mapping[str, Signature], partie: str, acteur: Acteur
) -> list[dict[str, Any]]:
    noms, cartes, attendus = _noms(dossier), [], signataires_attendus(dossier, contrat)
    for code in Signature.Partie.values:
        s = signatures.get(code)
        if s is not None:
            cartes.append(
                {
                    "qui": noms[code],
                    "etat": "signe",
                    "texte": f"Signé le {instant_fr(s.signee_le, dossier.fuseau)}",
                    "nom": s.nom,
                    "pouvoir": s.pouvoir or s.qualite,
                }
            )
        elif contrat.origine == Contrat.Origine.REPRISE:
            texte = f"{HORS_PORTAIL}, le {date_fr(contrat.signe_jour)} au plus tard"
            cartes.append({"qui": noms[code], "etat": "signe", "texte": texte})
        elif contrat.statut != Contrat.Statut.PROPOSE:
            cartes.append({"qui": noms[code], "etat": "attente", "texte": "N’a pas signé cette version"})
        elif code == partie:
            texte = _a_signer(acteur, contrat.designe(code))
            cartes.append({"qui": noms[code], "etat": "a_signer", "texte": texte, **attendus[code]})
        else:
            cartes.append({"qui": noms[code], "etat": "attente", "texte": "Signature attendue", **attendus[code]})
    return cartes


def signataires_attendus(dossier: Dossier, contrat: Contrat) -> dict[str, dict[str, str]]:
    """By party that has not signed: who will, with what quality, or by delegation until when."""
    parties = contrat.reste_a_signer() if contrat.statut == Contrat.Statut.PROPOSE else []
    if not parties:
        return {}
    liens = designations.habilites(*(getattr(dossier, f"{p}_id") for p in parties))
    deleguees = designations.deleguees(contrat, parties, aujourdhui(dossier.fuseau))
    noms = Utilisateur.objects.in_bulk([u for p in parties if (u := contrat.designe(p))])
    attendus = {}
    for p in parties:
        organisation, designe = getattr(dossier, f"{p}_id"), noms.get(contrat.designe(p))
        siens = [x for x in liens if x.organisation_id == organisation]
        if designe is None:
            qui = "Signataire à désigner" if siens else "Personne ne peut signer aujourd’hui pour cette partie"
            attendus[p] = {"nom": qui, "pouvoir": ""}
        elif designe.pk not in {x.utilisateur_id for x in siens}:
            attendus[p] = {"nom": f"{designe.nom_complet} ne peut plus signer", "pouvoir": "Signataire à désigner"}
        else:
            suppleants = " ou ".join(
                f"{d.delegataire.nom_complet}, par délégation jusqu’au {date_fr(d.fin)}"
                for d in deleguees
                if d.organisation_id == organisation and d.delegant_id == designe.pk
            )
            attendus[p] = {
                "nom": f"Signera : {', '.join(filter(None, (designe.nom_complet, designe.fonction)))}",
                "pouvoir": f"ou {suppleants}" if suppleants else "",
            }
    return attendus


def _a_signer(acteur: Acteur, designe: int | None) -> str:
    signataires = ("porteur_referent", "ars_signataire", "caisse_ordonnateur")
    a_soi = acteur.role in signataires and designe in (None, acteur.utilisateur_id)
    return "À signer par vous" if a_soi else "À signer par votre organisation"


def _preuves(dossier: Dossier, contrat: Contrat, signatures: Mapping[str, Signature]) -> list[dict[str, Any]]:
    rangs = {s.partie: rang for rang, s in enumerate(sorted(signatures.values(), key=lambda s: s.signee_le), 1)}
    poses = _cachets(contrat) if signatures else {}
    preuves = []
    for code, nom in _noms(dossier).items():
        s = signatures.get(code)
        if s is None and contrat.origine == Contrat.Origine.REPRISE:
            quand = date_fr(contrat.signe_jour)
            preuves.append(
                {"partie": nom, "moyen": "acte numérisé joint", "quand": quand, "etat": ("info", HORS_PORTAIL)}
            )
            continue
        if s is None:
            preuves.append({"partie": nom, "moyen": "–", "quand": "–", "etat": ("attente", "En attente")})
            continue
        juste = s.empreinte == contrat.empreinte
        etat = ("succes", f"Signature {rangs[code]} sur 3, intègre") if juste else ("erreur", "Empreinte différente")
        preuves.append(
            {
                "partie": nom,
                "moyen": s.moyen,
                "quand": instant_fr(s.signee_le, dossier.fuseau),
                "nom": ", ".join(filter(None, (s.nom, s.pouvoir))),
                "etat": etat,
                "cachet": _cachet(poses.get(code), dossier.fuseau),
            }
        )
    return preuves


def _cachets(contrat: Contrat) -> dict[str, Sceau]:
    return {s.partie: s for s in Sceau.objects.filter(document=contrat.document_id)} if contrat.document_id else {}


def _cachet(cachet: Sceau | None, fuseau: str) -> str:
    if cachet is None:
        return ""
    if cachet.etat == Sceau.Etat.APPOSE:
        return f"Cachet du portail apposé le {instant_fr(cachet.scelle_le, fuseau)} ({cachet.niveau})"
    if cachet.etat == Sceau.Etat.A_APPOSER:
        return "Cachet du portail en cours d’apposition"
    return "Sans cachet du portail"


def _controles(
    dossier: Dossier, contrat: Contrat, signatures: Mapping[str, Signature], acteur: Acteur
) -> list[dict[str, str]]:
    """What a signatory should know before signing."""
    autres = [_noms(dossier)[code] for code in signatures]
    lu = (
        f"Version {contrat.version}, identique à celle signée par {' et '.join(autres)}"
        if autres
        else f"Version {contrat.version}, première signature"
    )
    controles = [
        {"etat": "succes", "libelle": lu, "detail": f"Empreinte {contrat.empreinte[:8]} … {contrat.empreinte[-4:]}"}
    ]
    compte = argent(dossier).compte
    if compte is None:
        controles.append(
            {
                "etat": "alerte",
                "libelle": "L’IBAN de l’association reste à fournir",
                "detail": "Le premier versement sera en attente après la signature.",
            }
        )
    if dossier.est_a_regulariser:
        controles.append(
            {
                "etat": "erreur",
                "libelle": "Dossier à régulariser",
                "detail": "Un conflit est ouvert sur ce dossier\u00a0: la signature attend sa levée.",
            }
        )
    return controles


def _evenements(dossier: Dossier, contrat: Contrat) -> list[dict[str, Any]]:
    lignes_journal = Evenement.objects.filter(
        dossier=dossier, type__in=tuple(EVENEMENTS), donnees__contrat=contrat.pk
    ).order_by("-seq")
    return [
        {"titre": EVENEMENTS[e.type], "quand": e.enregistre_le, "auteur": e.acteur_nom, "recent": rang == 0}
        for rang, e in enumerate(lignes_journal[:12])
    ]
