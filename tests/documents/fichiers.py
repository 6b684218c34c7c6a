"""Files of the tests, built in memory: good ones of each format, and hostile ones."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

from ess_portal.documents.controle.signatures import EICAR

TYPES_DOCX = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
TYPES_XLSX = TYPES_DOCX.replace("/word/document.xml", "/xl/workbook.xml").replace(
    "wordprocessingml.document", "spreadsheetml.sheet"
)
CORPS = "<w:document xmlns:w='urn:w'><w:body/></w:document>"


def pdf(modifier=None, pages: int = 1, **enregistrer) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if modifier:
        modifier(document)
    sortie = io.BytesIO()
    document.save(sortie, **enregistrer)
    return sortie.getvalue()


def pdf_action(action: dict) -> bytes:
    def modifier(document):
        document.Root.OpenAction = document.make_indirect(pikepdf.Dictionary(action))

    return pdf(modifier)


def pdf_javascript() -> bytes:
    return pdf_action({"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert(1)")})


def pdf_javascript_page() -> bytes:
    def modifier(document):
        action = pikepdf.Dictionary({"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert(1)")})
        document.pages[0].AA = pikepdf.Dictionary({"/O": action})

    return pdf(modifier, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_nom_voile() -> bytes:
    """The name written with an escape: `/J#61vaScript`."""
    return pdf_javascript().replace(b"/JavaScript", b"/J#61v#61Script", 1)


def pdf_lancement() -> bytes:
    return pdf_action({"/S": pikepdf.Name.Launch, "/F": pikepdf.String("cmd.exe")})


def pdf_formulaire_envoye() -> bytes:
    return pdf_action({"/S": pikepdf.Name.SubmitForm, "/F": pikepdf.String("http://exemple.fr/")})


def pdf_incorpore() -> bytes:
    def modifier(document):
        document.attachments["charge.exe"] = pikepdf.AttachedFileSpec(document, b"MZ" * 50)

    return pdf(modifier)


def pdf_xfa() -> bytes:
    def modifier(document):
        document.Root.AcroForm = pikepdf.Dictionary(
            {"/XFA": document.make_stream(b"<xdp/>"), "/Fields": pikepdf.Array()}
        )

    return pdf(modifier)


def pdf_chiffre(mot: str = "secret") -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="proprietaire", user=mot))


def pdf_bombe() -> bytes:
    def modifier(document):
        nu = zlib.compress(zlib.compress(b"\0" * (220 << 20), 9), 9)
        flux = pikepdf.Stream(document, nu)
        flux.stream_dict.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        document.Root.Bombe = document.make_indirect(flux)

    return pdf(modifier)


def pdf_eicar() -> bytes:
    def modifier(document):
        document.Root.Charge = document.make_indirect(pikepdf.Stream(document, b"x" * 900 + EICAR + b"y" * 900))

    return pdf(modifier, compress_streams=True)


def archive(membres: dict[str, bytes | str], **options) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in membres.items():
            zip_.writestr(nom, contenu)
        zip_.comment = options.get("commentaire", b"")
    return sortie.getvalue()


def docx(types: str = TYPES_DOCX, **membres: bytes | str) -> bytes:
    return archive({"[Content_Types].xml": types, "word/document.xml": CORPS} | membres)


def docx_avec(nom: str, contenu: bytes | str) -> bytes:
    return archive({"[Content_Types].xml": TYPES_DOCX, "word/document.xml": CORPS, nom: contenu})


def docm() -> bytes:
    types = TYPES_DOCX.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return archive(
        {"[Content_Types].xml": types, "word/document.xml": CORPS, "word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    )


def xlsx(**membres: bytes | str) -> bytes:
    return archive({"[Content_Types].xml": TYPES_XLSX, "xl/workbook.xml": "<workbook/>"} | membres)


def xlsx_milliard() -> bytes:
    return archive(
        {
            "[Content_Types].xml": TYPES_XLSX,
            "xl/workbook.xml": '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><workbook>&lol2;</workbook>',
        }
    )


def relation_externe(genre: str) -> bytes:
    return docx_avec(
        "word/_rels/settings.xml.rels",
        '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{genre}" Target="http://exemple.fr/x" TargetMode="External"/></Relationships>',
    )


def odf(mime: str, **membres: bytes | str) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        zip_.writestr("mimetype", mime, zipfile.ZIP_STORED)
        zip_.writestr("content.xml", "<office/>")
        for nom, contenu in membres.items():
            zip_.writestr(nom, contenu)
    return sortie.getvalue()


def odt(**membres: bytes | str) -> bytes:
    return odf("application/vnd.oasis.opendocument.text", **membres)


def ods(**membres: bytes | str) -> bytes:
    return odf("application/vnd.oasis.opendocument.spreadsheet", **membres)


def bombe_zip(mo: int = 400) -> bytes:
    return docx_avec("word/media/image1.bin", b"\0" * (mo << 20))


def zip_cent_mille() -> bytes:
    return archive({"[Content_Types].xml": TYPES_DOCX} | {f"word/{rang}": b"" for rang in range(20_000)})


def image(format_: str = "JPEG", taille: tuple[int, int] = (60, 40), **options) -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", taille, (200, 30, 30)).save(sortie, format_, **options)
    return sortie.getvalue()


def jpeg_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "chez le docteur"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (43.0, 36.0, 0.0)
    return image(exif=exif, comment=b"<script>alert(1)</script>")


def png_geant(cote: int = 50_000) -> bytes:
    """A header that announces 2.5 thousand million pixels, a few bytes behind it."""

    def bloc(nom: bytes, donnees: bytes) -> bytes:
        return struct.pack("!I", len(donnees)) + nom + donnees + struct.pack("!I", zlib.crc32(nom + donnees))

    entete = struct.pack("!IIBBBBB", cote, cote, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", zlib.compress(b"\0" * 1000)) + bloc(b"IEND", b"")
    )
