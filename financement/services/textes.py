"""The text of a contract: typed data and clauses, frozen at the proposal, and the fingerprint of what the parties read (§9)."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dossiers.models import Association, Dossier
from dossiers.services.emission import reperes
from ess_portal.documents import clauses, mise_en_forme
from ess_portal.documents.donnees import vers_json
from ess_portal.documents.donnees.communs import Clause, Echeance, Partie, Reperes, Signature
from ess_portal.documents.donnees.contrats import (
    ArticleChange,
    ArticleConsolide,
    AvenantContrat,
    ContratAmorcage,
    ContratConsolide,
    ContratDotation,
    LigneAvenant,
    LigneBareme,
)
from ess_portal.referentiel import services as referentiel
from ess_portal.socle.horloge import jour_local

from ..models import Contrat
from ..regles.avenant import Changement
from ..regles.avenant import Clause as Article
from ..regles.clausier import VARIABLES, remplacer
from .clausiers import Texte

# What the signatures themselves bring: no part of what is read before signing.
HORS_EMPREINTE = frozenset({"signatures", "date_effet", "date_fin"})


def empreinte(contenu: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of what is shown to the three parties."""
    lu = {nom: valeur for nom, valeur in contenu.items() if nom not in HORS_EMPREINTE}
    return hashlib.sha256(
        json.dumps(lu, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def remplir(annexe: str, texte: Texte, valeurs: Mapping[str, object]) -> tuple[Clause, ...]:
    """The articles with the dossier's values: each of its declared type, escaped where the text is rich."""
    formes = {nom: clauses.former(nom, v.forme, valeurs[nom]) for nom, v in VARIABLES[annexe].items()}
    echappees = {nom: html.escape(valeur, quote=False) for nom, valeur in formes.items()}
    return tuple(
        Clause(code=a.code, titre=remplacer(a.titre, formes), html=remplacer(a.html, echappees)) for a in texte.articles
    )


def contenu_amorcage(
    dossier: Dossier,
    *,
    texte: Texte,
    variante: str,
    version: int,
    echeancier: Sequence[tuple[str, str, Decimal]],
    limites: tuple[date, date],
    date_depot: date,
    engagement_le: date | None,
    credit: Decimal,
    taux: int,
    delai_contradictoire: str,
    maintenant: datetime,
    mention: str = "",
) -> dict[str, Any]:
    """Annexe 1. `echeancier` = (label, condition, amount); `limites` = last days of DL-2 and DL-5."""
    total = sum((m for _, _, m in echeancier), Decimal(0))
    entete = reperes(dossier, maintenant)
    valeurs = _lieu(dossier, entete, delai_contradictoire) | {"montant_total": total}
    if variante == "transitoire":
        valeurs |= {
            "date_engagement": engagement_le or date_depot,
            "credit_reference": credit,
            "taux": taux,
            "date_limite_projet": f"au plus tard le {mise_en_forme.jour(limites[0])}",
        }
    else:
        parts = [m for _, _, m in echeancier]
        valeurs |= {
            "date_depot_lettre": date_depot,
            "premiere_part": parts[0],
            "seconde_part": parts[1] if len(parts) > 1 else Decimal("0.00"),
            "date_limite_projet": limites[0],
            "date_limite_socle": limites[1],
        }
    return vers_json(
        ContratAmorcage(
            reperes=entete,
            variante=variante,
            version=version,
            parties=_parties(dossier),
            montant=total,
            echeancier=tuple(Echeance(libelle=nom, condition=c, montant=m) for nom, c, m in echeancier),
            clauses=remplir("transitoire" if variante == "transitoire" else "amorcage", texte, valeurs),
            modele=texte.nom,
            signatures=_blocs(dossier),
            mention=mention,
        )
    )


def contenu_dotation(
    dossier: Dossier,
    *,
    texte: Texte,
    version: int,
    effectif: int,
    montant: Decimal,
    bareme: Sequence[tuple[str, Decimal]],
    bornes: tuple[Decimal, Decimal],
    au_plus_tot: date,
    duree_ans: int,
    delai_contradictoire: str,
    maintenant: datetime,
    mention: str = "",
) -> dict[str, Any]:
    """Annexe 2. The day of effect depends on the third signature (FIN-6): the text states the rule, the signed bytes the day."""
    finess = _finess(dossier)
    entete = reperes(dossier, maintenant)
    valeurs = _lieu(dossier, entete, delai_contradictoire) | {
        "finess": finess,
        "prise_effet": f"à la date de la troisième signature, et au plus tôt le {mise_en_forme.jour(au_plus_tot)}",
        "terme": f"{duree_ans}\u00a0ans après sa prise d’effet, le jour anniversaire inclus",
        "montant_initial": montant,
        "effectif": effectif,
        "minimum": bornes[0],
        "maximum": bornes[1],
    }
    return vers_json(
        ContratDotation(
            reperes=entete,
            version=version,
            parties=_parties(dossier),
            finess=finess,
            effectif=effectif,
            montant_premiere_annee=montant,
            bareme=tuple(LigneBareme(effectif=e, montant=m) for e, m in bareme),
            clauses=remplir("dotation", texte, valeurs),
            modele=texte.nom,
            signatures=_blocs(dossier),
            mention=mention,
        )
    )


def contenu_avenant(
    dossier: Dossier,
    *,
    contrat: Contrat,
    avant: Sequence[Article],
    changements: Sequence[Changement],
    rang: int,
    version: int,
    objet: str,
    effet_prevu: date,
    modele: str,
    maintenant: datetime,
) -> dict[str, Any]:
    """The changed articles of an avenant, as they will be read; `avant`: the text that they change."""
    titres = {a.code: a.titre for a in (*avant, *changements)}
    return vers_json(
        AvenantContrat(
            reperes=reperes(dossier, maintenant),
            version=version,
            rang=rang,
            contrat=contrat.get_type_display().lower(),
            contrat_version=contrat.version,
            contrat_signe_le=_signe_le(dossier, contrat),
            objet=objet,
            effet_prevu=effet_prevu,
            parties=_parties(dossier),
            changements=tuple(ArticleChange(**asdict(c), apres_titre=titres.get(c.apres, "")) for c in changements),
            modele=modele,
            signatures=_blocs(dossier),
            sur_papier=not contrat.contenu.get("clauses"),
        )
    )


def contenu_consolide(
    dossier: Dossier,
    *,
    contrat: Contrat,
    articles: Sequence[Article],
    avenants: Sequence[Contrat],
    maintenant: datetime,
) -> dict[str, Any]:
    """The contract as it stands from the effect of its last avenant, each article with what wrote it."""
    d_origine = {c.get("code") or c["titre"] for c in contrat.contenu["clauses"]}
    return vers_json(
        ContratConsolide(
            reperes=reperes(dossier, maintenant),
            contrat=contrat.get_type_display().lower(),
            contrat_version=contrat.version,
            contrat_signe_le=_signe_le(dossier, contrat),
            au=avenants[-1].date_effet,
            parties=_parties(dossier),
            articles=tuple(ArticleConsolide(titre=a.titre, html=a.html, source=source(a, d_origine)) for a in articles),
            avenants=tuple(
                LigneAvenant(
                    rang=c.rang, objet=c.objet_version, signe_le=_signe_le(dossier, c), date_effet=c.date_effet
                )
                for c in avenants
            ),
            sur_papier=not contrat.contenu["clauses"],
        )
    )


def source(article: Article, d_origine: Collection[str]) -> str:
    """What wrote an article, in words; '' for the contract itself."""
    if not article.source:
        return ""
    geste = "modifié" if article.code in d_origine or article.est_du_papier else "ajouté"
    return f"{'supprimé' if article.est_supprimee else geste} par l’avenant n°\u00a0{article.source}"


def _signe_le(dossier: Dossier, contrat: Contrat) -> date:
    return jour_local(contrat.signe_le, dossier.fuseau)


def _lieu(dossier: Dossier, r: Reperes, delai_contradictoire: str) -> dict[str, Any]:
    return {
        "equipe": dossier.nom,
        "specialite": mise_en_forme.enumerer(r.specialites),
        "territoire": mise_en_forme.enumerer(r.departements),
        "delai_contradictoire": delai_contradictoire,
        "tribunal": referentiel.tribunal(dossier.ars.region),
    }


def _association(dossier: Dossier) -> Association | None:
    return Association.objects.filter(dossier=dossier).first()


def _finess(dossier: Dossier) -> str:
    association = _association(dossier)
    return association.finess if association else ""


def _parties(dossier: Dossier) -> tuple[Partie, ...]:
    association = _association(dossier)
    if association is None:
        equipe = Partie(role="equipe", nom=dossier.nom, forme="équipe de soins spécialisés en cours de constitution")
    else:
        numeros = (("RNA", association.rna), ("SIREN", association.siren), ("registre", association.registre))
        equipe = Partie(
            role="equipe",
            nom=association.nom,
            forme=association.get_type_display(),
            identifiants=", ".join(f"{nom} {valeur}" for nom, valeur in numeros if valeur),
            adresse=association.siege_adresse,
            representant=association.representant,
        )
    ars, caisse = dossier.ars, dossier.caisse
    return (
        equipe,
        Partie(role="ars", nom=ars.nom, adresse=ars.adresse),
        Partie(role="caisse", nom=caisse.nom, adresse=caisse.adresse),
    )


def _blocs(dossier: Dossier) -> tuple[Signature, ...]:
    """A block per party, to be signed: the seals fill their fields, nothing is printed again."""
    association = _association(dossier)
    noms = {
        "equipe": association.nom if association else dossier.nom,
        "ars": dossier.ars.nom,
        "caisse": dossier.caisse.nom,
    }
    return tuple(Signature(role=role, partie=nom) for role, nom in noms.items())
