"""Components fed with lists: tables, tabs, filters, cards, figures."""

from __future__ import annotations

from django import template

from ess_portal.socle import composants

register = template.Library()


@register.inclusion_tag("composants/tableau_simple.html")
def tableau_simple(legende, colonnes, lignes, dense=True, pile=True, cache_legende=True):
    entetes = [c if isinstance(c, dict) else {"libelle": c} for c in colonnes]
    entetes = composants.vues(entetes, libelle="", nombre=False)
    rangees = [[(e, composants.valeur_fr(v)) for e, v in zip(entetes, ligne, strict=True)] for ligne in lignes]
    return {
        "legende": legende,
        "entetes": entetes,
        "rangees": rangees,
        "dense": dense,
        "pile": pile,
        "cache_legende": cache_legende,
    }


@register.inclusion_tag("composants/fiche.html")
def fiche(titre, paires, modifier="", niveau=3, libelle_modifier="Modifier"):
    lignes = []
    for libelle, valeur in paires:
        valeurs = [composants.valeur_fr(v) for v in (valeur if isinstance(valeur, (list, tuple)) else [valeur])]
        lignes.append({"libelle": libelle, "valeurs": [v for v in valeurs if v]})
    return {
        "titre": titre,
        "lignes": lignes,
        "modifier": modifier,
        "niveau": niveau,
        "libelle_modifier": libelle_modifier,
    }


@register.inclusion_tag("composants/onglets.html")
def onglets(liens, libelle):
    return {
        "liens": composants.vues(liens, libelle="", url="", actif=False, nombre="", alerte=False),
        "libelle": libelle,
    }


@register.inclusion_tag("composants/filtres.html")
def filtres(actifs, effacer="", vues=None, enregistrer="", resultat=""):
    return {
        "actifs": composants.vues(actifs, libelle="", url=""),
        "vues": composants.vues(vues, libelle="", url="", actif=False),
        "effacer": effacer,
        "enregistrer": enregistrer,
        "resultat": resultat,
    }


@register.inclusion_tag("composants/pagination.html", takes_context=True)
def pagination(context, page, parametre="page", libelle="Pagination"):
    requete = context.get("request")
    parametres = requete.GET.copy() if requete else {}
    parametres.pop(parametre, None)
    debut = f"?{parametres.urlencode()}&" if parametres else "?"
    plage = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "plage": plage,
        "debut": f"{debut}{parametre}=",
        "libelle": libelle,
        "ellipse": page.paginator.ELLIPSIS,
    }


@register.inclusion_tag("composants/dates.html")
def dates(lignes):
    rangees = composants.vues(lignes, date="", texte="")
    return {"lignes": [r | {"date": composants.valeur_fr(r["date"])} for r in rangees]}


@register.inclusion_tag("composants/agenda.html")
def agenda(lignes):
    rangees = composants.vues(lignes, date="", texte="", precision="", url="")
    return {"lignes": [r | {"date": composants.valeur_fr(r["date"])} for r in rangees]}


@register.inclusion_tag("composants/chiffres.html")
def chiffres(lignes):
    return {"lignes": composants.vues(lignes, valeur="", libelle="", precision="", url="")}


@register.inclusion_tag("composants/vide.html")
def vide(titre, texte="", action="", url="", niveau=2):
    return {
        "titre": titre,
        "texte": texte,
        "action": action,
        "url": url,
        "niveau": niveau,
    }


@register.inclusion_tag("composants/carte_departements.html")
def carte_departements(zones, titre, vue, legende_couvert="Déjà couvert par une autre équipe"):
    champs = {
        "code": "",
        "nom": "",
        "chemin": "",
        "x": 0,
        "y": 0,
        "choisi": False,
        "couvert": False,
        "instruit": False,
    }
    return {
        "zones": composants.vues(zones, **champs),
        "titre": titre,
        "vue": vue,
        "legende_couvert": legende_couvert,
    }
