"""Filters and small tags: dates, amounts, states."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from ess_portal.socle import composants, horloge, typographie

register = template.Library()

EXPOSANT = mark_safe("1<sup>er</sup>")


@register.filter
def date_fr(jour, option=""):
    if not jour:
        return ""
    if option == "exposant":
        return mark_safe(typographie.date_fr(jour, EXPOSANT))
    return typographie.date_fr(jour)


@register.filter
def jour_fr(jour, option=""):
    if not jour:
        return ""
    if option == "exposant":
        return mark_safe(typographie.jour_fr(jour, EXPOSANT))
    return typographie.jour_fr(jour)


@register.filter
def instant_fr(instant, fuseau="Europe/Paris"):
    return typographie.instant_fr(instant, fuseau) if instant else ""


@register.filter
def heure_fr(instant, fuseau="Europe/Paris"):
    return typographie.heure_fr(instant, fuseau) if instant else ""


def _vide(valeur) -> bool:
    return valeur is None or valeur == ""


@register.filter
def euros(montant, option=""):
    return "" if _vide(montant) else typographie.euros(montant, centimes=option == "centimes")


@register.filter
def nombre(valeur, decimales=None):
    return "" if _vide(valeur) else typographie.nombre(valeur, decimales)


@register.filter
def pourcent_tronque(taux, decimales=1):
    return "" if _vide(taux) else typographie.pourcent_tronque(taux, decimales)


@register.filter
def dans(jour, reference=None):
    return typographie.dans(jour, reference or horloge.aujourdhui()) if jour else ""


@register.filter
def taille(octets):
    return "" if _vide(octets) else typographie.taille_fichier(octets)


@register.filter
def accord(compte, mots):
    singulier, _, pluriel = mots.partition(",")
    return typographie.accord(compte, singulier, pluriel or None)


@register.simple_tag
def pourcent(numerateur, denominateur, decimales=1):
    return typographie.part(numerateur, denominateur, decimales) or "sans objet"


@register.simple_tag
def etat(variante, texte, precision="", icone=""):
    return composants.etat(variante, texte, precision, icone)


@register.simple_tag
def delai(jour, reference, precision="", arrete=False, fait=False, tacite=True, *, rouge, proche):
    if not jour:
        return composants.etat("neutre", precision or "sans échéance")
    return composants.delai(jour, reference, precision, arrete, fait, tacite, rouge=rouge, proche=proche)


@register.simple_tag
def enregistre(instant, fuseau="Europe/Paris"):
    heure = typographie.heure_fr(instant, fuseau) if instant else ""
    texte = f"Enregistré à {heure}" if heure else "Pas encore enregistré"
    return format_html('<p class="ess-meta fr-icon-save-line fr-icon--sm" role="status">{}</p>', texte)
