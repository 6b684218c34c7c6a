"""Use cases of the documents: deposit and analysis of pièces, issue and reading of documents."""

from ess_portal.documents.services.analyse import analyser_en_attente, analyser_piece
from ess_portal.documents.services.depot import deposer_piece, purger_orphelins
from ess_portal.documents.services.effacement import effacer_document, effacer_piece
from ess_portal.documents.services.emission import (
    demander_document,
    nouvelle_version,
    produire,
    produire_a_la_lecture,
    produire_en_attente,
    relancer_production,
)
from ess_portal.documents.services.lecture import noter_consultation_piece, noter_lecture
from ess_portal.documents.services.scellement import demander_sceau, rappeler_les_sceaux

__all__ = [
    "analyser_en_attente",
    "analyser_piece",
    "demander_document",
    "demander_sceau",
    "deposer_piece",
    "effacer_document",
    "effacer_piece",
    "noter_consultation_piece",
    "noter_lecture",
    "nouvelle_version",
    "produire",
    "produire_a_la_lecture",
    "produire_en_attente",
    "purger_orphelins",
    "rappeler_les_sceaux",
    "relancer_production",
]
