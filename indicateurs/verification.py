"""What `manage.py verifier` checks: the journal's chain, documents and pièces against their hashes, the ledger, states against events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from dossiers.models import Dossier, Echeance
from dossiers.regles.cycle import BASCULES, TRANSITIONS, Statut, paires
from dossiers.services.fin import tables_porteuses
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import stockage
from ess_portal.documents.models import Piece
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.services import parametres_epingles
from ess_portal.socle.typographie import euros
from financement.livre import verification as livre
from financement.recuperations.verification import recuperations
from financement.verification import decomptes
from financement.verification_versements import sommes_versees

S = Statut
TACITES = {
    "valider_lettre_tacite": S.LETTRE_DEPOSEE,
    "valider_projet_tacite": S.PROJET_DEPOSE,
    "expirer": S.DOTATION_ACTIVE,
}


@dataclass(frozen=True)
class Controle:
    """`fautes` gives sentences, lazily: the first one is enough. `compter` says how many lines were looked at."""

    nom: str
    compter: Callable[[], int]
    fautes: Callable[[], Iterator[str]]


def _lignes(requete: str) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchall()


def _compter(table: str, condition: str = "true") -> Callable[[], int]:
    return lambda: _lignes(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]  # noqa: S608  names of this module


CHAINE = """
SELECT flux, seq, rang, est_juste, suit FROM (
  SELECT e.flux, e.seq, row_number() OVER w AS rang, journal_empreinte(e) = e.empreinte AS est_juste,
    e.precedent = coalesce(lag(e.empreinte) OVER w, '') AS suit
  FROM journal_evenement e WINDOW w AS (PARTITION BY e.flux ORDER BY e.seq)) x
WHERE NOT est_juste OR NOT suit OR seq <> rang ORDER BY flux, seq LIMIT 1
"""


def chaine() -> Iterator[str]:
    for flux, seq, rang, est_juste, suit in _lignes(CHAINE):
        if seq != rang:
            yield f"journal {flux} : il manque l’événement n° {rang}"
        elif not suit:
            yield f"journal {flux} : l’événement n° {seq} ne suit pas le précédent"
        elif not est_juste:
            yield f"journal {flux} : l’empreinte de l’événement n° {seq} ne correspond pas à son contenu"


DOCUMENTS = """
SELECT d.id, s.numero FROM documents_document d LEFT JOIN dossiers_dossier s ON s.id = d.dossier_id
WHERE d.etat = 'produit' AND (encode(sha256(d.octets), 'hex') <> d.empreinte OR length(d.octets) <> d.taille) ORDER BY d.id LIMIT 1
"""


def documents() -> Iterator[str]:
    for pk, numero in _lignes(DOCUMENTS):
        de = f" du dossier {numero}" if numero else ""
        yield f"document {pk}{de} : son contenu ne correspond pas à son empreinte"


# The file of rank n is the document followed by the additions 1 to n.
SCEAUX = """
SELECT s.partie, d.id, o.numero FROM documents_sceau s
JOIN documents_document d ON d.id = s.document_id JOIN dossiers_dossier o ON o.id = s.dossier_id
WHERE s.etat = 'appose' AND s.empreinte <> encode(sha256(d.octets || (
  SELECT string_agg(a.suite, '' ORDER BY a.rang) FROM documents_sceau a WHERE a.document_id = d.id AND a.rang <= s.rang)), 'hex')
ORDER BY s.id LIMIT 1
"""


def sceaux() -> Iterator[str]:
    for partie, pk, numero in _lignes(SCEAUX):
        yield f"cachet {partie} du document {pk} du dossier {numero} : son contenu ne correspond pas à son empreinte"


def pieces() -> Iterator[str]:
    """Every pièce that was not refused stands on the disk, byte for byte."""
    lignes = Piece.objects.exclude(etat=Piece.Etat.REFUSE).select_related("dossier").order_by("pk")
    for piece in lignes.iterator(chunk_size=500):
        try:
            with stockage.absolu(piece.chemin).open("rb") as flux:
                empreinte = hashlib.file_digest(flux, "sha256").hexdigest()
        except stockage.BlobAbsent:
            yield f"pièce {piece.pk} du dossier {piece.dossier.numero} : absente du disque"
            continue
        if empreinte != piece.empreinte:
            yield f"pièce {piece.pk} du dossier {piece.dossier.numero} : son contenu ne correspond pas à son empreinte"


# name of the fault → lines at fault, by number of payment
LEDGER = {
    "le total de son crédit dépasse le montant du contrat": """
        SELECT min(v.numero) FROM financement_versement v JOIN financement_contrat c ON c.id = v.contrat_id
        WHERE v.statut <> 'annule' AND v.nature NOT IN ('dotation', 'regularisation') GROUP BY c.id, c.montant HAVING sum(v.montant) > c.montant""",
    "proposé et validé par la même personne": """
        SELECT numero FROM financement_versement WHERE valide_par_id IS NOT NULL AND valide_par_id = propose_par_id""",
    "payé sans avoir été validé, ou sans référence": """
        SELECT numero FROM financement_versement WHERE statut = 'paye' AND origine = 'portail'
        AND (valide_par_id IS NULL OR paye_le IS NULL OR reference = '' OR compte_id IS NULL)""",
    "un autre versement de la même nature et de la même année est en cours": """
        SELECT max(numero) FROM financement_versement WHERE statut <> 'annule' GROUP BY dossier_id, nature, annee HAVING count(*) > 1""",
    "validé avec un IBAN que personne n’avait encore confirmé": """
        SELECT v.numero FROM financement_versement v JOIN financement_comptebancaire b ON b.id = v.compte_id
        WHERE v.origine = 'portail' AND v.statut IN ('valide', 'paye') AND (b.confirme_le IS NULL OR b.confirme_le > v.valide_le)""",
    "validé par une personne qui n’en avait pas le droit ce jour-là": """
        SELECT v.numero FROM financement_versement v WHERE v.valide_par_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal_evenement e
        WHERE e.dossier_id = v.dossier_id AND e.type = 'valider_versement' AND e.role = 'caisse_ordonnateur' AND e.acteur_id = v.valide_par_id
        AND e.donnees->>'numero' = v.numero)""",
    "proposé par une personne qui n’en avait pas le droit ce jour-là": """
        SELECT v.numero FROM financement_versement v WHERE v.origine = 'portail' AND NOT EXISTS (SELECT 1 FROM journal_evenement e
        WHERE e.dossier_id = v.dossier_id AND e.type = 'proposer_versement' AND e.role LIKE 'caisse_%' AND e.acteur_id = v.propose_par_id
        AND e.donnees->>'numero' = v.numero)""",
    "son contrat n’est pas signé par les trois parties": """
        SELECT v.numero FROM financement_versement v JOIN financement_contrat c ON c.id = v.contrat_id
        WHERE v.statut <> 'annule' AND v.origine = 'portail' AND c.origine = 'portail'
        AND (SELECT count(DISTINCT partie) FROM financement_signature s WHERE s.contrat_id = c.id AND s.empreinte = c.empreinte) <> 3""",
}  # fmt: skip


# What is compared with a ceiling of the set that the contract is pinned to: payment, amount, national and regional sets.
CREDITS = """
SELECT DISTINCT ON (v.dossier_id) v.numero, sum(v.montant) OVER (PARTITION BY v.dossier_id), c.jeu_national_id, c.jeu_regional_id
FROM financement_versement v JOIN financement_contrat c ON c.id = v.contrat_id
WHERE v.statut <> 'annule' AND v.nature NOT IN ('dotation', 'regularisation') ORDER BY v.dossier_id, c.propose_le DESC, v.numero
"""
DOTATIONS = """
SELECT DISTINCT ON (national, regional) numero, total, national, regional FROM (
  SELECT min(v.numero) AS numero, sum(v.montant) AS total, min(c.jeu_national_id) AS national, min(c.jeu_regional_id) AS regional
  FROM financement_versement v JOIN financement_contrat c ON c.id = v.contrat_id
  WHERE v.statut <> 'annule' AND v.nature IN ('dotation', 'regularisation') GROUP BY v.dossier_id, v.annee, c.id) x
ORDER BY national, regional, total DESC
"""
PLAFONDS = (
    ("le crédit d’amorçage du dossier dépasse", CREDITS, "montant_amorcage"),
    ("une dotation annuelle dépasse", DOTATIONS, "dotation_maximum"),
)


def plafonds() -> Iterator[str]:
    """The ledger against the amounts of the parameter sets, beside the hard limits that the base holds."""
    for faute, requete, reglage in PLAFONDS:
        for numero, montant, national, regional in _lignes(requete):
            plafond = getattr(parametres_epingles(national, regional), reglage)
            if montant > plafond:
                yield f"versement {numero} : {faute} {euros(plafond)}"


def versements() -> Iterator[str]:
    yield from plafonds()
    for faute, requete in LEDGER.items():
        for (numero,) in _lignes(f"{requete} ORDER BY 1 LIMIT 1"):
            yield f"versement {numero} : {faute}"


LOTS = {
    "un de ses fichiers ne correspond pas à son empreinte": """
        SELECT l.numero FROM financement_fichierlot f JOIN financement_lotpaiement l ON l.id = f.lot_id
        WHERE encode(sha256(f.octets), 'hex') <> f.empreinte""",
    "son total n’est pas celui de ses versements": """
        SELECT l.numero FROM financement_lotpaiement l CROSS JOIN LATERAL (
            SELECT coalesce(sum(x.montant), 0) AS montant, count(*) AS nombre FROM financement_lignelot x
            WHERE x.lot_id = l.id AND (x.sortie_le IS NULL OR x.sortie_le > l.valide_le)) s
        WHERE l.statut <> 'annule' AND (s.montant, s.nombre) IS DISTINCT FROM (l.montant, l.nombre)""",
    "un de ses versements porte un autre montant ou un autre compte": """
        SELECT l.numero FROM financement_lignelot x JOIN financement_lotpaiement l ON l.id = x.lot_id
        JOIN financement_versement v ON v.id = x.versement_id JOIN financement_comptebancaire c ON c.id = x.compte_id
        WHERE x.montant <> v.montant OR x.iban <> c.iban""",
    "un de ses versements est annulé": """
        SELECT l.numero FROM financement_lignelot x JOIN financement_lotpaiement l ON l.id = x.lot_id
        JOIN financement_versement v ON v.id = x.versement_id
        WHERE x.sortie_le IS NULL AND l.statut <> 'annule' AND v.statut = 'annule'""",
}


def lots() -> Iterator[str]:
    """What was sent to the bank is what was validated, byte for byte and to the cent."""
    for faute, requete in LOTS.items():
        for (numero,) in _lignes(f"{requete} ORDER BY 1 LIMIT 1"):
            yield f"lot {numero} : {faute}"


def etats() -> Iterator[str]:
    """The state of each dossier is the one that its events lead to, step by step, along the table."""
    permises = paires()
    enregistres = dict(Dossier.objects.values_list("pk", "statut"))
    numeros = dict(Dossier.objects.values_list("pk", "numero"))
    rejoues: dict[int, str] = {}
    evenements = Evenement.objects.filter(dossier__isnull=False).order_by("dossier_id", "seq")
    for pk, type_, donnees in evenements.values_list("dossier_id", "type", "donnees").iterator(chunk_size=2000):
        avant = rejoues.get(pk)
        if type_ == "creer_dossier":
            rejoues[pk] = S.BROUILLON.value
        elif type_ == "reprendre":
            rejoues[pk] = donnees["vers"]
        elif type_ in TACITES:
            de, apres = TACITES[type_], BASCULES[TACITES[type_]]
            if avant != de:
                yield f"dossier {numeros[pk]} : « {type_} » depuis « {avant} »"
            rejoues[pk] = apres.value
        elif type_ in TRANSITIONS and "vers" in donnees:
            de, vers = donnees["de"], donnees["vers"]
            if de != avant or (de != vers and (S(de), S(vers)) not in permises):
                yield f"dossier {numeros[pk]} : « {type_} » de « {de} » vers « {vers} », alors qu’il était « {avant} »"
            rejoues[pk] = vers
    for pk, statut in enregistres.items():
        if rejoues.get(pk) != statut:
            yield f"dossier {numeros[pk]} : « {statut} » en base, « {rejoues.get(pk)} » d’après ses événements"


COLONNES = ("equipe_id", "ars_id", "caisse_id", "lecteurs")


def copies() -> Iterator[str]:
    """Who reads a row that is listed across dossiers is who reads its dossier."""
    differe = " OR ".join(f"x.{c} IS DISTINCT FROM d.{c}" for c in COLONNES)
    for modele in tables_porteuses():
        table = modele._meta.db_table
        for pk, numero in _lignes(
            f"SELECT x.{modele._meta.pk.column}, d.numero FROM {table} x JOIN dossiers_dossier d ON d.id = x.dossier_id "  # noqa: S608
            f"WHERE {differe} ORDER BY 1 LIMIT 1"
        ):
            yield f"{modele._meta.verbose_name} {pk} : ses lecteurs ne sont pas ceux du dossier {numero}"


DENOMBREMENTS = """
SELECT o.nom, x.statut, sum(x.n) FILTER (WHERE x.tenu), sum(x.n) FILTER (WHERE NOT x.tenu) FROM (
  SELECT ars_id, statut, est_tardif, est_a_regulariser, nombre AS n, true AS tenu FROM dossiers_denombrement
  UNION ALL SELECT ars_id, statut, est_tardif, est_a_regulariser, 1, false FROM dossiers_dossier WHERE ars_id IS NOT NULL) x
JOIN comptes_organisation o ON o.id = x.ars_id GROUP BY o.nom, x.ars_id, x.statut, x.est_tardif, x.est_a_regulariser
HAVING coalesce(sum(x.n) FILTER (WHERE x.tenu), 0) <> coalesce(sum(x.n) FILTER (WHERE NOT x.tenu), 0) ORDER BY 1, 2 LIMIT 1
"""


def denombrements() -> Iterator[str]:
    """The numbers that the lists add up are those of the dossiers."""
    for ars, statut, tenus, comptes in _lignes(DENOMBREMENTS):
        yield f"{ars}, état « {statut} » : {tenus or 0} dossiers dénombrés, {comptes or 0} en base"


def orphelins() -> Iterator[str]:
    """What is written in thousands names its dossier without a foreign key: the dossier is there."""
    for modele in (Echeance, Evenement, Envoi):
        table = modele._meta.db_table
        for pk, dossier in _lignes(
            f"SELECT x.id, x.dossier_id FROM {table} x LEFT JOIN dossiers_dossier d ON d.id = x.dossier_id "  # noqa: S608
            "WHERE x.dossier_id IS NOT NULL AND d.id IS NULL ORDER BY 1 LIMIT 1"
        ):
            yield f"{modele._meta.verbose_name} {pk} : son dossier {dossier} n’existe pas"


CONTROLES = (
    Controle("chaîne du journal", _compter("journal_evenement"), chaine),
    Controle("documents", _compter("documents_document", "etat = 'produit'"), documents),
    Controle("cachets", _compter("documents_sceau", "etat = 'appose'"), sceaux),
    Controle("pièces", _compter("documents_piece", "etat <> 'refuse'"), pieces),
    Controle("versements", _compter("financement_versement"), versements),
    Controle("sommes versées", _compter("financement_versement", "statut IN ('valide', 'paye')"), sommes_versees),
    Controle("chaîne du livre", _compter("financement_ecriture"), livre.chaine),
    Controle("équilibre du livre", _compter("financement_ligneecriture"), livre.equilibre),
    Controle("livre et faits", _compter("financement_ecriture"), livre.faits),
    Controle("décomptes de dotation", _compter("financement_dotationannuelle"), decomptes),
    Controle("récupérations", _compter("financement_recuperation"), recuperations),
    Controle("lots de paiement", _compter("financement_lotpaiement"), lots),
    Controle("lecteurs recopiés", _compter("dossiers_echeance"), copies),
    Controle("dénombrements", _compter("dossiers_denombrement"), denombrements),
    Controle("dossiers nommés", _compter("dossiers_echeance"), orphelins),
    Controle("états rejoués", _compter("dossiers_dossier"), etats),
)


def verifier() -> Iterator[tuple[str, int, str | None]]:
    """(name, lines looked at, first fault or None) of each check."""
    with comme_portail():
        for controle in CONTROLES:
            yield controle.nom, controle.compter(), next(controle.fautes(), None)
