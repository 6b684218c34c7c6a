"""The monthly counters: the months of the contract, one month's form, a file with its preview."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from adhesions.services.import_liste import lire_fichier
from dossiers.models import Dossier
from dossiers.views.communs import cadre, saisie
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, nombre

from .. import delais_mensuels, selectors
from ..compteurs import annee_de, de_l_annee, delais_resumes
from ..import_compteurs import ERREUR, Ligne, lire_lignes
from ..models import Compteur
from ..periodes import periodes
from ..regles.compteurs import CODES, DELAIS, LIBELLES, NOMBRES, ecrire_delais, lire_mois, phrase_delai
from ..regles.versions import Ecart
from ..services import MoisPerime, enregistrer_compteurs
from ..services.compteurs import dire

TAILLE_GARDEE = 200_000
AIDE_DELAIS = "Chaque délai, avec le nombre de fois\u00a0: 3×4\u00a0; 10. Aucune donnée de patient."


class FormulaireMois(forms.Form):
    """Counters as text: the rules read them, and say what they cannot read. `lu`: what the page showed of its month, as it was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mois"] = forms.CharField(
            label="Mois",
            max_length=10,
            help_text="Par exemple 2026-05.",
            widget=forms.TextInput({"autocomplete": "off"}),
        )
        for code in CODES:
            delai = code in DELAIS
            self.fields[code] = forms.CharField(
                label=LIBELLES[code],
                required=False,
                max_length=4000,
                help_text=AIDE_DELAIS if delai else "",
                widget=forms.TextInput({"autocomplete": "off"} | ({} if delai else {"inputmode": "numeric"})),
            )
        self.fields["lu"] = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def lus(self) -> dict[str, str]:
        """What was read of the month that is sent; nothing when the page showed another month."""
        try:
            lu = json.loads(self.data.get("lu", ""))
        except (ValueError, RecursionError):
            return {}
        if not isinstance(lu, dict) or lire_mois(lu.get("mois", "")) != lire_mois(self.data.get("mois", "")):
            return {}
        return {code: str(lu[code]) for code in CODES if code in lu}

    def changements(self) -> tuple[dict[str, str | None], dict[str, str | None]]:
        """What the person changed (None: emptied), and what she had read of it. Nothing changed: all that stands, to be told so."""
        lus, saisis = self.lus(), {code: self.cleaned_data[code].strip() for code in CODES}
        changes = {code: texte or None for code, texte in saisis.items() if texte != lus.get(code, "")}
        if not changes:
            return dict(saisis), {}
        return changes, {code: lus.get(code) or None for code in changes}

    def rafraichir(self, enregistres: Mapping[str, str]) -> None:
        """After a conflict: what the person had not touched takes what is saved now; what she typed stays."""
        lus, donnees = self.lus(), self.data.copy()
        for code in CODES:
            if donnees.get(code, "").strip() == lus.get(code, ""):
                donnees[code] = enregistres.get(code, "")
        donnees["lu"] = json.dumps({"mois": donnees.get("mois", "")} | dict(enregistres))
        self.data = donnees


class FormulaireFichier(forms.Form):
    fichier = forms.FileField(
        label="Fichier des compteurs", help_text="CSV, Excel ou OpenDocument, une ligne par mois."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, numero: str) -> HttpResponse:
    """Everyone of the dossier reads; the équipe writes a month at a time."""
    maintenant = horloge.maintenant()
    dossier = selectors.dossier_lu(numero, request.acteur, maintenant)
    formulaire, perime = None, ()
    if request.method == "POST":
        if not request.acteur.est_porteur:
            raise Interdit
        formulaire = FormulaireMois(request.POST)
        if formulaire.is_valid():
            valeurs, avant = formulaire.changements()
            try:
                with saisie(request, formulaire):
                    fait = enregistrer_compteurs(
                        numero=numero,
                        mois=formulaire.cleaned_data["mois"],
                        valeurs=valeurs,
                        avant=avant,
                        source=Compteur.Source.SAISIE,
                        acteur=request.acteur,
                        maintenant=maintenant,
                    )
                    messages.success(
                        request, "Le mois est enregistré." if fait.changes else "Ce mois était déjà enregistré ainsi."
                    )
                    return redirect("compteurs", numero=numero)
            except MoisPerime as refus:
                request.annuler, perime = True, refus.ecarts
                formulaire.add_error(None, refus.message)
    contexte = _contexte(request, dossier, formulaire, perime)
    statut = 200 if request.method != "POST" else 409 if perime else 422
    return render(request, "indicateurs/compteurs.html", contexte, status=statut)


def _contexte(
    request: HttpRequest, dossier: Dossier, formulaire: FormulaireMois | None, perime: Sequence[Ecart] = ()
) -> dict[str, Any]:
    jour = jour_local(horloge.maintenant(), dossier.fuseau)
    connues = periodes(dossier, jour)
    lus: dict[Any, dict[str, Compteur]] = {}
    courants = Compteur.objects.pour(request.acteur).en_vigueur().filter(dossier=dossier)
    for c in courants.order_by("-mois", "indicateur"):
        lus.setdefault(c.mois, {})[c.indicateur] = c
    if formulaire is None and request.acteur.est_porteur and connues:
        mois = lire_mois(request.GET.get("mois", "")) or jour.replace(day=1)
        ecrits = {code: _texte(c) for code, c in lus.get(mois, {}).items()}
        montre = {"mois": f"{mois:%Y-%m}"} | ecrits
        formulaire = FormulaireMois(initial=montre | {"lu": json.dumps(montre)})
    elif formulaire is not None and perime:
        mois = lire_mois(formulaire.data["mois"])
        formulaire.rafraichir({code: _texte(c) for code, c in lus.get(mois, {}).items()})
    annees = []
    for p in reversed(connues):
        lignes = [
            {
                "mois": f"{mois:%Y-%m}",
                "valeurs": [(LIBELLES[c], nombre(x[c].valeur) if c in x else "–") for c in NOMBRES],
            }
            for mois, x in lus.items()
            if annee_de(mois, connues) == p
        ]
        if lignes:
            reunie = de_l_annee(dossier, p, connues)
            totaux = [(LIBELLES[c], nombre(reunie.valeurs[c]) if c in reunie.valeurs else "–") for c in NOMBRES]
            delais = [phrase_delai(code, lu) for code, lu in delais_resumes(reunie).items()]
            annees.append({"periode": p, "lignes": lignes, "totaux": totaux, "delais": delais})
    return {
        "annees": annees,
        "entetes": [LIBELLES[c] for c in NOMBRES],
        "formulaire": formulaire,
        "perime": [{"champ": LIBELLES[e.champ], "avant": dire(e.avant), "apres": dire(e.apres)} for e in perime],
        "sans_contrat": not connues,
        "delais_mensuels": delais_mensuels.dessiner(delais_mensuels.lire(courants, jour), jour),
    } | cadre(request, dossier, "rapports", "Compteurs mensuels")


def _texte(c: Compteur) -> str:
    contenu = c.contenu
    return ecrire_delais(contenu) if isinstance(contenu, dict) else str(contenu)


@require_http_methods(["GET", "HEAD", "POST"])
def importer(request: HttpRequest, numero: str) -> HttpResponse:
    """A file, then what it would do, then the doing: the cells come back with the confirmation and are judged again."""
    maintenant = horloge.maintenant()
    dossier = selectors.dossier_lu(numero, request.acteur, maintenant)
    if not request.acteur.est_porteur:
        raise Interdit
    jour = jour_local(maintenant, dossier.fuseau)
    cellules = _relire(request)
    formulaire = FormulaireFichier(*((request.POST, request.FILES) if request.method == "POST" else ()))
    formulaire.fields["fichier"].required = not cellules
    lignes: list[Ligne] = []
    if formulaire.is_valid():
        with saisie(request, formulaire):
            cellules = cellules or lire_fichier(formulaire.cleaned_data["fichier"])[1]
            lignes = lire_lignes(dossier, cellules, jour)
            if "confirmer" in request.POST and not any(ligne.erreurs for ligne in lignes):
                changes = _appliquer(request, numero, lignes)
                suite = accord(changes, "mois a changé", "mois ont changé")
                messages.success(request, f"Le fichier est enregistré\u00a0: {suite}.")
                return redirect("compteurs", numero=numero)
    a_corriger = any(ligne.etat == ERREUR for ligne in lignes)
    contexte = {
        "formulaire": formulaire,
        "lignes": lignes,
        "a_corriger": a_corriger,
        "cellules": json.dumps(cellules, ensure_ascii=False),
        "codes": [(c, LIBELLES[c]) for c in CODES],
        "retour": reverse("compteurs", args=[numero]),
    }
    contexte |= cadre(request, dossier, "rapports", "Compteurs mensuels")
    faux = request.method == "POST" and (a_corriger or not lignes)
    return render(request, "indicateurs/compteurs_importer.html", contexte, status=422 if faux else 200)


def _relire(request: HttpRequest) -> list[list[str]]:
    """The cells that the preview showed, sent back; nothing when this is the file's first sending."""
    texte = request.POST.get("cellules", "")
    if not texte or len(texte) > TAILLE_GARDEE:
        return []
    try:
        lues = json.loads(texte)
    except (ValueError, RecursionError):
        return []
    return [[str(c) for c in ligne] for ligne in lues if isinstance(ligne, list)] if isinstance(lues, list) else []


@transaction.atomic
def _appliquer(request: HttpRequest, numero: str, lignes: list[Ligne]) -> int:
    """Every month, or none; how many of them changed. Raises ErreurMetier with the line's sentence."""
    changes = 0
    for ligne in lignes:
        try:
            fait = enregistrer_compteurs(
                numero=numero,
                mois=ligne.ecrit,
                valeurs=ligne.valeurs,
                source=Compteur.Source.FICHIER,
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
        except ErreurMetier as refus:
            phrase = f"Ligne {ligne.rang}\u00a0: {refus.message} Rien n’est enregistré."
            raise ErreurMetier(refus.code, phrase, {"fichier": phrase}) from refus
        changes += bool(fait.changes)
    return changes
