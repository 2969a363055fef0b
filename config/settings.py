"""Django settings: everything comes from the environment, safe when nothing is set.

docs/deploy.md has the table of what can be set.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.secret import read_or_create_secret

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# ── Where things are ──────────────────────────────────────────────────────────
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))).resolve()
MEDIA_URL = "/media/"
PORT = env.str("PORT", default="") or "8000"
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")

# ── Safety ────────────────────────────────────────────────────────────────────
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or read_or_create_secret(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
USE_HTTPS = BASE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = USE_HTTPS
if USE_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
# Whoever watches the process asks it directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "wiki.views.refusals.csrf_failed"

WIKI_REMOTE_IMAGES = env.str("WIKI_REMOTE_IMAGES", default="show")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"]
        + (["https:", "http:"] if WIKI_REMOTE_IMAGES == "show" else []),
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# ── Applications ──────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "wiki",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # For its templates: what stands in the sitemap says wiki/sitemaps.py.
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "taggit",
    "markdownx",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "wiki.views.gate.WholeCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wiki.views.gate.ReadersOnlyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
if BEHIND_PROXY:
    MIDDLEWARE.insert(0, "config.proxy.client_address")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wiki.context.wiki",
            ],
        },
    }
]

# ── Database ──────────────────────────────────────────────────────────────────
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'notewiki.sqlite3'}"
    )
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        # Taking the write lock at BEGIN makes waiting possible; a read
        # transaction that turns into a write fails at once instead.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA foreign_keys=ON;PRAGMA cache_size=-16000;"
        ),
    }
    # Opening the file and setting it up costs as much as reading a page.
    _database["CONN_MAX_AGE"] = None
else:
    # A socket's folder stands in the address as a host: %2Frun%2Fpostgresql.
    _database["HOST"] = unquote(_database["HOST"] or "")
    _database.setdefault("OPTIONS", {})
    # A reader waits for a connection so many seconds, then is told. Trying for
    # longer on its own would make the pool try ever more seldom, and come back
    # minutes after the server.
    _database["OPTIONS"].setdefault(
        "pool", {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 3}
    )
    _database["OPTIONS"].setdefault("connect_timeout", 3)
    _database["CONN_MAX_AGE"] = 0
    # A connection from before a restart of the server is not given to anybody.
    _database["CONN_HEALTH_CHECKS"] = True
    if _database["ENGINE"] == "django.db.backends.postgresql":
        _database["ENGINE"] = "config.postgresql"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
    # Apart from the pages, so that who walks through the past puts none of them
    # out: what two revisions differ in, and how often each visitor asked.
    "comparisons": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "comparisons",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
    # What each revision did to the lines: fifty revisions in each, without a text.
    "blame": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "blame",
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    "counts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "counts",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# ── Accounts ──────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 5 / 60  # hours
# A pair of name and address, so that nobody can lock a member out from elsewhere;
# and an address alone, whatever names it tries.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_LOCKOUT_CALLABLE = "wiki.views.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Its pages have no Korean; `manage.py axes_reset` lets someone in again.
AXES_ENABLE_ADMIN = False

# ── Language and time ─────────────────────────────────────────────────────────
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="ko")
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Seoul")
USE_I18N = USE_TZ = True

# ── Files ─────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# 1 MiB of Korean text is 3 MB when a form encodes it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Dumps to be imported; their files go to the disk as they come in.
WIKI_UPLOAD_MB = env.int("WIKI_UPLOAD_MB", default=100)
# Pictures that one member may keep; each has at most 5 MB.
WIKI_UPLOAD_QUOTA_MB = env.int("WIKI_UPLOAD_QUOTA_MB", default=200)

# ── Tags and editor ───────────────────────────────────────────────────────────
# Names are cleaned by wiki.slugs before taggit sees them; its own folding knows
# ASCII only, and its own slugs would lose Hangul.
TAGGIT_CASE_INSENSITIVE = False
TAGGIT_STRIP_UNICODE_WHEN_SLUGIFYING = False
MARKDOWNX_URLS_PATH = "/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = "/upload/"
MARKDOWNX_MARKDOWNIFY_FUNCTION = "wiki.rendering.markdownify"

# ── The wiki ──────────────────────────────────────────────────────────────────
WIKI_NAME = env.str("WIKI_NAME", default="Notewiki")
WIKI_SIGNUP = env.str("WIKI_SIGNUP", default="closed")
WIKI_ANONYMOUS_READ = env.bool("WIKI_ANONYMOUS_READ", default=True)
WIKI_ANONYMOUS_EDIT = env.bool("WIKI_ANONYMOUS_EDIT", default=False)
WIKI_TOPICS_FILE = BASE_DIR / "fixtures" / "topics.toml"
# Histories, comparisons and old versions that a visitor may ask for; 0 for no limit.
WIKI_PAST_PAGES_PER_MINUTE = env.int("WIKI_PAST_PAGES_PER_MINUTE", default=60)
ADMIN_PATH = env.str("ADMIN_PATH", default="admin").strip("/") + "/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # A page that is not there is no event: wikis are full of links to come.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
