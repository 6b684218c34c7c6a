"""Avenants: the clauses of a signed contract that change, proposed, then signed by the three parties as the contract was."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from dossiers.services import cycle
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents import texte_riche
from ess_portal.documents.services import demander_document
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Contrat
from ..regles import clausier
from ..regles.avenant import PAPIER, Changement, Clause, changements, refus_effet, retenir
from ..regles.avenant import date_effet as effet_signe
from ..selectors import argent, consolide, oublier
from . import clausiers, demandes_avenant, designations, textes
from .courriels import avertir, page_contrat, parties, remplacement
from .proposition import DOCUMENTS, exiger_partie, recomposer

SANS_VARIABLE = "Écrivez la valeur elle-même\u00a0: les accolades ne se remplissent que dans le texte des clauses."
REDIGE = "rédigé pour cet avenant"


def en_vigueur(dossier: Dossier, contrat: Contrat) -> tuple[Clause, ...]:
    """The text that the next avenant changes: every signed avenant in it, in effect or not yet."""
    return consolide.texte(contrat, consolide.avenants(dossier, contrat))


def possibles(dossier: Dossier, contrat: Contrat, maintenant: datetime) -> tuple[tuple[Changement, ...], str]:
    """(what the clauses in force today, filled with the dossier of today, would change in a contract, the name of their text)."""
    if not contrat.contenu.get("clauses"):
        return (), ""
    jour = jour_local(maintenant, dossier.fuseau)
    texte = clausiers.en_vigueur(contrat.type, dossier.region, jour)
    apres = consolide.clauses(recomposer(dossier, contrat, texte=texte, maintenant=maintenant))
    avant = en_vigueur(dossier, contrat)
    # An article that an avenant wrote for this équipe alone is in no model: it stays.
    propres = {a.code for a in avant if a.source} - {a.code for a in apres}
    lus = tuple(c for c in changements(avant, apres) if not (c.geste == "retire" and c.code in propres))
    return lus, texte.nom


@transaction.atomic
def proposer_avenant(
    *,
    numero: str,
    objet_version: str,
    date_effet: date,
    acteur: Acteur,
    maintenant: datetime,
    articles: Sequence[str] = (),
    particulier: str = "",
    particulier_titre: str = "",
    particulier_texte: str = "",
    repond_a_la_demande: bool = True,
    **_: Any,
) -> Dossier:
    """Proposes an avenant to the contract in force: the changes of the model that are chosen (`articles`, their codes), and one article of
    its own: `particulier` = ajouter, remplacer:<code> or retirer:<code>. A version in signature is replaced, its signatures lapse.

    Of a contract whose text is on paper, `particulier` remplacer or retirer takes the article that `particulier_titre` names.
    Proposed by the ARS, it grants the demand that waits, unless it is of another object (`repond_a_la_demande`).
    Raises ErreurMetier on the fields, Conflit without a signed contract, or while another contract is in signature.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    exiger_partie(dossier, acteur)
    jour = jour_local(maintenant, dossier.fuseau)
    contrat = consolide.modifiable(dossier, jour)
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat signé n’est à modifier.")
    sur_papier = consolide.est_sur_papier(contrat)
    signes = consolide.avenants(dossier, contrat)
    avant = en_vigueur(dossier, contrat)
    tous, modele = possibles(dossier, contrat, maintenant)
    propre, fautes = _propre(avant, particulier, particulier_titre, particulier_texte, sur_papier=sur_papier)
    retenus = retenir(avant, tous, articles, propre)
    if sur_papier:  # Its articles bear the numbers of a text that is not here.
        modele, retenus = REDIGE, tuple(replace(c, numero=0) for c in retenus)
    if not objet_version.strip():
        fautes["objet_version"] = "Dites en une phrase l’objet de l’avenant."
    if not retenus and not fautes:
        fautes["articles"] = "Choisissez au moins un article à changer."
    precedent = signes[-1].date_effet if signes else None
    if refus := refus_effet(
        date_effet, jour=jour, debut=contrat.date_effet, fin=argent(dossier).fin(contrat) if contrat.type == Contrat.Type.DOTATION else None,
        precedent=precedent,
    ):  # fmt: skip
        fautes["date_effet"] = refus
    if fautes:
        raise ErreurMetier("avenant", "Certaines informations sont à corriger.", fautes)
    avenant = _inscrire(
        dossier, contrat, avant, retenus, rang=len(signes) + 1, objet=objet_version.strip(), effet=date_effet, modele=modele, acteur=acteur,
        maintenant=maintenant,
    )  # fmt: skip
    dates = demandes_avenant.accorder_en_proposant(dossier, contrat, acteur, maintenant) if repond_a_la_demande else []
    consigner(
        type="proposer_avenant",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "contrat": avenant.pk,
            "modifie": contrat.pk,
            "rang": avenant.rang,
            "version": avenant.version,
            "objet": avenant.objet_version,
            "effet_prevu": date_effet,
            "articles": [[c.geste, c.titre] for c in retenus],
            "empreinte": avenant.empreinte,
            **({"dates": dates} if dates else {}),
        },
        effets=avertir(
            dossier,
            f"contrat_propose:{avenant.pk}",
            "Avenant à signer",
            f"{acteur.organisation_nom} propose l’avenant n°\u00a0{avenant.rang} au {contrat.get_type_display().lower()}\u00a0: {avenant.objet_version}.",
            *remplacement(avenant),
            f"Prise d’effet prévue le {date_fr(date_effet)}. Lisez-le, puis signez-le sur le portail\u00a0; la troisième signature le conclut.",
            organisations=parties(dossier),
            personnes=designations.destinataires(dossier, avenant, jour_local(maintenant, dossier.fuseau)),
            chemin=page_contrat(avenant),
        ),
    )
    return dossier


def exiger_vivant(dossier: Dossier, avenant: Contrat, jour: date) -> None:
    """Raises Conflit where the contract that it changes has ended since."""
    contrat = _modifie(dossier, avenant)
    fin = contrat.premier_jour_hors
    if contrat.statut != Contrat.Statut.SIGNE or (fin is not None and fin <= jour):
        raise Conflit(
            "contrat_termine", "Le contrat que cet avenant modifie a pris fin\u00a0: il n’y a plus rien à signer."
        )


def effet(dossier: Dossier, avenant: Contrat, signe_le: date) -> date:
    """The day of effect given by the third signature."""
    signes = consolide.avenants(dossier, _modifie(dossier, avenant))
    return effet_signe(avenant.effet_prevu, signe_le, signes[-1].date_effet if signes else None)


def consolider(dossier: Dossier, avenant: Contrat, *, acteur: Acteur, maintenant: datetime) -> None:
    """Asks for the text of the contract from the day this avenant takes effect: issued once, kept as it is."""
    contrat = _modifie(dossier, avenant)
    signes = consolide.avenants(dossier, contrat)
    demander_document(
        dossier=dossier,
        type="contrat_consolide",
        donnees=textes.contenu_consolide(
            dossier, contrat=contrat, articles=consolide.texte(contrat, signes), avenants=signes, maintenant=maintenant
        ),
        cle=cle_consolide(avenant),
        acteur=acteur,
        maintenant=maintenant,
        titre=f"{contrat.get_type_display()}, version consolidée au {date_fr(avenant.date_effet)}",
    )


def cle_consolide(avenant: Contrat) -> str:
    return f"contrat_consolide:{avenant.modifie_id}:{avenant.rang}"


def _modifie(dossier: Dossier, avenant: Contrat) -> Contrat:
    return next(c for c in argent(dossier).contrats if c.pk == avenant.modifie_id)


def _propre(
    avant: Sequence[Clause], particulier: str, titre: str, texte: str, *, sur_papier: bool
) -> tuple[Changement | None, dict[str, str]]:
    """The avenant's own wording of one article, or what is wrong with it, by field."""
    if not particulier:
        manque = "Choisissez ce que devient cet article." if titre.strip() or texte.strip() else ""
        return None, {"particulier": manque} if manque else {}
    geste, _deux_points, code = particulier.partition(":")
    vise = next((a for a in avant if a.code == code and not a.est_supprimee), None)
    if sur_papier and not code and geste in ("remplacer", "retirer"):
        if not titre.strip():
            return None, {"particulier_titre": "Désignez l’article comme le contrat signé le nomme."}
        vise = _du_papier(avant, " ".join(titre.split()))
    if geste == "retirer" and vise is not None:
        return Changement("retire", vise.code, vise.titre), {}
    if geste != "ajouter" and (geste != "remplacer" or vise is None):
        return None, {"particulier": "Cet article n’est plus dans le contrat\u00a0: choisissez-en un autre."}
    riche, fautes = texte_riche.depuis_saisie(texte), {}
    if not riche:
        fautes["particulier_texte"] = "Écrivez le texte de l’article."
    elif clausier.a_des_accolades(riche):
        fautes["particulier_texte"] = SANS_VARIABLE
    if clausier.a_des_accolades(titre):
        fautes["particulier_titre"] = SANS_VARIABLE
    if not titre.strip() and vise is None:
        fautes["particulier_titre"] = "Donnez un titre à l’article."
    if fautes:
        return None, fautes
    titre = " ".join(titre.split()) or vise.titre
    if vise is None:
        return Changement("ajoute", uuid.uuid4().hex[:12], titre, riche), {}
    return Changement("remplace", vise.code, titre, riche), {}


def _du_papier(avant: Sequence[Clause], titre: str) -> Clause:
    """An article of a contract on paper by its name: the one that an avenant has already changed, or one met for the first time."""
    connu = next((a for a in avant if a.est_du_papier and a.titre.casefold() == titre.casefold()), None)
    return connu or Clause(f"{PAPIER}{uuid.uuid4().hex[:12]}", titre, "")


def _inscrire(
    dossier: Dossier, contrat: Contrat, avant: Sequence[Clause], retenus: Sequence[Changement], *, rang: int, objet: str, effet: date,
    modele: str, acteur: Acteur, maintenant: datetime,
) -> Contrat:  # fmt: skip
    """The next version of this avenant; the one in signature, if any, is replaced and its signatures lapse."""
    anciens = list(Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier))
    en_signature = [c for c in anciens if c.statut == Contrat.Statut.PROPOSE]
    if any(not c.est_avenant for c in en_signature):
        raise Conflit(
            "contrat_en_signature",
            "Un contrat est en signature sur ce dossier\u00a0: il se signe ou se refuse d’abord.",
        )
    Contrat.objects.filter(pk__in=[c.pk for c in en_signature]).update(
        statut=Contrat.Statut.REMPLACE, clos_le=maintenant
    )
    version = 1 + max((c.version for c in anciens if (c.modifie_id, c.rang) == (contrat.pk, rang)), default=0)
    contenu = textes.contenu_avenant(
        dossier, contrat=contrat, avant=avant, changements=retenus, rang=rang, version=version, objet=objet, effet_prevu=effet,
        modele=modele, maintenant=maintenant,
    )  # fmt: skip
    avenant = Contrat.objects.create(
        dossier=dossier,
        type=Contrat.Type.AVENANT,
        modifie=contrat,
        rang=rang,
        version=version,
        effet_prevu=effet,
        montant=contrat.montant,
        contenu=contenu,
        empreinte=textes.empreinte(contenu),
        objet_version=objet,
        propose_le=maintenant,
        propose_par_id=acteur.utilisateur_id,
        **designations.par_defaut(dossier, anciens, acteur),
        jeu_national_id=contrat.jeu_national_id,
        jeu_regional_id=contrat.jeu_regional_id,
    )
    avenant.document = demander_document(
        dossier=dossier,
        type=DOCUMENTS[Contrat.Type.AVENANT],
        donnees=contenu,
        cle=f"avenant:{contrat.pk}:{rang}:{version}",
        acteur=acteur,
        maintenant=maintenant,
        titre=f"Avenant n°\u00a0{rang} au {contrat.get_type_display().lower()}",
    )
    avenant.save(update_fields=("document",))
    oublier(dossier)
    return avenant
