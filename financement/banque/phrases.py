"""What a gap is called on screen, and what the caisse does about it."""

from __future__ import annotations

from ess_portal.socle.typographie import date_fr, euros

from ..regles.rapprochement import Ecart

TITRES = {
    "absent": "Absent du relevé",
    "double": "Débité deux fois",
    "montant": "Montant différent",
    "iban": "Autre compte crédité",
    "retard": "Exécuté en retard",
    "anticipe": "Débité avant l’ordre",
    "inconnue": "Référence inconnue",
    "reference": "Référence perdue",
    "rejet": "Rejeté par la banque",
    "devise": "Devise autre que l’euro",
    "fractionne": "Payé en plusieurs fois",
    "groupe": "Lot débité en une fois",
    "partiel": "Retour à traiter",
    "rendu": "Débité puis rendu",
    "jour": "Payé à une autre date",
    "bloque": "Ne peut pas être marqué payé",
}


def phrase(e: Ecart) -> str:
    """One or two sentences: what the bank says, what was ordered."""
    m = e.mouvements[0] if e.mouvements else None
    o = e.ordre
    if o is not None and m is None:
        return f"Ordonné pour le {date_fr(o.execution)}, {euros(o.montant)}\u00a0: aucun débit. Demandez à la banque ce qu’il est devenu."
    if m is None:
        return ""
    lu = f"{_montant(m.montant, m.devise)} le {date_fr(m.jour)}"
    if o is None:
        if e.code == "groupe":
            return f"{lu} pour tout le lot, sans détail\u00a0: importez l’avis camt.054 qui donne chaque versement."
        return f"{lu}, «\u00a0{m.reference or 'sans référence'}\u00a0»\u00a0: aucun versement du portail ne porte ce numéro."
    total = euros(sum(x.montant for x in e.mouvements))
    return {
        "double": f"Encore {lu}. Demandez à la banque le retour de la somme en trop.",
        "montant": f"{lu} au lieu de {euros(o.montant)}.",
        "iban": f"{lu} au compte se terminant par {m.iban[-3:]}, au lieu de celui se terminant par {o.iban[-3:]}. Prévenez la banque sans attendre.",
        "retard": f"{lu}, pour une exécution demandée le {date_fr(o.execution)}. Le versement est payé à cette date.",
        "anticipe": f"{lu}, avant la validation du {date_fr(o.du)}.",
        "reference": f"{lu} au bon compte, sous «\u00a0{m.reference or 'sans référence'}\u00a0». Vérifiez, puis marquez ce versement payé sur le dossier.",
        "rejet": f"{lu}. Motif\u00a0: {m.rejet or 'non précisé'}. Le versement peut entrer dans un autre lot une fois la cause levée.",
        "partiel": f"{lu}, en retour. Motif\u00a0: {m.rejet or 'non précisé'}. Ce retour ne solde pas le versement\u00a0: rien n’est défait. Voyez avec la banque.",
        "rendu": f"{lu}, somme déjà revenue d’après un autre relevé. Ce débit ne paie pas le versement.",
        "jour": f"{lu}, alors que le versement est marqué payé le {date_fr(o.paye_le or m.jour)}. La date saisie reste inscrite.",
        "devise": f"{lu}, au lieu de {euros(o.montant)}.",
        "fractionne": f"{len(e.mouvements)} débits, {total} en tout, au lieu d’un seul de {euros(o.montant)}.",
        "bloque": f"{lu}, mais {o.empechement}. Traitez ce point sur le dossier.",
    }[e.code]


def _montant(montant: object, devise: str) -> str:
    return euros(montant) if devise == "EUR" else f"{montant} {devise or 'sans devise'}"
