"""The spaces of French in every template: what the walk through the pages would see only on the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2] / "templates"
BALISES = re.compile(r"\{#.*?#\}|<[^>]*>|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
PHRASE = re.compile(r'"[^"]* [^"]*"')
FAUTE = re.compile(r".{0,30}(?: [:;!?»€](?!\w)| %(?!\w)|« |[^\W\d]'[^\W\d]).{0,12}")


def lisible(balise: re.Match[str]) -> str:
    """What a reader sees of a tag: the sentences that a template tag is given, in quotes."""
    return " ".join(PHRASE.findall(balise.group())).replace('"', "\n") if balise.group().startswith("{%") else "\x01"


def test_les_espaces_des_gabarits():
    fautes = [
        f"{fichier.relative_to(RACINE)} : {faute!r}"
        for fichier in sorted(RACINE.rglob("*"))
        if fichier.suffix in {".html", ".txt"}
        for faute in FAUTE.findall(BALISES.sub(lisible, fichier.read_text()))
    ]
    assert not fautes, "\n".join(fautes)
