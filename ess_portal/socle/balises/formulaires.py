"""Forms the DSFR way: one field, a whole form, the error summary."""

from __future__ import annotations

from django import template

from ess_portal.socle import rendu

register = template.Library()


@register.inclusion_tag("composants/formulaire/champ.html")
def champ(field):
    return {"field": field}


@register.simple_tag
def presentation(field):
    """What the field template needs to know of a bound field."""
    return rendu.presentation(field)


@register.inclusion_tag("composants/formulaire/resume_erreurs.html")
def resume_erreurs(*formulaires):
    return {"erreurs": [erreur for formulaire in formulaires for erreur in rendu.erreurs(formulaire)]}


@register.inclusion_tag("composants/formulaire/formulaire.html", takes_context=True)
def formulaire(
    context,
    form,
    bouton,
    action="",
    annuler="",
    libelle_annuler="Annuler",
    complement="",
    second=None,
):
    """`second` = {nom, libelle}: another way to submit, beside the main one."""
    return {
        "second": second,
        "form": form,
        "bouton": bouton,
        "action": action,
        "annuler": annuler,
        "complement": complement,
        "libelle_annuler": libelle_annuler,
        "csrf_token": context.get("csrf_token"),
    }
