"""Who is written to while somebody is away."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def presents(nomme: int, *, siens: Collection[int], absences: Mapping[int, int]) -> tuple[int, ...]:
    """The people written to in an organisation for one who was named: himself, else his substitute.

    `siens` are its active people, `absences` those away this day → their substitute. A substitute who is away or has left leaves it
    to everybody there; when all are away, it goes to the one named: never into the void.
    """
    if nomme not in absences:
        return (nomme,)
    if absences[nomme] in siens and absences[nomme] not in absences:
        return (absences[nomme],)
    return tuple(u for u in siens if u not in absences) or (nomme,)
