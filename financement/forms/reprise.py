"""Guided entry of a dossier that comes from elsewhere, with its contracts and what was already paid (§6): the regime, then the step, then
the facts that such a dossier may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django import forms

from dossiers.forms.etapes import jour, ligne, nombre
from dossiers.forms.reprise import FormulaireReprise
from dossiers.regles.cycle import Statut
from dossiers.regles.reprise import AVEC_FINESS, ENTREES, possibles, requis

from ..models import Versement
from ..regles.reprise import NATURES_DU_CREDIT, VersementRepris
from ..services.proposition import TYPES_PAR_REGIME
from ..services.reprise import ArgentRepris

LIGNES = 6
RANGS = range(1, LIGNES + 1)
CHAMPS_VERSEMENT = ("nature", "annee", "montant", "paye_le", "reference")
# (title, what it says, fields)
PARTIES = (
    (
        "Le dossier",
        "Qui et où.",
        ("regime", "statut", "nom", "equipe", "specialites", "departements", "siege_departement", "siege_commune", "caisse"),
    ),
    (
        "La lettre et le projet de santé",
        "Les jours réels de ces actes\u00a0: les délais en sont comptés. Laissez vide ce qui n’a pas eu lieu.",
        ("lettre_deposee_le", "lettre_validee_le", "projet_depose_le", "projet_valide_le"),
    ),
    (
        "L’association et le FINESS",
        "",
        ("association", "rna", "finess", "finess_le"),
    ),
    (
        "Les activités déjà en place",
        "Les actes joints en font foi\u00a0: elles comptent dans les délais d’un an et de dix-huit mois.",
        ("avis_ponctuel_le", "second_recours_le"),
    ),
    (
        "L’effectif",
        "",
        ("medecins_presents", "liberaux", "adherents_declares"),
    ),
    (
        "Les contrats signés hors du portail",
        "Un contrat compte du jour de la troisième signature.",
        ("amorcage_signe_le", "amorcage_montant", "dotation_signee_le", "dotation_effet", "dotation_montant", "effectif"),
    ),
    (
        "Le financement antérieur de l’ARS",
        "Dans les régimes transitoires\u00a0: sa fin donne le premier jour de la dotation, l’engagement écrit fait partir les délais.",
        ("ars_montant", "ars_debut", "ars_fin", "engagement_le"),
    ),
)  # fmt: skip


CHOIX = frozenset({"regime", "statut"})
_TOUJOURS = frozenset(PARTIES[0][2]) - CHOIX
_VIVANT = frozenset((*PARTIES[3][2], *PARTIES[4][2], "association", "rna"))
_ARS = frozenset(PARTIES[6][2])


def utiles(regime: str, statut: Statut) -> frozenset[str]:
    """The fields of what a dossier of this regime may have at this step."""
    actes = possibles(regime, statut)
    vus = _TOUJOURS | actes
    if statut is not Statut.CLOS:
        vus |= _VIVANT
    if statut in AVEC_FINESS:
        vus |= {"finess", "finess_le"}
    if "amorcage_signe_le" in actes:
        vus |= {"amorcage_montant"}
    if "dotation_signee_le" in actes:
        vus |= {"dotation_effet", "dotation_montant", "effectif"}
    if regime not in ("standard", "hors_champ"):
        vus |= _ARS
    return vus


def attendus(regime: str, statut: Statut) -> frozenset[str]:
    """Those of them without which it is refused."""
    lus = requis(regime, statut)
    if statut is not Statut.CLOS:
        lus |= {"actes"}
    if statut in AVEC_FINESS:
        lus |= {"association", "finess"}
    return lus | {"dotation_montant"} if statut is Statut.DOTATION_ACTIVE else lus


def natures(regime: str, statut: Statut) -> frozenset[str]:
    """The payments that its contracts may have made."""
    actes = possibles(regime, statut)
    credit = NATURES_DU_CREDIT.get(TYPES_PAR_REGIME.get(regime, ""), ()) if "amorcage_signe_le" in actes else ()
    return frozenset((*credit, *(("dotation",) if "dotation_signee_le" in actes else ())))


def montant(libelle: str, aide: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=libelle,
        help_text=aide,
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez un montant en euros, au centime."},
    )


class FormulaireRepriseComplete(FormulaireReprise):
    """`reprise()` and `argent()` give the typed facts; the service judges whether they hold together."""

    amorcage_montant = montant("Montant du crédit d’amorçage", "Laissez vide pour le montant entier du régime.")
    dotation_effet = jour(
        "Prise d’effet de la dotation",
        "Laissez vide\u00a0: au plus tôt, après le financement de l’ARS.",
        required=False,
    )
    dotation_montant = montant("Montant de la première année de dotation")
    effectif = nombre("Médecins comptés au contrat de dotation", required=False)
    ars_montant = montant("Montant du financement de l’ARS")
    ars_debut = jour("Premier jour de ce financement", required=False)
    ars_fin = jour("Dernier jour de ce financement", required=False)
    engagement_le = jour("Engagement écrit de l’équipe, daté du", required=False)
    credit_confirme = forms.BooleanField(
        label="Ces sommes sont exactes\u00a0: je reprends le dossier ainsi.", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choix = [("", "Aucun"), *(c for c in Versement.Nature.choices if c[0] != Versement.Nature.REGULARISATION)]
        guide = self.guide()
        for nom in attendus(*guide) if guide else ("actes",):
            self.fields[nom].est_attendu = True
        for n in RANGS:
            numero = f"n°\u00a0{n}"
            self.fields[f"versement_{n}_nature"] = forms.ChoiceField(
                label=f"Versement {numero}", choices=choix, required=False
            )
            self.fields[f"versement_{n}_annee"] = nombre(
                f"Année du contrat, {numero}", "Pour la dotation\u00a0: 1 pour la première.", maximum=50, required=False
            )
            self.fields[f"versement_{n}_montant"] = montant(f"Montant versé, {numero}")
            self.fields[f"versement_{n}_paye_le"] = jour(f"Jour du versement {numero}", required=False)
            self.fields[f"versement_{n}_reference"] = ligne(f"Référence comptable, {numero}", maximum=80)
            self.fields[f"versement_{n}_reference"].required = False

    def guide(self) -> tuple[str, Statut] | None:
        """The regime and the step that were chosen, when one enters at the other."""
        regime, statut = (self[nom].value() or "" for nom in ("regime", "statut"))
        return (regime, Statut(statut)) if statut in ENTREES.get(regime, ()) else None

    def parties(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """The sections of the page, in the order of the procedure: what such a dossier may have, and what was typed or is wrong all the same."""
        guide = self.guide()
        for titre, texte, noms in PARTIES:
            vus = utiles(*guide) if guide else frozenset(noms)
            champs = [self[n] for n in noms if n in vus or (n not in CHOIX and self._est_touche(n)) or self[n].errors]
            if champs:
                yield titre, texte, champs

    def _est_touche(self, nom: str) -> bool:
        return bool(self.is_bound and self[nom].value())

    def versements(self) -> list[tuple[int, list[forms.BoundField]]]:
        """None where no contract may have paid anything, unless something was typed."""
        guide = self.guide()
        permises = natures(*guide) if guide else frozenset(Versement.Nature.values)
        for n in RANGS:
            champ = self[f"versement_{n}_nature"]
            champ.field.widget.choices = [
                c for c in champ.field.choices if not c[0] or c[0] in permises | {champ.value()}
            ]
        lignes = [(n, [self[f"versement_{n}_{champ}"] for champ in CHAMPS_VERSEMENT]) for n in RANGS]
        if permises or any(self._est_touche(c.name) for _, champs in lignes for c in champs):
            return lignes
        return []

    def a_plusieurs_versements(self) -> bool:
        """Is something typed, or wrong, in the payments that the page folds?"""
        return any(champ.value() or champ.errors for _, champs in self.versements()[1:] for champ in champs)

    def credit_a_confirmer(self) -> bool:
        """Shown to whom the service asks, and kept while the rest is corrected."""
        return bool(self["credit_confirme"].errors or self["credit_confirme"].value())

    def clean(self) -> dict[str, Any]:
        d = super().clean() or self.cleaned_data
        for n in RANGS:
            saisis = {champ: d.get(f"versement_{n}_{champ}") for champ in CHAMPS_VERSEMENT}
            if not any(v for v in saisis.values()):
                continue
            for champ, phrase in (
                ("nature", "Choisissez le versement."),
                ("montant", "Indiquez le montant versé."),
                ("paye_le", "Indiquez le jour du versement."),
            ):
                if not saisis[champ] and f"versement_{n}_{champ}" not in self.errors:
                    self.add_error(f"versement_{n}_{champ}", phrase)
            if saisis["nature"] and saisis["nature"] != Versement.Nature.DOTATION and saisis["annee"]:
                self.add_error(f"versement_{n}_annee", "L’année ne se donne que pour la dotation.")
        return d

    def argent(self) -> ArgentRepris:
        d = self.cleaned_data
        connus = {f.name: d.get(f.name) for f in fields(ArgentRepris) if f.name != "versements"}
        return ArgentRepris(**connus, versements=tuple(v for v in map(self._versement, RANGS) if v is not None))

    def _versement(self, n: int) -> VersementRepris | None:
        d = {champ: self.cleaned_data.get(f"versement_{n}_{champ}") for champ in CHAMPS_VERSEMENT}
        if not d["nature"]:
            return None
        return VersementRepris(d["nature"], d["montant"], d["paye_le"], d["annee"] or 0, d["reference"] or "")
