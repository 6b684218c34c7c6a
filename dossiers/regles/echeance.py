"""One computed deadline, and the few shapes it takes: a tacit clock, a plain delay, a request for items, an avis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres

from . import explication as x
from .delais import ajouter, borne, reporter
from .explication import Etape
from .faits_delais import DecisionFait, FaitsDelais
from .tacite import Silence

PROROGATION = "prorogation_jour_ouvre_porteur"


@dataclass(frozen=True, kw_only=True, slots=True)
class EcheanceCalculee:
    """`rang` tells apart several of one rule (requests, anniversaries). Neither day nor suspension: the clock is stopped for good."""

    regle: str
    objet: str
    qui: str
    rang: int = 1
    dernier_jour: date | None = None
    acquise_le: date | None = None
    instant: datetime | None = None
    suspendue: bool = False
    explication: tuple[Etape, ...] = ()


@dataclass(frozen=True, slots=True)
class Contexte:
    """What every deadline of a computation shares."""

    f: FaitsDelais
    p: Parametres
    presumer_tacite: bool = False

    def delai(self, reglage: str) -> Delai:
        """The value of a setting that is a delay."""
        delai: Delai = getattr(self.p, reglage)
        return delai

    def validation(self, decision: DecisionFait | None, s: Silence | None, fait_foi: str) -> date | None:
        """The day a favourable decision counts from (CAL-7): a tacit one, known or presumed, from its last day (CAL-2)."""
        if decision is not None:
            return decision.jour(fait_foi) if decision.est_favorable else None
        return s.dernier_jour if s is not None and self.presumer_tacite else None


def tacite(c: Contexte, regle: str, objet: str, s: Silence, reglage: str, libelle: str) -> EcheanceCalculee:
    """DL-1 and DL-3: the last day is the ARS's, the decision exists from 00:00 of the next one (CAL-2). `reglage` names the delay."""
    etapes = [x.depart(s.reception, libelle, regle), *x.arrets(s.demandes, s.origine, s.reception)]
    if s.dernier_jour is None:
        return EcheanceCalculee(regle=regle, objet=objet, qui="ars", suspendue=True, explication=tuple(etapes))
    etapes.append(x.duree("Délai donné à l’ARS pour décider", c.delai(reglage), x.CDC, reglage))
    if c.p.mode_naissance == "lendemain":
        texte = "Un jour de plus, par réglage."
        etapes.append(Etape("Naissance le lendemain", texte, "+\u00a01\u00a0jour", "CAL-2", reglage="mode_naissance"))
    naissance = "la lettre est réputée validée" if objet == "lettre" else "le projet est réputé validé"
    etapes += [
        x.calendrier(s.dernier_jour),
        x.resultat("Dernier jour de l’ARS", s.dernier_jour, c.f.fuseau, "CAL-2", naissance=naissance),
    ]
    return EcheanceCalculee(
        regle=regle,
        objet=objet,
        qui="ars",
        dernier_jour=s.dernier_jour,
        acquise_le=s.dernier_jour + timedelta(days=1),
        instant=borne(s.dernier_jour, c.f.fuseau),
        explication=tuple(etapes),
    )


def simple(
    c: Contexte,
    regle: str,
    objet: str,
    qui: str,
    *,
    depart: date,
    etapes: Sequence[Etape],
    delai: Delai,
    libelle: str,
    source: str,
    reglage: str = "",
    rang: int = 1,
    fin: str = "Dernier jour",
) -> EcheanceCalculee:
    """A delay without silence. Only the applicant's are extended to a working day, when the setting says so (CAL-3).

    `reglage`: the setting that the delay was read from, where it is one.
    """
    dernier = ajouter(depart, delai)
    lignes = [*etapes, x.duree(libelle, delai, source, reglage)]
    report = reporter(dernier) if qui == "equipe" and c.p.prorogation_jour_ouvre_porteur else dernier
    if report != dernier:
        texte = f"Le {x.jour_ecrit(dernier)} n’est pas un jour ouvré\u00a0; par réglage, le délai va jusqu’au jour ouvré suivant."
        lignes.append(
            Etape("Report au jour ouvré", x.typographie(texte), x.jour_ecrit(report), "CAL-3", reglage=PROROGATION)
        )
    elif qui == "equipe":
        lignes.append(x.calendrier(dernier, proroge=c.p.prorogation_jour_ouvre_porteur, reglage=PROROGATION))
    lignes.append(x.resultat(fin, report, c.f.fuseau, "CAL-2"))
    return EcheanceCalculee(
        regle=regle,
        objet=objet,
        qui=qui,
        rang=rang,
        dernier_jour=report,
        instant=borne(report, c.f.fuseau),
        explication=tuple(lignes),
    )


def avis(c: Contexte, objet: str, reception: date) -> EcheanceCalculee:
    """AVI-1: the caisse's avis, asked for by the filing itself."""
    return simple(
        c,
        "AVI",
        objet,
        "caisse",
        depart=reception,
        etapes=[x.depart(reception, "Avis demandé à la caisse au dépôt.", "AVI-1")],
        delai=c.p.delai_avis_caisse,
        libelle="Délai pour rendre l’avis",
        source=x.PORTAIL,
        reglage="delai_avis_caisse",
    )


def pieces(c: Contexte, objet: str, s: Silence) -> Iterator[EcheanceCalculee]:
    """DL-10 of each request that stopped the clock: its own limit, or the set's delay from the request."""
    for rang, d in enumerate(s.effectives, start=1):
        if d.limite is None:
            yield simple(
                c,
                "DL-10",
                objet,
                "equipe",
                depart=d.demandee_le,
                etapes=[x.depart(d.demandee_le, "Demande de pièces indispensables.", "DL-10")],
                delai=c.p.delai_pieces,
                libelle="Délai pour fournir les pièces",
                source=x.PIECES,
                reglage="delai_pieces",
                rang=rang,
            )
            continue
        texte = f"Jour fixé par l’ARS dans sa demande du {x.jour_ecrit(d.demandee_le)}."
        yield EcheanceCalculee(
            regle="DL-10",
            objet=objet,
            qui="equipe",
            rang=rang,
            dernier_jour=d.limite,
            instant=borne(d.limite, c.f.fuseau),
            explication=(
                Etape("Limite fixée", texte, x.jour_ecrit(d.limite), "DL-10", x.PIECES),
                x.resultat("Dernier jour", d.limite, c.f.fuseau, "CAL-2"),
            ),
        )
