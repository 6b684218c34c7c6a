"""An undefined variable in one of our templates is an error; third parties' templates stay as lenient as they were written."""

from __future__ import annotations

import inspect
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]


class VariableIndefinie(Exception):
    """A template of the project names what its view did not give."""


class VariableAbsente(str):
    """What Django renders for an undefined variable (`string_if_invalid`)."""

    __slots__ = ()

    def __contains__(self, cle: str) -> bool:
        return cle == "%s"

    def __mod__(self, variable: object) -> str:
        if (gabarit := _gabarit_courant()) is not None:
            raise VariableIndefinie(f"« {variable} » n’est pas définie dans {gabarit}")
        return ""


def _gabarit_courant() -> str | None:
    """The project's template being rendered, None when it is a third party's."""
    for cadre in inspect.stack(context=0):
        contexte = cadre.frame.f_locals.get("context")
        gabarit = getattr(getattr(contexte, "render_context", None), "template", None)
        origine = getattr(getattr(gabarit, "origin", None), "name", "") or ""
        if origine:
            chemin = Path(origine)
            du_projet = chemin.is_relative_to(RACINE) and "site-packages" not in chemin.parts
            return str(chemin.relative_to(RACINE)) if du_projet else None
    return None
