"""What `manage.py verifier` proves of the yearly statements: frozen as they were, and recomputed from their own facts to the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .models import DotationAnnuelle
from .regles.decompte import etablir
from .regles.decompte_gele import empreinte, lire, resultat


def decomptes() -> Iterator[str]:
    """One sentence per statement that does not hold."""
    for d in DotationAnnuelle.objects.select_related("dossier").order_by("dossier", "annee", "version").iterator():
        if faute := _faute(d):
            yield f"décompte de l’année {d.annee}, version {d.version}, du dossier {d.dossier.numero} : {faute}"


def _faute(d: DotationAnnuelle) -> str:
    if empreinte(d.faits, d.resultat) != d.empreinte:
        return "son contenu ne correspond pas à son empreinte"
    try:
        refait = resultat(etablir(lire(d.faits)))
    except (KeyError, ValueError, ArithmeticError) as erreur:
        return f"ses faits ne se relisent pas ({erreur})"
    if refait != d.resultat:
        return "ses faits ne redonnent pas ses chiffres"
    f, r = d.faits, d.resultat
    colonnes = (d.annee, d.debut.isoformat(), d.fin.isoformat(), d.effectif_moyen, d.montant, d.avance, d.ecart)
    geles = (f["annee"], f["debut"], f["fin"], *(Decimal(x) for x in (r["effectif_moyen"], r["du"], f["avance"], r["ecart"])))  # fmt: skip
    return "" if colonnes == geles else "ses colonnes ne disent pas ce qui est figé"
