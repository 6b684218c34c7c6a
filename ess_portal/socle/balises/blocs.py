"""Components that hold content."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ess_portal.socle import composants

register = template.Library()


def _rendre(gabarit: str, /, **contexte) -> SafeString:
    return render_to_string(f"composants/{gabarit}.html", contexte)


@register.simple_block_tag
def bloc(content, titre="", lien="", url="", niveau=2, variante="", ancre=""):
    return _rendre(
        "bloc",
        contenu=content,
        titre=titre,
        lien=lien,
        url=url,
        niveau=niveau,
        variante=variante,
        ancre=ancre,
    )


@register.simple_block_tag
def bloc_action(content, titre, badge="", niveau=2, ancre="action"):
    return _rendre(
        "bloc_action",
        contenu=content,
        titre=titre,
        badge=badge,
        niveau=niveau,
        ancre=ancre,
    )


@register.simple_block_tag
def barre_decision(content, libelle, texte=""):
    return _rendre("barre_decision", contenu=content, libelle=libelle, texte=texte)


@register.simple_block_tag
def tableau(content, legende, dense=True, pile=True, cache_legende=True):
    contenu = composants.avec_roles(content) if pile else content
    return _rendre(
        "tableau",
        contenu=contenu,
        legende=legende,
        dense=dense,
        pile=pile,
        cache_legende=cache_legende,
    )


@register.simple_block_tag
def figure(content, titre, nom, precision="", niveau=2):
    return _rendre(
        "figure",
        contenu=content,
        titre=titre,
        nom=nom,
        precision=precision,
        niveau=niveau,
    )
