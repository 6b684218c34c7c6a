"""Components of the procedure: deadline, addition, frise, gauge, checks, signatures, threads."""

from __future__ import annotations

from django import template

from ess_portal.socle import composants

register = template.Library()


def _calcul(etapes, resultat):
    lignes = [composants.pas(e) for e in etapes or ()]
    if resultat is not None:
        lignes.append(composants.pas(resultat))
    return lignes


@register.inclusion_tag("composants/calcul.html")
def calcul(etapes, resultat=None):
    return {"lignes": _calcul(etapes, resultat)}


@register.inclusion_tag("composants/pourquoi.html")
def pourquoi(
    explication,
    titre="Pourquoi cette date\u00a0?",
    ancre="",
    suite="",
    source="",
    ouvert=False,
):
    lignes = _calcul(explication, None)
    return {
        "lignes": lignes,
        "titre": titre,
        "ancre": ancre,
        "suite": suite,
        "source": source,
        "ouvert": ouvert,
    }


@register.inclusion_tag("composants/echeance.html")
def echeance(
    nombre,
    unite,
    phrase,
    precision="",
    variante="alerte",
    explication=None,
    lien="",
    url="",
    faits=None,
):
    return {
        "nombre": nombre,
        "unite": unite,
        "phrase": phrase,
        "precision": precision,
        "variante": variante,
        "explication": explication,
        "lien": lien,
        "url": url,
        "faits": faits or (),
    }


ETAPE = {
    "titre": "",
    "etat": "venir",
    "badge": "",
    "date": "",
    "precision": "",
    "texte": "",
    "par": "",
    "documents": (),
    "action": None,
    "explication": None,
    "lien_date": "",
    "suite": "",
    "ancre": "",
}
REPERES = {
    "fait": ("succes", "Fait"),
    "cours": ("info", "À vous d’agir"),
    "attente": ("attente", "En attente"),
    "suspendu": ("alerte", "Délai suspendu"),
    "retard": ("erreur", "En retard"),
    "partiel": ("neutre", "En partie fait"),
    "venir": ("neutre", "À venir"),
}
COURANTES = frozenset({"cours", "attente", "suspendu", "retard"})


def _etapes(etapes):
    lignes = composants.vues(etapes, **ETAPE)
    courante = next((e for e in lignes if e["etat"] in COURANTES), None)
    for etape in lignes:
        variante, libelle = REPERES[etape["etat"]]
        etape["variante"], etape["badge"] = variante, etape["badge"] or libelle
        etape["courante"] = etape is courante
        if isinstance(etape["date"], str):  # words instead of a day stand where its precision would
            etape["date"], etape["precision"] = "", " ".join(filter(None, (etape["date"], etape["precision"])))
        etape["date"] = composants.valeur_fr(etape["date"])
        etape["documents"] = composants.vues(etape["documents"], libelle="", url="", octets="", format="PDF")
    return {"etapes": lignes}


@register.inclusion_tag("composants/frise.html")
def frise(etapes):
    return _etapes(etapes)


@register.inclusion_tag("composants/frise_courte.html")
def frise_courte(etapes, libelle="Étapes du dossier"):
    return _etapes(etapes) | {"libelle": libelle}


@register.inclusion_tag("composants/jauge.html")
def jauge(numerateur, denominateur, libelles=None):
    mesure = composants.Jauge(numerateur, denominateur)
    seuils = mesure.seuils(libelles or {10: "au départ", 30: "en chemin", 50: "après 5\u00a0ans"})
    return {"largeur": mesure.largeur, "seuils": seuils}


@register.inclusion_tag("composants/controle.html")
def controle(conditions):
    lignes = composants.vues(conditions, etat="succes", libelle="", detail="", url="", lien="Voir")
    return {
        "lignes": [ligne | {"icone": composants.ICONES[ligne["etat"]], "mot": MOTS[ligne["etat"]]} for ligne in lignes]
    }


MOTS = {
    "succes": "Rempli",
    "alerte": "À vérifier",
    "erreur": "Non rempli",
    "attente": "En attente",
    "neutre": "Sans objet",
    "info": "À savoir",
}
SIGNATURES = {
    "signe": ("succes", ""),
    "a_signer": ("info", "edit-line"),
    "attente": ("attente", ""),
}


@register.inclusion_tag("composants/etapes_signature.html")
def etapes_signature(parties, niveau=2):
    lignes = composants.vues(parties, qui="", etat="attente", texte="", nom="", pouvoir="")
    for ligne in lignes:
        variante, icone = SIGNATURES[ligne["etat"]]
        ligne |= {"variante": variante, "icone": icone}
    return {"parties": lignes, "niveau": niveau}


@register.inclusion_tag("composants/fil_messages.html")
def fil_messages(messages, fuseau="Europe/Paris"):
    champs = {
        "auteur": "",
        "organisation": "",
        "quand": "",
        "texte": "",
        "soi": False,
        "non_lu": False,
        "pieces": (),
    }
    return {"messages": composants.vues(messages, **champs), "fuseau": fuseau}


@register.inclusion_tag("composants/journal.html")
def journal(evenements, fuseau="Europe/Paris"):
    champs = {"quand": "", "titre": "", "detail": "", "auteur": "", "recent": False, "url": "", "lien": ""}
    return {"evenements": composants.vues(evenements, **champs), "fuseau": fuseau}
