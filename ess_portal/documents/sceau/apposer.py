"""One seal on one file: an incremental revision that fills the field of a party and touches nothing else."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from ess_portal.documents.rendu import RenduImpossible
from ess_portal.documents.rendu.atelier import imprimer
from ess_portal.documents.rendu.champs import PREFIXE
from ess_portal.documents.sceau import cles


class ScellementImpossible(Exception):
    """This file cannot receive this seal, today or ever: a field is missing, or was filled already."""


class ScellementRetarde(OSError):
    """The seal is for later: the time-stamping service or the printer does not answer."""


@dataclass(frozen=True, kw_only=True)
class Acte:
    """What the seal attests: who signed, for whom, when (in the words of the dossier's own zone)."""

    partie: str
    nom: str
    qualite: str
    organisation: str
    mention: str
    est_manuscrit: bool
    acte_texte: str


@dataclass(frozen=True, kw_only=True)
class Pose:
    """`suite`: the bytes to add to the file. `niveau`: the PAdES baseline reached."""

    suite: bytes
    niveau: str
    certificat: str
    certificat_empreinte: str


class _Revision(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """The metadata stay those that were printed: a seal changes nothing in what the document says of itself."""


class _Cachet(signers.PdfSigner):
    def __init__(self, *arguments: object, instant: datetime, **nommes: object) -> None:
        super().__init__(*arguments, **nommes)
        self._instant = instant

    def init_signing_session(self, *arguments: object, **nommes: object) -> signers.PdfSigningSession:
        """The date of the seal is the portal's, which a sandbox may have moved."""
        session = super().init_signing_session(*arguments, **nommes)
        session.system_time = self._instant
        return session


class _Dessin(PdfContent):
    """The drawing of a seal, printed apart with our fonts, taken in as one object."""

    def __init__(self, octets: bytes) -> None:
        super().__init__()
        self._octets = octets

    def render(self) -> bytes:
        objet = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._octets)))
        self.resources.xobject["/Dessin"] = objet
        gauche, bas, droite, haut = objet.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(droite - gauche), height=abs(haut - bas))
        return b"/Dessin Do"


def apposer(octets: bytes, acte: Acte, *, instant: datetime) -> Pose:
    """The seal of the portal attesting `acte`, at `instant`. Raises ScellementImpossible, or ScellementRetarde for another day."""
    try:
        return _apposer(octets, acte, instant)
    except Exception as erreur:
        if cles.vient_du_jeton(erreur):
            raise ScellementRetarde("Le jeton du cachet ne répond pas.") from erreur
        raise


def _apposer(octets: bytes, acte: Acte, instant: datetime) -> Pose:
    try:
        dessin, _ = imprimer(render_to_string("documents/pdf/tampon.html", {"acte": acte}), tampon=True)
    except RenduImpossible as erreur:
        raise ScellementRetarde(str(erreur)) from erreur
    signataire, horodateur = cles.signataire(), cles.horodateur()
    cadre = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MAX, margins=Margins.uniform(0)
    )
    cachet = _Cachet(
        signers.PdfSignatureMetadata(
            field_name=f"{PREFIXE}{acte.partie}",
            name=f"Portail ESS, pour {acte.nom} ({acte.organisation})",
            reason=f"Cachet du portail attestant la signature {'manuscrite ' if acte.est_manuscrit else ''}de {acte.nom}, {acte.organisation}, le {acte.acte_texte}",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
        ),
        signer=signataire,
        timestamper=horodateur,
        stamp_style=StaticStampStyle(
            background=_Dessin(dessin), background_layout=cadre, background_opacity=1.0, border_width=0
        ),
        instant=instant,
    )
    try:
        # pyHanko runs an event loop of its own, which the caller's thread may already have.
        with ThreadPoolExecutor(1) as fil:
            sortie = fil.submit(cachet.sign_pdf, _Revision(io.BytesIO(octets)), existing_fields_only=True).result()
    except TimestampRequestError as erreur:
        raise ScellementRetarde("Le service d’horodatage ne répond pas.") from erreur
    except (PdfError, SigningError) as erreur:
        raise ScellementImpossible(str(erreur)[:300]) from erreur
    scelle = sortie.getvalue()
    if not scelle.startswith(octets):
        raise ScellementImpossible("la révision scellée ne commence pas par le document")
    certificat = signataire.signing_cert
    return Pose(
        suite=scelle[len(octets) :],
        niveau="PAdES B-T" if horodateur else "PAdES B-B",
        certificat=certificat.subject.human_friendly,
        certificat_empreinte=hashlib.sha256(certificat.dump()).hexdigest(),
    )
