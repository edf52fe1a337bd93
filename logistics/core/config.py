"""Configuration from the environment (docs: README, "Configuration"). What matters and is wrong stops the start with one line."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app

from logistics.core.language import LOCALES
from logistics.core.money import currencies

SHORTEST_SECRET = 32


class BadConfiguration(SystemExit):
    """A missing or wrong setting. Its text is the one line the operator sees."""


@dataclass(frozen=True)
class Settings:
    """The settings as read and checked."""

    secret_key: str
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    shop_name: str = "Logistics"
    currency: str = "USD"
    timezone: str = "UTC"
    mail_url: str = ""
    mail_from: str = "orders@localhost"
    mail_folder: str = "var/mail"
    web_threads: int = 4
    trusted_proxies: int = 0
    log_level: str = "INFO"
    stripe_api_key: str = ""
    stripe_api_base: str = ""
    stripe_webhook_secret: str = ""
    simulated_gateway: str = ""

    @property
    def https(self) -> bool:
        """Whether the shop is reached over TLS."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment. Raises BadConfiguration."""
        host, port = environ.get("HOST", "127.0.0.1"), _number(environ, "PORT", 8000)
        settings = cls(
            secret_key=environ.get("SECRET_KEY", ""),
            database_url=driver_url(environ.get("DATABASE_URL", "")),
            host=host,
            port=port,
            base_url=environ.get("BASE_URL", f"http://{host}:{port}").rstrip("/"),
            shop_name=environ.get("SHOP_NAME", "Logistics"),
            currency=environ.get("CURRENCY", "USD"),
            timezone=environ.get("TIMEZONE", "UTC"),
            mail_url=environ.get("MAIL_URL", ""),
            mail_from=environ.get("MAIL_FROM", "orders@localhost"),
            mail_folder=environ.get("MAIL_FOLDER", "var/mail"),
            web_threads=_number(environ, "WEB_THREADS", 4),
            trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0),
            log_level=environ.get("LOG_LEVEL", "INFO").upper(),
            stripe_api_key=environ.get("STRIPE_API_KEY", ""),
            stripe_api_base=environ.get("STRIPE_API_BASE", "").rstrip("/"),
            stripe_webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET", ""),
            simulated_gateway=environ.get("SIMULATED_GATEWAY", ""),
        )
        settings.check()
        if settings.https and environ.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false"):
            raise BadConfiguration("FLASK_DEBUG is on: with an https BASE_URL it would show our source to strangers. Unset it.")
        return settings

    def check(self) -> None:
        """Refuse values that would be unsafe or cannot work. Raises BadConfiguration."""
        if len(self.secret_key) < SHORTEST_SECRET:
            raise BadConfiguration(f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters: bin/run makes one, or set your own.")
        if not self.database_url:
            raise BadConfiguration("DATABASE_URL is not set: start with bin/run, or name a PostgreSQL 15 or newer.")
        if self.currency not in currencies():
            raise BadConfiguration(f"CURRENCY={self.currency} is not an ISO 4217 code such as USD.")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadConfiguration(f"TIMEZONE={self.timezone} is not an IANA time zone such as Europe/Berlin.") from None
        if urlsplit(self.base_url).scheme not in ("http", "https"):
            raise BadConfiguration(f"BASE_URL={self.base_url} must begin with http:// or https://.")
        if not re.fullmatch(r"[^@\s<>,;:]+@[^@\s<>,;:]+", self.mail_from):
            raise BadConfiguration(f"MAIL_FROM={self.mail_from!r} must be one e-mail address such as orders@shop.example, without a name.")
        if self.mail_url and not _is_mail_url(self.mail_url):
            raise BadConfiguration("MAIL_URL must look like smtp://user:password@host:587?tls=1 or smtps://user:password@host; a password needs TLS.")
        if not self.https and not _is_loopback(self.host):
            raise BadConfiguration(
                f"HOST={self.host} would serve plain http to the network: set an https BASE_URL behind a proxy (deploy/Caddyfile shows one)."
            )
        _check_providers(self)

    def flask_config(self) -> dict[str, Any]:
        """The same settings under Flask's names."""
        site = urlsplit(self.base_url)
        prefix = "__Host-" if self.https else ""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self.web_threads),
            "TIMEZONE": self.timezone,
            "SHOP_NAME": self.shop_name,
            "CURRENCY": self.currency,
            "LOCALES": list(LOCALES),
            "TRUSTED_HOSTS": sorted({site.hostname or "127.0.0.1", "127.0.0.1", "localhost"}),
            "PREFERRED_URL_SCHEME": site.scheme,
            "SESSION_COOKIE_NAME": f"{prefix}session",
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
            # Customers' pages send no Referer at all. Where a form comes from is told by Origin and Sec-Fetch-Site (core.guards).
            "WTF_CSRF_SSL_STRICT": False,
            "WTF_CSRF_HEADERS": ["X-CSRFToken"],
            "MAX_CONTENT_LENGTH": 256 * 1024,
            "MAX_FORM_MEMORY_SIZE": 256 * 1024,
            "MAX_FORM_PARTS": 1000,
        }


def settings() -> Settings:
    """The settings of the application that is running."""
    running: Settings = current_app.config["SETTINGS"]
    return running


def configured(name: str) -> Any:
    """A value of the running application's configuration, None where it has none."""
    return current_app.config.get(name)


def driver_url(url: str) -> str:
    """The URL with our driver named: people write postgresql://, SQLAlchemy wants postgresql+psycopg://."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def engine_options(threads: int, *, statement_timeout_ms: int = 5000) -> dict[str, Any]:
    """One connection per thread and no overflow; every wait ends by itself (lock 3 s, statement 5 s, forgotten transaction 30 s)."""
    timeouts = f"-c lock_timeout=3000 -c statement_timeout={statement_timeout_ms} -c idle_in_transaction_session_timeout=30000"
    return {
        "pool_size": threads,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "connect_args": {"options": f"{timeouts} -c timezone=UTC", "application_name": "logistics"},
    }


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise BadConfiguration(f"{name}={text} must be a whole number.")
    return int(text)


def _is_mail_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    encrypted = parts.scheme == "smtps" or parse_qs(parts.query).get("tls") == ["1"]
    return known and (encrypted or not parts.password or _is_loopback(parts.hostname or ""))


def _check_providers(chosen: Settings) -> None:
    """Refuse settings of card payments that cannot work. No secret is ever repeated. Raises BadConfiguration."""
    if chosen.stripe_api_key and not re.fullmatch(r"(sk|rk)_[A-Za-z0-9_]{6,}", chosen.stripe_api_key):
        raise BadConfiguration("STRIPE_API_KEY must be a secret key of Stripe, which begins with sk_ or rk_ (pk_ is the public one).")
    if chosen.stripe_api_base and not _is_provider(chosen.stripe_api_base):
        raise BadConfiguration("STRIPE_API_BASE must look like https://api.stripe.com; plain http is for this machine only.")
    if not all(re.fullmatch(r"whsec_[!-~]{6,}", secret) for secret in webhook_secrets(chosen)):
        raise BadConfiguration("STRIPE_WEBHOOK_SECRET must be what Stripe shows for the endpoint, whsec_...; several are separated by commas.")
    if chosen.stripe_api_key and chosen.https and not chosen.stripe_webhook_secret:
        raise BadConfiguration("STRIPE_WEBHOOK_SECRET is missing: without it nothing that Stripe sends to /hooks/payments/stripe can be believed.")
    if chosen.simulated_gateway and chosen.https:
        raise BadConfiguration("SIMULATED_GATEWAY is set: a shop with an https BASE_URL must not take simulated cards. Unset it.")
    if chosen.simulated_gateway and not _is_simulated_gateway(chosen.simulated_gateway):
        raise BadConfiguration("SIMULATED_GATEWAY must look like http://SECRET@127.0.0.1:8090, with a secret of at least 16 letters and digits.")


def webhook_secrets(chosen: Settings) -> list[str]:
    """Stripe's secrets of the hook, the newest first: while one is replaced by another, both count."""
    return [secret.strip() for secret in chosen.stripe_webhook_secret.split(",")] if chosen.stripe_webhook_secret else []


def _is_provider(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    return (plain or parts.scheme == "https") and bool(parts.hostname) and port != 0 and not (parts.username or parts.query or parts.fragment)


def _is_simulated_gateway(url: str) -> bool:
    try:
        parts = urlsplit(url)
        on_loopback = parts.scheme == "http" and _is_loopback(parts.hostname or "") and bool(parts.port)
    except ValueError:
        return False
    return on_loopback and re.fullmatch(r"[A-Za-z0-9_-]{16,}", parts.username or "") is not None and parts.path in ("", "/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
