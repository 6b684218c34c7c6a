"""The signature fields of a contract: made while it is printed, from the boxes that its template reserves.

The template draws `<input type="checkbox" name="sceau-ars" title="…">`: WeasyPrint makes it a widget, with its place on the page and its
Form element in the structure tree, which PDF/UA asks. Here the widget becomes an empty signature field, its title the alternative text.
"""

import pydyf

PREFIXE = "sceau-"
# SignaturesExist and AppendOnly: every reader knows from the start that it may only add to these bytes.
INDICATEURS = 3
_ETAT_DE_CASE = ("V", "AS", "MK", "DA", "Border")


def poser_champs(pdf: pydyf.PDF) -> None:
    """Turns the reserved boxes of a document, if it has any, into empty signature fields; in order of reading."""
    formulaire = pdf.catalog.get("AcroForm")
    if formulaire is None:
        return
    for reference in formulaire["Fields"]:
        champ = pdf.objects[int(reference.split()[0])]
        for cle in _ETAT_DE_CASE:
            champ.pop(cle, None)
        gauche, haut, droite, bas = champ["Rect"]
        champ["Rect"] = pydyf.Array((gauche, bas, droite, haut))
        # What the box looks like until a seal is put: nothing, yet present, as PDF/A asks of each annotation.
        vide = pydyf.Stream(
            [],
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array((0, 0, droite - gauche, haut - bas)),
                "Resources": pydyf.Dictionary(),
            },
        )
        pdf.add_object(vide)
        champ["FT"], champ["F"] = "/Sig", 4 + 128  # printed, locked in its place
        champ["AP"] = pydyf.Dictionary({"N": vide.reference})
    # A seal rewrites its field: readers follow it in the tags only when the Form element names it alone, without a list.
    for objet in pdf.objects:
        if isinstance(objet, dict) and objet.get("S") == "/Form":
            (objet["K"],) = objet["K"]
    formulaire = pydyf.Dictionary({"Fields": formulaire["Fields"], "SigFlags": INDICATEURS})
    pdf.add_object(formulaire)
    pdf.catalog["AcroForm"] = formulaire.reference


def nommer_une_fois(pdf: pydyf.PDF) -> None:
    """WeasyPrint lists an attachment of the document twice among its associated files."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
