"""`python -m bench`: fills a base, measures, prints a table and writes bench/resultats.json."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.socle import portail_d_essai

BUTS = {
    "liste_ratio": 4.0,
    "liste_croissance": 1.2,
    "liste_sans_table_entiere": 0,
    "liste_requetes": 13,  # a filter by person names him, one more than the tabs
    "liste_octets": 100_000,
    "dossier_requetes": 20,
    "tableau_cpu_ms": 300,
    "export_ratio": 1.5,
    "export_memoire_mo": 200,
    "contrat_ratio": 1.2,
    "balayage_par_seconde": 5000,
    "balayage_part_du_plancher": 1 / 3,
    "balayage_attente_ms": 1000,
}


def main() -> int:
    arguments = argparse.ArgumentParser(prog="bench")
    arguments.add_argument("--dossiers", type=int, default=20_000, help="dossiers de la région mesurée")
    arguments.add_argument("--ailleurs", type=int, default=180_000, help="dossiers des autres régions")
    arguments.add_argument("--petit", type=int, default=2_000, help="dossiers de la région d’abord, pour comparer")
    arguments.add_argument("--dues", type=int, default=5_000, help="échéances dues du balayage")
    arguments.add_argument("--ouvertes", type=int, default=1_000_000, help="échéances ouvertes du balayage")
    options = arguments.parse_args()
    with portail_d_essai() as adresse, psycopg.connect(adresse, autocommit=True) as base:
        from bench import scenarios
        from bench.balayage import mesurer_balayage
        from bench.exports import mesurer_export
        from bench.remplir import grossir

        debut = time.perf_counter()
        monde = scenarios.Monde(base)
        # All of one region: a page of 28 rows and a page of 50 are not the same page.
        monde.grandir(dossiers=options.petit, ailleurs=0)
        petites = scenarios.mesurer_listes(monde)
        monde.grandir(dossiers=options.dossiers - options.petit, ailleurs=options.ailleurs)
        print(f"base remplie : {monde.lignes} lignes, {monde.dossiers} dossiers, {time.perf_counter() - debut:.0f} s")
        resultats: dict[str, Any] = {
            "machine": f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}"
        }
        resultats |= scenarios.mesurer_pages(monde)
        resultats["dossiers"], resultats["petit"] = monde.dossiers, options.petit
        grandes = resultats["listes"]
        # Pages of as many rows: a tab that holds less than a page at first is another page.
        resultats["croissance"] = {
            nom: grandes[nom]["ratio"] / p["ratio"]
            for nom, p in petites.items()
            if grandes[nom]["lignes"] == p["lignes"]
        }
        resultats["petites"] = {nom: {"lignes": p["lignes"], "ratio": p["ratio"]} for nom, p in petites.items()}
        resultats["export"] = mesurer_export(monde.acteur, options.dossiers)
        resultats["contrat"] = scenarios.mesurer_contrat()
        debut = time.perf_counter()
        ouvertes = grossir(base, options.ouvertes)
        print(f"base du balayage : {ouvertes} échéances ouvertes, {time.perf_counter() - debut:.0f} s")
        resultats["balayage"] = mesurer_balayage(base, dues=options.dues, ecart=timedelta(days=1))
    return rendre_compte(resultats)


def rendre_compte(r: dict[str, Any]) -> int:
    """Prints the table, writes the file; exit 1 when a floor is missed."""
    lignes = [
        (
            f"liste, {nom}",
            f"{p['requetes']} requêtes, {p['octets'] / 1000:.0f} Ko, CPU {p['cpu_ms']:.1f} ms",
            f"{p['ratio']:.2f} × le plancher ({r['plancher']['temps_ms']:.1f} ms)",
        )
        for nom, p in (r["listes"] | {"lettres": r["lettres"]}).items()
    ]
    lignes.append(
        (
            "croissance",
            f"de {r['petit']} à {r['dossiers']} dossiers, chaque liste sur son plancher",
            ", ".join(
                f"{nom} {r['croissance'][nom]:.2f}"
                if nom in r["croissance"]
                else f"{nom} {p['lignes'] - 1} lignes d’abord"
                for nom, p in r["petites"].items()
            ),
        )
    )
    lignes += [
        (f"lectures, {nom}", ", ".join(lu["index"]), f"entières : {', '.join(lu['tables_lues_entieres']) or 'aucune'}")
        for nom, lu in r["lectures"].items()
    ]
    lignes += [
        (
            f"tableau, {nom}",
            f"{p['requetes']} requêtes, {p['octets'] / 1000:.0f} Ko, CPU {p['cpu_ms']:.0f} ms",
            f"et {p['cpu_base_ms']:.0f} ms de la base",
        )
        for nom, p in r["tableaux"].items()
    ]
    lignes += [
        (
            "dossier",
            f"{r['dossier']['requetes']} requêtes, {r['dossier']['octets'] / 1000:.0f} Ko, CPU {r['dossier']['cpu_ms']:.1f} ms",
            f"{r['dossier']['ratio']:.2f} × le plancher",
        ),
        (
            "export XLSX",
            f"{r['export']['lignes']} lignes × {r['export']['colonnes']} colonnes, {r['export']['requetes']} requêtes, "
            f"{r['export']['octets'] / 1e6:.1f} Mo, {r['export']['temps_s']:.2f} s",
            f"{r['export']['ratio']:.2f} × un écrivain nu des mêmes lignes ({r['export']['nu_s']:.2f} s), {r['export']['memoire_mo']:.0f} Mo de mémoire",
        ),
        (
            "contrat",
            f"{r['contrat']['portail_ms']:.0f} ms, {r['contrat']['octets'] / 1000:.0f} Ko",
            f"{r['contrat']['ratio']:.2f} × WeasyPrint nu ({r['contrat']['nu_ms']:.0f} ms)",
        ),
        (
            "balayage",
            f"{r['balayage']['reglees']} réglées parmi {r['balayage']['ouvertes']}",
            f"{r['balayage']['par_seconde_cpu']:.0f} lignes/s de processeur, {r['balayage']['part_du_plancher']:.2f} × le plancher des mêmes lignes "
            f"({r['balayage']['plancher_par_seconde_cpu']:.0f}), {r['balayage']['part_du_plancher_etroit']:.2f} × celui de l’état, de l’événement et "
            f"de l’envoi seuls ({r['balayage']['plancher_etroit_par_seconde_cpu']:.0f}) ; au mur {r['balayage']['par_seconde_seul']:.0f} lignes/s "
            f"par une connexion, {r['balayage']['par_seconde']:.0f} par deux",
        ),
        (
            "attente des autres",
            ", ".join(f"{nom.replace('_', ' ')} {ms:.0f} ms" for nom, ms in r["balayage"]["attentes_ms"].items()),
            f"lot le plus long {r['balayage']['lot_le_plus_long_ms']:.0f} ms",
        ),
    ]
    for nom, mesure, rapport in lignes:
        print(f"{nom:20} {mesure:48} {rapport}")
    verdicts = {
        "liste_ratio": r["liste"]["ratio"] <= BUTS["liste_ratio"],
        "lettres_ratio": r["lettres"]["ratio"] <= BUTS["liste_ratio"],
        "liste_croissance": max(r["croissance"].values()) <= BUTS["liste_croissance"],
        "liste_sans_table_entiere": not any(lu["tables_lues_entieres"] for lu in r["lectures"].values()),
        "liste_requetes": all(p["requetes"] <= BUTS["liste_requetes"] for p in r["listes"].values()),
        "liste_octets": all(p["octets"] <= BUTS["liste_octets"] for p in r["listes"].values()),
        "dossier_requetes": r["dossier"]["requetes"] <= BUTS["dossier_requetes"],
        "tableau_cpu_ms": all(p["cpu_ms"] + p["cpu_base_ms"] <= BUTS["tableau_cpu_ms"] for p in r["tableaux"].values()),
        "export_ratio": r["export"]["ratio"] <= BUTS["export_ratio"],
        "export_memoire_mo": r["export"]["memoire_mo"] <= BUTS["export_memoire_mo"],
        "contrat_ratio": r["contrat"]["ratio"] <= BUTS["contrat_ratio"],
        "balayage_par_seconde": r["balayage"]["par_seconde"] >= BUTS["balayage_par_seconde"],
        "balayage_part_du_plancher": r["balayage"]["part_du_plancher"] >= BUTS["balayage_part_du_plancher"],
        "balayage_attente_ms": max(r["balayage"]["lot_le_plus_long_ms"], *r["balayage"]["attentes_ms"].values())
        < BUTS["balayage_attente_ms"],
    }
    r["buts"], r["verdicts"] = BUTS, verdicts
    Path("bench/resultats.json").write_text(json.dumps(r, indent=2, ensure_ascii=False, default=str) + "\n")
    manques = [nom for nom, tenu in verdicts.items() if not tenu]
    print("buts tenus" if not manques else f"buts manqués : {', '.join(manques)}")
    return 1 if manques else 0


if __name__ == "__main__":
    sys.exit(main())
