"""The list of dossiers and the opening of a new one."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from ess_portal.comptes.roles import PORTEURS
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from .. import selectors
from ..libelles import etat_lu
from ..regles.statuts import LIBELLES
from ..services.creation import creer_dossier


def lire_filtres(request: HttpRequest) -> selectors.Filtres:
    """The filters of the address; what is not understood is left out."""
    g = request.GET
    onglets = {nom for nom, _ in selectors.ONGLETS}
    defaut = "tous" if request.acteur.est_porteur or request.acteur.role.startswith("admin") else "a_traiter"
    return selectors.Filtres(
        onglet=g.get("onglet", "") if g.get("onglet") in onglets else defaut,
        recherche=g.get("recherche", "")[:80].replace("\x00", ""),
        statut=g.get("statut", "") if g.get("statut") in LIBELLES else "",
        specialite=g.get("specialite", "")[:48].replace("\x00", ""),
        departement=g.get("departement", "")[:3].replace("\x00", ""),
        echeance_avant=_jour(g.get("echeance_avant", "")),
        suivi_par=g.get("suivi_par", "")[:9],
        tri=g.get("tri", "echeance"),
        page=int(g["page"]) if g.get("page", "").isdigit() and len(g["page"]) < 6 else 1,
    )


def _jour(valeur: str):
    try:
        return parse_date(valeur)
    except ValueError:
        return None


@require_GET
def liste(request: HttpRequest) -> HttpResponse:
    maintenant = horloge.maintenant()
    f = lire_filtres(request)
    contexte = selectors.liste(request.acteur, f, maintenant)
    for d in contexte["dossiers"]:
        d.variante, d.etat_lu = etat_lu(d.statut_effectif, request.acteur)
    comptes = selectors.comptes(request.acteur, maintenant) if not request.acteur.est_porteur else {}
    parametres = request.GET.copy()
    parametres.pop("page", None)

    def adresse(**changements: str) -> str:
        q = parametres.copy()
        for nom, valeur in changements.items():
            q.pop(nom, None)
            if valeur:
                q[nom] = valeur
        return f"?{q.urlencode()}"

    onglets = [
        {"libelle": libelle, "url": adresse(onglet=nom), "actif": nom == f.onglet, "nombre": comptes.get(nom, 0), "alerte": nom == "tacites" and comptes.get(nom, 0) > 0}
        for nom, libelle in selectors.ONGLETS if comptes
    ]
    actifs = [
        {"libelle": f"{titre} : {texte}", "url": adresse(**{nom: ""})}
        for nom, titre, texte in (
            ("recherche", "Recherche", f.recherche), ("statut", "Étape", LIBELLES.get(f.statut, "") if f.statut else ""), ("specialite", "Spécialité", f.specialite),
            ("departement", "Département", f.departement), ("echeance_avant", "Échéance jusqu’au", f"{f.echeance_avant:%d/%m/%Y}" if f.echeance_avant else ""),
        ) if texte
    ]
    return render(request, "dossiers/liste.html", {
        **contexte, "filtres": f, "onglets": onglets, "actifs": actifs, "effacer": f"?onglet={f.onglet}", "statuts": LIBELLES.items(),
        "departements": selectors.choix_departements(), "tri_echeance": adresse(tri="echeance"), "tri_nom": adresse(tri="nom"),
    })


class NouveauDossier(forms.Form):
    nom = forms.CharField(label="Nom de l’équipe", max_length=200, help_text="Vous pourrez le changer jusqu’au dépôt.", error_messages={"required": "Donnez un nom à l’équipe."})
    specialites = forms.MultipleChoiceField(
        label="Spécialité", help_text="Une seule, sauf dérogation de la commission paritaire nationale.", widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={"required": "Choisissez une spécialité.", "invalid_choice": "Cette spécialité n’est pas dans la liste."},
    )
    siege_departement = forms.ChoiceField(
        label="Département du siège prévu", help_text="Il détermine l’ARS et la caisse compétentes.",
        error_messages={"required": "Choisissez le département du siège.", "invalid_choice": "Ce département n’est pas dans la liste."},
    )
    remplace = forms.CharField(label="Dossier refusé auquel celui-ci fait suite", required=False, max_length=16, help_text="Son numéro, le cas échéant.")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specialites"].choices = [(s.code, s.libelle) for s in Specialite.objects.filter(famille="SM").exclude(eligibilite="non")]
        self.fields["siege_departement"].choices = [("", "Choisir"), *((d.code, str(d)) for d in Departement.objects.filter(est_ouvert=True))]


@require_http_methods(["GET", "POST"])
def nouveau(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in PORTEURS:
        raise Interdit("interdit", "Seule une équipe ouvre une lettre d’intention.")
    form = NouveauDossier(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dossier = creer_dossier(**form.cleaned_data, acteur=request.acteur, maintenant=horloge.maintenant())
        except ErreurMetier as echec:
            for champ, textes in echec.champs.items():
                form.add_error(champ if champ in form.fields else None, textes)
        else:
            return redirect("lettre_etape", numero=dossier.numero, etape="porteurs")
    return render(request, "dossiers/nouveau.html", {"form": form}, status=422 if form.errors else 200)
