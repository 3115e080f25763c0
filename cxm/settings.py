"""Settings, read once from the environment; a wrong value stops the start with its name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

# lxml comes with python-pptx; openpyxl would read workbooks by it, past defusedxml.
os.environ["OPENPYXL_LXML"] = "False"
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

IS_PRODUCTION = env.str("WAYFARE_ENV", default="local") == "production"
IS_TEST = env.bool("WAYFARE_TEST", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_linear_migrations",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_standardized_errors",
    "allauth",
    "allauth.account",
    "cxm.accounts",
    "cxm.tenants",
    "cxm.work",
    "cxm.touchpoints",
    "cxm.metrics",
    "cxm.customers",
    "cxm.collaboration",
    "cxm.integrations",
    "personas",
    "journeys",
    "feedback",
    "analytics",
    "cxm.web",
]
if not IS_TEST and not env.bool("WAYFARE_DEV", default=False):
    INSTALLED_APPS.remove("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "cxm.urls"
WSGI_APPLICATION = "cxm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cxm.web.context.shell",
            ],
        },
    }
]


def _postgresql(url: str, name: str) -> dict[str, str]:
    """Take a database address apart; raises ImproperlyConfigured naming the variable."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        message = f"{name} must look like postgresql://user:password@host:port/database"
        raise ImproperlyConfigured(message)
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


_options: dict[str, object] = {
    "server_side_binding": True,
    "application_name": "wayfare",
    # Of those statements alone that say so, after so many runs: see `cxm.kernel.prepared`.
    "prepare_threshold": 3,
}
if env.bool("DATABASE_POOL", default=not IS_TEST):
    _options["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": 10,
    }
DATABASE_URL = env.str("DATABASE_URL")
DATABASES = {
    "default": {
        "ENGINE": "cxm.tenants.postgresql",
        **_postgresql(DATABASE_URL, "DATABASE_URL"),
        "OPTIONS": _options,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
_owner_url = env.str("DATABASE_OWNER_URL", default="")
# The role that owns the tables: migrations, dumps, checks over all tenants. The web never needs it.
DATABASE_OWNER = _postgresql(_owner_url, "DATABASE_OWNER_URL") if _owner_url else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if IS_TEST
    else [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "cxm.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "cxm.accounts.forms.SignInForm",
    "reset_password": "cxm.accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "cxm.kernel.cache.OutlivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "wayfare",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
if IS_TEST:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# PostgreSQL is the only truth; the broker is a doorbell and may be lost at any time.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    # A request that rings must not wait: by itself the client tries again for six seconds.
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What hangs is killed after so many seconds, and its promise tried again a few times.
CELERY_TASK_TIME_LIMIT = env.int("TASK_TIME_LIMIT_SECONDS", default=1800)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "work.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "fold": {"task": "analytics.fold", "schedule": 5.0, "options": {"expires": 5}},
    "tick": {"task": "work.tick", "schedule": 30.0, "options": {"expires": 30}},
    "send": {"task": "integrations.sweep", "schedule": 2.0, "options": {"expires": 2}},
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cxm.kernel.api_parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cxm.kernel.problems.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_RATES": {"tenant": "1200/minute"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wayfare API",
    "DESCRIPTION": "Touchpoints, feedback and the numbers made from them, one tenant a key.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "DEFAULT_GENERATOR_CLASS": "cxm.kernel.api_schema.ApiGenerator",
    "POSTPROCESSING_HOOKS": [],  # choices stay where they are used, under no invented names
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Elsewhere the finders serve the files where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="staticfiles") if IS_PRODUCTION else None
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG or IS_TEST
# The dotted path of a function that takes the bytes of a file that somebody outside sent, and says
# whether it is clean; empty: nothing is scanned.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / ".local" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# Nobody reads and answers the first page of a survey sooner than this; programs do.
SURVEY_QUICKEST_SECONDS = 0 if IS_TEST else 1
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=500_000_000)

# Hosts that webhooks may be sent to though their address is private, and without TLS.
WEBHOOK_ALLOWED_HOSTS = env.list("WEBHOOK_ALLOWED_HOSTS", default=[])

_mail_backend = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
_mail_options: dict[str, object] = {}
if _mail_backend.endswith("smtp.EmailBackend"):
    _mail_options = {
        "host": env.str("EMAIL_HOST", default="localhost"),
        "port": env.int("EMAIL_PORT", default=25),
        "username": env.str("EMAIL_HOST_USER", default=""),
        "password": env.str("EMAIL_HOST_PASSWORD", default=""),
        "use_tls": env.bool("EMAIL_USE_TLS", default=False),
        "timeout": 10,
    }
MAILERS = {"default": {"BACKEND": _mail_backend, "OPTIONS": _mail_options}}
# What begins the addresses in messages that nobody's request is behind, such as invitations.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
# Where messages to phones are posted as JSON; without it nobody is asked by SMS.
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
# What begins the paths of Delighted's API, from which accounts are brought over.
DELIGHTED_API_URL = env.str("DELIGHTED_API_URL", default="https://api.delighted.com/v1/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="wayfare@localhost")

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "cxm.web.views.csrf_failure"
_is_https = env.bool("HTTPS", default=IS_PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _is_https
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _is_https
# So many proxies of ours stand in front, and tell whom a request came from.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if _is_https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Event clients follow a redirect with GET, and lose what they sent.
SECURE_REDIRECT_EXEMPT = [
    r"^health/$",
    r"^v1/[a-z]+/?$",
    r"^v1/(people|survey_responses|metrics|unsubscribes|bounces|autopilot)(\.json|/.*)?$",
    r"^(batch|capture|e|i/v0/e|decide|flags)/?$",
    r"^api/v1/events/?$",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
