"""Every address of the portal: what it is about, and which roles it is for. An address that is not here fails the run.

`objet` names the thing whose owner decides ("" when there is none); `arguments` are taken from it; `roles` are those who may
open it when the thing is theirs, the others get 403.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from dossiers.actions import toutes
from ess_portal.comptes.roles import ADMINS, AGENTS, ARS, CAISSE, PORTEURS, Role

TOUS = frozenset(PORTEURS | AGENTS)
ACTES = ("valider_lettre", "suivre", "proposer_versement", "deposer_projet", "rendre_avis", "abandonner")


@dataclass(frozen=True)
class Adresse:
    nom: str
    objet: str = ""
    arguments: tuple[str, ...] = ()
    roles: frozenset[Role] = TOUS
    # Fixed arguments, beside those of the object.
    fixes: tuple[tuple[str, str], ...] = ()

    @property
    def est_api(self) -> bool:
        return self.nom.startswith("api_") or self.nom == "schema"


def _dossier(vue: str, /, *arguments: str, roles: frozenset[Role] = TOUS, **fixes: str) -> Adresse:
    return Adresse(vue, "dossier", ("numero", *arguments), roles, tuple(fixes.items()))


def _acte(vue: str, nom: str) -> Adresse:
    permis = frozenset(r for r in TOUS if toutes()[nom].role_permis(r))
    return _dossier(vue, roles=permis, nom=nom)


ADRESSES: tuple[Adresse, ...] = (
    *(Adresse(nom) for nom in ("accueil", "dossiers", "compte", "compte_identite", "organisation", "changer_organisation")),
    *(Adresse(nom) for nom in ("jeton_nouveau", "account_email", "account_change_password", "account_set_password")),
    *(Adresse(nom) for nom in ("account_reauthenticate", "account_confirm_login_code", "mfa_index", "mfa_reauthenticate")),
    *(Adresse(nom) for nom in ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes")),
    *(Adresse(nom) for nom in ("mfa_generate_recovery_codes", "mfa_download_recovery_codes")),
    # Public pages
    *(Adresse(nom) for nom in ("sante", "simulateurs", "simulateur_dotation", "simulateur_echeances", "simulateur_seuils")),
    *(Adresse(nom) for nom in ("simulateur_identifiants", "accessibilite", "mentions_legales", "donnees_personnelles")),
    *(Adresse(nom) for nom in ("account_login", "account_signup", "account_logout", "account_inactive", "mfa_authenticate")),
    *(Adresse(nom) for nom in ("account_email_verification_sent", "account_reset_password", "account_reset_password_done")),
    Adresse("account_reset_password_from_key_done"),
    Adresse("account_reset_password_from_key", fixes=(("uidb36", "1"), ("key", "faux"))),
    Adresse("account_confirm_email", fixes=(("key", "faux"),)),
    *(Adresse(f"observatoire{x}") for x in ("", "_donnees", "_schema", "_csv", "_json")),
    Adresse("aide"), Adresse("aide_guide", fixes=(("nom", "equipe"),)), Adresse("verifier"), Adresse("verifier", fixes=(("code", "AAAA-AAAA"),)),
    Adresse("invitation", fixes=(("secret", "faux"),)),
    Adresse("notifications"), Adresse("notifications_lues"), Adresse("notifications_reglages"),
    Adresse("notification_lue", "notification", ("notification_id",)),
    Adresse("calendriers"), Adresse("calendrier_revoquer", "flux", ("flux_id",)), Adresse("calendrier_ics", fixes=(("secret", "faux"),)),
    Adresse("adhesion_signer", fixes=(("jeton", "faux"),)), Adresse("adhesion_code", fixes=(("jeton", "faux"),)),
    *(Adresse(f"adhesion_{nom}", fixes=(("jeton", "faux"),)) for nom in ("certificat", "formulaire")),
    # The dossier and what hangs on it
    *(_dossier(nom) for nom in ("dossier", "contrats_dossier", "versements_dossier", "dotation_dossier", "dotation_exporter", "comptes_dossier", "adherents", "seuils", "messages", "documents", "dossier_au", "journal", "rapports", "compteurs")),
    _dossier("compteurs_importer", roles=PORTEURS), _dossier("rapport_pieces", "annee", roles=PORTEURS), _dossier("rapport", "annee"), _dossier("contrat", "pk"), _dossier("contrat_consolide", "pk"), _dossier("contrat_preuves", "pk", roles=TOUS - ADMINS), _dossier("contrat_preuves_pdf", "pk", roles=TOUS - ADMINS),
    Adresse("delegations", roles=ARS | CAISSE),
    Adresse("delegation_revoquer", "delegation", ("pk",), frozenset({Role.ARS_SIGNATAIRE, Role.CAISSE_ORDONNATEUR})),
    _dossier("recuperation", "reference"), Adresse("recuperations", roles=AGENTS),
    _dossier("messages_fil", fil="partage"), _dossier("messages_fil", fil="prive", roles=AGENTS),
    _dossier("juger", roles=ARS), *(_dossier(nom) for nom in ("derogations", "echeances", "grille", "gouvernance", "mission")),
    _dossier("critere", objet="lettre", code="CRI-7", roles=AGENTS),
    Adresse("motivations", roles=ARS | ADMINS), Adresse("motivation_nouvelle", roles=frozenset({Role.ARS_SIGNATAIRE} | ADMINS)),
    Adresse("motivation", "motivation", ("motivation",), frozenset({Role.ARS_SIGNATAIRE, Role.ADMIN_REGIONAL})),
    Adresse("clausiers", roles=ARS | ADMINS), *(Adresse(nom, roles=ARS | ADMINS, fixes=(("annexe", "dotation"),)) for nom in ("clausier", "clausier_apercu")),
    Adresse("clausier_apercu_pdf", roles=ARS | ADMINS, fixes=(("annexe", "amorcage"),)),
    Adresse("clausier_apercu_word", roles=ARS | ADMINS, fixes=(("annexe", "amorcage"),)), _dossier("contrat_word", "pk"),
    Adresse("clausier_article", roles=frozenset({Role.ARS_SIGNATAIRE} | ADMINS), fixes=(("annexe", "amorcage"), ("code", "nouveau"))),
    Adresse("strategies", roles=AGENTS), Adresse("strategie_nouvelle", roles=ARS),
    Adresse("strategie", "strategie", ("strategie",), ARS),
    _dossier("lettre_recapitulatif", roles=PORTEURS), _dossier("lettre_etape", etape="porteurs", roles=PORTEURS),
    _dossier("projet_rubrique", rubrique="diagnostic", roles=PORTEURS), _dossier("piece_deposer", objet="projet", roles=PORTEURS),
    _dossier("adherent", "adhesion"), _dossier("adherent_certificat", "adhesion", roles=PORTEURS),
    _dossier("adherents_importer", roles=PORTEURS), _dossier("adherents_confirmer", "liste", roles=PORTEURS),
    _dossier("adherents_exporter", format_="csv"), _dossier("comptes_exporter", roles=AGENTS),
    _dossier("adherent_ajouter", roles=PORTEURS), _dossier("adherent_acte", "adhesion", acte="sortir", roles=PORTEURS),
    *(_acte("acte", nom) for nom in ACTES),
    Adresse("document", "dossier", ("document_id",)), Adresse("piece", "dossier", ("piece_id",)),
    # Lists and pages without object
    Adresse("versements"), Adresse("pilotage", roles=AGENTS), Adresse("agenda", roles=AGENTS), Adresse("activite", roles=AGENTS), Adresse("evaluation", roles=AGENTS), Adresse("conformite", roles=AGENTS), Adresse("synthese", roles=AGENTS, fixes=(("campagne", "2025"),)), Adresse("territoires"), Adresse("demographie", roles=ARS | {Role.ADMIN_NATIONAL}),
    *(Adresse(nom, roles=CAISSE) for nom in ("lots", "lots_compte", "rapprochements", "api_lots")),
    *(Adresse(nom, "lot", ("numero",), CAISSE) for nom in ("lot", "api_lot")), Adresse("lot_fichier", "lot", ("numero",), CAISSE, (("nom", "virement.xml"),)),
    Adresse("budget", roles=AGENTS), Adresse("budget_exporter", roles=AGENTS),
    Adresse("series", roles=ARS | CAISSE), Adresse("serie_nouvelle", roles=ARS | CAISSE, fixes=(("genre", "dotation"),)), Adresse("serie", "serie", ("pk",), ARS | CAISSE),
    Adresse("rapprochement", "lot", ("releve",), CAISSE),
    Adresse("dossier_nouveau", roles=PORTEURS), Adresse("dossier_reprendre", roles=ARS), Adresse("lettre_recue", roles=ARS),
    *(Adresse(nom, roles=ADMINS) for nom in ("administration", "administration_organisations", "bac_a_sable", "courriels", "parametres")),
    Adresse("exports"), Adresse("export_nouveau", fixes=(("liste", "dossiers"),)), Adresse("export_nouveau", roles=AGENTS, fixes=(("liste", "taches"),)),
    *(Adresse(nom, "export", ("export_id",)) for nom in ("export", "export_fichier", "export_refaire")),
    *(Adresse(nom) for nom in ("affichage", "raccourcis", "affichage_colonnes", "vue_enregistrer", "vue_ouverture")), Adresse("vue_supprimer", "vue", ("vue_id",)),
    *(Adresse(nom, roles=ARS | CAISSE) for nom in ("groupee_choisir", "groupee_lancer")), Adresse("groupee", "groupee", ("pk",), ARS | CAISSE),
    Adresse("annuaire_recherche"), Adresse("personnes", roles=ADMINS),
    *(Adresse(nom, fixes=(("rpps", "10100000016"),), roles=ADMINS) for nom in ("personne", "personne_donnees")),
    Adresse("annuaire", roles=frozenset({Role.ADMIN_NATIONAL})),
    *(Adresse(nom, "importation", ("importation",), frozenset({Role.ADMIN_NATIONAL})) for nom in ("annuaire_rejets", "annuaire_rejets_csv")),
    Adresse("courriel", "courriel", ("courriel_id",), ADMINS), Adresse("parametres_nouveau", roles=ADMINS),
    Adresse("parametres_jeu", "jeu", ("jeu_id",), ADMINS),
    # People and organisations
    Adresse("organisation_fiche", "organisation", ("organisation_id",)),
    Adresse("organisation_inviter", "organisation", ("organisation_id",)),
    Adresse("organisation_coordonnees", "organisation", ("organisation_id",)),
    Adresse("rattachement_role", "organisation", ("rattachement_id",)),
    Adresse("rattachement_retirer", "organisation", ("rattachement_id",)),
    Adresse("rattachement_absence", "organisation", ("rattachement_id",)), Adresse("absence"),
    Adresse("absence_annuler", "absence", ("absence_id",)),
    Adresse("invitation_annuler", "organisation", ("invitation_id",)),
    Adresse("jeton_revoquer", "jeton", ("jeton_id",)),
    # API
    Adresse("schema"), Adresse("api_dossiers"),
    *(_dossier(f"api_{nom}") for nom in ("dossier", "actions", "echeances", "journal", "documents", "pieces", "avis", "recours", "versements", "dotations", "ecritures", "adhesions", "rapports", "compteurs")),
    *(_acte("api_action", nom) for nom in ACTES),
    Adresse("api_document_contenu", "dossier", ("document_id",)), Adresse("api_piece_contenu", "dossier", ("piece_id",)),
    Adresse("api_horloge", roles=ADMINS),
    *(Adresse(f"api_calcul_{nom}") for nom in ("dotation", "echeances", "seuils", "identifiants")),
)  # fmt: skip
API_PUBLIQUES = frozenset(
    {"schema", "api_calcul_dotation", "api_calcul_echeances", "api_calcul_seuils", "api_calcul_identifiants"}
)


def du_resolveur() -> Iterator[tuple[str, frozenset[str]]]:
    """(name, argument names) of every address that the portal answers at."""

    def marcher(motifs: list, herites: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset[str]]]:
        for motif in motifs:
            arguments = herites | frozenset(motif.pattern.regex.groupindex)
            if isinstance(motif, URLResolver):
                yield from marcher(motif.url_patterns, arguments)
            elif isinstance(motif, URLPattern):
                yield motif.name or str(motif.pattern), arguments

    return marcher(get_resolver().url_patterns)
