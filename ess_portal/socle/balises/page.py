"""What every page wears: head, header, footer, breadcrumb, headings."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from ess_portal.socle import composants

register = template.Library()


@register.simple_tag
def reglage_marque() -> bool:
    """The State's block mark, only where the operator is entitled to it."""
    return bool(getattr(settings, "BLOC_MARQUE_ETAT", False))


@register.simple_tag(takes_context=True)
def nonce(context) -> str:
    """The page's CSP nonce, as an attribute; nothing where no policy is set."""
    valeur = getattr(context.get("request"), "csp_nonce", None)
    # Not `if valeur`: django-csp's nonce is false until somebody writes it.
    return "" if valeur is None else format_html(' nonce="{}"', str(valeur))


@register.simple_tag(takes_context=True)
def messages_de_la_session(context):
    """Django's messages under a name that a page about messages cannot shadow."""
    requete = context.get("request")
    return get_messages(requete) if requete else ()


@register.simple_tag(takes_context=True)
def accroche(context) -> str:
    """The header's tagline, by reader."""
    acteur = context.get("acteur")
    role = str(acteur.role) if acteur else ""
    if role.startswith("admin"):
        return "Pilotage et administration"
    if role.startswith(("ars", "caisse")):
        return "Instruction et suivi des dossiers"
    return "De la lettre d’intention à la dotation annuelle"


# Footer links whose page may not be installed: (URL name, words).
PIED = (
    ("aide", "Aide"),
    ("simulateurs", "Simulateurs"),
    ("observatoire", "Observatoire public"),
    ("verifier", "Vérifier un document"),
    ("accessibilite", "Accessibilité\u00a0: partiellement conforme"),
    ("mentions_legales", "Mentions légales"),
    ("donnees_personnelles", "Données personnelles"),
)


@register.simple_tag
def pied_liens() -> list[dict[str, str]]:
    liens = []
    for nom, libelle in PIED:
        try:
            liens.append({"url": reverse(nom), "libelle": libelle})
        except NoReverseMatch:
            continue
    return liens


ALERTES = {"succes": "success", "info": "info", "alerte": "warning", "erreur": "error"}


@register.inclusion_tag("composants/alerte.html")
def alerte(variante, titre="", texte="", niveau=3):
    return {
        "variante": ALERTES[variante],
        "titre": titre,
        "texte": texte,
        "niveau": niveau,
    }


@register.inclusion_tag("composants/etapes.html")
def etapes(numero, total, titre, suivante=""):
    return {"numero": numero, "total": total, "titre": titre, "suivante": suivante}


@register.inclusion_tag("composants/menu_lateral.html")
def menu_lateral(liens, titre):
    return {
        "liens": composants.vues(liens, libelle="", url="", actif=False),
        "titre": titre,
    }


@register.inclusion_tag("composants/fil_ariane.html")
def fil_ariane(liens):
    return {"liens": composants.vues(liens, libelle="", url="")}


@register.inclusion_tag("composants/entete_page.html")
def entete_page(titre, surtitre="", meta=None, complement=""):
    return {
        "titre": titre,
        "surtitre": surtitre,
        "meta": [m for m in meta or () if m],
        "complement": complement,
    }


@register.inclusion_tag("composants/document.html")
def document(libelle, url, octets="", format="PDF"):
    return {"libelle": libelle, "url": url, "octets": octets, "format": format}
