"""The few small PDFs that the sandbox's dossiers carry: real, readable, made once in memory."""

from __future__ import annotations

from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile

# file → lines of its only page
TEXTES = {
    "etude-opportunite.pdf": ("Étude d’opportunité", "Délais d’accès, démographie et adressages sur le territoire."),
    "lettre-de-soutien.pdf": ("Lettre de soutien", "La CPTS du territoire soutient la création de l’équipe."),
    "convention-etablissement.pdf": ("Convention avec l’établissement", "Articulation avec le troisième recours."),
    "modalites-de-deploiement.pdf": ("Modalités de déploiement", "Fonctionnement de l’équipe, calendrier, perspectives."),
    "releve-d-activite.pdf": ("Relevé d’activité", "Avis ponctuels rendus aux médecins traitants, par mois."),
    "statuts.pdf": ("Statuts de l’association", "Association déclarée, loi du 1er juillet 1901."),
    "rib.pdf": ("Relevé d’identité bancaire", "Compte ouvert au nom de l’association."),
    "formulaire-adhesion.pdf": ("Formulaire d’adhésion signé", "Engagement dans les deux missions du socle."),
    "acte-repris.pdf": ("Acte signé hors du portail", "Copie numérisée, versée au dossier à sa reprise."),
    "complement.pdf": ("Pièce complémentaire", "Réponse à la demande de l’ARS."),
}  # fmt: skip
NOTE = "Document d’exemple du bac à sable\u00a0: personnes et chiffres inventés."


def fichier(nom: str) -> SimpleUploadedFile:
    """One of the files, as a form would hand it in."""
    return SimpleUploadedFile(nom, octets(nom), content_type="application/pdf")


@cache
def octets(nom: str) -> bytes:
    titre, *lignes = TEXTES[nom]
    return page(titre, [*lignes, NOTE])


def page(titre: str, lignes: list[str]) -> bytes:
    """A PDF of one A4 page, in Helvetica: five objects and their table."""
    contenu = [f"BT /F1 16 Tf 60 760 Td ({_texte(titre)}) Tj ET"]
    contenu += [f"BT /F1 11 Tf 60 {720 - 18 * n} Td ({_texte(ligne)}) Tj ET" for n, ligne in enumerate(lignes)]
    flux = "\n".join(contenu).encode("cp1252")
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(flux), flux),
    ]
    sortie, places = bytearray(b"%PDF-1.4\n"), []
    for rang, objet in enumerate(objets, 1):
        places.append(len(sortie))
        sortie += b"%d 0 obj\n%s\nendobj\n" % (rang, objet)
    table = len(sortie)
    sortie += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1)
    sortie += b"".join(b"%010d 00000 n \n" % place for place in places)
    sortie += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, table)
    return bytes(sortie)


def _texte(texte: str) -> str:
    return texte.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
