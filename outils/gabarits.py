"""Compiles every template of the project: an unknown tag, filter or parent fails here rather than on a page."""

from __future__ import annotations

import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
APPS = ("ess_portal", "dossiers", "adhesions", "financement", "indicateurs")
SUFFIXES = {".html", ".txt", ".svg", ".xml", ".css"}


def main() -> int:
    sys.path.insert(0, str(RACINE))
    import django
    from django.template import TemplateSyntaxError, engines
    from django.template.loader_tags import ExtendsNode

    django.setup()
    moteur = engines["django"].engine
    racines = [RACINE / "templates", *(d for app in APPS for d in (RACINE / app).rglob("templates") if d.is_dir())]
    fichiers = [(racine, f) for racine in racines for f in sorted(racine.rglob("*")) if f.suffix in SUFFIXES]
    fautes = 0
    for racine, fichier in fichiers:
        nom = str(fichier.relative_to(racine))
        try:
            gabarit = moteur.get_template(nom)
            for noeud in gabarit.nodelist.get_nodes_by_type(ExtendsNode):
                if parent := getattr(noeud.parent_name, "var", None):
                    moteur.get_template(str(parent))
        except (TemplateSyntaxError, LookupError) as erreur:
            fautes += 1
            print(f"{fichier.relative_to(RACINE)} : {erreur}")
        except django.template.TemplateDoesNotExist as erreur:
            fautes += 1
            print(f"{fichier.relative_to(RACINE)} : gabarit absent, {erreur}")
    print(f"{len(fichiers)} gabarits, {fautes} fautes")
    return 1 if fautes or not fichiers else 0


if __name__ == "__main__":
    sys.exit(main())
