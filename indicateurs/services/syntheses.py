"""The synthesis of a campaign, asked for by an agent: one document per state of the figures, whoever asks and however often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.donnees import lire, vers_json
from ess_portal.documents.donnees.syntheses import SyntheseCampagne
from ess_portal.documents.models import Document
from ess_portal.documents.services import demander_document, nouvelle_version
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..evaluation.synthese import assembler

TYPE = "synthese_campagne"


def demander_synthese(*, campagne: int, acteur: Acteur, maintenant: datetime) -> Document:
    """The document of the figures as they stand. Asked again while none has changed, by anybody of the perimeter, it is the same one; then
    the next version. Raises Interdit for an équipe, ErreurMetier for a year without campaign.
    """
    if not acteur.est_agent:
        raise Interdit
    with comme_portail():
        # Two people who ask at the same time: the second one finds what the first one had made.
        titulaire = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
            pk=acteur.perimetre_id or acteur.organisation_id
        )
        donnees = assembler(acteur, titulaire.nom, campagne, maintenant)
        if donnees is None:
            raise ErreurMetier("campagne", f"Aucun rapport n’est attendu pour la campagne {campagne}.")
        cle = f"synthese:{campagne}"
        dernier = Document.objects.filter(organisation=titulaire, cle=cle).order_by("-version").first()
        if dernier is None:
            return demander_document(
                organisation=titulaire, type=TYPE, donnees=donnees, cle=cle, acteur=acteur, maintenant=maintenant,
                titre=f"Synthèse de la campagne {campagne}, {donnees.reperes.perimetre}",
            )  # fmt: skip
        if _memes_chiffres(dernier, donnees):
            return dernier
        return nouvelle_version(document=dernier, donnees=donnees, acteur=acteur, maintenant=maintenant)


def _memes_chiffres(document: Document, donnees: SyntheseCampagne) -> bool:
    """All but the day they are of."""
    figees: SyntheseCampagne = lire(TYPE, document.donnees)
    lues: SyntheseCampagne = lire(TYPE, vers_json(donnees))
    return replace(lues, situation_le=figees.situation_le, reperes=figees.reperes) == figees


def syntheses(acteur: Acteur) -> list[Document]:
    """Those of his perimeter, the last campaign and the last version first."""
    lues = Document.objects.tenus_par(acteur).filter(type=TYPE, remplace_par__isnull=True)
    return list(lues.defer("donnees", "octets").order_by("-cle", "-version"))
