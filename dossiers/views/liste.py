"""The list of dossiers and the opening of a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS, CAISSE, PORTEURS, TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle import horloge
from ess_portal.socle.composants import options
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import accord, jour_fr

from .. import colonnes, filtres, presentation, selectors, vues
from ..onglets import Valeurs, plusieurs
from ..regles.statuts import LIBELLES
from ..services.creation import creer_dossier
from ..seuils import seuils_de
from .communs import saisie


@require_GET
def liste(request: HttpRequest) -> HttpResponse:
    return render(request, "dossiers/liste.html", page_liste(request))


def page_liste(request: HttpRequest) -> dict[str, Any]:
    """The list as its page and the agents' home show it: the near silences, the counted tabs, the rows of a tab."""
    maintenant, acteur = horloge.maintenant(), request.acteur
    affichage, champs = vues.choisir(request, request.GET)
    f, refus = filtres.lire(champs, acteur)
    seuils, codes = seuils_de(acteur, maintenant), colonnes.connues(affichage.colonnes)
    comptes = {} if acteur.est_porteur else selectors.comptes(acteur, f, seuils, avec_vues=affichage.vues is None)
    if affichage.vues is None:
        affichage = affichage.avec(comptes["vues"], acteur) if "vues" in comptes else vues.lire(affichage, acteur)
    contexte = selectors.liste(acteur, f, seuils, comptes, codes)
    presentation.habiller(contexte["dossiers"], acteur, seuils)
    parametres = champs.copy()
    parametres.pop("page", None)
    base = reverse("dossiers")

    def adresse(**changements: str) -> str:
        q = parametres.copy()
        for nom, valeur in changements.items():
            q.pop(nom, None)
            if valeur:
                q[nom] = valeur
        return f"{base}?{q.urlencode()}"

    def sans(nom: str, valeur: str) -> str:
        q = parametres.copy()
        q.setlist(nom, [v for v in q.getlist(nom) if valeur and v != valeur])
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
    actifs = [
        {"libelle": f"{filtres.TITRES[nom]}\u00a0: {mots}", "url": sans(nom, v)} for nom, v, mots in filtres.dire(f)
    ]
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
        | _vide(acteur, bool(actifs), f.onglet, "" if f.texte or not f.recherche else adresse(texte="1"))
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
            "refus": [r for r in (affichage.refus, *refus) if r],
            "vues": [
                {"libelle": v.nom, "url": f"{base}?vue={v.pk}", "actif": v is affichage.vue} for v in affichage.vues
            ],
            "affichage": f"{reverse('affichage')}?{filtres.adresse(f)}",
            "entetes": mark_safe(
                colonnes.premier_entete(f.tri, lambda tri: adresse(tri=tri))
                + colonnes.entetes(codes, f.tri, lambda tri: adresse(tri=tri))
            ),
            "caches": _caches(f),
            "groupee": f"{reverse('groupee_choisir')}?{filtres.adresse(f)}" if acteur.role in ARS | CAISSE else "",
            "exporter": f"{reverse('export_nouveau', args=['dossiers'])}?{filtres.adresse(f)}",
            "statuts": options(tuple(LIBELLES.items()), _seul(f.statut)),
            "departements": options(tuple(selectors.choix_departements()), _seul(f.departement)),
            "tris": options(_tris(f.tri), f.tri),
            "adresse_liste": base,
            "rangees": presentation.rangees(contexte["dossiers"], codes),
            "reperes": presentation.reperes(seuils),
        }
    )


TRIS = (
    ("echeance", "Échéance"),
    ("-depot", "Dépôt, le dernier d’abord"),
    ("depot", "Dépôt, le premier d’abord"),
    ("nom", "Nom"),
    ("numero", "Numéro"),
)


def _tris(choisi: str) -> tuple[tuple[str, str], ...]:
    """The orders of the select, with the one in force that a heading or a view has given."""
    mots = filtres.ORDRES[choisi]
    return TRIS if choisi in dict(TRIS) else (*TRIS, (choisi, mots[0].upper() + mots[1:]))


def _seul(valeurs: Valeurs) -> str:
    """What a select of one choice shows as chosen."""
    lues = plusieurs(valeurs)
    return lues[0] if len(lues) == 1 else ""


def _caches(f: selectors.Filtres) -> list[tuple[str, str]]:
    """The filters that the form's own fields do not carry: kept when it is sent."""
    visibles = {nom for nom in ("statut", "departement") if len(plusieurs(getattr(f, nom))) < 2}
    visibles |= {"onglet", "tri", "recherche", "texte", "echeance_avant"}
    return [(nom, v) for nom, valeurs in filtres.en_champs(f).items() if nom not in visibles for v in valeurs]


def _compte(total: int, f: selectors.Filtres) -> str:
    """« 31 dossiers, par échéance »."""
    retards = ", les retards d’abord" if (f.onglet, f.tri) == ("tous", "echeance") else ""
    return f"{accord(total, 'dossier')}, {filtres.ORDRES[f.tri]}{retards}" if total > 1 else accord(total, "dossier")


def _vide(acteur: Acteur, filtree: bool, onglet: str, dans_le_texte: str) -> dict[str, str]:
    """What an empty list says: why, and where to go; `dans_le_texte`: where the same words are looked for in the letters."""
    if dans_le_texte:
        texte, action, url = (
            "Aucune équipe, personne ni numéro ne répond à ces mots.",
            "Chercher aussi dans le texte des lettres",
            dans_le_texte,
        )
    elif filtree:
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
