"""All settings. What differs between installations comes from the environment; see docs/settings.md."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _secret(variable: str, path: Path) -> str:
    """The secret from the environment, else one made once and kept, unreadable to others, in the data folder."""
    if secret := os.environ.get(variable):
        return secret
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GILDE_DATA_DIR", "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = _secret("GILDE_SECRET_KEY", DATA_DIR / "secret_key")
# Private keys of issuers are encrypted under this. In production it comes from the environment, never from the disk
# on which the database lies.
KEYS_SECRET = _secret("GILDE_KEYS_SECRET", DATA_DIR / "keys_secret")
# Where the seal of European credentials and papers is: a file (PKCS#12 or PEM), or a token (PKCS#11). While none is
# named, Gilde makes one of its own, which nobody else believes. `stamps` is the address of the authority that stamps
# the time of what is sealed (RFC 3161), `stamp_roots` a file of the certificates by which its stamps are believed,
# `earlier` one of the certificates of seals that were used before.
SEAL = {
    part: os.environ.get(f"GILDE_SEAL_{part.upper()}", "")
    for part in (
        *("file", "password", "certificates", "module", "token", "key", "pin"),
        *("stamps", "stamp_roots", "earlier"),
    )
}
DEBUG = _flag("GILDE_DEBUG", False)
HTTPS = _flag("GILDE_HTTPS", True)
ALLOWED_HOSTS = _list("GILDE_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("GILDE_ORIGINS", "")
SITE_NAME = os.environ.get("GILDE_SITE_NAME", "Gilde")
# The country of whoever runs it (ISO 3166-1), told to registers that harvest from it.
COUNTRY = os.environ.get("GILDE_COUNTRY", "BE")
# A folder of word vectors by which texts are matched to ESCO as well; see docs/decisions/0010-matching.md.
EMBEDDING_DIR = os.environ.get("GILDE_EMBEDDING_DIR", "")
SITE_URL = os.environ.get("GILDE_SITE_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "gilde.core",
    "gilde.organisations",
    "gilde.indicators",
    "gilde.qualifications",
    "gilde.credentials",
    "gilde.plans",
    "gilde.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "gilde.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "gilde.core.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gilde.core.middleware.RefuseByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gilde.core.middleware.ErrorsMiddleware",
]

ROOT_URLCONF = "gilde.config.urls"
WSGI_APPLICATION = "gilde.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gilde.config.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "gilde.core.templatetags.gilde",
            ],
        },
    }
]

# SQLite: immediate transactions, because a deferred one that later writes fails at once when another writer
# is busy; FULL, because a promise that was shown as stored must survive a power cut.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
_database = dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'gilde.sqlite3'}")
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = SQLITE_OPTIONS
    # Opening the file anew for each request (its settings, the schema of every table) costs more than most answers.
    _database["CONN_MAX_AGE"] = None
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 20}
else:
    raise ImproperlyConfigured("DATABASE_URL must name an SQLite or a PostgreSQL database.")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Who came to keep an award is led back to it after confirming the address.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "signup": "20/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# One JSON list: [{"provider_id": …, "name": …, "client_id": …, "secret": …, "settings": {"server_url": …}}]
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": json.loads(os.environ.get("GILDE_OPENID_CONNECT", "[]"))}
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS and _flag("GILDE_REDIRECT_HTTPS", True)
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("GILDE_BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LANGUAGE_CODE = os.environ.get("GILDE_LANGUAGE", "en")
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
TIME_ZONE = os.environ.get("GILDE_TIME_ZONE", "Europe/Brussels")
FORMAT_MODULE_PATH = ["gilde.config.formats"]
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = DATA_DIR / "documents"
# After `gilde collectstatic` files are served hashed and compressed; before it straight from the packages.
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
SEARCH_DIR = DATA_DIR / "search"
UPLOAD_LIMIT = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

EMAIL_BACKEND = os.environ.get("GILDE_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("GILDE_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("GILDE_EMAIL_PORT", "25"))
DEFAULT_FROM_EMAIL = os.environ.get("GILDE_EMAIL_FROM", "gilde@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("GILDE_LOG_LEVEL", "WARNING")},
}
