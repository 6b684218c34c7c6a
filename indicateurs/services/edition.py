"""The PDF of a filed report: one version per filing."""

from __future__ import annotations

from datetime import datetime

from dossiers.models import Dossier
from dossiers.services.emission import reperes
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.donnees import RapportActivite
from ess_portal.documents.donnees.communs import Rubrique
from ess_portal.documents.donnees.demandes import Barre, IndicateurReleve, LigneEmploi, PieceListee, Serie
from ess_portal.documents.models import Document
from ess_portal.documents.services import demander_document, nouvelle_version
from ess_portal.socle.typographie import date_fr, nombre

from .. import pieces
from ..models import Rapport
from ..regles.compteurs import phrase_delai
from ..regles.indicateurs import INDICATEURS
from ..selectors import objectifs_decrits


def demander_rapport(dossier: Dossier, rapport: Rapport, *, acteur: Acteur, maintenant: datetime) -> Document:
    """Asks for the report's document; filed again after a correction, it is the next version of the same one."""
    donnees = _donnees(dossier, rapport, maintenant)
    cle = f"rapport:{rapport.annee}"
    dernier = Document.objects.filter(dossier=dossier, cle=cle).order_by("-version").first()
    if dernier is not None:
        return nouvelle_version(document=dernier, donnees=donnees, acteur=acteur, maintenant=maintenant)
    return demander_document(
        dossier=dossier,
        type="rapport_activite",
        donnees=donnees,
        cle=cle,
        acteur=acteur,
        maintenant=maintenant,
        titre=f"Rapport d’activité, année {rapport.annee}",
    )


def _donnees(dossier: Dossier, rapport: Rapport, maintenant: datetime) -> RapportActivite:
    precedent = Rapport.objects.filter(dossier=dossier, annee=rapport.annee - 1, depose_le__isnull=False).first()
    objectifs = tuple(f"{libelle}\u00a0: {fait}" for libelle, fait in objectifs_decrits(rapport))
    textes = (
        ("Commentaires", rapport.commentaires),
        ("Emploi des fonds", rapport.emploi_des_fonds),
        ("Outil informatique", _outil(rapport)),
    )
    return RapportActivite(
        reperes=reperes(dossier, maintenant),
        periode_du=rapport.debut,
        periode_au=rapport.fin,
        deposee_le=rapport.depose_le,
        indicateurs=tuple(
            IndicateurReleve(
                code=d.code.replace("i", "I"),
                libelle=d.libelle,
                valeur=nombre(getattr(rapport, d.code)),
                precedente=nombre(getattr(precedent, d.code))
                if precedent is not None and getattr(precedent, d.code) is not None
                else "",
            )
            for d in INDICATEURS
        ),
        indicateur_qualitatif=Rubrique(
            titre="Indicateurs qualitatifs",
            points=tuple(f"{q['libelle']}\u00a0: {q['resultat']}" for q in rapport.qualitatifs),
        ),
        rubriques=(
            *([Rubrique(titre="Objectifs de la mission", points=objectifs)] if objectifs else []),
            *(Rubrique(titre=titre, texte=texte) for titre, texte in textes if texte),
        ),
        emplois=(LigneEmploi(libelle="Dépenses de l’année", montant=rapport.montant_depense),)
        if rapport.montant_depense is not None
        else (),
        employe=rapport.montant_depense,
        non_employe=rapport.solde,
        reporte=rapport.montant_reporte,
        recu=rapport.montant_recu,
        version=rapport.versions.count(),
        series=_series(dossier, rapport),
        explications=tuple(
            Rubrique(titre=f"{libelle_champ(champ)}.", texte=texte)
            for champ, texte in rapport.explications.items()
            if texte
        ),
        delais=tuple(phrase_delai(code, lu) for code, lu in rapport.delais.items()),
        pieces=_pieces(rapport),
    )


def _pieces(rapport: Rapport) -> tuple[PieceListee, ...]:
    """What the filing carries, the evidence of the IT tool last."""
    lues = pieces.du_brouillon(rapport)
    toutes = [*lues["pieces"], *([lues["outil_piece"]] if lues["outil_piece"] else [])]
    return tuple(PieceListee(libelle=p["libelle"], nom=p["nom"], empreinte=p["sha256"]) for p in toutes)


def libelle_champ(champ: str) -> str:
    return next((d.libelle for d in INDICATEURS if d.code == champ), "Montant dépensé dans l’année")


def _series(dossier: Dossier, rapport: Rapport) -> tuple[Serie, ...]:
    """The indicators of the years filed up to this one; nothing to draw of a single year."""
    annees = list(
        Rapport.objects.filter(dossier=dossier, annee__lte=rapport.annee, depose_le__isnull=False).order_by("annee")
    )
    if len(annees) < 2:
        return ()
    return tuple(
        Serie(code=d.code.replace("i", "I"), libelle=d.libelle, barres=_barres(d.code, annees[-5:]))
        for d in INDICATEURS
    )


def _barres(code: str, annees: list[Rapport]) -> tuple[Barre, ...]:
    plus_haut = max(getattr(r, code) for r in annees) or 1
    return tuple(
        Barre(annee=f"Année {r.annee}", valeur=nombre(getattr(r, code)), largeur=getattr(r, code) * 1000 // plus_haut)
        for r in annees
    )


def _outil(rapport: Rapport) -> str:
    if rapport.outil_le is None:
        return rapport.outil_informatique
    return f"{rapport.outil_informatique}\nEn service depuis le {date_fr(rapport.outil_le)}.".strip()
