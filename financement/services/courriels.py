"""Mails of the contracts and payments: one text, plain sentences, written with the act. No IBAN is ever in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.urls import reverse

from dossiers.models import Dossier
from dossiers.services.courriels import courriel
from ess_portal.journal.services import Effet

from ..models import Contrat


def avertir(
    dossier: Dossier,
    cle: str,
    sujet: str,
    *phrases: str,
    organisations: Iterable[int | None],
    chemin: str,
    personnes: Mapping[int, list[int]] = MappingProxyType({}),
) -> list[Effet]:
    """One mail per organisation, to these of its people alone where they are given; `cle` is unique for ever."""
    return [
        courriel(
            dossier,
            "financement",
            f"{cle}:{organisation}",
            organisation=organisation,
            personnes=personnes.get(organisation),
            sujet=sujet,
            phrases=list(phrases),
            chemin=chemin,
        )
        for organisation in dict.fromkeys(organisations)
        if organisation is not None
    ]


def parties(dossier: Dossier) -> tuple[int | None, ...]:
    return (dossier.equipe_id, dossier.ars_id, dossier.caisse_id)


def page_contrat(contrat: Contrat) -> str:
    return reverse("contrat", args=[contrat.dossier.numero, contrat.pk])


def page_versements(dossier: Dossier) -> str:
    return reverse("versements_dossier", args=[dossier.numero])


def page_dotation(dossier: Dossier) -> str:
    return reverse("dotation_dossier", args=[dossier.numero])
