"""The annual reports: the list of the years, one year's form, its reading by the agents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from adhesions.effectifs import nombre_adherents
from dossiers.actions import executer
from dossiers.models import Dossier
from dossiers.services.echanges import ecrire_message
from dossiers.views.communs import cadre, reporter, saisie
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import parties, selectors
from ..compteurs import delais_resumes
from ..emploi import compte
from ..forms import FormulairePiece, FormulaireRapport, initial
from ..models import Rapport
from ..pieces import jointes
from ..regles.compteurs import phrase_delai
from ..regles.emploi import ZERO, Compte
from ..services import Perime, deposer_rapport, enregistrer_rapport
from ..services.controle import avertir

# The buttons of the agents' page: name of the act, what is said once it is done.
EXAMEN = {
    "valider": ("valider_rapport", "Le rapport est validé."),
    "proroger": ("proroger_rapport", "La date est reportée. L’équipe et la caisse sont prévenues."),
    "corriger": ("demander_correction_rapport", "La demande de correction est envoyée à l’équipe."),
}

SANS_SAISIE = {"texte": "", "au": "", "motif": ""}


@require_safe
def lister(request: HttpRequest, numero: str) -> HttpResponse:
    page = selectors.page_rapports(numero, acteur=request.acteur, maintenant=horloge.maintenant())
    return render(
        request, "indicateurs/rapports.html", page | cadre(request, page["dossier"], "rapports", "Rapports d’activité")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rapport(request: HttpRequest, numero: str, annee: int) -> HttpResponse:
    """The porteur writes, saves and files; the agents read, validate or send back."""
    page = selectors.page_rapport(numero, annee, acteur=request.acteur, maintenant=horloge.maintenant())
    page |= _cadre(request, page["dossier"], annee)
    if request.method == "POST":
        if "question" in request.POST:
            return _questionner(request, numero, annee, page)
        if page["modifiable"]:
            return _ecrire(request, numero, annee, page)
        return _examiner(request, numero, annee, page)
    if page["modifiable"]:
        return _montrer(
            request,
            page,
            FormulaireRapport(
                initial=initial(
                    page["rapport"], selectors.indicateurs_definis(page["dossier"]), page["compteurs"].valeurs
                )
            ),
        )
    return _lire(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
def pieces(request: HttpRequest, numero: str, annee: int) -> HttpResponse:
    """The files that go with the report: one joined, or one taken away, at a time."""
    if not request.acteur.est_porteur:
        raise Interdit("interdit", "Seule l’équipe joint des pièces à son rapport.")
    page = selectors.page_rapport(numero, annee, acteur=request.acteur, maintenant=horloge.maintenant())
    if request.method != "POST" and not page["modifiable"]:
        return redirect("rapport", numero=numero, annee=annee)
    retrait = "retirer" in request.POST
    formulaire = (
        FormulairePiece(request.POST, request.FILES) if request.method == "POST" and not retrait else FormulairePiece()
    )
    erreur = ""
    if request.method == "POST":
        nom = "retirer_piece_rapport" if retrait else "joindre_piece_rapport"
        donnees = {"annee": annee, "piece": request.POST.get("retirer", ""), "libelle": request.POST.get("libelle", "")}
        try:
            executer(
                nom,
                numero=numero,
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                donnees=donnees,
                fichiers=request.FILES,
                utilisateur=request.user,
            )
        except ErreurMetier as refus:
            if refus.statut_http != 422:
                raise
            request.annuler = True
            formulaire.is_valid()
            if retrait:
                erreur = next((t for textes in refus.champs.values() for t in textes), refus.message)
            elif not formulaire.errors:
                reporter(formulaire, refus)
        else:
            messages.success(
                request,
                "La pièce est retirée du rapport." if retrait else "La pièce est jointe. Son contrôle est en cours.",
            )
            return redirect("rapport_pieces", numero=numero, annee=annee)
    contexte = _cadre(request, page["dossier"], annee) | {
        "formulaire": formulaire,
        "erreur": erreur,
        "jointes": jointes(page["rapport"]) if page["rapport"] else [],
    }
    return render(
        request, "indicateurs/rapport_pieces.html", page | contexte, status=422 if request.method == "POST" else 200
    )


def _cadre(request: HttpRequest, dossier: Dossier, annee: int) -> dict[str, Any]:
    """The dossier's frame, one level deeper: the year."""
    contexte = cadre(request, dossier, "rapports", "Rapports d’activité")
    contexte["fil"][-1]["url"] = reverse("rapports", args=[dossier.numero])
    contexte["fil"].append({"libelle": f"Année {annee}"})
    contexte["titre_page"] = f"Rapport d’activité, année {annee}"
    return contexte


def _ecrire(request: HttpRequest, numero: str, annee: int, page: dict) -> HttpResponse:
    """Saves; files too when that button was pressed. What does not fit is shown at its field, and nothing is lost of what was typed."""
    maintenant = horloge.maintenant()
    formulaire = FormulaireRapport(request.POST, request.FILES)
    lue = request.POST.get("version", "")
    if formulaire.is_valid():
        with saisie(request, formulaire, conflit_ecrit=True), _compare(page):
            enregistre = enregistrer_rapport(
                numero=numero,
                annee=annee,
                acteur=request.acteur,
                maintenant=maintenant,
                donnees=formulaire.donnees(),
                version=int(lue) if lue.isdecimal() and len(lue) < 9 else None,
                preuve=formulaire.cleaned_data["outil_preuve"],
            )
            if "deposer" in request.POST:
                deposer_rapport(numero=numero, annee=annee, acteur=request.acteur, maintenant=maintenant)
            if request.htmx:
                return render(
                    request,
                    "indicateurs/_enregistre.html",
                    {
                        "instant": enregistre.enregistre_le,
                        "fuseau": page["dossier"].fuseau,
                        "version": enregistre.version,
                        "parties": _parties(page, enregistre, compte(page["dossier"], annee, enregistre)),
                        "hors_bande": True,
                    },
                )
            depose = "deposer" in request.POST
            messages.success(
                request,
                "Le rapport est déposé." if depose else "Le rapport est enregistré. Il n’est pas encore déposé.",
            )
            return redirect(
                "rapports" if depose else "rapport",
                **({"numero": numero} if depose else {"numero": numero, "annee": annee}),
            )
    if request.htmx:
        # htmx swaps only what succeeded: the reason of a draft not saved must be read too.
        erreur = next(str(t) for textes in formulaire.errors.values() for t in textes)
        return render(request, "indicateurs/_enregistre.html", {"erreur": erreur, "version": lue})
    return _montrer(request, page, formulaire, statut=409 if page.get("perime") else 422)


def _parties(page: dict, rapport: Rapport, vu: Compte) -> list[Any]:
    adherents = nombre_adherents(page["dossier"], page["periode"].debut, page["periode"].fin)
    return parties.lire(rapport, page["precedent"], vu, page["pieces"], adherents=adherents)


@contextmanager
def _compare(page: dict) -> Iterator[None]:
    """A stale save leaves on the page what a colleague wrote meanwhile, beside what this person typed."""
    try:
        yield
    except Perime as refus:
        page |= {"perime": [selectors.ecart_lu(e) for e in refus.ecarts], "version": refus.version}
        raise


def _questionner(request: HttpRequest, numero: str, annee: int, page: dict) -> HttpResponse:
    """A message of the dossier's shared thread, that says which report it is about."""
    texte = request.POST.get("question", "").strip()
    if not texte:
        messages.error(request, "Écrivez votre message.")
    else:
        ecrire_message(
            numero=numero,
            texte=selectors.entete_question(annee) + texte,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
        )
        messages.success(request, "Votre message est envoyé.")
    return redirect(reverse("rapport", args=[numero, annee]) + "#questions")


def _examiner(request: HttpRequest, numero: str, annee: int, page: dict) -> HttpResponse:
    nom, fait = EXAMEN[next((cle for cle in ("corriger", "proroger") if cle in request.POST), "valider")]
    donnees = {"annee": annee} | {cle: request.POST.get(cle, "") for cle in ("texte", "au", "motif")}
    try:
        executer(
            nom,
            numero=numero,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            donnees=donnees,
            utilisateur=request.user,
        )
    except (Introuvable, Interdit):
        raise
    except ErreurMetier as refus:
        request.annuler = True
        textes = [t for champ in refus.champs.values() for t in champ]
        return _lire(
            request,
            page,
            erreur=textes[0] if textes else refus.message,
            saisi=donnees,
            statut=refus.statut_http,
        )
    messages.success(request, fait)
    return redirect("rapport", numero=numero, annee=annee)


def _montrer(request: HttpRequest, page: dict, formulaire: FormulaireRapport, statut: int = 200) -> HttpResponse:
    precedent, rapport, compteurs = page["precedent"], page["rapport"], page["compteurs"]
    surprises = {a.champ: a.texte for a in avertir(rapport, precedent, page["compte"])} if rapport else {}
    surprises = {
        n.removeprefix("explication_"): "" for n in formulaire.errors if n.startswith("explication_")
    } | surprises
    champs = [
        {
            "champ": c,
            "precedente": getattr(precedent, c.name) if precedent else None,
            "compteur": compteurs.valeurs.get(c.name),
            "manquants": compteurs.manquants.get(c.name, 0),
            "explication": _explication(formulaire, surprises, c.name),
        }
        for c in formulaire.nationaux
    ]
    contexte = {
        "formulaire": formulaire,
        "champs": champs,
        "surprise_depense": surprises.get("montant_depense"),
        "explication_depense": _explication(formulaire, surprises, "montant_depense"),
        "version": page.get("version", rapport.version if rapport else 0),
        "parties": _parties(page, rapport or Rapport(dossier=page["dossier"]), page["compte"]),
        "perime": page.get("perime", []),
        "surprises": surprises,
        "delais": [phrase_delai(code, lu) for code, lu in delais_resumes(compteurs).items()],
        **_suivi(request, page),
    }
    return render(request, "indicateurs/rapport_saisie.html", page | contexte, status=statut)


def _explication(formulaire: FormulaireRapport, surprises: dict[str, str], champ: str) -> Any:
    """The field of the comment, once something surprises or was explained."""
    champ_lie = formulaire[f"explication_{champ}"]
    if champ not in surprises and not champ_lie.value():
        return None
    return {"champ": champ_lie, "texte": surprises.get(champ, "")}


def _suivi(request: HttpRequest, page: dict) -> dict[str, Any]:
    """What stands under a report, whoever reads it: its filings, and what was asked about it."""
    dossier, annee = page["dossier"], page["periode"].annee
    entete = selectors.entete_question(annee)
    return {
        "versions": selectors.versions(page["rapport"]),
        "questions": [
            {
                "auteur": m.auteur_nom,
                "organisation": m.organisation.nom if m.organisation else "",
                "quand": m.ecrit_le,
                "texte": m.texte.removeprefix(entete),
                "soi": m.organisation_id == request.acteur.organisation_id,
                "non_lu": False,
                "pieces": [],
            }
            for m in selectors.questions(dossier, annee, request.acteur)
        ],
    }


def _lire(
    request: HttpRequest, page: dict, *, erreur: str = "", saisi: dict | None = None, statut: int = 200
) -> HttpResponse:
    if page["rapport"] is None:
        if not page["peut_proroger"]:
            raise Introuvable
        contexte = _suivi(request, page) | {"erreur": erreur, "saisi": SANS_SAISIE | (saisi or {})}
        return render(request, "indicateurs/rapport_attendu.html", page | contexte, status=statut)
    rapport = page["rapport"]
    contexte = page | {
        "lignes": selectors.lignes_indicateurs(page["rapport"], page["precedent"]),
        "objectifs": selectors.objectifs_decrits(page["rapport"]),
        "explications": [(selectors.LIBELLES[champ], mots) for champ, mots in rapport.explications.items() if mots],
        "delais": [phrase_delai(code, lu) for code, lu in rapport.delais.items()],
        "au_dela": Compte(
            rapport.montant_reporte or ZERO, rapport.montant_recu or ZERO, rapport.montant_depense
        ).au_dela,
        "erreur": erreur,
        "saisi": SANS_SAISIE | (saisi or {}),
        **_suivi(request, page),
    }
    return render(request, "indicateurs/rapport_lecture.html", contexte, status=statut)
