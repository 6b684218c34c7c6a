from ess_portal.documents.models.document import Document, Lecture
from ess_portal.documents.models.piece import Piece

__all__ = ["Document", "Lecture", "Piece"]
