"""Forms of the acts: one class per act, whose `donnees()` are the service's keyword arguments."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.models import Departement

from ..actions import FormulaireActe
from ..models import ActiviteMission, Association, Avis, Derogation
from ..regles.criteres import CRITERES
from ..regles.motifs import MOTIFS
from .etapes import jour, ligne, texte


class Confirmer(FormulaireActe):
    """An act without content, confirmed by a tick."""

    phrase: ClassVar[str] = "Je confirme cet acte."

    confirmation = forms.BooleanField(label="", error_messages={"required": "Cochez la case pour confirmer."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmation"].label = self.phrase

    def donnees(self) -> dict[str, Any]:
        return {nom: v for nom, v in self.cleaned_data.items() if nom != "confirmation"}


class DeposerLettre(Confirmer):
    phrase = "Je dépose cette lettre au nom des porteurs, qui l’ont relue."


class DeposerProjet(Confirmer):
    phrase = "Je dépose ce projet de santé au nom de l’équipe, qui l’a relu."


class Valider(FormulaireActe):
    message = texte(
        "Message joint à la décision", "Facultatif. L’équipe le lira dans la notification.", lignes=3, maximum=2000
    )

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
            self.fields[f"faits_{code}"].required = False

    def rangees(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(c, [self[f"motif_{c}"], self[f"critere_{c}"], self[f"faits_{c}"]]) for c in MOTIFS[self.objet]]

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        connus = set(MOTIFS[self.objet])
        for code in self.data.get("_codes_inconnus", ()):
            self.add_error(None, f"Le motif « {code} » n’est pas dans la liste des motifs de refus.")
        coches = [c for c in connus if d.get(f"motif_{c}")]
        if not coches:
            self.add_error(None, "Cochez au moins un motif de la liste.")
        for c in coches:
            if not (d.get(f"faits_{c}") or "").strip():
                self.add_error(f"faits_{c}", "Indiquez les faits : un motif sans faits bloque la décision.")
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


class DemanderPieces(FormulaireActe):
    indispensables = texte(
        "Pièces indispensables",
        "Une par ligne. Elles arrêtent le délai : deux mois entiers repartent à la réception de la dernière.",
        lignes=4,
        maximum=3000,
    )
    autres = texte(
        "Autres pièces ou précisions", "Une par ligne. Elles n’arrêtent pas le délai.", lignes=3, maximum=3000
    )
    date_limite = jour("À fournir jusqu’au", "Jour inclus. Laissez vide pour le délai réglementaire.", required=False)
    texte = texte("Message à l’équipe", lignes=3, maximum=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("indispensables", "autres", "texte"):
            self.fields[nom].required = False

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if not (d.get("indispensables") or d.get("autres")):
            self.add_error("indispensables", "Listez au moins une pièce à fournir.")
        return d

    def donnees(self) -> dict[str, Any]:
        d = self.cleaned_data
        items = [
            {"libelle": t, "indispensable": ind}
            for champ, ind in (("indispensables", True), ("autres", False))
            for t in d[champ].splitlines()
            if t.strip()
        ]
        return {"items": items, "date_limite": d["date_limite"], "texte": d["texte"]}


class PlusieursFichiers(forms.ClearableFileInput):
    allow_multiple_selected = True


class Fichiers(forms.FileField):
    """Several files in one field: Django's own knows how to check one."""

    widget = PlusieursFichiers

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        recus = data if isinstance(data, list | tuple) else [data]
        return [f for f in (super(Fichiers, self).clean(recu, initial) for recu in recus or [None]) if f]


class Completer(FormulaireActe):
    """Ticks of the items brought, files, a word."""

    reponses = forms.MultipleChoiceField(label="Je fournis", widget=forms.CheckboxSelectMultiple, required=False)
    fichiers = Fichiers(
        label="Fichiers",
        required=False,
        help_text="PDF, image ou document bureautique, 25 Mo au plus chacun.",
    )
    texte = texte("Message", "Facultatif.", lignes=3, maximum=3000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = False
        demande = self.dossier.demandes.filter(
            est_indispensable=True, recue_le__isnull=True, levee_le__isnull=True
        ).first()
        items = demande.items if demande else []
        self.fields["reponses"].choices = [
            (
                str(n),
                i["libelle"]
                + (" – indispensable" if i["indispensable"] else "")
                + (f" – reçue le {i['recue_le']}" if i["recue_le"] else ""),
            )
            for n, i in enumerate(items)
        ]

    def donnees(self) -> dict[str, Any]:
        return {
            "reponses": [int(n) for n in self.cleaned_data["reponses"]],
            "fichiers": self.cleaned_data["fichiers"],
            "texte": self.cleaned_data["texte"],
        }


class RendreAvis(FormulaireActe):
    sens = forms.ChoiceField(
        label="Sens de l’avis",
        choices=Avis.Sens.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le sens de l’avis."},
    )
    texte = texte("Motivation", "Obligatoire pour des réserves ou un avis défavorable.", lignes=5, maximum=6000)
    opposition = forms.BooleanField(
        label="Cet avis défavorable motivé vaut décision contraire de la caisse : la validation tacite s’arrête.",
        required=False,
        help_text="Sur le projet de santé seulement.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["texte"].required = False
        if not self.dossier.statut.startswith("projet"):
            del self.fields["opposition"]

    def clean(self) -> dict[str, Any]:
        d = super().clean() or {}
        if d.get("sens") not in (None, Avis.Sens.FAVORABLE) and not (d.get("texte") or "").strip():
            self.add_error("texte", "Des réserves ou un avis défavorable se motivent.")
        if d.get("opposition") and d.get("sens") != Avis.Sens.DEFAVORABLE:
            self.add_error("opposition", "Seul un avis défavorable motivé arrête la validation tacite.")
        return d


class Motiver(FormulaireActe):
    champ: ClassVar[str] = "motivation"

    motivation = texte("Motivation", "En droit et en fait.", lignes=5, manque="Indiquez le motif.")

    def donnees(self) -> dict[str, Any]:
        return {self.champ: self.cleaned_data["motivation"]}


class Classer(Motiver):
    champ = "motif"


class Abandonner(Motiver):
    champ = "motif"


class RetirerValidation(FormulaireActe):
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


class DeclarerAssociation(FormulaireActe):
    type = forms.ChoiceField(
        label="Forme", choices=Association.Type.choices, widget=forms.RadioSelect, initial=Association.Type.LOI_1901
    )
    nom = ligne("Nom de l’association", manque="Donnez le nom de l’association.")
    rna = ligne("Numéro RNA", "W suivi de neuf caractères.", maximum=14)
    siren = ligne("Numéro SIREN", "Neuf chiffres.", maximum=14, inputmode="numeric")
    registre = ligne(
        "Inscription au registre du tribunal", "Pour une association de droit local (57, 67, 68).", maximum=120
    )
    date_declaration = jour("Date de déclaration", required=False)
    siege_adresse = texte("Adresse du siège", lignes=2, maximum=300)
    representant = ligne("Représentant légal", "Prénom, nom et qualité.", manque="Nommez le représentant légal.")
    statuts = forms.FileField(label="Statuts", required=False, help_text="PDF, 25 Mo au plus.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom in ("rna", "siren", "registre", "siege_adresse"):
            self.fields[nom].required = False


class AttribuerFiness(FormulaireActe):
    finess = ligne(
        "Numéro FINESS",
        "Neuf caractères. Il ne permet pas de facturer des actes.",
        maximum=14,
        manque="Indiquez le numéro FINESS.",
    )
    finess_le = jour("Attribué le", manque="Indiquez le jour d’attribution.")


class DeclarerActivite(FormulaireActe):
    type = forms.ChoiceField(
        label="Activité",
        choices=ActiviteMission.Type.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’activité."},
    )
    description = texte("Description", lignes=3, maximum=2000, manque="Décrivez l’activité en une phrase.")
    date_deploiement = jour("Déployée le", manque="Indiquez le jour du déploiement.")
    preuve = forms.FileField(
        label="Preuve",
        help_text="Relevé, convention, planning… PDF, image ou document, 25 Mo au plus.",
        error_messages={"required": "Joignez une preuve."},
    )


class ExaminerActivite(FormulaireActe):
    activite = forms.ChoiceField(
        label="Activité", widget=forms.RadioSelect, error_messages={"required": "Choisissez l’activité."}
    )
    accord = forms.TypedChoiceField(
        label="Examen",
        widget=forms.RadioSelect,
        choices=(("oui", "La preuve établit l’activité"), ("non", "L’activité est écartée")),
        coerce=lambda v: v == "oui",
        error_messages={"required": "Dites si la preuve établit l’activité."},
    )
    motif = texte("Motif", "Obligatoire si l’activité est écartée.", lignes=3, maximum=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].required = False
        self.fields["activite"].choices = [
            (str(a.pk), f"{a.get_type_display()}, depuis le {a.date_deploiement:%d/%m/%Y}")
            for a in self.dossier.activites.filter(confirmee_le=None, ecartee_le=None)
        ]

    def donnees(self) -> dict[str, Any]:
        return {**self.cleaned_data, "activite": int(self.cleaned_data["activite"])}


class StatuerRetard(FormulaireActe):
    issue = forms.ChoiceField(
        label="Suite",
        widget=forms.RadioSelect,
        choices=(
            ("accorder_delai", "Accorder un délai"),
            ("mettre_en_demeure", "Mettre en demeure"),
            ("clore", "Clore le dossier (rien n’est signé)"),
            ("resilier", "Résilier (un contrat est signé)"),
        ),
        error_messages={"required": "Choisissez la suite."},
    )
    nouveau_delai = jour("Nouveau délai", "Jour inclus. Pour un délai accordé ou une mise en demeure.", required=False)
    motivation = texte("Motivation", lignes=4, manque="Indiquez le motif.")


class Transferer(FormulaireActe):
    siege_departement = forms.ChoiceField(label="Nouveau département du siège")
    siege_commune = ligne("Commune du siège", maximum=120, manque="Indiquez la commune.")
    caisse = forms.ChoiceField(label="Nouvelle caisse")
    date_effet = jour("Date d’effet", manque="Indiquez la date d’effet.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["siege_departement"].choices = [
            (d.code, str(d)) for d in Departement.objects.filter(est_ouvert=True)
        ]
        self.fields["caisse"].choices = [
            (c.code, c.nom) for c in Organisation.objects.filter(type="caisse").order_by("nom")
        ]


class EnregistrerDerogation(FormulaireActe):
    portee = forms.MultipleChoiceField(
        label="Portée",
        widget=forms.CheckboxSelectMultiple,
        choices=(
            ("DER-1", "Plusieurs spécialités"),
            ("CRI-1c", "Unicité"),
            ("CRI-1d", "Dix médecins"),
            ("CRI-4", "Seuil de 10 %"),
            ("CRI-1a", "Périmètre"),
        ),
        error_messages={"required": "Choisissez au moins un contrôle levé."},
    )
    motif = texte("Motif", lignes=3, manque="Indiquez le motif de la dérogation.")
    demandee_le = jour("Envoyée à la CPN le", manque="Indiquez le jour d’envoi.")
    issue = forms.ChoiceField(
        label="Issue", choices=Derogation.Issue.choices, widget=forms.RadioSelect, initial=Derogation.Issue.DEMANDEE
    )
    session_le = jour("Séance du", required=False)
    reference = ligne("Référence", maximum=80)
    valide_du = jour("Valide du", required=False)
    valide_au = jour("Valide au", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].required = False


class FaireTache(FormulaireActe):
    tache = forms.ChoiceField(
        label="Tâche", widget=forms.RadioSelect, error_messages={"required": "Choisissez la tâche."}
    )
    commentaire = texte(
        "Suite donnée", "Ce qui a été fait, ou pourquoi rien ne l’est.", lignes=3, manque="Écrivez la suite donnée."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tache"].choices = [
            (str(t.pk), t.get_type_display()) for t in self.dossier.taches.filter(faite_le=None, qui=self.acteur.type)
        ]

    def donnees(self) -> dict[str, Any]:
        return {"tache": int(self.cleaned_data["tache"]), "commentaire": self.cleaned_data["commentaire"]}


class ActualiserProjet(FormulaireActe):
    objet_actualisation = texte("Objet de l’actualisation", lignes=3, manque="Dites ce qui change.")


class Suivre(FormulaireActe):
    """Takes the dossier for oneself."""
