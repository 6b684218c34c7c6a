"""The list of dossiers and the opening of a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import PORTEURS, TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle import horloge
from ess_portal.socle.composants import options
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import accord, date_fr, jour_fr

from .. import presentation, selectors
from ..regles.statuts import LIBELLES
from ..services.creation import creer_dossier
from ..seuils import seuils_de
from .communs import saisie


def lire_filtres(request: HttpRequest) -> selectors.Filtres:
    """The filters of the address; what is not understood is left out."""
    g = request.GET
    onglets = {nom for nom, _ in selectors.ONGLETS}
    defaut = "tous" if request.acteur.est_porteur or request.acteur.role.startswith("admin") else "a_traiter"
    onglet = g.get("onglet", "") if g.get("onglet") in onglets else defaut
    return selectors.Filtres(
        onglet=onglet,
        recherche=g.get("recherche", "")[:80].replace("\x00", ""),
        statut=g.get("statut", "") if g.get("statut") in LIBELLES else "",
        specialite=g.get("specialite", "")[:48].replace("\x00", ""),
        departement=g.get("departement", "")[:3].replace("\x00", ""),
        echeance_avant=_jour(g.get("echeance_avant", "")),
        suivi_par=g.get("suivi_par", "")[:9],
        tri=g.get("tri", "") if g.get("tri") in ORDRES else "echeance",
        page=int(g["page"]) if g.get("page", "").isdigit() and len(g["page"]) < 6 else 1,
    )


def _jour(valeur: str):
    try:
        return parse_date(valeur)
    except ValueError:
        return None


@require_GET
def liste(request: HttpRequest) -> HttpResponse:
    return render(request, "dossiers/liste.html", page_liste(request))


def page_liste(request: HttpRequest) -> dict[str, Any]:
    """The list as its page and the agents' home show it: the near silences, the counted tabs, the rows of a tab."""
    maintenant, acteur = horloge.maintenant(), request.acteur
    f, seuils = lire_filtres(request), seuils_de(acteur, maintenant)
    comptes = {} if acteur.est_porteur else selectors.comptes(acteur, f, seuils)
    contexte = selectors.liste(acteur, f, seuils, comptes)
    presentation.habiller(contexte["dossiers"], acteur, seuils)
    parametres = request.GET.copy()
    parametres.pop("page", None)
    base = reverse("dossiers")

    def adresse(**changements: str) -> str:
        q = parametres.copy()
        for nom, valeur in changements.items():
            q.pop(nom, None)
            if valeur:
                q[nom] = valeur
        return f"{base}?{q.urlencode()}"

    onglets = [
        {
            "libelle": libelle,
            "url": adresse(onglet=nom),
            "actif": nom == f.onglet,
            "nombre": comptes.get(nom, 0),
            "alerte": nom == "tacites" and comptes.get(nom, 0) > 0,
        }
        for nom, libelle in selectors.ONGLETS
        if comptes and not (nom == "suivis" and acteur.type != TypeOrganisation.ARS)
    ]
    jour = horloge.aujourdhui()
    resume = presentation.resume_tacites(comptes)
    if resume is not None:
        resume |= (
            {"lien": "Les voir", "url": f"{base}?onglet=tacites"} if f.onglet != "tacites" else {"lien": "", "url": ""}
        )
    total = contexte["page"].paginator.count
    actifs = _actifs(f, adresse)
    titre = (
        "Mes dossiers"
        if acteur.est_porteur
        else "Dossiers à instruire"
        if acteur.est_agent and comptes and not acteur.role.startswith("admin")
        else "Dossiers"
    )
    nom_onglet = dict(selectors.ONGLETS)[f.onglet]
    return (
        contexte
        | _vide(acteur, bool(actifs), f.onglet)
        | {
            "titre_page": titre,
            "meta": [jour_fr(jour).capitalize(), acteur.organisation_nom],
            "legende": f"Dossiers, {nom_onglet.lower()}",
            "tacites": resume,
            "filtres": f,
            "echeance_avant": f.echeance_avant.isoformat() if f.echeance_avant else "",
            "onglets": onglets,
            "actifs": actifs,
            "effacer": f"{base}?onglet={f.onglet}",
            "resultat": _compte(total, f),
            "statuts": options(tuple(LIBELLES.items()), f.statut),
            "departements": options(tuple(selectors.choix_departements()), f.departement),
            "tris": options(TRIS, f.tri),
            "adresse_liste": base,
            "colonne_acte": COLONNE_ACTE,
            "rangees": presentation.rangees(contexte["dossiers"], COLONNE_ACTE),
            "reperes": presentation.reperes(seuils),
        }
    )


COLONNE_ACTE = "Prochain acte"
TRIS = (
    ("echeance", "Échéance"),
    ("-depot", "Dépôt, le dernier d’abord"),
    ("depot", "Dépôt, le premier d’abord"),
    ("nom", "Nom"),
    ("numero", "Numéro"),
)
ORDRES = {
    "echeance": "par échéance",
    "-depot": "les derniers déposés d’abord",
    "depot": "les premiers déposés d’abord",
    "nom": "par nom",
    "numero": "par numéro",
}


def _compte(total: int, f: selectors.Filtres) -> str:
    """« 31 dossiers, par échéance »."""
    retards = ", les retards d’abord" if (f.onglet, f.tri) == ("tous", "echeance") else ""
    return f"{accord(total, 'dossier')}, {ORDRES[f.tri]}{retards}" if total > 1 else accord(total, "dossier")


def _actifs(f: selectors.Filtres, adresse: Callable[..., str]) -> list[dict[str, str]]:
    """The filters in force, each with the address that takes it off."""
    valeurs = (
        ("recherche", "Recherche", f.recherche),
        ("statut", "Étape", LIBELLES.get(f.statut, "")),
        ("specialite", "Spécialité", f.specialite),
        ("departement", "Département", f.departement),
        ("echeance_avant", "Échéance jusqu’au", date_fr(f.echeance_avant) if f.echeance_avant else ""),
        ("suivi_par", "Suivi par", f.suivi_par),
    )
    return [
        {"libelle": f"{titre}\u00a0: {texte}", "url": adresse(**{nom: ""})} for nom, titre, texte in valeurs if texte
    ]


def _vide(acteur: Acteur, filtree: bool, onglet: str) -> dict[str, str]:
    """What an empty list says: why, and where to go."""
    if filtree:
        texte, action, url = (
            "Aucun dossier ne répond à ces filtres.",
            "Effacer les filtres",
            f"{reverse('dossiers')}?onglet={onglet}",
        )
    elif acteur.est_porteur:
        texte, action, url = (
            "Votre équipe n’a pas encore de dossier.",
            "Commencer une lettre d’intention",
            reverse("dossier_nouveau"),
        )
    elif onglet == "a_traiter":
        texte, action, url = (
            "Rien n’attend votre organisation aujourd’hui.",
            "Voir tous les dossiers",
            f"{reverse('dossiers')}?onglet=tous",
        )
    else:
        texte, action, url = "Aucun dossier dans cet onglet.", "", ""
    return {"vide_titre": "Aucun dossier", "vide_texte": texte, "vide_action": action, "vide_url": url}


class NouveauDossier(forms.Form):
    nom = forms.CharField(
        label="Nom de l’équipe",
        max_length=200,
        help_text="Vous pourrez le changer jusqu’au dépôt.",
        error_messages={"required": "Donnez un nom à l’équipe."},
    )
    specialites = forms.MultipleChoiceField(
        label="Spécialité",
        help_text="Une seule, sauf dérogation de la commission paritaire nationale.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={
            "required": "Choisissez une spécialité.",
            "invalid_choice": "Cette spécialité n’est pas dans la liste.",
        },
    )
    siege_departement = forms.ChoiceField(
        label="Département du siège prévu",
        help_text="Il détermine l’ARS et la caisse compétentes.",
        error_messages={
            "required": "Choisissez le département du siège.",
            "invalid_choice": "Ce département n’est pas dans la liste.",
        },
    )
    remplace = forms.CharField(
        label="Dossier refusé auquel celui-ci fait suite",
        required=False,
        max_length=16,
        help_text="Son numéro, le cas échéant.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialites"].choices = [
            (s.code, s.libelle) for s in Specialite.objects.filter(famille="SM").exclude(eligibilite="non")
        ]
        self.fields["siege_departement"].choices = [
            ("", "Choisir"),
            *((d.code, str(d)) for d in Departement.objects.filter(est_ouvert=True)),
        ]


@require_http_methods(["GET", "POST"])
def nouveau(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in PORTEURS:
        raise Interdit("interdit", "Seule une équipe ouvre une lettre d’intention.")
    form = NouveauDossier(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form):
            dossier = creer_dossier(**form.cleaned_data, acteur=request.acteur, maintenant=horloge.maintenant())
            return redirect("lettre_etape", numero=dossier.numero, etape="porteurs")
    contexte = {"form": form, "fil": [{"libelle": "Commencer une lettre d’intention"}]}
    return render(request, "dossiers/nouveau.html", contexte, status=422 if form.errors else 200)
