"""Pieces of a guide, and the link from a page to the section that helps with it."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ess_portal.aide.guides import GUIDE_DE, SANS_COMPTE, section

register = template.Library()
# Width and height of the pictures, in CSS pixels: what the page keeps for them before they come.
BUREAU, TELEPHONE, PLANCHE = (1280, 900), (390, 844), (2879, 1050)


@register.simple_block_tag
def rubrique(content: str, guide, nom: str) -> SafeString:
    """A section of a guide, under the title that its list of sections gives it."""
    return format_html(
        '<section class="ess-rubrique" id="{}" aria-labelledby="{}-titre"><h2 class="fr-h4" id="{}-titre">{}</h2>{}</section>',
        nom, nom, nom, guide.sections[nom], content,
    )  # fmt: skip


@register.simple_tag
def photo(nom: str, legende: str, telephone: bool = False) -> SafeString:
    """A picture of a page, taken by the tests; `legende` says what it shows, for those who see it and those who do not."""
    largeur, hauteur = TELEPHONE if telephone else BUREAU
    return render_to_string(
        "aide/_photo.html",
        {"nom": nom, "legende": legende, "largeur": largeur, "hauteur": hauteur, "telephone": telephone},
    )


@register.simple_tag
def planche(nom: str, legende: str) -> SafeString:
    """A picture of a page on a desk, in the dark theme, on paper and on a phone, that opens at its own size."""
    return render_to_string(
        "aide/_planche.html", {"nom": nom, "legende": legende, "largeur": PLANCHE[0], "hauteur": PLANCHE[1]}
    )


@register.simple_tag(takes_context=True)
def aide_de_la_page(context) -> SafeString | str:
    """« Aide sur cette page », where the reader's guide says something of it."""
    requete = context.get("request")
    lieu = getattr(requete, "resolver_match", None)
    if lieu is None:
        return ""
    acteur = context.get("acteur")
    guide = GUIDE_DE.get(acteur.role, SANS_COMPTE) if acteur else SANS_COMPTE
    nom = section(lieu.url_name or "", guide, lieu.kwargs.get("nom", "") if lieu.url_name == "acte" else "")
    if not nom:
        return ""
    return format_html(
        '<p class="ess-aide ess-sans-impression"><a class="fr-link fr-link--sm fr-link--icon-left fr-icon-question-line" href="{}#{}">'
        "Aide sur cette page</a></p>",
        reverse("aide_guide", args=[guide]), nom,
    )  # fmt: skip
