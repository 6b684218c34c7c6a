"""The only pages that answer without an account, by view name, held by a test. Everything else asks for one."""

PUBLIQUES = frozenset(
    {
        "accueil",
        "sante",
        "aide",
        "aide_guide",
        "observatoire",
        "observatoire_donnees",
        "observatoire_schema",
        "observatoire_csv",
        "observatoire_json",
        "verifier",
        "simulateurs",
        "simulateur_dotation",
        "simulateur_echeances",
        "simulateur_seuils",
        "simulateur_identifiants",
        "adhesion_signer",
        "adhesion_code",
        "adhesion_certificat",
        "adhesion_formulaire",
        "invitation",
        "calendrier_ics",
        "accessibilite",
        "mentions_legales",
        "donnees_personnelles",
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
    }
)

# Pages of one's own account: open to a signed-in person who acts for no organisation, or who has no second factor yet.
COMPTE_SANS_ORGANISATION = frozenset(
    {
        "compte",
        "compte_identite",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "account_email",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "changer_organisation",
    }
)
