"""Production: refuses to start rather than to run half-closed. Every secret comes from the environment."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from . import cachet
from . import environnement as env


def _refuser(condition: bool, phrase: str) -> None:
    if condition:
        raise ImproperlyConfigured(f"Démarrage refusé : {phrase}")


_refuser(env.booleen("DEBUG"), "DEBUG ne s’active pas en production.")
_refuser(env.booleen("BAC_A_SABLE"), "le bac à sable ne s’active pas en production.")
_cle = os.environ.get("SECRET_KEY", "")
_refuser(
    len(_cle) < 50
    or len(set(_cle)) < 10
    or "changez" in _cle.lower()
    or _cle.startswith(("django-insecure", "une-cle")),
    "SECRET_KEY est absente, trop courte (50 caractères au moins) ou laissée à sa valeur d’exemple.",
)

from .base import *
from .base import (
    ADRESSE_PUBLIQUE,
    CLAMD_ADRESSE,
    SCEAU_HORODATAGE,
    SCEAU_MOT_DE_PASSE,
    SCEAU_PKCS11_ETIQUETTE,
    SCEAU_PKCS11_MODULE,
    SCEAU_PKCS12,
)

ALLOWED_HOSTS = env.liste("ALLOWED_HOSTS", ())
_refuser(not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS, "ALLOWED_HOSTS nomme les noms d’hôte servis, sans « * ».")
_refuser(not CLAMD_ADRESSE, "CLAMD_ADRESSE (hote:port ou chemin du socket de clamd) est obligatoire.")
_refuser(not ADRESSE_PUBLIQUE.startswith("https://"), "ADRESSE_PUBLIQUE commence par https://.")
_cachet = cachet.refus(
    fichier=SCEAU_PKCS12,
    mot_de_passe=SCEAU_MOT_DE_PASSE,
    module=SCEAU_PKCS11_MODULE,
    etiquette=SCEAU_PKCS11_ETIQUETTE,
)
_refuser(bool(_cachet), _cachet)
_refuser(
    bool(SCEAU_HORODATAGE) and not SCEAU_HORODATAGE.startswith(("https://", "http://")),
    "SCEAU_HORODATAGE est l’adresse d’un service d’horodatage (RFC 3161).",
)

CSRF_TRUSTED_ORIGINS = [ADRESSE_PUBLIQUE]
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # the container's own health check speaks plain HTTP on loopback
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.texte("SMTP_HOTE")
EMAIL_PORT = env.entier("SMTP_PORT", 587)
EMAIL_HOST_USER = env.texte("SMTP_UTILISATEUR", "")
EMAIL_HOST_PASSWORD = env.texte("SMTP_MOT_DE_PASSE", "")
EMAIL_USE_TLS = env.booleen("SMTP_TLS", True)
