"""A recours gracieux: made by the équipe, entered by the ARS, completed, answered."""

from __future__ import annotations

from typing import Any

from django import forms

from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ...actions import FormulaireActe
from ...faits import parametres_recours
from ...lecture_recours import ACTES, echeance, ouvert
from ...lecture_suite import phrase_visa
from ...models import Dossier, Recours
from ...regles.recours import REJET
from ...services.recours import delai_passe
from ...services.recours_suivi import retire_le_refus
from ..etapes import jour, texte
from .communs import Fichiers, lue
from .courrier import CACHET, SCAN

MOTIFS = "Dites pourquoi la décision est contestée."


class FormerRecours(FormulaireActe):
    motifs = texte(
        "Pourquoi contestez-vous la décision\u00a0?", "En droit et en fait, avec vos mots.", lignes=8, manque=MOTIFS
    )
    fichiers = Fichiers(label="Pièces à l’appui", help_text="PDF ou images, 25 Mo au plus chacun.", required=False)
    malgre_le_delai = forms.BooleanField(
        label="Le délai de recours est passé, je forme ce recours quand même",
        help_text="L’ARS peut rejeter un recours tardif.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not delai_passe(self.dossier):
            del self.fields["malgre_le_delai"]


class EnregistrerRecours(FormulaireActe):
    date_depot = jour("Cachet de la poste", CACHET, manque="Indiquez le jour du cachet de la poste.")
    date_reception = jour("Reçu le", "Le jour où votre ARS l’a reçu.", manque="Indiquez le jour de réception.")
    date_premiere_reception = jour(
        "Reçu d’abord par une autre administration, le",
        "Le délai de réponse court alors de ce jour.",
        required=False,
    )
    motifs = texte("Motifs du recours", "Ce que l’équipe écrit, en résumé.", lignes=5, manque=MOTIFS)
    fichiers = Fichiers(
        label="Recours numérisé", help_text=SCAN, error_messages={"required": "Joignez le recours numérisé."}
    )


class DemanderPiecesRecours(FormulaireActe):
    texte = texte("Pièces attendues", lignes=4, manque="Dites quelles pièces sont attendues.")
    date_limite = jour(
        "À fournir jusqu’au",
        "Jour inclus. Le délai de réponse est suspendu jusqu’à la réception, au plus tard jusqu’à ce jour.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        r = ouvert(self.dossier)
        if r is not None and parametres_recours(r).regime_recours_gracieux == "acceptation":
            self.fields["date_limite"].help_text = "Jour inclus. Le délai de réponse repart en entier à la réception."


class CompleterRecours(FormulaireActe):
    """The équipe sends today; the ARS says on which day its post came."""

    texte = texte("Réponse", lignes=4)
    fichiers = Fichiers(label="Pièces", help_text="PDF ou images, 25 Mo au plus chacun.", required=False)
    date_reception = jour("Reçues le", "Le jour où votre ARS les a reçues.", manque="Indiquez le jour de réception.")

    field_order = ("date_reception", "texte", "fichiers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = False
        if self.acteur.est_porteur:
            del self.fields["date_reception"]


class RepondreRecours(FormulaireActe):
    recours = lue("Le recours auquel on répond. Vide\u00a0: celui qui attend.")
    issue = forms.ChoiceField(
        label="Réponse",
        widget=forms.RadioSelect,
        choices=(
            (Recours.Issue.REJETE.value, "Rejeter le recours"),
            (Recours.Issue.IRRECEVABLE.value, "Rejeter le recours comme irrecevable, tardif par exemple"),
            (Recours.Issue.ACCEPTE.value, "Accepter le recours\u00a0: la décision est retirée, l’instruction reprend"),
        ),
        error_messages={"required": "Choisissez la réponse."},
    )
    motifs = texte(
        "Motifs",
        "En droit et en fait. L’équipe les lit dans son dossier.",
        lignes=6,
        manque="Motivez la réponse, en droit et en fait.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        r = ouvert(self.dossier)
        self.fields["recours"].initial = r.pk if r is not None else None
        if r is not None and not retire_le_refus(self.dossier, r):
            *rejets, (accepte, _) = self.fields["issue"].choices
            sans_retrait = "Accepter le recours\u00a0: une tâche de l’ARS rappelle d’en tirer les conséquences"
            self.fields["issue"].choices = [*rejets, (accepte, sans_retrait)]
        jour = jour_local(horloge.maintenant(), self.dossier.fuseau)
        visa = phrase_visa(self.dossier, "repondre_recours", self.acteur, jour)
        self.fields["issue"].help_text = " ".join(filter(None, (_a_repondre(self.dossier, r) if r else "", visa)))


def _a_repondre(dossier: Dossier, r: Recours) -> str:
    """What is answered, and until when."""
    recu = (
        f"Recours contre {ACTES[Recours.Contestation(r.contestation), r.objet]}, reçu le {date_fr(r.date_reception)}."
    )
    fin = echeance(dossier, r)
    if fin.dernier_jour is None:
        return recu
    suite = "rejeté" if fin.regle == REJET else "accepté"
    return f"{recu} Sans réponse jusqu’au {date_fr(fin.dernier_jour)} inclus, il est {suite} par le silence."
