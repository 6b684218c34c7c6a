from ess_portal.documents.views.fichiers import document, piece
from ess_portal.documents.views.verification import verifier

__all__ = ["document", "piece", "verifier"]
