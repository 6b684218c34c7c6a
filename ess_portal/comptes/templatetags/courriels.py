"""What mails need: links on the portal's own address (never a request's host), and days that crossed the outbox as text."""

from datetime import date

from django import template
from django.conf import settings
from django.urls import reverse

from ess_portal.socle.typographie import date_fr

from ..clefs import secret_invitation

register = template.Library()


@register.simple_tag
def lien_invitation(graine: str) -> str:
    """The secret is recomputed here: the outbox holds its seed only."""
    return settings.ADRESSE_PUBLIQUE + reverse("invitation", args=[secret_invitation(graine)])


@register.filter
def jour(texte: str | date) -> str:
    """« 10 mai 2026 », from the ISO day of an outbox row."""
    return date_fr(texte if isinstance(texte, date) else date.fromisoformat(texte[:10]))
