"""The alternative to signing on the portal: a scan of the hand-signed contract, compared by a second person of another party."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dossiers.models import Dossier
from dossiers.regles.cycle import TRANSITIONS
from dossiers.services import cycle
from dossiers.services.jointes import joindre
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..models import Contrat, Exemplaire
from ..models.contrat import partie_de
from .courriels import avertir, page_contrat, parties
from .signature import signer, transition_en_cours


@transaction.atomic
def deposer_exemplaire(
    *,
    numero: str,
    fichier: Any,
    nom: str,
    signe_jour: date,
    acteur: Acteur,
    maintenant: datetime,
    qualite: str = "",
    **_: Any,
) -> Dossier:
    """The scan of one's own party, by who may sign for it. It binds nobody until another party has compared it."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    contrat = _en_signature(dossier)
    partie = _partie(dossier, acteur)
    if contrat.signatures.filter(partie=partie).exists():
        raise Conflit("deja_signe", f"La version {contrat.version} est déjà signée par votre organisation.")
    if contrat.exemplaires.en_attente().filter(partie=partie).exists():
        raise Conflit("deja_depose", "Un exemplaire de votre organisation attend déjà d’être comparé.")
    if signe_jour > jour_local(maintenant, dossier.fuseau):
        phrase = "La date de signature est dans le futur."
        raise ErreurMetier("contenu", phrase, {"signe_jour": phrase})
    if signe_jour < jour_local(contrat.propose_le, dossier.fuseau):
        phrase = f"La version {contrat.version} n’est proposée que depuis le {date_fr(jour_local(contrat.propose_le, dossier.fuseau))}."
        raise ErreurMetier("contenu", phrase, {"signe_jour": phrase})
    piece = joindre(
        dossier,
        fichier,
        "fichier",
        type_="contrat_signe",
        libelle=f"{contrat}, signé à la main par {nom.strip()}"[:200],
        objet="contrat",
        acteur=acteur,
        maintenant=maintenant,
    )
    Exemplaire.objects.create(
        dossier=dossier,
        contrat=contrat,
        partie=partie,
        piece=piece,
        nom=nom.strip(),
        qualite=qualite.strip(),
        signe_jour=signe_jour,
        organisation_id=acteur.organisation_id,
        depose_par_id=acteur.utilisateur_id,
        depose_le=maintenant,
    )
    consigner(
        type="deposer_exemplaire",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"contrat": contrat.pk, "version": contrat.version, "partie": partie, "empreinte": piece.empreinte},
        effets=avertir(
            dossier,
            f"exemplaire:{piece.pk}",
            "Exemplaire signé à la main, à comparer",
            f"{acteur.nom}, {acteur.organisation_nom}, a déposé l’exemplaire signé à la main par {nom.strip()} (version {contrat.version}).",
            "Comparez-le au contrat, puis confirmez-le sur le portail. Il compte une fois confirmé par une autre partie.",
            organisations=[o for o in parties(dossier) if o != acteur.organisation_id],
            chemin=page_contrat(contrat),
        ),
    )
    return dossier


@transaction.atomic
def juger_exemplaire(
    *, numero: str, partie: str, conforme: bool, acteur: Acteur, maintenant: datetime, motif: str = "", **_: Any
) -> Dossier:
    """Another party's person says whether the scan is the contract, signed; if so it is that party's signature (four eyes)."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    contrat = _en_signature(dossier)
    sienne = _partie(dossier, acteur)
    attente = Exemplaire.objects.select_for_update(of=("self",)).select_related("piece").en_attente()
    ligne = attente.filter(contrat=contrat, partie=partie).first()
    if ligne is None:
        raise Conflit("exemplaire", "Aucun exemplaire de cette partie n’attend d’être comparé.")
    if sienne == ligne.partie or acteur.utilisateur_id == ligne.depose_par_id:
        raise Interdit("quatre_yeux", "Un exemplaire est comparé par une autre personne, d’une autre partie.")
    if conforme and not ligne.piece.est_saine:
        raise Conflit(
            "analyse", "Ce fichier est encore en cours d’analyse, ou il a été refusé\u00a0: il ne se confirme pas."
        )
    if not conforme and not motif.strip():
        raise ErreurMetier("contenu", "Dites ce qui ne va pas.", {"motif": "Dites ce qui ne va pas."})
    ligne.juge_par_id, ligne.juge_pour_id, ligne.juge_le = acteur.utilisateur_id, acteur.organisation_id, maintenant
    ligne.est_conforme, ligne.motif = conforme, motif.strip()
    ligne.save(update_fields=("juge_par", "juge_pour", "juge_le", "est_conforme", "motif"))
    consigner(
        type="juger_exemplaire",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"contrat": contrat.pk, "partie": partie, "conforme": conforme, "motif": ligne.motif},
        effets=[] if conforme else _prevenir(dossier, contrat, ligne, acteur),
    )
    if not conforme:
        return dossier
    return signer(
        numero=numero,
        transition=transition_en_cours(dossier),
        acteur=_deposant(ligne),
        maintenant=maintenant,
        empreinte=contrat.empreinte,
        nom=ligne.nom,
        qualite=ligne.qualite,
        moyen="exemplaire signé à la main, confirmé par une autre partie",
        pouvoir=f"Signé à la main le {date_fr(ligne.signe_jour)}, exemplaire confirmé par {acteur.nom}, {acteur.organisation_nom}"[
            :300
        ],
        est_manuscrite=True,
    )


def _en_signature(dossier: Dossier) -> Contrat:
    contrat = Contrat.objects.select_for_update(of=("self",)).filter(dossier=dossier, statut="propose").first()
    if contrat is None:
        raise Conflit("contrat", "Aucun contrat n’est en signature sur ce dossier.")
    contrat.dossier = dossier
    return contrat


def _partie(dossier: Dossier, acteur: Acteur) -> str:
    partie = partie_de(dossier, acteur.organisation_id)
    if not partie or not TRANSITIONS["signer_amorcage"].permise(acteur.role):
        raise Interdit("partie", "Votre rôle ne permet pas de signer ce contrat pour votre organisation.")
    return partie


def _deposant(ligne: Exemplaire) -> Acteur:
    """Who brought the scan signs for his party: he must still belong to it."""
    with comme_portail():
        lien = (
            Rattachement.objects.actifs()
            .filter(utilisateur=ligne.depose_par_id, organisation=ligne.organisation_id)
            .select_related("utilisateur", "organisation")
            .first()
        )
    if lien is None:
        raise Conflit("deposant", "La personne qui a déposé cet exemplaire n’appartient plus à son organisation.")
    return lien.acteur(ligne.organisation_id)


def _prevenir(dossier: Dossier, contrat: Contrat, ligne: Exemplaire, acteur: Acteur) -> list:
    return avertir(
        dossier,
        f"exemplaire_refuse:{ligne.pk}",
        "Exemplaire signé à la main, non conforme",
        f"{acteur.nom}, {acteur.organisation_nom}, n’a pas confirmé l’exemplaire signé par {ligne.nom}\u00a0: {ligne.motif}",
        "Déposez un autre exemplaire, ou signez sur le portail.",
        organisations=[ligne.organisation_id],
        chemin=page_contrat(contrat),
    )
