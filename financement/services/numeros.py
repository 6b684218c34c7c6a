"""Numbers of the payments: `V-2026-0087`, by year; the counter's row is the lock."""

from __future__ import annotations

from django.db import connection


def prochain(annee: int) -> str:
    with connection.cursor() as c:
        c.execute(
            "INSERT INTO financement_numeroversement (annee, dernier) VALUES (%s, 1) "
            "ON CONFLICT (annee) DO UPDATE SET dernier = financement_numeroversement.dernier + 1 RETURNING dernier",
            [annee],
        )
        return ecrire(annee, c.fetchone()[0])


def reserver(annee: int, nombre: int) -> None:
    """Sets aside the first `nombre` ranks of a year, out of `prochain`'s reach from now on. May be asked again."""
    with connection.cursor() as c:
        c.execute(
            "INSERT INTO financement_numeroversement (annee, dernier) VALUES (%s, %s) "
            "ON CONFLICT (annee) DO UPDATE SET dernier = greatest(financement_numeroversement.dernier, EXCLUDED.dernier)",
            [annee, nombre],
        )


def ecrire(annee: int, rang: int) -> str:
    return f"V-{annee}-{rang:04d}"
