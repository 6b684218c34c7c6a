"""Django's forms written the DSFR way: `{{ form }}` and `{{ field.as_field_group }}` need nothing more.

FORM_RENDERER = "ess_portal.socle.rendu.RenduDsfr"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

FORMATS_DATE = ("%d/%m/%Y", "%Y-%m-%d")

# Native inputs speak ISO; the fields they feed accept JJ/MM/AAAA as well.
NATIFS = (
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
)


class RenduDsfr(TemplatesSetting):
    form_template_name = "composants/formulaire/champs.html"
    field_template_name = "composants/formulaire/champ.html"


def genre(widget: forms.Widget) -> str:
    match widget:
        case forms.CheckboxSelectMultiple():
            return "cases"
        case forms.RadioSelect():
            return "radios"
        case forms.CheckboxInput():
            return "case"
        case forms.Select():
            return "select"
        case forms.FileInput():
            return "fichier"
        case _:
            return "texte"


def _natif(field: BoundField) -> dict[str, str]:
    """Native inputs for days and hours; what they could not show (« 32/13/2026 », « douze ») stays as it was typed."""
    widget = field.field.widget
    if isinstance(widget, forms.NumberInput) and not isinstance(field.field, (forms.FloatField, forms.DecimalField)):
        widget.input_type = "text"
        return {"inputmode": "numeric"}
    for classe, type_html, format_iso in NATIFS:
        if not isinstance(widget, classe):
            continue
        valeur = field.value()
        if isinstance(valeur, str) and valeur:
            try:
                valeur = field.field.to_python(valeur)
            except ValidationError:
                return {"inputmode": "numeric"}
            field.__dict__["_valeur_iso"] = valeur.strftime(format_iso)
        widget.input_type, widget.format = type_html, format_iso
        return {}
    return {}


def _classe(field: BoundField, nature: str) -> str:
    widget = field.field.widget
    base = {"select": "fr-select", "fichier": "fr-upload", "texte": "fr-input"}.get(nature, "")
    court = isinstance(widget, (forms.DateInput, forms.TimeInput, forms.NumberInput))
    return " ".join(c for c in (base, "ess-court" if court else "", widget.attrs.get("class", "")) if c)


def _saisie(field: BoundField, nature: str, decrit_par: str) -> str:
    attrs = {"class": _classe(field, nature)} | _natif(field)
    if decrit_par:
        attrs["aria-describedby"] = decrit_par
    if field.errors:
        attrs["aria-invalid"] = "true"
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)  # gone at the first letter, and no label: the hint says it
    if nature == "fichier":
        widget.template_name = "django/forms/widgets/file.html"
    if "_valeur_iso" in field.__dict__:
        attrs = field.build_widget_attrs(attrs, widget)
        attrs.setdefault("id", field.auto_id)
        return widget.render(
            field.html_name,
            field.__dict__["_valeur_iso"],
            attrs,
            renderer=field.form.renderer,
        )
    return field.as_widget(attrs=attrs)


def _options(field: BoundField) -> list[dict[str, Any]]:
    return [
        {
            "id": option.data["attrs"].get("id", ""),
            "nom": option.data["name"],
            "valeur": str(option.data["value"]),
            "libelle": option.data["label"],
            "choisie": bool(option.data["selected"]),
            "desactivee": bool(option.data["attrs"].get("disabled")),
        }
        for option in field.subwidgets
    ]


def presentation(field: BoundField) -> dict[str, Any]:
    nature = genre(field.field.widget)
    ident = field.auto_id or field.html_name
    aide, erreur = f"{ident}-aide", f"{ident}-erreur"
    decrit_par = " ".join(i for i, oui in ((aide, field.help_text), (erreur, field.errors)) if oui)
    groupe = nature in ("cases", "radios")
    return {
        "genre": nature,
        "id": ident,
        "aide": aide,
        "aide_riche": "<" in str(field.help_text),
        "erreur": erreur,
        "nomme_par": " ".join(i for i in (f"{ident}-legende", erreur if field.errors else "") if i),
        "facultatif": not (field.field.required or getattr(field.field, "est_attendu", False) or field.field.disabled)
        and nature != "case",
        "saisie": "" if groupe else _saisie(field, nature, decrit_par),
        "options": _options(field) if groupe else (),
        "actuel": str(field.initial) if nature == "fichier" and field.initial else "",
    }


def erreurs(formulaire: forms.BaseForm) -> Iterator[dict[str, str]]:
    """Every error of a form with the anchor of its field, for the summary that links to them."""
    for message in formulaire.non_field_errors():
        yield {"cible": "", "libelle": "", "message": message}
    for field in formulaire:
        premier = "_0" if genre(field.field.widget) in ("cases", "radios") else ""
        for message in field.errors:
            yield {
                "cible": f"{field.auto_id}{premier}",
                "libelle": field.label,
                "message": message,
            }
