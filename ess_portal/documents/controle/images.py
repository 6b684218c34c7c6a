"""Images: decoded, turned upright and written again, so that neither EXIF (places, names) nor a second format survives."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from ess_portal.documents.controle.refus import FichierRefuse, Motif

PIXELS_MAXIMUM = 40_000_000

Image.MAX_IMAGE_PIXELS = None


def recoder(chemin: Path, sortie: Path) -> str:
    try:
        with Image.open(chemin, formats=("JPEG", "PNG")) as image:
            format_source = image.format
            if image.width * image.height > PIXELS_MAXIMUM:
                raise FichierRefuse(Motif.IMAGE_GEANTE, limite=PIXELS_MAXIMUM // 1_000_000)
            image.load()
            droite = ImageOps.exif_transpose(image)
            if format_source == "JPEG":
                _neuve(droite, "L" if droite.mode == "L" else "RGB").save(sortie, "JPEG", quality=90, optimize=True)
                return "jpeg"
            mode = (
                "RGBA"
                if "A" in droite.mode or "transparency" in droite.info
                else ("L" if droite.mode in ("1", "L") else "RGB")
            )
            _neuve(droite, mode).save(sortie, "PNG")
            return "png"
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as erreur:
        raise FichierRefuse(Motif.ILLISIBLE) from erreur


def _neuve(image: Image.Image, mode: str) -> Image.Image:
    """Pixels only: the metadata of the source stay with it."""
    nette = image.convert(mode) if image.mode != mode else image.copy()
    nette.info.clear()
    return nette
