"""What holds everywhere. `embarque`, `test` and `production` are short deltas of this file."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from . import environnement as env

RACINE = Path(__file__).resolve().parents[2]
DATA_DIR = env.chemin("DATA_DIR", RACINE / ".donnees")

DEBUG = False
BAC_A_SABLE = False
SECRET_KEY = env.texte("SECRET_KEY")
ALLOWED_HOSTS: list[str] = []
ADRESSE_PUBLIQUE = env.texte("ADRESSE_PUBLIQUE", f"http://127.0.0.1:{env.entier('PORT', 8000)}").rstrip("/")

ROOT_URLCONF = "ess_portal.urls"
WSGI_APPLICATION = "ess_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "widget_tweaks",
    "dsfr",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "django_fsm",
    "ess_portal.socle",
    "ess_portal.comptes",
    "ess_portal.referentiel",
    "ess_portal.documents",
    "ess_portal.journal",
    "ess_portal.aide",
    "dossiers",
    "adhesions",
    "financement",
    "indicateurs",
]

# Filled by the upper apps, read by the lower ones, which may not import them.
FOURNISSEURS_FAITS: tuple[str, ...] = (
    "adhesions.faits.fournir",
    "financement.faits.fournir",
    "indicateurs.faits.fournir",
)
FOURNISSEUR_DENOMBREMENT = "adhesions.faits.denombrer_territoire"
FOURNISSEUR_DEMANDES_AVENANT = "financement.faits.demandes_avenant"
FOURNISSEUR_PROROGATIONS = "indicateurs.faits.prorogations"
APERCU_JEU = "financement.apercu_jeu.apercu"
FOURNISSEUR_CHIFFRES = "adhesions.mesures.connues"
FOURNISSEURS_ACTIONS: tuple[str, ...] = (
    "dossiers.actes",
    "financement.actions",
    "financement.actes_avenants",
    "adhesions.actions",
    "indicateurs.actions",
)
# What a first reading of an issued document means to them (`document, acteur, maintenant`).
SUITES_LECTURE: tuple[str, ...] = ("dossiers.services.notifications.document_lu",)
EFFETS: dict[str, str] = {
    "courriel": "ess_portal.journal.courriel.envoyer",
    "document": "ess_portal.documents.effets.document",
    "analyse": "ess_portal.documents.effets.analyse",
    "sceau": "ess_portal.documents.sceau.effets.sceau",
    "recapitulatif": "dossiers.effets.recapitulatif",
    "serie": "financement.services.series.executer",
    "groupee": "indicateurs.groupees.service.executer",
    "export": "indicateurs.exports.service.executer",
    "bordereau_lot": "financement.banque.fichiers.bordereau",
    "lien_adhesion": "adhesions.effets.lien_adhesion",
    "code_adhesion": "adhesions.effets.code_adhesion",
}
JOURNAL = "ess_portal.journal.services"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ess_portal.socle.saisie.SaisieMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ess_portal.comptes.middleware.LocataireMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ess_portal.comptes.contexte.portail",
            ],
        },
    }
]
FORM_RENDERER = "ess_portal.socle.rendu.RenduDsfr"
DSFR_CHECK_DEPRECATED_PARAMS = False

# The web waits 10 s for a statement; workers, commands and migrations say otherwise by DELAI_SQL_MS.
PROPRIETAIRE = os.environ.get("ROLE_BASE", "") == "proprietaire" and "DATABASE_URL_PROPRIETAIRE" in os.environ
DELAI_SQL_MS = 0 if PROPRIETAIRE else env.entier("DELAI_SQL_MS", 10_000)
DATABASES = {
    "default": env.base_de_donnees(
        "DATABASE_URL_PROPRIETAIRE" if PROPRIETAIRE else "DATABASE_URL",
        delai_requete_ms=DELAI_SQL_MS,
        delai_verrou_ms=0 if PROPRIETAIRE else 3_000,
        delai_inactif_ms=0 if PROPRIETAIRE else max(30_000, DELAI_SQL_MS),
    )
}
# Limits of tries live in the base: they must hold when Redis is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "socle_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.chemin("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [RACINE / "static"]
MEDIA_ROOT = DATA_DIR / "fichiers"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Not the manifest storage: hashed names no longer match the integrity digests that django-dsfr writes.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
CLAMD_ADRESSE = env.texte("CLAMD_ADRESSE", "")
# The key of the portal's seal: a file, or a token; a sandbox without either makes its own. RFC 3161 service, when there is one.
SCEAU_PKCS12 = env.texte("SCEAU_PKCS12", "")
SCEAU_PKCS11_MODULE = env.texte("SCEAU_PKCS11_MODULE", "")
SCEAU_PKCS11_JETON = env.texte("SCEAU_PKCS11_JETON", "")
SCEAU_PKCS11_ETIQUETTE = env.texte("SCEAU_PKCS11_ETIQUETTE", "")
SCEAU_MOT_DE_PASSE = env.texte("SCEAU_MOT_DE_PASSE", "")
SCEAU_HORODATAGE = env.texte("SCEAU_HORODATAGE", "")

AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 16}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("courriel", "nom", "prenom")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "ess_portal.comptes.adaptateur.Adaptateur"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FORM_CLASS = "ess_portal.comptes.forms.InscriptionForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "courriel"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "ess_portal.comptes.adaptateur.AdaptateurMFA"
MFA_TOTP_ISSUER = "Portail ESS"
ALLAUTH_TRUSTED_PROXY_COUNT = env.entier("NOMBRE_MANDATAIRES", 0)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],  # DSFR draws its icons from data: URLs
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

EMAIL_SUBJECT_PREFIX = ""
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.texte("COURRIEL_EXPEDITEUR", "Portail ESS <ne-pas-repondre@portail-ess.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ess_portal.comptes.jetons.JetonAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ess_portal.socle.erreurs_api.traduire",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Portail ESS",
    "DESCRIPTION": "Équipes de soins spécialisés, de la lettre d’intention à la dotation annuelle.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],  # codes stand where they are used: `statut` does not mean the same everywhere
}

from .file import *

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "ess_portal.socle.traces.LigneJson"},
        "bref": {"format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
