"""Who counts as a médecin généraliste (FIN-9) and who practises en libéral: codes that several rules share."""

MEDECINE_GENERALE = frozenset({"SM26", "SM53", "SM54"})
LIBERAUX = frozenset({"liberal", "mixte"})
