"""Settings: what matters and is wrong stops the start with one line."""

import pytest

from logistics.core.config import BadConfiguration, Settings, driver_url, engine_options, webhook_secrets

GOOD = {"SECRET_KEY": "x" * 32, "DATABASE_URL": "postgresql://app@/logistics"}


def test_the_secret_and_the_database_are_enough() -> None:
    settings = Settings.from_environment(GOOD)

    assert (settings.host, settings.port, settings.base_url, settings.https) == ("127.0.0.1", 8000, "http://127.0.0.1:8000", False)
    assert settings.database_url == "postgresql+psycopg://app@/logistics"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"CURRENCY": "usd"}, "CURRENCY"),
        ({"CURRENCY": "XXX"}, "CURRENCY"),
        ({"TIMEZONE": "Mars/Olympus"}, "TIMEZONE"),
        ({"TIMEZONE": "../etc/passwd"}, "TIMEZONE"),
        ({"PORT": "80a"}, "PORT"),
        ({"PORT": "٨٠"}, "PORT"),
        ({"WEB_THREADS": "-1"}, "WEB_THREADS"),
        ({"TRUSTED_PROXIES": "yes"}, "TRUSTED_PROXIES"),
        ({"BASE_URL": "shop.example"}, "BASE_URL"),
        ({"BASE_URL": "ftp://shop.example"}, "BASE_URL"),
        ({"HOST": "0.0.0.0"}, "HOST"),
        ({"HOST": "shop.example"}, "HOST"),
        ({"HOST": "::"}, "HOST"),
        ({"MAIL_URL": "http://mail.example"}, "MAIL_URL"),
        ({"MAIL_FROM": "Shop <orders@shop.example>"}, "MAIL_FROM"),
        ({"MAIL_FROM": "orders@shop.example\nBcc: a@b.example"}, "MAIL_FROM"),
        ({"MAIL_URL": "smtp://user:password@mail.example:587"}, "MAIL_URL"),
        ({"STRIPE_API_KEY": "pk_test_0123456789"}, "STRIPE_API_KEY"),
        ({"STRIPE_API_KEY": "sk_test_0123 456789"}, "STRIPE_API_KEY"),
        ({"STRIPE_API_BASE": "http://stripe.example"}, "STRIPE_API_BASE"),
        ({"STRIPE_API_BASE": "ftp://127.0.0.1"}, "STRIPE_API_BASE"),
        ({"STRIPE_API_BASE": "https://user:password@stripe.example"}, "STRIPE_API_BASE"),
        ({"STRIPE_WEBHOOK_SECRET": "something"}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_0123456789,"}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_KEY": "sk_live_0123456789", "BASE_URL": "https://shop.example"}, "STRIPE_WEBHOOK_SECRET"),
        ({"SIMULATED_GATEWAY": "http://127.0.0.1:8090"}, "SIMULATED_GATEWAY"),
        ({"SIMULATED_GATEWAY": "http://short@127.0.0.1:8090"}, "SIMULATED_GATEWAY"),
        ({"SIMULATED_GATEWAY": "http://0123456789abcdef@10.0.0.1:8090"}, "SIMULATED_GATEWAY"),
        ({"SIMULATED_GATEWAY": "http://0123456789abcdef@127.0.0.1"}, "SIMULATED_GATEWAY"),
        ({"SIMULATED_GATEWAY": "http://0123456789abcdef@127.0.0.1:8090", "BASE_URL": "https://shop.example"}, "SIMULATED_GATEWAY"),
        ({"FLASK_DEBUG": "1", "BASE_URL": "https://shop.example"}, "FLASK_DEBUG"),
    ],
)
def test_a_wrong_value_is_one_clear_line(changes: dict[str, str], named: str) -> None:
    with pytest.raises(BadConfiguration) as stop:
        Settings.from_environment({**GOOD, **changes})

    line = str(stop.value)
    assert named in line
    assert "\n" not in line
    assert "x" * 32 not in line
    assert "0123456789" not in line
    assert "password" not in line or named == "MAIL_URL"


def test_cards_are_taken_by_those_who_are_named() -> None:
    settings = Settings.from_environment(
        {
            **GOOD,
            "STRIPE_API_KEY": "rk_test_0123456789",
            "STRIPE_API_BASE": "http://127.0.0.1:8420/",
            "STRIPE_WEBHOOK_SECRET": "whsec_0123456789, whsec_9876543210",
            "SIMULATED_GATEWAY": "http://0123456789abcdef@localhost:8090",
        }
    )

    assert settings.stripe_api_base == "http://127.0.0.1:8420"
    assert webhook_secrets(settings) == ["whsec_0123456789", "whsec_9876543210"]
    assert webhook_secrets(Settings.from_environment(GOOD)) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_plain_http_is_for_this_machine_only(host: str) -> None:
    assert not Settings.from_environment({**GOOD, "HOST": host, "BASE_URL": f"http://{'[::1]' if ':' in host else host}:8000"}).https


def test_with_https_any_host_will_do() -> None:
    settings = Settings.from_environment({**GOOD, "HOST": "0.0.0.0", "BASE_URL": "https://shop.example/"})

    flask = settings.flask_config()
    assert settings.base_url == "https://shop.example"
    assert (flask["SESSION_COOKIE_NAME"], flask["SESSION_COOKIE_SECURE"]) == ("__Host-session", True)
    assert flask["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost", "shop.example"]


@pytest.mark.parametrize(
    ("written", "driven"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_the_driver_is_named_for_people(written: str, driven: str) -> None:
    assert driver_url(written) == driven


def test_every_wait_of_the_database_ends_by_itself() -> None:
    options = engine_options(4)

    assert (options["pool_size"], options["max_overflow"]) == (4, 0)
    assert all(
        f"{name}=" in options["connect_args"]["options"] for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    )
