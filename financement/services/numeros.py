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
        return f"V-{annee}-{c.fetchone()[0]:04d}"
