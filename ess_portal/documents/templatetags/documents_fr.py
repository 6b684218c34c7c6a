"""Filters of the PDF templates: formatting only, every value arrives computed."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from ess_portal.documents import mise_en_forme, texte_riche

register = template.Library()

register.filter("jour_fr", mise_en_forme.jour)
register.filter("instant_fr", mise_en_forme.instant)
register.filter("montant_fr", mise_en_forme.montant)
register.filter("nombre_fr", mise_en_forme.nombre)
register.filter("heure_de", mise_en_forme.nom_heure)
register.filter("enumerer", mise_en_forme.enumerer)
register.filter("de", mise_en_forme.de)


@register.filter
def riche(texte: str) -> SafeString:
    """Rich text, cleaned once more where it is shown: the only markup that data may bring."""
    return mark_safe(texte_riche.nettoyer(texte))
