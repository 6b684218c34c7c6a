"""Charts drawn by the server: figures in, coordinates out; a template writes the SVG and the same figures as a table."""

from .barres import CACHE, Rang, barres, entonnoir
from .courbes import courbe

__all__ = ["CACHE", "Rang", "barres", "courbe", "entonnoir"]
