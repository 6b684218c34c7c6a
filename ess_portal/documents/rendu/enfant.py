"""The printing child: reads pages on its input, writes PDF on its output, for as long as its parent lives.

A page is one frame of JSON: `html`; `donnees`, text to attach as `contrat.json`, or nothing; `tampon`, a loose drawing without tags.

It limits its own memory, loads WeasyPrint and the fonts once, and knows neither Django nor the base.
"""

import json
import resource
import struct
import sys

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

from ess_portal.documents.rendu.actifs import ActifsSeulement, charger
from ess_portal.documents.rendu.champs import nommer_une_fois, poser_champs

MEMOIRE = 1024 * 1024 * 1024
# PDF/A-3a by WeasyPrint's variant; PDF/UA-1 needs its own mark, which PDF/A wants declared as an extension schema.
MARQUE_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part number</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


def achever(document, pdf) -> None:
    poser_champs(pdf)
    nommer_une_fois(pdf)
    marquer_ua(document, pdf)


def marquer_ua(_document, pdf) -> None:
    reference = int(pdf.catalog["Metadata"].split()[0])
    flux = pdf.objects[reference]
    flux.stream = [b"".join(flux.stream).replace(b"</rdf:RDF>", MARQUE_UA, 1)]


class Imprimeur:
    def __init__(self) -> None:
        actifs = charger()
        self._acces = ActifsSeulement(actifs)
        self._polices = FontConfiguration()
        feuille = actifs["actif:document.css"][0].decode()
        self._feuille = CSS(string=feuille, base_url="actif:", url_fetcher=self._acces, font_config=self._polices)

    def imprimer(self, html: str, donnees: str = "", tampon: bool = False) -> tuple[bytes, int]:
        page = HTML(string=html, base_url="actif:", url_fetcher=self._acces)
        if tampon:
            return page.write_pdf(font_config=self._polices), 1
        document = page.render(font_config=self._polices, stylesheets=[self._feuille], pdf_variant="pdf/a-3a")
        joints = [self._joindre(donnees)] if donnees else None
        return document.write_pdf(pdf_variant="pdf/a-3a", finisher=achever, attachments=joints), len(document.pages)

    def _joindre(self, donnees: str) -> Attachment:
        """The data that the pages print (PDF/A-3): a machine reads them, the seals cover both."""
        return Attachment(
            string=donnees,
            name="contrat.json",
            description="Données du contrat, telles que les pages les impriment",
            relationship="Data",
            url_fetcher=self._acces,
        )


def lire(taille: int) -> bytes:
    donnees = sys.stdin.buffer.read(taille)
    if len(donnees) < taille:
        sys.exit(0)
    return donnees


def repondre(entete: dict, corps: bytes = b"") -> None:
    texte = json.dumps(entete).encode()
    sys.stdout.buffer.write(struct.pack("!Q", len(texte)) + texte + corps)
    sys.stdout.buffer.flush()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    imprimeur = Imprimeur()
    while True:
        (taille,) = struct.unpack("!Q", lire(8))
        demande = json.loads(lire(taille))
        try:
            octets, pages = imprimeur.imprimer(**demande)
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, OSError) as erreur:
            repondre({"erreur": f"{type(erreur).__name__} : {erreur}"[:300]})
            continue
        repondre({"taille": len(octets), "pages": pages}, octets)


if __name__ == "__main__":
    main()
