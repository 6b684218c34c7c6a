from ess_portal.documents.models.document import Document, Lecture
from ess_portal.documents.models.piece import Piece
from ess_portal.documents.models.sceau import Sceau

__all__ = ["Document", "Lecture", "Piece", "Sceau"]
