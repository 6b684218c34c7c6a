"""Filters of the PDF templates: formatting only, every value arrives computed."""

from django import template

from ess_portal.documents import mise_en_forme

register = template.Library()

register.filter("jour_fr", mise_en_forme.jour)
register.filter("instant_fr", mise_en_forme.instant)
register.filter("montant_fr", mise_en_forme.montant)
register.filter("nombre_fr", mise_en_forme.nombre)
register.filter("heure_de", mise_en_forme.nom_heure)
register.filter("enumerer", mise_en_forme.enumerer)
register.filter("de", mise_en_forme.de)
