"""Mails: the handler of the outbox's `courriel` effects, and the sandbox's mailbox."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge

from .models import Courriel
from .services import Effet, programmer


def envoyer(charge: Mapping[str, Any], cle: str) -> None:
    """Sends one mail. `charge`: `gabarit` (templates/emails/<gabarit>.txt, first line = subject), `contexte` (plain data), and
    `organisation` (all its active people), `roles` (narrows them) or `adresses`. The Message-ID is derived from the key: a retry
    repeats the same mail. People are looked up at sending time: who left gets nothing.

    With `organisations` and `dossier` instead, it sends nothing: each organisation gets an outbox row, that fails and is tried alone.
    """
    if "organisations" in charge:
        _partager(charge, cle)
        return
    adresses = charge.get("adresses") or _adresses(charge["organisation"], charge.get("roles"))
    if not adresses:
        return
    contexte = {**charge.get("contexte", {}), "adresse_portail": settings.ADRESSE_PUBLIQUE}
    sujet, _, texte = render_to_string(f"emails/{charge['gabarit']}.txt", contexte).strip().partition("\n")
    identifiant = f"<{hashlib.sha256(cle.encode()).hexdigest()[:32]}@portail-ess>"
    EmailMessage(
        subject=sujet.strip(),
        body=texte.strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=sorted(adresses),
        headers={"Message-ID": identifiant},
    ).send()


def _partager(charge: Mapping[str, Any], cle: str) -> None:
    commun = {champ: valeur for champ, valeur in charge.items() if champ not in ("organisations", "dossier")}
    for organisation_id in charge["organisations"]:
        effet = Effet("courriel", f"{cle}:{organisation_id}", {**commun, "organisation": organisation_id})
        programmer(
            [effet], dossier_id=charge["dossier"], organisation_id=organisation_id, maintenant=horloge.maintenant()
        )


def _adresses(organisation_id: int, roles: list[str] | None) -> set[str]:
    personnes = Rattachement.objects.actifs().filter(organisation_id=organisation_id)
    if roles:
        personnes = personnes.filter(role__in=roles)
    return set(personnes.values_list("utilisateur__courriel", flat=True))


class BoiteCapturee(BaseEmailBackend):
    """The sandbox's backend: a mail is kept in the base, where administrators read it, and leaves for nowhere."""

    def send_messages(self, messages) -> int:
        with comme_portail():
            for m in messages:
                self._garder(m)
        return len(messages)

    @staticmethod
    def _garder(m: EmailMessage) -> None:
        Courriel.objects.get_or_create(
            identifiant=m.extra_headers.get("Message-ID") or m.message()["Message-ID"],
            defaults={
                "de": m.from_email,
                "destinataires": ", ".join(m.to),
                "sujet": m.subject,
                "texte": m.body,
                "envoye_le": horloge.maintenant(),
            },
        )
