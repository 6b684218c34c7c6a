"""Who acts: the sandbox's accounts where there is one, invented agents elsewhere, one référent per équipe."""

from __future__ import annotations

from datetime import datetime

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.comptes.session import acteur_de

from .identites import personne

FONCTIONS = {
    Role.PORTEUR_REFERENT: "Porteur du projet",
    Role.ARS_INSTRUCTEUR: "Chargé d’instruction",
    Role.ARS_SIGNATAIRE: "Directrice de l’offre de soins",
    Role.CAISSE_INSTRUCTEUR: "Chargée de conventionnement",
    Role.CAISSE_ORDONNATEUR: "Directeur comptable et financier",
}


class Troupe:
    """The people of a run, made when first called. Invented ones have no password: nobody signs in as them."""

    def __init__(self, depuis: datetime, *, domaine: str = "exemple.demo", premier: int = 0) -> None:
        self.depuis = depuis
        self.domaine = domaine
        self.rang = premier
        self._acteurs: dict[tuple[int, str], Acteur] = {}

    def prochain(self) -> int:
        """A rank that was not given yet in this run."""
        self.rang += 1
        return self.rang

    def equipe(self, code: str, nom: str, region: str, fuseau: str) -> Organisation:
        organisation, _neuve = Organisation.objects.get_or_create(
            code=code,
            defaults={
                "type": TypeOrganisation.EQUIPE,
                "nom": nom,
                "fuseau": fuseau,
                "courriel": f"{code}@{self.domaine}",
                "creee_le": self.depuis,
            },
        )
        return organisation

    def acteur(self, organisation_id: int, role: Role) -> Acteur:
        """The one who holds a role in an organisation."""
        cle = (organisation_id, role)
        if cle not in self._acteurs:
            connu = (
                Rattachement.objects.actifs()
                .filter(organisation_id=organisation_id, role=role)
                .select_related("organisation", "utilisateur")
                .order_by("pk")
                .first()
            )
            self._acteurs[cle] = acteur_de(connu or self._engager(organisation_id, role))
        return self._acteurs[cle]

    def _engager(self, organisation_id: int, role: Role) -> Rattachement:
        rang = self.prochain()
        p = personne(rang)
        medecin = role == Role.PORTEUR_REFERENT
        utilisateur = Utilisateur.objects.create_user(
            f"agent{rang}@{self.domaine}",
            nom=p.nom,
            prenom=p.prenom,
            titre="Dr" if medecin else "",
            fonction=FONCTIONS[role],
            rpps=p.rpps if medecin else "",
            cree_le=self.depuis,
        )
        Rattachement.objects.create(
            utilisateur=utilisateur, organisation_id=organisation_id, role=role, cree_le=self.depuis
        )
        return Rattachement.objects.select_related("organisation", "utilisateur").get(
            utilisateur=utilisateur, organisation_id=organisation_id
        )
