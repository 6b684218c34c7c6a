"""Forms of the recoveries and of the résiliation for breaches."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms

from dossiers.actions import FormulaireActe
from dossiers.forms.etapes import jour, ligne, texte
from ess_portal.socle import horloge
from ess_portal.socle.typographie import date_fr, euros

from ..models import Recuperation
from ..recuperations import montants
from ..recuperations.communs import observations_de
from ..regles.echelonnement import MAXIMUM, mensualites
from ..regles.procedure import permis
from ..regles.recuperation import FONDEMENTS
from ..selectors import argent


def somme(libelle: str, aide: str = "En euros, par exemple 12000,50.", *, required: bool = True) -> forms.DecimalField:
    """An amount in euros, two decimals at most."""
    return forms.DecimalField(
        label=libelle,
        help_text=aide,
        required=required,
        max_digits=10,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "Indiquez le montant.",
            "invalid": "Écrivez un montant en euros, par exemple 12000,50.",
            "max_decimal_places": "Un montant s’arrête au centime\u00a0: deux décimales au plus.",
            "max_digits": "Ce montant est trop grand.",
            "max_whole_digits": "Ce montant est trop grand.",
        },
    )


LISIBLE = jour("Échéance")


class OuvrirRecuperation(FormulaireActe):
    origine = forms.ChoiceField(
        label="Origine",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez l’origine.",
            "invalid_choice": "Rien n’est à récupérer à ce titre aujourd’hui, ou une procédure le demande déjà.",
        },
    )
    motif = texte(
        "Faits reprochés",
        "Ils sont repris dans le courrier adressé à l’équipe.",
        manque="Indiquez les faits qui motivent la récupération.",
    )
    montant = somme(
        "Montant demandé",
        "Laissez vide pour le montant que les règles proposent. À saisir quand elles ne le fixent pas, ou pour demander moins.",
        required=False,
    )
    fondement = forms.ChoiceField(
        label="Fondement", required=False, choices=(("", "Fondement usuel de cette origine"), *FONDEMENTS.items())
    )
    motif_retard = texte(
        "Raison de l’ouverture tardive", "Seulement si la procédure devait être ouverte plus tôt.", lignes=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif_retard"].required = False
        bases = montants.possibles(self.dossier, _aujourdhui(self.dossier))
        choix = [
            (o, f"{Recuperation.Origine(o).label}\u00a0: {_proposition(b)}")
            for o, b in bases.items()
            if self._sienne(o)
        ]
        self.fields["origine"].choices = choix
        if len(choix) == 1:
            self.fields["origine"].initial = choix[0][0]

    def _sienne(self, origine: str) -> bool:
        return (self.acteur.type == "ars") == (origine == Recuperation.Origine.CHEVAUCHEMENT)


class SurRecuperation(FormulaireActe):
    """An act on one recovery of the dossier; the only candidate needs no choosing."""

    ACTE: ClassVar[str] = ""

    recuperation = forms.ChoiceField(
        label="Récupération",
        required=False,
        error_messages={"invalid_choice": "Cette récupération n’attend pas cet acte."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = [
            r for r in argent(self.dossier).recuperations if permis(self.ACTE, r.statut) and self.retenue(r)
        ]
        champ = self.fields["recuperation"]
        champ.choices = [(r.numero, f"{r.numero}, {r.get_origine_display()}") for r in self.candidates]
        if len(self.candidates) == 1:
            champ.initial, champ.widget = self.candidates[0].numero, forms.HiddenInput()
        else:
            champ.required = True

    def retenue(self, r: Recuperation) -> bool:
        return self.acteur.est_porteur or r.creancier == self.acteur.type

    @property
    def seule(self) -> Recuperation | None:
        return self.candidates[0] if len(self.candidates) == 1 else None

    def clean_recuperation(self) -> str:
        choisie = self.cleaned_data["recuperation"] or self.fields["recuperation"].initial
        if not choisie:
            raise forms.ValidationError("Choisissez une récupération.")
        return choisie


class Observations(SurRecuperation):
    ACTE = "presenter_observations"

    texte = texte(
        "Vos observations",
        "Vous pouvez les compléter jusqu’au dernier jour.",
        lignes=6,
        manque="Écrivez vos observations.",
    )
    fichier = forms.FileField(
        label="Pièce jointe", required=False, help_text="PDF ou image. Ne déposez aucune donnée de santé."
    )
    demande_audience = forms.BooleanField(label="Nous demandons à être entendus", required=False)
    est_complete = forms.BooleanField(
        label="Nos observations sont complètes",
        required=False,
        help_text="La décision pourra être prise sans attendre la fin du délai.",
    )


class FixerAudience(SurRecuperation):
    ACTE = "fixer_audience"

    jour = jour("Jour de l’audience")
    heure = forms.TimeField(
        label="Heure",
        input_formats=["%H:%M", "%Hh%M", "%H h %M"],
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": "Indiquez l’heure.", "invalid": "Écrivez l’heure ainsi\u00a0: 14:30."},
    )
    lieu = ligne("Lieu ou lien", manque="Indiquez le lieu, ou le lien de la visioconférence.")


class ConsignerAudience(SurRecuperation):
    ACTE = "consigner_audience"

    tenue_le = jour("Audience tenue le")
    compte_rendu = texte(
        "Compte rendu",
        "L’équipe le lit. Écrivez aussi son absence, le cas échéant.",
        lignes=6,
        manque="Écrivez ce qui a été dit, ou l’absence de l’équipe.",
    )


class Decider(SurRecuperation):
    ACTE = "decider_recuperation"

    sens = forms.ChoiceField(
        label="Décision",
        widget=forms.RadioSelect,
        choices=(
            ("tout", "Récupérer toute la somme notifiée"),
            ("partie", "En récupérer une partie"),
            ("rien", "Ne rien récupérer"),
        ),
        error_messages={"required": "Choisissez la décision."},
    )
    montant = somme("Part à rembourser", "Seulement pour une partie.", required=False)
    motivation = texte(
        "Motivation",
        "Répondez aux observations de l’équipe.",
        lignes=6,
        manque="Motivez la décision, en réponse aux observations.",
    )
    # How many observations the dossier's page showed: what came since is read first.
    vues = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": "Rouvrez cette page : elle montre les observations auxquelles vous répondez."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vues"].initial = observations_de(self.dossier)

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if d.get("sens") == "partie" and d.get("montant") is None and "montant" not in self.errors:
            self.add_error("montant", "Indiquez la part à rembourser.")
        return d


class Abandonner(SurRecuperation):
    ACTE = "abandonner_recuperation"

    motif = texte("Motif", "L’équipe le lit.", lignes=3, manque="Indiquez pourquoi la procédure s’arrête.")


class Echelonner(SurRecuperation):
    """Equal months, or each instalment on its own line."""

    ACTE = "echelonner_recuperation"

    nombre = forms.IntegerField(
        label="Nombre de mensualités égales",
        required=False,
        min_value=1,
        max_value=MAXIMUM,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "Écrivez un nombre entier.",
            "min_value": "Au moins une échéance.",
            "max_value": f"Au plus {MAXIMUM} échéances.",
        },
    )
    premiere = jour("Première mensualité le", required=False)
    echeances = texte(
        "Ou les échéances, une par ligne",
        "Par exemple\u00a0: 15/03/2027 1200,50. Leur somme est le reste dû.",
        lignes=5,
        maximum=3000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["echeances"].required = False
        if self.seule is not None:
            self.fields["nombre"].help_text = f"Reste dû\u00a0: {euros(self.seule.reste, True)}."

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if self.errors:
            return d
        if d.get("echeances"):
            d["lues"] = self._lire(d["echeances"])
        elif d.get("nombre") and d.get("premiere"):
            r = next((x for x in self.candidates if x.numero == d.get("recuperation")), None)
            try:
                d["lues"] = [
                    (t.jour, t.montant) for t in mensualites(r.reste if r else Decimal(0), d["nombre"], d["premiere"])
                ]
            except ValueError:
                self.add_error("nombre", "Le reste dû ne se partage pas en autant d’échéances.")
        else:
            self.add_error("nombre", "Donnez un nombre de mensualités et la première date, ou listez les échéances.")
        return d

    def _lire(self, brut: str) -> list[tuple[date, Decimal]]:
        lues: list[tuple[date, Decimal]] = []
        for rang, ecrite in enumerate(brut.splitlines(), 1):
            if not ecrite.strip():
                continue
            quand, _, combien = ecrite.strip().partition(" ")
            try:
                lues.append((_jour(quand), _montant(combien)))
            except ValueError:
                self.add_error(
                    "echeances",
                    f"Ligne {rang}\u00a0: écrivez une date puis un montant au centime, par exemple 15/03/2027 1200,50.",
                )
                return []
        return lues

    def donnees(self) -> dict[str, Any]:
        return {"recuperation": self.cleaned_data["recuperation"], "echeances": self.cleaned_data["lues"]}


class Remboursement(SurRecuperation):
    ACTE = "enregistrer_remboursement"

    montant = somme("Montant reçu")
    recu_le = jour("Reçu le")
    reference = ligne("Référence comptable", maximum=80, manque="Indiquez la référence comptable.")


class Remise(SurRecuperation):
    ACTE = "proposer_remise"

    montant = somme("Montant remis")
    motif = texte("Motif de la remise", lignes=3, manque="Indiquez le motif de la remise.")


class SurMouvement(FormulaireActe):
    mouvement = forms.ChoiceField(
        label="Mouvement",
        error_messages={
            "required": "Choisissez un mouvement.",
            "invalid_choice": "Ce mouvement n’attend plus cet acte\u00a0: rechargez la page.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mouvement"].choices = [
            (str(m.pk), f"{m.get_nature_display()}, {euros(m.montant, True)}, {date_fr(m.jour)} ({r.numero})")
            for r in argent(self.dossier).recuperations
            if permis("confirmer_mouvement", r.statut)
            for m in r.mouvements.all()
            if m.statut == "propose"
        ]

    def donnees(self) -> dict[str, Any]:
        return {**self.cleaned_data, "mouvement": int(self.cleaned_data["mouvement"])}


class AnnulerMouvement(SurMouvement):
    motif = texte("Motif", lignes=2, manque="Indiquez le motif de l’annulation.")


class Manquements(FormulaireActe):
    manquements = texte(
        "Manquements",
        "Un par un, avec leurs dates. Ils sont repris dans le courrier.",
        lignes=6,
        manque="Décrivez les manquements, un par un, avec leurs dates.",
    )


class Reponse(FormulaireActe):
    texte = texte("Vos observations", lignes=6, manque="Écrivez vos observations.")


class AbandonResiliation(FormulaireActe):
    motif = texte("Motif", "L’équipe le lit.", lignes=3, manque="Indiquez pourquoi la procédure s’arrête.")


def _aujourdhui(dossier: Any) -> date:
    """The day of the act, as the dossier was read for it."""
    lu_le = getattr(dossier, "lu_le", None)
    return horloge.jour_local(lu_le, dossier.fuseau) if lu_le else horloge.aujourdhui(dossier.fuseau)


def _proposition(base: montants.Base) -> str:
    p = base.proposition
    return euros(p.montant, True) if p.montant is not None else f"à arrêter, au plus {euros(p.assiette, True)}"


def _jour(ecrit: str) -> date:
    try:
        return LISIBLE.clean(ecrit)
    except forms.ValidationError as faute:
        raise ValueError(ecrit) from faute


def _montant(ecrit: str) -> Decimal:
    propre = ecrit.replace("\u00a0", "").replace(" ", "").replace("€", "").replace(",", ".")
    try:
        lu = Decimal(propre)
    except InvalidOperation as faute:
        raise ValueError(ecrit) from faute
    if not lu.is_finite() or lu != lu.quantize(Decimal("0.01")):
        raise ValueError(ecrit)
    return lu
