"""Acts on the clauses of the annexes: a draft written article by article, then activated for a day; and the text in force on a day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ADMINS, ARS, Role
from ess_portal.documents import texte_riche
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Clausier
from ..regles.clausier import VARIABLES, Article, Lacune, deplacer, fautes_article, fondre, lacunes, manquantes

AUTEURS = frozenset({Role.ARS_SIGNATAIRE, Role.ADMIN_REGIONAL, Role.ADMIN_NATIONAL})
LECTEURS = ARS | ADMINS
PARIS = "Europe/Paris"
NOUVEAU = "nouveau"


@dataclass(frozen=True)
class Texte:
    """The clauses of an annexe as one région reads them; `nom` says of which versions they are made."""

    articles: tuple[Article, ...]
    nom: str


def portee(acteur: Acteur) -> str | None:
    """Whose text this person works on: the région's, or the national one."""
    return None if acteur.role == Role.ADMIN_NATIONAL else acteur.region


def en_vigueur(annexe: str, region: str | None, jour: date) -> Texte:
    """The text in force on `jour`. Raises ErreurMetier when it no longer cites a mandatory variable."""
    texte = lire(annexe, region, jour)
    exiger_complet(annexe, texte.articles)
    return texte


def lire(annexe: str, region: str | None, jour: date) -> Texte:
    """The same, complete or not: a région's text may have been left short by the national one, and is completed from its page."""
    national, regional = _versions(annexe, region, jour)
    return Texte(fondre(national.articles, regional.articles if regional else None), _nommer(national, regional))


def articles_du_projet(ligne: Clausier, jour: date) -> tuple[Article, ...]:
    """A version's text; a région's is read over the national text of `jour`."""
    if ligne.region_id is None:
        return fondre(ligne.articles, None)
    return fondre(_versions(ligne.annexe, None, jour)[0].articles, ligne.articles)


def exiger_complet(annexe: str, articles: Sequence[Article]) -> None:
    if phrase := manque(annexe, articles):
        raise ErreurMetier("variable_manquante", phrase, {"texte": phrase})


def manque(annexe: str, articles: Sequence[Article]) -> str:
    """What a text must still cite, in a sentence; '' when it is complete."""
    if not (absentes := manquantes(annexe, articles)):
        return ""
    noms = ", ".join(_nommer_variable(annexe, nom) for nom in absentes)
    un = len(absentes) == 1
    return f"Il manque {'la variable obligatoire' if un else 'les variables obligatoires'} {noms}\u00a0: le contrat doit {'la' if un else 'les'} citer."


def regions_incompletes(projet: Clausier) -> list[tuple[str, list[str]]]:
    """The régions whose contracts a national draft would leave incomplete, each with what to complete, in sentences."""
    siennes: dict[str, Clausier] = {}
    lues = Clausier.objects.filter(annexe=projet.annexe, region__isnull=False).actives().select_related("region")
    for ligne in lues.order_by("region__nom", "version"):
        siennes[ligne.region.nom] = ligne
    return [
        (nom, [_dire(projet.annexe, lacune) for lacune in trouvees])
        for nom, ligne in siennes.items()
        if (trouvees := lacunes(projet.annexe, projet.articles, ligne.articles))
    ]


def _dire(annexe: str, lacune: Lacune) -> str:
    titres = ", ".join(f"«\u00a0{titre}\u00a0»" for titre in lacune.articles)
    pluriel = len(lacune.articles) > 1
    return f"{_nommer_variable(annexe, lacune.variable)} manque à sa rédaction {'des articles' if pluriel else 'de l’article'} {titres}"


def _nommer_variable(annexe: str, nom: str) -> str:
    return f"«\u00a0{nom}\u00a0» ({VARIABLES[annexe][nom].libelle})"


@transaction.atomic
def ecrire(
    *, annexe: str, code: str, titre: str, texte: str, revision: int, acteur: Acteur, maintenant: datetime
) -> Clausier:
    """One article of the draft, which opens with it. `texte` is light markup or a paste; `code` NOUVEAU adds one at the end.

    Raises ErreurMetier on the fields, Conflit when somebody else wrote the draft since `revision`.
    """
    riche = texte_riche.depuis_saisie(texte)
    titre = " ".join(titre.split())
    if fautes := fautes_article(annexe, titre, riche):
        raise ErreurMetier("article", "Certaines informations sont à corriger.", fautes)
    ligne = _tenir(annexe, revision, acteur, maintenant)
    de_base = _de_base(ligne, maintenant)
    if code == NOUVEAU:
        articles = [*ligne.articles, {"code": uuid.uuid4().hex[:12], "titre": titre, "html": riche}]
    else:
        if code not in {a["code"] for a in ligne.articles}:
            raise Introuvable
        propre = {"code": code, "titre": titre, "html": riche}
        herite = code in de_base and (de_base[code].titre, de_base[code].html) == (titre, riche)
        articles = [({"code": code} if herite else propre) if a["code"] == code else a for a in ligne.articles]
    ligne.articles = articles
    exiger_complet(annexe, articles_du_projet(ligne, _jour(maintenant)))
    return _ranger(ligne, acteur, maintenant)


@transaction.atomic
def bouger(*, annexe: str, code: str, pas: int, revision: int, acteur: Acteur, maintenant: datetime) -> Clausier:
    """An article one place up (-1) or down (1)."""
    ligne = _tenir(annexe, revision, acteur, maintenant)
    ligne.articles = deplacer(ligne.articles, code, pas)
    return _ranger(ligne, acteur, maintenant)


@transaction.atomic
def retirer(*, annexe: str, code: str, revision: int, acteur: Acteur, maintenant: datetime) -> Clausier:
    """Takes out an article; for a région, her own wording of a national article goes back to the national text."""
    ligne = _tenir(annexe, revision, acteur, maintenant)
    if code in _de_base(ligne, maintenant):
        ligne.articles = [{"code": code} if a["code"] == code else a for a in ligne.articles]
    else:
        ligne.articles = [a for a in ligne.articles if a["code"] != code]
    exiger_complet(annexe, articles_du_projet(ligne, _jour(maintenant)))
    return _ranger(ligne, acteur, maintenant)


@transaction.atomic
def abandonner(*, annexe: str, revision: int, acteur: Acteur, maintenant: datetime) -> None:
    """The draft is dropped; the text in force stays."""
    _tenir(annexe, revision, acteur, maintenant, ouvrir=False).delete()


@transaction.atomic
def activer(
    *, annexe: str, valide_du: date, objet: str, revision: int, acteur: Acteur, maintenant: datetime
) -> Clausier:
    """The draft becomes the version in force from `valide_du`, today at the earliest; it is never changed again."""
    ligne = _tenir(annexe, revision, acteur, maintenant, ouvrir=False)
    precedente = Clausier.objects.de(annexe, ligne.region_id).actives().first()
    _verifier_activation(valide_du, objet, precedente, _jour(maintenant))
    exiger_complet(annexe, articles_du_projet(ligne, max(valide_du, _jour(maintenant))))
    ligne.valide_du, ligne.objet = valide_du, objet.strip()
    ligne.active_le, ligne.active_par_id = maintenant, acteur.utilisateur_id
    ligne.save(update_fields=("valide_du", "objet", "active_le", "active_par"))
    consigner(
        type="clausier_active",
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "clausier": ligne.pk,
            "annexe": annexe,
            "region": ligne.region_id,
            "version": ligne.version,
            "valide_du": valide_du,
            "objet": ligne.objet,
        },
    )
    return ligne


def projet(annexe: str, region: str | None) -> Clausier | None:
    return Clausier.objects.de(annexe, region).filter(active_le__isnull=True).first()


def _versions(annexe: str, region: str | None, jour: date) -> tuple[Clausier, Clausier | None]:
    """The national and the regional versions of `jour`: the last that came into force; a later one replaces an earlier one."""
    lues = Clausier.objects.filter(annexe=annexe).actives().filter(valide_du__lte=jour).order_by("-version")
    national = lues.filter(region__isnull=True).first() or _premiere(annexe)
    regional = lues.select_related("region").filter(region_id=region).first() if region else None
    return national, regional


def _premiere(annexe: str) -> Clausier:
    """Before the first day of the first text: that text."""
    return Clausier.objects.filter(annexe=annexe, region__isnull=True, version=1).get()


def _nommer(national: Clausier, regional: Clausier | None) -> str:
    nom = f"texte national, version {national.version}"
    return f"texte {regional.region.nom}, version {regional.version} ({nom})" if regional else nom


def _jour(maintenant: datetime) -> date:
    return jour_local(maintenant, PARIS)


def _de_base(ligne: Clausier, maintenant: datetime) -> Mapping[str, Article]:
    """The national articles that a région's text stands on; none under the national text."""
    if ligne.region_id is None:
        return {}
    national = _versions(ligne.annexe, None, _jour(maintenant))[0]
    return {a.code: a for a in fondre(national.articles, None)}


def _tenir(annexe: str, revision: int, acteur: Acteur, maintenant: datetime, *, ouvrir: bool = True) -> Clausier:
    """The draft, locked and in its whole order; a new one stands on the last version, or on the national text."""
    if acteur.role not in AUTEURS:
        raise Interdit
    if annexe not in VARIABLES:
        raise Introuvable
    region = portee(acteur)
    # The first national version is the lock of all who open a draft of this annexe at once.
    Clausier.objects.select_for_update(of=("self",)).get(annexe=annexe, region__isnull=True, version=1)
    ligne = projet(annexe, region)
    if ligne is None and (revision or not ouvrir):
        raise Conflit(
            "clausier", "Ce projet de texte a été activé ou abandonné depuis\u00a0: repartez du texte en vigueur."
        )
    if ligne is None:
        derniere = Clausier.objects.de(annexe, region).first()
        ligne = Clausier(
            annexe=annexe,
            region_id=region,
            version=derniere.version + 1 if derniere else 1,
            articles=derniere.articles if derniere else [],
        )
    elif ligne.revision != revision:
        raise Conflit(
            "clausier",
            "Ce projet de texte a changé depuis que vous l’avez ouvert\u00a0: relisez-le avant de continuer.",
        )
    if region is not None:
        ligne.articles = [_ecriture(a) for a in articles_du_projet(ligne, _jour(maintenant))]
    return ligne


def _ecriture(a: Article) -> dict[str, str]:
    return {"code": a.code} if a.origine == "national" else {"code": a.code, "titre": a.titre, "html": a.html}


def _ranger(ligne: Clausier, acteur: Acteur, maintenant: datetime) -> Clausier:
    ligne.revision += 1
    ligne.modifie_le, ligne.modifie_par_id = maintenant, acteur.utilisateur_id
    ligne.save()
    return ligne


def _verifier_activation(valide_du: date, objet: str, precedente: Clausier | None, jour: date) -> None:
    erreurs = {}
    if valide_du < jour:
        erreurs["valide_du"] = (
            f"Choisissez le {date_fr(jour)} ou un jour suivant\u00a0: un texte ne vaut pas pour le passé."
        )
    elif precedente is not None and valide_du < precedente.valide_du:
        erreurs["valide_du"] = (
            f"La version {precedente.version} entre en vigueur le {date_fr(precedente.valide_du)}\u00a0: choisissez ce jour ou un jour suivant."
        )
    if not objet.strip():
        erreurs["objet"] = "Dites en une phrase ce qui change."
    if erreurs:
        raise ErreurMetier("clausier", "Certaines informations sont à corriger.", erreurs)
