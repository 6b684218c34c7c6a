"""Search in the directory as one types: the beginning of a number, or of the words of a name in any order."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Value, When

from ess_portal.referentiel.regles.identifiants import verifier
from ess_portal.socle.typographie import date_fr

from ..models import Fiche, ImportAnnuaire
from ..regles.extrait import mots
from .fichier import FUSEAU

MINIMUM = 3
MOTS_MAX = 5
CHIFFRES = 11


def chercher(texte: str, limite: int = 10) -> list[Fiche]:
    """Those of the last extract, the names that begin with the first word first; nothing under three characters."""
    cherches = mots(texte[:100]).split()
    if sum(map(len, cherches)) < MINIMUM:
        return []
    presentes = Fiche.objects.presentes()
    if all(mot.isdigit() for mot in cherches):
        return list(_par_numero(presentes, "".join(cherches))[:limite])
    requete = " & ".join(f"{mot}:*" for mot in cherches[:MOTS_MAX])
    en_tete = Case(When(recherche__startswith=cherches[0], then=Value(0)), default=Value(1))
    trouvees = presentes.filter(mots=SearchQuery(requete, search_type="raw", config="simple"))
    return list(trouvees.order_by(en_tete, "nom", "prenom", "rpps")[:limite])


def _par_numero(fiches, chiffres: str):
    """A range of the primary key; the national identification writes an 8 before the eleven digits."""
    if len(chiffres) == CHIFFRES + 1 and chiffres[0] == "8":
        chiffres = chiffres[1:]
    if len(chiffres) > CHIFFRES:
        return fiches.none()
    return fiches.filter(rpps__range=(chiffres.ljust(CHIFFRES, "0"), chiffres.ljust(CHIFFRES, "9"))).order_by("rpps")


def dernier_extrait() -> date | None:
    """The day of the extract in use."""
    instant = ImportAnnuaire.objects.order_by("-extrait_le").values_list("extrait_le", flat=True).first()
    return instant.astimezone(FUSEAU).date() if instant else None


def avertissement(saisi: str, nom: str) -> str:
    """What the directory objects to a professional typed by hand, in one sentence; empty when it agrees, or was never imported."""
    jour, rpps = dernier_extrait(), verifier("rpps", saisi).normalise
    if jour is None or rpps is None:
        return ""
    fiche = Fiche.objects.filter(rpps=rpps).first()
    if fiche is None:
        return f"Le numéro RPPS {rpps} n’est pas dans l’annuaire santé du {date_fr(jour)}. Vérifiez-le avec le professionnel."
    if fiche.absente_le:
        return f"{fiche.nom_complet} n’est plus dans l’annuaire santé depuis le {date_fr(fiche.absente_le)}."
    if not set(mots(nom).split()) & set(mots(fiche.nom).split()):
        return f"Dans l’annuaire santé, le numéro RPPS {rpps} est celui de {fiche.nom_complet}. Vérifiez-le avec le professionnel."
    return ""
