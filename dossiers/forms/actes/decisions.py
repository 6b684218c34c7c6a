"""What decides, or weighs on a decision: validation, refusal, withdrawal, avis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property

from ess_portal.documents.models import Document
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr, instant_fr

from ...actions import FormulaireActe
from ...grille import parametres
from ...lecture_visas import attend, nature
from ...models import Avis, Motivation
from ...regles.au_droit import ATTENDENT_LE_PROJET
from ...regles.criteres import CRITERES, Constat
from ...regles.motifs import MOTIFS, faits_manquants, proposer
from ...regles.statuts import Statut
from ...services.notifications import a_prouver, derniere_lettre
from ...services.retraits import en_vigueur
from ..etapes import jour, ligne, selon_le_cas, texte
from .communs import Confirmer, Motiver, lue


class Valider(FormulaireActe):
    message = texte("Message joint à la décision", "L’équipe le lira dans la notification.", lignes=3, maximum=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = False


class Refuser(FormulaireActe):
    """One tick and one facts field per reason of the closed list (MOT-1, MOT-2). The API may send `motifs` as a list."""

    objet: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and isinstance(self.data.get("motifs"), list):
            self.data = {**self.data, **_deplier(self.data["motifs"])}
        criteres = [("", "Sans objet"), *((c, f"{c.removeprefix('CRI-')} – {v.libelle}") for c, v in CRITERES.items())]
        for code, motif in MOTIFS[self.objet].items():
            self.fields[f"motif_{code}"] = forms.BooleanField(
                label=motif.libelle, required=False, help_text=motif.fondement
            )
            self.fields[f"critere_{code}"] = forms.ChoiceField(
                label="Critère en cause", choices=criteres, required=False
            )
            self.fields[f"faits_{code}"] = texte(
                "Faits",
                "Précis, datés, vérifiables. Ils seront lus par l’équipe et, le cas échéant, par le juge.",
                lignes=3,
                maximum=5000,
            )
            selon_le_cas(self, f"faits_{code}")
            if textes := [(str(m.pk), _choix(m)) for m in self.motivations if m.motif == code]:
                self.fields[f"modele_{code}"] = forms.ChoiceField(
                    label="Texte de la bibliothèque", choices=[("", "Choisir un texte"), *textes], required=False
                )

    @cached_property
    def motivations(self) -> list[Motivation]:
        """The ready texts for this object, national and of the dossier's region."""
        lignes = Motivation.objects.en_usage().filter(objet=self.objet)
        return list(lignes.filter(Q(region__isnull=True) | Q(region_id=self.dossier.region)))

    def inserer(self, code: str, saisie: dict[str, Any]) -> dict[str, Any]:
        """What was typed, with the chosen text at the end of the facts of a reason; nothing typed is lost."""
        choisi = next((m for m in self.motivations if str(m.pk) == saisie.get(f"modele_{code}")), None)
        if choisi is None or choisi.motif != code:
            return saisie
        faits = "\n\n".join(t for t in (saisie.get(f"faits_{code}", "").strip(), choisi.texte) if t)
        critere = saisie.get(f"critere_{code}") or choisi.critere
        return saisie | {f"motif_{code}": True, f"critere_{code}": critere, f"faits_{code}": faits}

    def proposer(self, constats: Iterable[Constat]) -> dict[str, Any]:
        """What the grid suggests, to be read again: each criterion that is not met ticks its reason, with its constat as the facts."""
        return {
            nom: valeur
            for code, (critere, faits) in proposer(self.objet, constats).items()
            for nom, valeur in ((f"motif_{code}", True), (f"critere_{code}", critere), (f"faits_{code}", faits))
        }

    def rangees(self) -> list[tuple[str, list[forms.BoundField], forms.BoundField | None]]:
        """(code, [tick, criterion, facts], choice of a ready text) of each reason."""
        return [
            (
                c,
                [self[f"motif_{c}"], self[f"critere_{c}"], self[f"faits_{c}"]],
                self[f"modele_{c}"] if f"modele_{c}" in self.fields else None,
            )
            for c in MOTIFS[self.objet]
        ]

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        connus = set(MOTIFS[self.objet])
        for code in self.data.get("_codes_inconnus", ()):
            self.add_error(None, f"Le motif «\u00a0{code}\u00a0» n’est pas dans la liste des motifs de refus.")
        coches = [c for c in connus if d.get(f"motif_{c}")]
        if not coches:
            self.add_error(None, "Cochez au moins un motif de la liste.")
        for c in coches:
            if phrase := faits_manquants(d.get(f"faits_{c}") or ""):
                self.add_error(f"faits_{c}", phrase)
        return d

    def donnees(self) -> dict[str, Any]:
        d = self.cleaned_data
        return {
            "motifs": [
                {"code": c, "critere": d.get(f"critere_{c}") or "", "faits": d[f"faits_{c}"].strip()}
                for c in MOTIFS[self.objet]
                if d.get(f"motif_{c}")
            ]
        }


def _choix(m: Motivation) -> str:
    portee = "" if m.region_id else " (texte national)"
    return f"{m.titre}{portee}"


def _deplier(motifs: list[Any]) -> dict[str, Any]:
    """The API's list of reasons as form fields; codes outside the list are kept to be refused by name."""
    plat: dict[str, Any] = {"_codes_inconnus": []}
    connus = {c for liste in MOTIFS.values() for c in liste}
    for m in motifs:
        code = str(m.get("code", "")) if isinstance(m, dict) else str(m)
        if code not in connus:
            plat["_codes_inconnus"].append(code[:60])
            continue
        plat |= {
            f"motif_{code}": True,
            f"critere_{code}": m.get("critere", "") if isinstance(m, dict) else "",
            f"faits_{code}": m.get("faits", "") if isinstance(m, dict) else "",
        }
    return plat


class RefuserLettre(Refuser):
    objet = "lettre"


class RefuserProjet(Refuser):
    objet = "projet"


LUE = "La décision que l’on retire. Vide\u00a0: la dernière."


class RetirerRefus(Motiver):
    decision = lue(LUE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        objet = "lettre" if self.dossier.statut == Statut.LETTRE_REFUSEE else "projet"
        self.fields["decision"].initial = en_vigueur(self.dossier, objet).values_list("pk", flat=True).first()

    def donnees(self) -> dict[str, Any]:
        return super().donnees() | {"decision": self.cleaned_data["decision"]}


class RetirerValidation(FormulaireActe):
    decision = lue(LUE)
    fondement = forms.ChoiceField(
        label="Fondement",
        widget=forms.RadioSelect,
        choices=(
            ("L242-1", "Décision illégale, dans les quatre mois (CRPA, L. 242-1)"),
            ("L242-2", "Condition non remplie (CRPA, L. 242-2)"),
            ("L242-4", "À la demande de l’équipe (CRPA, L. 242-4)"),
        ),
        error_messages={"required": "Choisissez le fondement du retrait."},
    )
    contradictoire_le = jour(
        "Équipe invitée à présenter ses observations le", manque="Indiquez le jour de l’invitation."
    )
    motivation = texte("Motivation", "En droit et en fait.", lignes=5, manque="Indiquez les motifs du retrait.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        objet = "lettre" if self.dossier.statut in ATTENDENT_LE_PROJET else "projet"
        self.fields["decision"].initial = en_vigueur(self.dossier, objet).values_list("pk", flat=True).first()
        delai = parametres(
            self.dossier, objet, jour_local(horloge.maintenant(), self.dossier.fuseau)
        ).delai_observations
        self.fields[
            "contradictoire_le"
        ].help_text = f"Elle a {delai} pour répondre\u00a0; le retrait se décide ensuite, sauf à sa demande."


class Viser(Confirmer):
    phrase = "J’ai relu ce qui est préparé\u00a0: je le vise et je le signe."

    preparation = lue("Ce que l’on a relu. Vide\u00a0: ce qui attend.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouvertes = self.dossier.preparations.filter(close_le=None, signee_le=None).select_related("preparee_par")
        p = next((p for p in ouvertes.order_by("-preparee_le") if attend(self.dossier, p)), None)
        if p is not None:
            self.fields["preparation"].initial = p.pk
            par = f" par {p.preparee_par.nom_complet}" if p.preparee_par else ""
            quand = instant_fr(p.preparee_le, self.dossier.fuseau)
            self.fields["confirmation"].help_text = f"{nature(p.sens, p.reponse)}{par} le {quand}."


class EnregistrerPresentation(FormulaireActe):
    """The letter is asked for where another one than the last still waits for its proof."""

    lettre = forms.ChoiceField(label="Lettre présentée", required=False)
    presentee_le = jour("Pli présenté le", manque="Indiquez le jour de la présentation.")
    reference = ligne("Numéro du recommandé", "Il figure sur l’avis de réception.", maximum=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].required = False
        derniere, lettres = derniere_lettre(self.dossier), a_prouver(self.dossier)
        if derniere is not None and any(x.pk != derniere.pk for x in lettres):
            self.fields["lettre"].choices = [(x.cle, self._nom(x)) for x in lettres]
            self.fields["lettre"].initial = lettres[0].cle
            return
        del self.fields["lettre"]
        if derniere is not None:
            self.fields["presentee_le"].help_text = f"{self._nom(derniere)}."

    def _nom(self, lettre: Document) -> str:
        return f"{lettre.titre}, du {date_fr(jour_local(lettre.cree_le, self.dossier.fuseau))}"


class RendreAvis(FormulaireActe):
    sens = forms.ChoiceField(
        label="Sens de l’avis",
        choices=Avis.Sens.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le sens de l’avis."},
    )
    texte = texte("Motivation", "Obligatoire pour des réserves ou un avis défavorable.", lignes=5, maximum=6000)
    opposition = forms.BooleanField(
        label="Cet avis défavorable motivé vaut décision contraire de la caisse\u00a0: la validation tacite s’arrête.",
        required=False,
        help_text="Sur le projet de santé seulement.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selon_le_cas(self, "texte")
        if not self.dossier.statut.startswith("projet"):
            del self.fields["opposition"]

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if d.get("sens") not in (None, Avis.Sens.FAVORABLE) and not (d.get("texte") or "").strip():
            self.add_error("texte", "Des réserves ou un avis défavorable se motivent.")
        if d.get("opposition") and d.get("sens") != Avis.Sens.DEFAVORABLE:
            self.add_error("opposition", "Seul un avis défavorable motivé arrête la validation tacite.")
        return d
