"""Opens the ledger of a living base: what its contracts, payments and former ARS funding say is posted once, on their own days.

A dossier that has an entry is left as it is, so that the migration may run again. What it posted goes with its tables (0008).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import DatabaseError, migrations

COMPTES = {
    "engagement": ("801", "800"),
    "degagement": ("800", "801"),
    "liquidation": ("802", "801"),
    "ordre": ("803", "802"),
    "versement": ("804", "803"),
    "constat": ("804", "801"),
}
LIBELLES = {
    "engagement": "Engagement",
    "degagement": "Dégagement",
    "liquidation": "Liquidation",
    "ordre": "Ordre de versement",
    "versement": "Versement",
    "constat": "Versement constaté, fait hors du portail",
}
POSTES = {
    "amorcage": "Crédit d’amorçage",
    "transitoire": "Crédit transitoire",
    "dotation": "Dotation annuelle",
    "anterieur": "Financement antérieur de l’ARS",
}
AM = "assurance_maladie"
AUTEUR = "Portail ESS, ouverture du livre"
# Judged while the tenant is set.
JUGER = "SET CONSTRAINTS livre_ecriture, livre_ligne IMMEDIATE; SET CONSTRAINTS livre_ecriture, livre_ligne DEFERRED"


class Livre:
    """The entries of one dossier, in the order they are posted."""

    def __init__(self, curseur, dossier: tuple) -> None:
        self.curseur = curseur
        self.dossier, self.numero, self.fuseau, *self.porteurs = dossier
        self.engages: dict[tuple[str, int], Decimal] = {}
        self.a_liquider: dict[tuple[str, int], Decimal] = {}

    def jour(self, instant) -> date:
        return instant.astimezone(ZoneInfo(self.fuseau)).date()

    def passer(self, type_: str, poste: str, annee: int, montant: Decimal, jour: date, source: tuple[str, int], cle: str = "", financeur: str = AM) -> None:  # fmt: skip
        debit, credit = COMPTES[type_]
        suite = f", année {annee}" if annee else ""
        self.curseur.execute(
            "SELECT count(*) + 1 FROM financement_ecriture WHERE dossier_id = %s AND (type, financeur, poste, annee) = (%s, %s, %s, %s)",
            [self.dossier, type_, financeur, poste, annee],
        )
        rang = self.curseur.fetchone()[0]
        self.curseur.execute(
            "INSERT INTO financement_ecriture (dossier_id, equipe_id, ars_id, caisse_id, lecteurs, seq, type, financeur, poste, annee, montant,"
            " date_comptable, inscrit_le, acteur_nom, source_type, source_id, cle, libelle, detail, precedent, empreinte)"
            " VALUES (%s, %s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s, now(), %s, %s, %s, %s, %s, %s, '', '') RETURNING id",
            [
                *(self.dossier, *self.porteurs, type_, financeur, poste, annee, montant, jour, AUTEUR, *source),
                *(
                    cle or f"{type_}:{financeur}:{poste}:{annee}:{rang}",
                    f"{LIBELLES[type_]}\u00a0: {POSTES[poste]}{suite}",
                ),
                f"D {debit} {montant:.2f}; C {credit} {montant:.2f}",
            ],
        )
        ecriture = self.curseur.fetchone()[0]
        for ligne, (compte, sens) in enumerate(((debit, "D"), (credit, "C")), 1):
            self.curseur.execute(
                "INSERT INTO financement_ligneecriture (dossier_id, ecriture_id, rang, compte, sens, montant) VALUES (%s, %s, %s, %s, %s, %s)",
                [self.dossier, ecriture, ligne, compte, sens, montant],
            )
        signe = {"engagement": montant, "degagement": -montant}.get(type_, Decimal(0))
        self.engages[poste, annee] = self.engages.get((poste, annee), Decimal(0)) + signe
        pris = montant if type_ in ("liquidation", "constat") else Decimal(0)
        self.a_liquider[poste, annee] = self.a_liquider.get((poste, annee), Decimal(0)) + signe - pris

    def porter(self, poste: str, annee: int, cible: Decimal, jour: date, source: tuple[str, int]) -> None:
        ecart = cible - self.engages.get((poste, annee), Decimal(0))
        if ecart:
            self.passer("engagement" if ecart > 0 else "degagement", poste, annee, abs(ecart), jour, source)


def anniversaire(effet: date, rang: int) -> date:
    annee = effet.year + rang
    return date(annee, effet.month, min(effet.day, monthrange(annee, effet.month)[1]))


def annees_avant(effet: date, jour: date) -> int:
    rang = 0
    while anniversaire(effet, rang) < jour:
        rang += 1
    return rang


def premieres(contrats: list[dict]) -> dict[int, int]:
    """Contrat de dotation → the number of its first year, counted through the former ones."""
    dotations = sorted((c for c in contrats if c["type"] == "dotation"), key=lambda c: c["date_effet"])
    rangs, ecoulees = {}, 0
    for rang, c in enumerate(dotations):
        rangs[c["id"]] = 1 + ecoulees
        fins = [c["date_fin"], c["date_resiliation"], *(x["date_effet"] for x in dotations[rang + 1 : rang + 2])]
        fin = min((f for f in fins if f), default=None)
        ecoulees += annees_avant(c["date_effet"], fin) if fin else 0
    return rangs


def lire(curseur, requete: str, *valeurs) -> list[dict]:
    curseur.execute(requete, valeurs)
    noms = [c.name for c in curseur.description]
    return [dict(zip(noms, ligne, strict=True)) for ligne in curseur.fetchall()]


def ouvrir_dossier(curseur, dossier: tuple) -> None:
    livre = Livre(curseur, dossier)
    contrats = lire(
        curseur,
        "SELECT id, type, statut, montant, signe_le, clos_le, date_effet, date_fin, date_resiliation FROM financement_contrat"
        " WHERE dossier_id = %s AND statut IN ('signe', 'resilie') AND signe_le IS NOT NULL ORDER BY signe_le, id",
        livre.dossier,
    )
    rangs = premieres(contrats)
    versements = lire(
        curseur,
        "SELECT id, contrat_id, nature, annee, montant, statut, origine, propose_le, valide_le, paye_le FROM financement_versement"
        " WHERE dossier_id = %s AND statut <> 'annule' ORDER BY propose_le, id",
        livre.dossier,
    )
    # (day, order within the day, id) → what is posted: each step follows the one it needs.
    actes: list[tuple[date, int, int, object]] = []
    derniers: dict[int, date] = {}
    for v in versements:
        siens = versement(livre, v)
        actes += siens
        derniers[v["contrat_id"]] = max([x[0] for x in siens] + [derniers.get(v["contrat_id"], date.min)])
    en_vigueur = {(c["type"], rangs.get(c["id"], 0)) for c in contrats if c["statut"] == "signe"}
    for c in contrats:
        source, annee = ("contrat", c["id"]), rangs.get(c["id"], 0)
        jour = livre.jour(c["signe_le"])
        actes.append(
            (jour, 0, c["id"], lambda c=c, a=annee, j=jour, s=source: livre.porter(c["type"], a, c["montant"], j, s))
        )
        if c["statut"] == "resilie":
            # What was paid after the end is released with the rest only once it is posted.
            clos = max(livre.jour(c["clos_le"]), derniers.get(c["id"], date.min))
            actes.append((clos, 4, c["id"], lambda c=c, j=clos, s=source: degager(livre, c["type"], j, s, en_vigueur)))
    for _jour, _ordre, _id, acte in sorted(actes, key=lambda a: a[:3]):
        acte()
    for f in lire(
        curseur,
        "SELECT id, montant, date_debut, engagement_le, enregistre_le FROM financement_financementars WHERE dossier_id = %s AND montant > 0",
        livre.dossier,
    ):
        jour = f["date_debut"] or f["engagement_le"] or livre.jour(f["enregistre_le"])
        for type_ in ("engagement", "constat"):
            livre.passer(type_, "anterieur", 0, f["montant"], jour, ("financementars", f["id"]), financeur="ars")


def versement(livre: Livre, v: dict) -> list[tuple]:
    poste = v["nature"] if v["nature"] in ("dotation", "transitoire") else "amorcage"
    source = ("versement", v["id"])

    def acte(type_: str, jour: date):
        def poser() -> None:
            if poste == "dotation" and type_ in ("liquidation", "constat"):
                livre.porter(poste, v["annee"], v["montant"], jour, ("contrat", v["contrat_id"]))
            livre.passer(type_, poste, v["annee"], v["montant"], jour, source, cle=f"{type_}:versement:{v['id']}")

        return poser

    if v["origine"] == "reprise":
        return [(v["paye_le"], 1, v["id"], acte("constat", v["paye_le"]))]
    jours = [("liquidation", livre.jour(v["propose_le"]))]
    if v["valide_le"]:
        jours.append(("ordre", livre.jour(v["valide_le"])))
    if v["paye_le"]:
        jours.append(("versement", v["paye_le"]))
    return [(jour, rang, v["id"], acte(type_, jour)) for rang, (type_, jour) in enumerate(jours, 1)]


def degager(livre: Livre, poste: str, jour: date, source: tuple[str, int], en_vigueur: set[tuple[str, int]]) -> None:
    for (lu, annee), reste in sorted(livre.a_liquider.items()):
        if lu == poste and reste and (lu, annee) not in en_vigueur:
            livre.passer("degagement", poste, annee, reste, jour, source)


def ouvrir(apps, schema_editor) -> None:
    with schema_editor.connection.cursor() as curseur:
        curseur.execute("SELECT set_config('app.portee', 'systeme', true)")
        curseur.execute(
            "SELECT d.id, d.numero, d.fuseau, d.equipe_id, d.ars_id, d.caisse_id, d.lecteurs FROM dossiers_dossier d"
            " WHERE NOT EXISTS (SELECT 1 FROM financement_ecriture e WHERE e.dossier_id = d.id)"
            " AND (EXISTS (SELECT 1 FROM financement_contrat c WHERE c.dossier_id = d.id AND c.signe_le IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM financement_financementars f WHERE f.dossier_id = d.id AND f.montant > 0)) ORDER BY d.id"
        )
        for dossier in curseur.fetchall():
            try:
                ouvrir_dossier(curseur, dossier)
                curseur.execute(JUGER)
            except DatabaseError as refus:
                raise RuntimeError(f"le livre du dossier {dossier[1]} ne s’ouvre pas : {refus}") from refus
        curseur.execute("SELECT set_config('app.portee', '', true)")


class Migration(migrations.Migration):
    dependencies = [("financement", "0009_livre_garanties"), ("dossiers", "0010_lecteurs")]

    operations = [migrations.RunPython(ouvrir, migrations.RunPython.noop)]
