"""Mails of the contracts and payments: one text, plain sentences, written with the act. No IBAN is ever in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.urls import reverse

from dossiers.models import Dossier
from dossiers.services.courriels import courriel
from ess_portal.journal.services import Effet

from ..models import Contrat
from ..selectors.comparaison import comparer, comparer_avenants

GESTES = {"ajoute": " (ajouté)", "retire": " (supprimé)", "deplace": " (déplacé)", "presente": " (présentation)"}
PARTIES = {"equipe": "l’équipe", "ars": "l’ARS", "caisse": "la caisse"}


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


def remplacement(contrat: Contrat) -> tuple[str, ...]:
    """What the parties are told when a version takes, at this instant, the place of one in signature; nothing for another version."""
    remplaces = Contrat.objects.filter(
        dossier=contrat.dossier_id, statut=Contrat.Statut.REMPLACE, clos_le=contrat.propose_le
    )
    avant = remplaces.order_by("pk").prefetch_related("signatures").last()
    if avant is None:
        return ()
    signees = [nom for partie, nom in PARTIES.items() if partie in {s.partie for s in avant.signatures.all()}]
    phrases = [f"Cette version remplace la version {avant.version}, qui était en signature."]
    if signees:
        un = len(signees) == 1
        phrases.append(
            f"{'La signature déjà donnée' if un else 'Les signatures déjà données'} ({', '.join(signees)}) {'n’a' if un else 'n’ont'} plus d’effet\u00a0: "
            "chaque partie signe de nouveau, même si elle avait signé."
        )
    lus = comparer_avenants(avant, contrat) if contrat.est_avenant else comparer(avant.contenu, contrat.contenu)
    passages = ", ".join(f"«\u00a0{e.titre}\u00a0»{GESTES.get(e.genre, '')}" for e in lus)
    objet = f"{contrat.objet_version.rstrip('. ')}. " if contrat.objet_version else ""
    if passages or objet:
        suite = f"Passages concernés\u00a0: {passages}." if passages else "Le reste du texte est le même."
        phrases.append(f"Ce qui change\u00a0: {objet}{suite} Les différences sont montrées sur la page du contrat.")
    else:
        phrases.append("Son texte est le même.")
    return tuple(phrases)


def parties(dossier: Dossier) -> tuple[int | None, ...]:
    return (dossier.equipe_id, dossier.ars_id, dossier.caisse_id)


def page_contrat(contrat: Contrat) -> str:
    return reverse("contrat", args=[contrat.dossier.numero, contrat.pk])


def page_versements(dossier: Dossier) -> str:
    return reverse("versements_dossier", args=[dossier.numero])


def page_dotation(dossier: Dossier) -> str:
    return reverse("dotation_dossier", args=[dossier.numero])
