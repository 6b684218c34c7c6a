"""Mails: the handler of the outbox's `courriel` effects, and the sandbox's mailbox."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.regles.absences import presents
from ess_portal.comptes.selectors import absences_du_jour
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from .models import Courriel
from .notifications import deposer, par_courriel
from .regles.notifications import genre_de
from .services import Effet, programmer

SANS_DESTINATAIRE = "sans destinataire"
SUJET_MAX = 119
# Under this many signs a name says nothing: the number is enough.
NOM_MIN = 12


def envoyer(charge: Mapping[str, Any], cle: str) -> str:
    """Sends one mail. `charge`: `gabarit` (templates/emails/<gabarit>.txt, first line = subject), `contexte` (plain data), and
    `organisation` (all its active people), `roles` or `personnes` (narrow them) or `adresses`. The Message-ID is derived from the key: a retry
    repeats the same mail. People are looked up at sending time: who left gets nothing. Of a dossier (`numero`), each of them is told in the portal too, under
    the same key; the mail goes to those who did not choose otherwise.

    With `organisations` and `dossier` instead, it sends nothing: each organisation gets an outbox row, that fails and is tried alone.
    Gives SANS_DESTINATAIRE when nobody was there to be written to, "" otherwise.
    """
    if "organisations" in charge:
        _partager(charge, cle)
        return ""
    personnes = {} if charge.get("adresses") else _personnes(charge)
    adresses = set(charge.get("adresses", ())) or set(personnes.values())
    if not adresses:
        return SANS_DESTINATAIRE
    contexte = charge.get("contexte", {})
    sujet, texte = rediger(charge["gabarit"], contexte)
    if personnes and contexte.get("numero"):
        genre = genre_de(charge["gabarit"])
        deposer(
            personnes=personnes,
            organisation_id=charge["organisation"],
            cle=cle,
            genre=genre,
            titre=sujet,
            numero=contexte["numero"],
            maintenant=horloge.maintenant(),
        )
        adresses = {personnes[pk] for pk in par_courriel(personnes, genre)}
        if not adresses:
            return SANS_DESTINATAIRE
    identifiant = f"<{hashlib.sha256(cle.encode()).hexdigest()[:32]}@portail-ess>"
    EmailMessage(
        subject=sujet,
        body=texte,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=sorted(adresses),
        headers={"Message-ID": identifiant},
    ).send()
    return ""


def rediger(gabarit: str, contexte: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text. The subject is one line of at most SUJET_MAX signs: what it is about, then of which équipe and dossier."""
    contexte = {**contexte, "adresse_portail": settings.ADRESSE_PUBLIQUE}
    propos, _, texte = render_to_string(f"emails/{gabarit}.txt", contexte).strip().partition("\n")
    suite = f"dossier {contexte['numero']}" if contexte.get("numero") else ""
    propos = _ligne(propos, SUJET_MAX - len(suite) - 3)
    reste = SUJET_MAX - len(propos) - len(suite) - 5
    nom = _ligne(str(contexte.get("nom", "")), reste) if suite and reste >= NOM_MIN else ""
    return " – ".join(filter(None, (propos, ", ".join(filter(None, (nom, suite)))))), texte.strip() + "\n"


def _ligne(texte: str, longueur: int) -> str:
    """On one line, nothing invisible in it, cut where it is too long."""
    net = "".join(c for c in re.sub(r"[^\S\u00a0]+", " ", texte) if c.isprintable() or c == "\u00a0").strip()
    return net if len(net) <= longueur else f"{net[: longueur - 1].rstrip()}…"


def _partager(charge: Mapping[str, Any], cle: str) -> None:
    commun = {champ: valeur for champ, valeur in charge.items() if champ not in ("organisations", "dossier")}
    for organisation_id in charge["organisations"]:
        effet = Effet("courriel", f"{cle}:{organisation_id}", {**commun, "organisation": organisation_id})
        programmer(
            [effet], dossier_id=charge["dossier"], organisation_id=organisation_id, maintenant=horloge.maintenant()
        )


def _personnes(charge: Mapping[str, Any]) -> dict[int, str]:
    """Person → address of those written to; when those who were named have all left, of the whole organisation.

    Who is away today is written to at his substitute's.
    """
    siens = list(
        Rattachement.objects.actifs()
        .filter(organisation_id=charge["organisation"])
        .values_list("utilisateur_id", "role", "utilisateur__courriel", "organisation__fuseau")
    )
    if not siens:
        return {}
    adresses = {pk: adresse for pk, _, adresse, _ in siens}
    nommes = [pk for pk, role, _, _ in siens if not charge.get("roles") or role in charge["roles"]]
    nommes = [pk for pk in charge.get("personnes", ()) if pk in adresses] or nommes
    jour = jour_local(horloge.maintenant(), siens[0][3])
    absences = absences_du_jour({charge["organisation"]: jour})[charge["organisation"]]
    trouves = {pk for nomme in nommes for pk in presents(nomme, siens=adresses, absences=absences)}
    return {pk: adresses[pk] for pk in trouves}


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
