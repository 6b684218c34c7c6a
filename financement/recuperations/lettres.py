"""The letters of a recovery and of a résiliation: typed data, composed before any template (REC-1, REC-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dossiers import grille
from dossiers.models import Dossier
from dossiers.services import emission
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents.donnees.actes import Calcul, LettreFinanciere
from ess_portal.documents.donnees.communs import Echeance, Rubrique
from ess_portal.documents.models import Document
from ess_portal.referentiel.models import Region
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

TYPE = "lettre_financiere"


def emettre(
    dossier: Dossier,
    *,
    cle: str,
    objet: str,
    emetteur: str,
    essentiel: str,
    acteur: Acteur,
    maintenant: datetime,
    reference: str = "",
    precision: str = "",
    rubriques: Iterable[tuple[str, str]] = (),
    calcul: Iterable[Mapping[str, Any]] = (),
    echeances: Iterable[tuple[date, Decimal]] = (),
    suites: Iterable[str] = (),
    explication: Iterable[Mapping[str, str]] = (),
    fait_grief: bool = False,
) -> Document:
    """One letter, asked for in the transaction of its act; the same `cle` gives the same one. `fait_grief`: it says its remedies."""
    jour = jour_local(maintenant, dossier.fuseau)
    auteur = Utilisateur.objects.filter(pk=acteur.utilisateur_id).first()
    noms = {"caisse": dossier.caisse, "ars": dossier.ars}
    defaut = {"caisse": "Pour le directeur et par délégation", "ars": "Pour le directeur général et par délégation"}
    pour = noms.get(emetteur)
    donnees = LettreFinanciere(
        reperes=emission.reperes(dossier, maintenant),
        emetteur=emetteur,
        reference=reference,
        objet=objet,
        destinataire=emission.destinataire(dossier)
        if emetteur != "equipe"
        else "\n".join(o.nom for o in (dossier.ars, dossier.caisse) if o),
        date_lettre=jour,
        signataire=auteur.nom_complet if auteur else (pour.nom if pour else dossier.nom),
        fonction=(auteur.fonction if auteur else "") or defaut.get(emetteur, ""),
        essentiel=essentiel,
        precision=precision,
        rubriques=tuple(Rubrique(titre=titre, texte=texte) for titre, texte in rubriques if texte),
        calcul=tuple(Calcul(libelle=c["libelle"], detail=c["detail"], valeur=c["valeur"]) for c in calcul),
        echeances=tuple(Echeance(libelle=date_fr(j), condition="", montant=m) for j, m in echeances),
        suites=tuple(suites),
        delai_recours=str(grille.parametres(dossier, "lettre", jour).delai_recours) if fait_grief else "",
        tribunal=(Region.objects.values_list("tribunal", flat=True).filter(pk=dossier.region).first() or "")
        if fait_grief
        else "",
        explication=emission.expliquer(explication),
    )
    return emission.emettre(dossier, TYPE, donnees, cle, acteur, maintenant, objet)
