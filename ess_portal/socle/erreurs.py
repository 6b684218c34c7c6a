"""What goes wrong in the procedure, said in one French sentence, and how HTTP says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ErreurMetier(Exception):
    """A refused act. `code` is stable ASCII, `message` is shown as it is, `champs` points at form fields."""

    statut_http = 422

    def __init__(self, code: str, message: str, champs: Mapping[str, Sequence[str] | str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.champs = {nom: [t] if isinstance(t, str) else list(t) for nom, t in (champs or {}).items()}


class Interdit(ErreurMetier):
    """The row may be seen, the act is not this role's: 403."""

    statut_http = 403

    def __init__(self, code: str = "interdit", message: str = "Votre rôle ne permet pas cet acte.") -> None:
        super().__init__(code, message)


class Reauthentification(Interdit):
    """The act needs the password (and the second factor of agents) again: 403 `reauthentification`."""

    def __init__(self, message: str = "Confirmez votre mot de passe et votre code pour cet acte.", champs=None) -> None:
        super().__init__("reauthentification", message)
        self.champs = {nom: [t] if isinstance(t, str) else list(t) for nom, t in (champs or {}).items()}


class Introuvable(ErreurMetier):
    """Absent, or not for this person to know of: the same 404."""

    statut_http = 404

    def __init__(self, message: str = "Cette page n’existe pas, ou vous n’y avez pas accès.") -> None:
        super().__init__("introuvable", message)


class Conflit(ErreurMetier):
    """The state forbids the act, or somebody else was first: 409."""

    statut_http = 409


class Occupe(Conflit):
    """Somebody else's act held the same row for as long as one waits (PostgreSQL's `lock_not_available`)."""

    VERROU = "55P03"

    def __init__(self) -> None:
        super().__init__("occupe", "Une autre décision est en cours sur ce dossier. Rechargez la page.")

    @classmethod
    def est(cls, echec: BaseException) -> bool:
        """Whether this error of the database, or the one behind it, is a lock that was waited for in vain."""
        return cls.VERROU in (getattr(echec, "sqlstate", None), getattr(echec.__cause__, "sqlstate", None))
