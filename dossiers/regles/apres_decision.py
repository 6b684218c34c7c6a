"""What a decision opens: the time to withdraw a favourable one (DL-8), to go to court against a refusal (DL-9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ess_portal.referentiel.regles.parametres import Parametres

from . import explication as x
from .delais import ajouter, borne, reporter
from .echeance import Contexte, EcheanceCalculee, simple
from .explication import Etape
from .faits_delais import DecisionFait
from .tacite import Silence


def suites(c: Contexte, objet: str, decision: DecisionFait | None, s: Silence | None) -> Iterator[EcheanceCalculee]:
    """DL-8 after a favourable decision; DL-9 after an express refusal, only where the setting computes it."""
    if decision is not None and not decision.est_favorable:
        if c.p.calcul_recours == "franc":
            yield from contentieux(c, objet, decision)
        return
    prise = decision.prise_le if decision is not None else c.validation(None, s, "")
    if prise is None:
        return
    implicite = decision is None or decision.mode == "tacite"
    texte = (
        "Décision favorable née du silence, comptée de son dernier jour."
        if implicite
        else "Décision favorable, au jour de sa signature."
    )
    yield simple(
        c,
        "DL-8",
        objet,
        "ars",
        depart=prise,
        etapes=[x.depart(prise, texte, "DL-8")],
        delai=c.p.delai_retrait,
        libelle="Délai pour retirer une décision illégale",
        source=x.RETRAIT,
        reglage="delai_retrait",
    )


def contentieux(c: Contexte, objet: str, decision: DecisionFait) -> Iterator[EcheanceCalculee]:
    """DL-9, franc: neither the day of the notification nor the last day counts; it ends on a working day.

    A recours gracieux made in time interrupts it: the whole delay runs anew from the rejection, or from the day it has
    no object any more. A late one changes nothing; late is what
    the notification, whenever its proof was entered, makes it.
    """
    r, limite = decision.recours, dernier_jour(decision.notifiee_le, c.p)
    if r is None or (limite is not None and r.depose_le > limite):
        if decision.notifiee_le is not None:
            depart = x.depart(decision.notifiee_le, "Refus notifié, avec les voies et délais de recours.", "DL-9")
            yield _franc(c, objet, decision.notifiee_le, [depart])
        return
    texte = f"Recours gracieux formé le {x.jour_ecrit(r.depose_le)}, dans le délai\u00a0: le délai pour saisir le tribunal repart en entier à la réponse."
    interruption = Etape("Délai interrompu", x.typographie(texte), "interrompu", "DL-9", x.INTERRUPTION)
    reprise = r.rejet_notifie_le or r.sans_objet_le
    if reprise is None:
        yield EcheanceCalculee(regle="DL-9", objet=objet, qui="equipe", suspendue=True, explication=(interruption,))
        return
    fait = "Rejet du recours gracieux." if r.rejet_notifie_le else "Recours gracieux clos, sans objet."
    yield _franc(c, objet, reprise, [x.depart(reprise, fait, "DL-9"), interruption])


def dernier_jour(notifiee_le: date | None, p: Parametres) -> date | None:
    """The last day of DL-9; None where the setting computes none, or before the notification is proved."""
    if notifiee_le is None or p.calcul_recours != "franc":
        return None
    return reporter(_compte(notifiee_le, p))


def _compte(depart: date, p: Parametres) -> date:
    return ajouter(depart, p.delai_recours) + timedelta(days=1)


def _franc(c: Contexte, objet: str, depart: date, etapes: list[Etape]) -> EcheanceCalculee:
    franc = _compte(depart, c.p)
    dernier = reporter(franc)
    etapes += [x.duree("Délai de recours", c.p.delai_recours, x.RECOURS, "delai_recours"), x.franc()]
    if dernier != franc:
        texte = f"Le {x.jour_ecrit(franc)} n’est pas un jour ouvré."
        etapes.append(Etape("Report au jour ouvré", texte, x.jour_ecrit(dernier), "DL-9"))
    if c.f.fuseau != "Europe/Paris":
        texte = "Un mois de plus pour qui ne demeure pas dans ce territoire (art. R. 421-7)."
        etapes.append(Etape("Outre-mer", texte, "non compté", "DL-9"))
    etapes.append(x.resultat("Dernier jour du recours", dernier, c.f.fuseau, "DL-9"))
    return EcheanceCalculee(
        regle="DL-9",
        objet=objet,
        qui="equipe",
        dernier_jour=dernier,
        instant=borne(dernier, c.f.fuseau),
        explication=tuple(etapes),
    )
