"""What the texts say of the money of one envelope, in plain sums: no account, no line, nothing of the code that it judges.

To extend the machines with an act: one method here that says whether it is allowed and what it changes, one rule in the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PLAFONDS = {"amorcage": 80_000_00, "transitoire": 24_000_00, "dotation": 100_000_00}


@dataclass
class Bourse:
    """Cents, all of them cumulated: what was committed less released, liquidated less cancelled, and so on."""

    engage: int = 0
    liquide: int = 0
    ordonne: int = 0
    verse: int = 0
    trop_percu: int = 0
    recupere: int = 0
    remis: int = 0

    # act → (what it adds to, its limit); a constat is liquidated, ordered and paid at once.
    def reste(self, acte: str) -> int:
        """How much of an act is still possible, ceilings aside."""
        return {
            "engagement": 10**9,
            "degagement": self.engage - self.liquide,
            "liquidation": self.engage - self.liquide,
            "constat": self.engage - self.liquide,
            "ordre": self.liquide - self.ordonne,
            "versement": self.ordonne - self.verse,
            "trop_percu": self.verse - self.trop_percu,
            "recuperation": self.trop_percu - self.recupere - self.remis,
            "remise": self.trop_percu - self.recupere - self.remis,
        }[acte]

    def faire(self, acte: str, montant: int) -> None:
        for nom in {
            "engagement": ("engage",), "liquidation": ("liquide",), "constat": ("liquide", "ordonne", "verse"), "ordre": ("ordonne",),
            "versement": ("verse",), "trop_percu": ("trop_percu",), "recuperation": ("recupere",), "remise": ("remis",), "degagement": (),
        }[acte]:  # fmt: skip
            setattr(self, nom, getattr(self, nom) + montant)
        if acte == "degagement":
            self.engage -= montant

    def possible_en_moins(self, acte: str, montant: int) -> bool:
        """May an act of this amount be cancelled: does nothing that followed need it?"""
        if acte == "degagement":
            return True
        apres = Bourse(**vars(self))
        apres.faire(acte, -montant)
        return (
            apres.engage >= apres.liquide >= apres.ordonne >= apres.verse >= apres.trop_percu >= apres.recupere + apres.remis
            and min(vars(apres).values()) >= 0
        )  # fmt: skip


@dataclass
class Caisse:
    """The envelopes of one dossier, by (poste, année)."""

    bourses: dict[tuple[str, int], Bourse] = field(default_factory=dict)

    def bourse(self, poste: str, annee: int) -> Bourse:
        return self.bourses.setdefault((poste, annee), Bourse())

    def engage(self, *postes: str) -> int:
        return sum(b.engage for (poste, _annee), b in self.bourses.items() if poste in postes)

    def permet(self, acte: str, poste: str, annee: int, montant: int) -> bool:
        b = self.bourse(poste, annee)
        return montant <= b.reste(acte) and (acte != "engagement" or self.sous_plafond(poste, annee, montant))

    def sous_plafond(self, poste: str, annee: int, montant: int) -> bool:
        if poste == "anterieur":
            return True
        if poste == "dotation":
            return self.bourse(poste, annee).engage + montant <= PLAFONDS["dotation"]
        credits = self.engage("amorcage", "transitoire") + montant <= PLAFONDS["amorcage"]
        return credits and (poste != "transitoire" or self.engage(poste) + montant <= PLAFONDS["transitoire"])
