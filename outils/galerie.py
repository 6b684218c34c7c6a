"""Every component with invented data, as static pages to look at: desktop, phone, dark, print.

python outils/galerie.py SORTIE && python -m http.server -d SORTIE
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import django
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import path

RACINE = Path(__file__).resolve().parent.parent
ICI = Path(__file__).resolve().parent / "galerie"
sys.path.insert(0, str(RACINE))

NOMS = (
    *("account_logout", "account_login", "compte", "changer_organisation", "notifications", "bac_a_sable"),
    *("simulateurs", "verifier", "accessibilite", "mentions_legales", "donnees_personnelles"),
)
urlpatterns = [path(f"{nom}/", HttpResponse, name=nom) for nom in NOMS]

AUJOURDHUI = date(2026, 4, 28)
INSTANT = datetime(2026, 4, 28, 12, 2, tzinfo=UTC)
EXPLICATION = [
    {"libelle": "Point de départ", "detail": "Lettre reçue complète par l’ARS Occitanie", "valeur": date(2026, 3, 10)},
    {
        "libelle": "Délai pour décider",
        "detail": "De date à date : même jour, deux mois plus tard",
        "valeur": "+ 2 mois",
        "regle": "DL-1",
    },
    {"libelle": "Arrêts du délai", "detail": "Aucune pièce indispensable n’a été demandée", "valeur": "aucun"},
    {
        "libelle": "Jour de la semaine",
        "detail": "C’est un dimanche : le délai n’est pas prolongé",
        "valeur": "sans effet",
        "regle": "CAL-3",
    },
    {
        "libelle": "Dernier jour pour décider",
        "detail": "La journée entière, heure de Paris",
        "valeur": date(2026, 5, 10),
    },
]


class Essai(forms.Form):
    """One field of each kind."""

    nom = forms.CharField(label="Nom de l’équipe", help_text="Tel qu’il figurera sur les décisions")
    courriel = forms.EmailField(label="Courriel", required=False)
    presentation = forms.CharField(label="Présentation", widget=forms.Textarea(attrs={"rows": 4}))
    debut = forms.DateField(
        label="Début de l’activité", help_text="Format : JJ/MM/AAAA", input_formats=("%d/%m/%Y", "%Y-%m-%d")
    )
    compte = forms.DateField(label="Date du comptage", input_formats=("%d/%m/%Y", "%Y-%m-%d"))
    medecins = forms.IntegerField(label="Médecins présents")
    specialite = forms.ChoiceField(
        label="Spécialité", choices=[("", "Choisir"), ("SM04", "Cardiologie"), ("SM15", "Dermatologie")]
    )
    jugement = forms.ChoiceField(
        label="Votre jugement",
        widget=forms.RadioSelect,
        choices=[("c", "Conforme"), ("r", "Réserve"), ("n", "Non conforme")],
    )
    departements = forms.MultipleChoiceField(
        label="Départements",
        widget=forms.CheckboxSelectMultiple,
        choices=[("31", "Haute-Garonne (31)"), ("32", "Gers (32)"), ("81", "Tarn (81)")],
    )
    piece = forms.FileField(label="Étude d’opportunité", help_text="PDF, 10 Mo au plus", required=False)
    accord = forms.BooleanField(label="Je dépose cette lettre au nom des quatre porteurs, qui l’ont relue.")


def donnees() -> dict[str, object]:
    porteur = SimpleNamespace(
        nom="Dr Hélène Castéran",
        role="porteur_referent",
        organisation_nom="ESS de cardiologie d’Occitanie ouest",
        organisation_id=1,
    )
    agent = SimpleNamespace(
        nom="Claire Fabre", role="ars_instructeur", organisation_nom="ARS Occitanie", organisation_id=2
    )
    rattachements = [
        SimpleNamespace(
            pk=1,
            organisation_id=2,
            organisation=SimpleNamespace(nom="ARS Occitanie"),
            get_role_display="ARS, instruction",
        ),
        SimpleNamespace(
            pk=2, organisation_id=3, organisation=SimpleNamespace(nom="ARS Bretagne"), get_role_display="ARS, signature"
        ),
    ]
    frise = [
        {
            "titre": "Lettre d’intention",
            "etat": "fait",
            "badge": "Réputée validée",
            "date": date(2026, 5, 11),
            "precision": "déposée le 10 mars",
            "texte": "L’ARS n’a pas répondu dans les deux mois : la lettre est réputée validée depuis le 11 mai 2026.",
            "par": "Par : l’ARS Occitanie, décision implicite",
            "documents": [
                {"libelle": "Accusé de réception", "url": "#", "octets": 84000},
                {"libelle": "Attestation de décision implicite", "url": "#", "octets": 96000},
            ],
            "explication": EXPLICATION,
        },
        {
            "titre": "Contrat de crédit d’amorçage",
            "etat": "fait",
            "badge": "Signé par les trois parties",
            "date": date(2026, 6, 2),
            "texte": "Crédit de 80 000 €, versé en deux fois.",
        },
        {
            "titre": "Projet de santé",
            "etat": "cours",
            "date": date(2026, 9, 10),
            "precision": "au plus tard, dans 66 jours",
            "texte": "Brouillon : 4 rubriques sur 6 sont complètes.",
            "par": "À faire par : vous et les trois autres rédacteurs",
            "action": {"libelle": "Continuer le projet de santé", "url": "#"},
            "explication": EXPLICATION,
            "suite": "Si la date passe, vous pourrez encore déposer : le projet sera signalé « tardif ».",
        },
        {
            "titre": "Avis de la caisse",
            "etat": "suspendu",
            "badge": "Délai suspendu",
            "texte": "Une pièce indispensable est attendue.",
        },
        {
            "titre": "Rapport d’activité",
            "etat": "retard",
            "badge": "En retard de 3 jours, décision requise",
            "date": date(2026, 4, 25),
        },
        {"titre": "Association et numéro FINESS", "etat": "partiel", "date": "après validation du projet"},
        {"titre": "Dotation annuelle", "etat": "venir", "date": "après le numéro FINESS"},
    ]
    communs = {
        "bac_a_sable": True,
        "horloge_simulee": INSTANT,
        "aujourdhui": AUJOURDHUI,
        "explication": EXPLICATION,
        "frise": frise,
        "etats": [
            ("succes", "Validée"),
            ("info", "À signer par vous"),
            ("attente", "Attendu"),
            ("alerte", "Réserves"),
            ("erreur", "Défavorable"),
            ("neutre", "Sans objet"),
        ],
        "echeances": [date(2026, 4, 14), date(2026, 5, 2), date(2026, 5, 10), date(2026, 6, 1)],
        "paires": [
            ("Porteurs", ["Dr Hélène Castéran (Toulouse)", "Dr Marc Laborde (Auch)"]),
            ("Siège prévu", "14, rue des Redoutes, 31300 Toulouse"),
            ("Déposée le", date(2026, 3, 10)),
            ("Caisse", None),
        ],
        "onglets": [
            {"libelle": "À traiter", "url": "#", "actif": True, "nombre": 14},
            {"libelle": "Suivis par moi", "url": "#", "nombre": 23},
            {"libelle": "Tacites imminents", "url": "#", "nombre": 3, "alerte": True},
            {"libelle": "Traités", "url": "#", "nombre": 61},
        ],
        "filtres": [
            {"libelle": "Étape : lettre ou projet", "url": "#"},
            {"libelle": "Échéance au plus tard le 30 juin 2026", "url": "#"},
        ],
        "vues": [
            {"libelle": "Mes échéances de mai et juin", "url": "#", "actif": True},
            {"libelle": "Littoral : 11, 30, 34, 66 (4)", "url": "#"},
        ],
        "page": Paginator(range(600), 50).page(4),
        "conditions": [
            {
                "libelle": "Projet de santé validé",
                "detail": "Décision expresse de l’ARS notifiée le 12 mars 2026",
                "url": "#",
            },
            {
                "etat": "alerte",
                "libelle": "IBAN modifié le 21 avril 2026",
                "detail": "À confirmer par une seconde personne",
                "url": "#",
                "lien": "Confirmer",
            },
            {"etat": "erreur", "libelle": "Motif 3 : faits manquants"},
            {"etat": "attente", "libelle": "Visa du chef de service"},
            {"etat": "neutre", "libelle": "FINESS", "detail": "Non exigé pour le solde"},
        ],
        "parties": [
            {
                "qui": "L’équipe",
                "etat": "signe",
                "texte": "Signé le 22 avril 2026 à 18 h 04",
                "nom": "Dr Antoine Causse, président",
                "pouvoir": "Pouvoir : statuts, article 11",
            },
            {"qui": "L’ARS Occitanie", "etat": "a_signer", "texte": "À signer par vous", "nom": "Mme Isabelle Roques"},
            {"qui": "La CPAM de l’Aveyron", "texte": "En attente", "nom": "Mme Sophie Delmas"},
        ],
        "fil": [
            {
                "auteur": "Camille Lacoste",
                "organisation": "CPAM 31",
                "quand": INSTANT,
                "texte": "Avez-vous eu le DAC de l’Ariège ?",
                "non_lu": True,
            },
            {
                "auteur": "Claire Fabre",
                "organisation": "ARS",
                "quand": INSTANT,
                "texte": "Oui, d’accord de principe. Je le note en réserve.",
                "soi": True,
            },
        ],
        "evenements": [
            {"quand": INSTANT, "titre": "Vous avez ouvert la version 3", "recent": True},
            {"quand": INSTANT, "titre": "Signature de l’ARS Occitanie", "auteur": "Mme Isabelle Roques"},
        ],
        "dates": [
            {"date": date(2026, 3, 10), "texte": "dépôt et accusé de réception"},
            {"date": date(2026, 5, 10), "texte": "dernier jour de l’ARS pour répondre"},
        ],
        "agenda": [
            {
                "date": date(2026, 7, 24),
                "texte": "Répondre au message de l’ARS sur le Gers",
                "precision": "À faire par vous, dans 18 jours",
            },
            {
                "date": date(2026, 9, 10),
                "texte": "Déposer le projet de santé",
                "precision": "À faire par vous, dans 66 jours",
            },
        ],
        "chiffres": [
            {"valeur": 52, "libelle": "dossiers ouverts", "precision": "dont 11 en dotation"},
            {"valeur": 5, "libelle": "validations tacites possibles sous 30 jours"},
            {"valeur": "46 jours", "libelle": "délai médian de décision sur lettre"},
        ],
        "menu": [
            {"libelle": "Vie du dossier", "url": "#", "actif": True},
            {"libelle": "Lettre d’intention", "url": "#"},
            {"libelle": "Versements", "url": "#"},
            {"libelle": "Journal", "url": "#"},
        ],
        "ariane": [{"libelle": "Dossiers", "url": "#"}, {"libelle": "76-2026-0014"}],
        "colonnes": ["Période", {"libelle": "Jours", "nombre": True}, {"libelle": "Montant", "nombre": True}],
        "lignes": [
            ["1er février – 14 juin 2027", 134, "3 082,00 €"],
            ["15 juin – 30 novembre 2027", 169, "5 239,00 €"],
        ],
        "zones": [
            {"code": "31", "nom": "Haute-Garonne", "chemin": "M10 10h90v70H10z", "x": 55, "y": 52, "choisi": True},
            {
                "code": "81",
                "nom": "Tarn",
                "chemin": "M104 10h90v70h-90z",
                "x": 149,
                "y": 52,
                "choisi": True,
                "couvert": True,
            },
            {"code": "12", "nom": "Aveyron", "chemin": "M198 10h90v70h-90z", "x": 243, "y": 52, "couvert": True},
            {"code": "34", "nom": "Hérault", "chemin": "M292 10h90v70h-90z", "x": 337, "y": 52},
        ],
        "montant": Decimal("59751.90"),
        "message": "La lettre a été réputée validée ce matin à 0 h 00 : elle ne peut plus être refusée.",
    }
    envoye = {
        "nom": "",
        "debut": "10/05/2026",
        "compte": "32/13/2026",
        "medecins": "douze",
        "specialite": "SM04",
        "departements": ["31", "81"],
    }
    return communs | {
        "acteur": porteur,
        "agent": agent,
        "rattachements": rattachements,
        "non_lus": 2,
        "navigation": [
            {"libelle": n, "url": "#", "actif": n == "Mon dossier", "liens": ()}
            for n in ("Accueil", "Mon dossier", "Adhérents", "Versements", "Messages", "Simulateurs")
        ],
        "navigation_agent": [
            {"libelle": n, "url": "#", "actif": n == "Dossiers", "liens": ()}
            for n in ("Dossiers", "Échéances", "Contrats", "Versements", "Pilotage régional")
        ],
        "form": Essai(),
        "form_errone": Essai(envoye),
    }


def main(sortie: Path) -> None:
    settings.configure(
        SECRET_KEY="galerie",
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.forms",
            "dsfr",
            "ess_portal.socle",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ICI, RACINE / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "string_if_invalid": "INVALIDE:%s",
                },
            }
        ],
        FORM_RENDERER="ess_portal.socle.rendu.RenduDsfr",
        STATIC_URL="static/",
        BAC_A_SABLE=True,
        USE_TZ=True,
        LANGUAGE_CODE="fr",
    )
    django.setup()
    statiques = sortie / "static"
    statiques.mkdir(parents=True, exist_ok=True)
    sources = {"ess": RACINE / "static" / "ess"}
    for paquet in ("dsfr", "django_htmx"):
        sources[paquet] = Path(find_spec(paquet).origin).parent / "static" / paquet
    for nom, source in sources.items():
        if not (statiques / nom).exists():
            (statiques / nom).symlink_to(source)
    requete = RequestFactory().get("/", {"tri": "echeance"})
    pages = {p.stem: p.name for p in ICI.glob("*.html")} | {
        f"erreur-{c}": f"erreurs/{c}.html" for c in (403, 404, 409, 422, 500)
    }
    for nom, gabarit in pages.items():
        # The last page is rendered as Django's own 500 handler does: with nothing at all.
        contexte = {} if nom == "erreur-500" else donnees()
        (sortie / f"{nom}.html").write_text(
            get_template(gabarit).render(contexte, None if nom == "erreur-500" else requete)
        )
    print(f"{len(pages)} pages dans {sortie}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
