"""What `manage.py verifier` proves of the ledger (I03 to I06): its chain, its sums, its ceilings, and that it says what the contracts and payments say.

Each check gives sentences, lazily: the first one names the dossier and what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

# Each query gives (numéro du dossier, rang or number) of what is at fault, the first one first.
CHAINE = """
SELECT numero, seq, rang, est_juste, suit FROM (
  SELECT d.numero, e.dossier_id, e.seq, row_number() OVER w AS rang, livre_empreinte(e) = e.empreinte AS est_juste,
    e.precedent = coalesce(lag(e.empreinte) OVER w, '') AS suit
  FROM financement_ecriture e JOIN dossiers_dossier d ON d.id = e.dossier_id
  WINDOW w AS (PARTITION BY e.dossier_id ORDER BY e.seq)) x
WHERE NOT est_juste OR NOT suit OR seq <> rang ORDER BY dossier_id, seq LIMIT 1
"""
EQUILIBRE = """
SELECT d.numero, e.seq FROM financement_ecriture e JOIN dossiers_dossier d ON d.id = e.dossier_id
LEFT JOIN LATERAL (SELECT string_agg(l.sens || ' ' || l.compte || ' ' || l.montant, '; ' ORDER BY l.rang) AS texte,
    sum(CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END) AS somme, sum(l.montant) FILTER (WHERE l.sens = 'D') AS debit,
    bool_and(l.dossier_id = e.dossier_id) AS siennes
  FROM financement_ligneecriture l WHERE l.ecriture_id = e.id) x ON true
WHERE {faute} ORDER BY e.dossier_id, e.seq LIMIT 1
"""
SANS_ZERO = "x.somme IS DISTINCT FROM 0 OR x.debit IS DISTINCT FROM e.montant"
LIGNES = "x.texte IS DISTINCT FROM e.detail OR NOT x.siennes"

NEGATIF = """
SELECT d.numero, v.compte FROM financement_soldes v JOIN dossiers_dossier d ON d.id = v.dossier_id
WHERE v.solde < 0 AND v.compte <> '800' ORDER BY 1, 2 LIMIT 1
"""
# I04: what is committed against the hard ceilings; what is paid never passes it, no account being below zero.
PLAFOND = """
SELECT d.numero FROM financement_soldes v JOIN dossiers_dossier d ON d.id = v.dossier_id
WHERE v.compte = '800' AND {postes} GROUP BY {groupe} HAVING -sum(v.solde) > {plafond} ORDER BY 1 LIMIT 1
"""
PLAFONDS = {
    "plus de 80 000 euros engagés au titre du crédit d’amorçage": PLAFOND.format(
        postes="v.poste IN ('amorcage', 'transitoire')", groupe="d.numero", plafond=80_000
    ),
    "plus de 24 000 euros engagés au titre du crédit transitoire": PLAFOND.format(
        postes="v.poste = 'transitoire'", groupe="d.numero", plafond=24_000
    ),
    "plus de 100 000 euros engagés pour une année de dotation": PLAFOND.format(
        postes="v.poste = 'dotation'", groupe="d.numero, v.annee", plafond=100_000
    ),
}

# A payment's own accounts say its step: liquidated when proposed, ordered when validated, paid when paid, nothing when cancelled.
VERSEMENTS = """
SELECT v.numero FROM financement_versement v LEFT JOIN LATERAL (
  SELECT coalesce(sum(x.m) FILTER (WHERE x.compte = '802'), 0) AS liquide, coalesce(sum(x.m) FILTER (WHERE x.compte = '803'), 0) AS ordonne,
    coalesce(sum(x.m) FILTER (WHERE x.compte = '804'), 0) AS verse
  FROM (SELECT l.compte, CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END AS m FROM financement_ecriture e
    JOIN financement_ligneecriture l ON l.ecriture_id = e.id
    WHERE e.dossier_id = v.dossier_id AND e.source_type = 'versement' AND e.source_id = v.id) x) s ON true
WHERE (s.liquide, s.ordonne, s.verse) IS DISTINCT FROM (CASE v.statut WHEN 'propose' THEN v.montant ELSE 0 END,
  CASE v.statut WHEN 'valide' THEN v.montant ELSE 0 END, CASE v.statut WHEN 'paye' THEN v.montant ELSE 0 END) ORDER BY 1 LIMIT 1
"""
SANS_SOURCE = """
SELECT d.numero, e.seq FROM financement_ecriture e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE e.source_type = 'versement' AND NOT EXISTS (SELECT 1 FROM financement_versement v WHERE v.id = e.source_id AND v.dossier_id = e.dossier_id)
ORDER BY 1, 2 LIMIT 1
"""
ENGAGES = """
WITH signes AS (
  SELECT DISTINCT ON (dossier_id, type) dossier_id, type, montant FROM financement_contrat
  WHERE statut = 'signe' AND type IN ('amorcage', 'transitoire') ORDER BY dossier_id, type, signe_le DESC, id DESC)
SELECT d.numero FROM signes s JOIN dossiers_dossier d ON d.id = s.dossier_id
WHERE s.montant <> coalesce((SELECT -v.solde FROM financement_soldes v WHERE v.dossier_id = s.dossier_id AND v.poste = s.type AND v.compte = '800'), 0)
ORDER BY 1 LIMIT 1
"""
ANNEES = """
SELECT d.numero FROM financement_contrat c JOIN dossiers_dossier d ON d.id = c.dossier_id
WHERE c.statut = 'signe' AND c.type = 'dotation' AND NOT EXISTS (SELECT 1 FROM financement_ecriture e
  WHERE e.dossier_id = c.dossier_id AND e.poste = 'dotation' AND e.source_type = 'contrat' AND e.source_id = c.id)
ORDER BY 1 LIMIT 1
"""
TERMINES = """
SELECT d.numero FROM financement_soldes v JOIN dossiers_dossier d ON d.id = v.dossier_id
WHERE v.financeur = 'assurance_maladie' AND v.compte = '801' AND v.solde > 0
AND NOT EXISTS (SELECT 1 FROM financement_contrat c WHERE c.dossier_id = v.dossier_id AND c.type = v.poste AND c.statut IN ('signe', 'expire'))
ORDER BY 1 LIMIT 1
"""
ARS = """
SELECT d.numero FROM dossiers_dossier d LEFT JOIN financement_financementars f ON f.dossier_id = d.id
LEFT JOIN LATERAL (SELECT -sum(v.solde) AS engage FROM financement_soldes v
  WHERE v.dossier_id = d.id AND v.financeur = 'ars' AND v.compte = '800') s ON true
WHERE coalesce(f.montant, 0) <> coalesce(s.engage, 0) ORDER BY 1 LIMIT 1
"""


def _lignes(requete: str) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchall()


def chaine() -> Iterator[str]:
    """I03: no entry changed, removed, added in the middle or moved since it was written."""
    for numero, seq, rang, est_juste, suit in _lignes(CHAINE):
        if seq != rang:
            yield f"livre du dossier {numero} : il manque l’écriture n° {rang}"
        elif not suit:
            yield f"livre du dossier {numero} : l’écriture n° {seq} ne suit pas la précédente"
        elif not est_juste:
            yield f"livre du dossier {numero} : l’empreinte de l’écriture n° {seq} ne correspond pas à son contenu"


def equilibre() -> Iterator[str]:
    """I03, I04: each entry sums to zero and keeps its lines; no account below zero, no ceiling passed."""
    for numero, seq in _lignes(EQUILIBRE.format(faute=SANS_ZERO)):
        yield f"livre du dossier {numero} : l’écriture n° {seq} n’est pas équilibrée"
    for numero, seq in _lignes(EQUILIBRE.format(faute=LIGNES)):
        yield f"livre du dossier {numero} : les lignes de l’écriture n° {seq} ont changé"
    for numero, compte in _lignes(NEGATIF):
        yield f"livre du dossier {numero} : le compte {compte} est négatif"
    for faute, requete in PLAFONDS.items():
        for (numero,) in _lignes(requete):
            yield f"livre du dossier {numero} : {faute}"


def faits() -> Iterator[str]:
    """The balances are what the contracts, the payments and the ARS's declarations say."""
    for (numero,) in _lignes(VERSEMENTS):
        yield f"versement {numero} : le livre ne dit pas son étape ou son montant"
    for numero, seq in _lignes(SANS_SOURCE):
        yield f"livre du dossier {numero} : le versement de l’écriture n° {seq} n’existe pas"
    for (numero,) in _lignes(ENGAGES):
        yield f"livre du dossier {numero} : l’engagement n’est pas le montant du contrat de crédit signé"
    for (numero,) in _lignes(ANNEES):
        yield f"livre du dossier {numero} : le contrat de dotation signé n’est pas engagé"
    for (numero,) in _lignes(TERMINES):
        yield f"livre du dossier {numero} : un contrat résilié garde un montant engagé"
    for (numero,) in _lignes(ARS):
        yield f"livre du dossier {numero} : le financement déclaré par l’ARS n’y est pas"
