"""`{% graphique dessin "Titre" nom="ancre" %}`: the drawing, its words for who does not see it, and its table."""

from __future__ import annotations

from django import template

register = template.Library()


@register.inclusion_tag("composants/graphiques/figure.html")
def graphique(
    dessin, titre: str, nom: str, precision: str = "", vide: str = "Rien à montrer dans ce périmètre.", total: str = ""
):
    """`vide`: what is said in place of a drawing of zeros. `total`: a line under the drawing."""
    return {
        "dessin": dessin, "titre": titre, "nom": nom, "precision": precision, "vide": vide, "total": total,
        "gabarit": f"composants/graphiques/{dessin.genre}.html", "series": list(enumerate(dessin.series)),
    }  # fmt: skip
