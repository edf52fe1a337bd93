"""Passwords that are good enough, paths that stay here, names of browsers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from logistics.core.refusals import BadValue
from logistics.staff.rules import LONGEST_PASSWORD, check_password, describe_browser, local_path

MINA = ("mina.park@example.com", "Mina Park", "Lamp & Son")


@pytest.mark.parametrize(
    "password",
    [
        "violet kettle orbit moss",
        "vk9!Lm2#qT7z",
        "紫罗兰 水壶 轨道 苔藓 灯塔",
        "  leading and trailing spaces count  ",
        "correct horse battery staple " * 3,
        "x7" + "long passwords are not cut at seventy-two bytes " * 4,
    ],
)
def test_a_password_that_is_hard_to_guess_will_do(password: str) -> None:
    check_password(password, known=MINA)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("vk9!Lm2#qT7", "too_short"),
        ("", "too_short"),
        ("v" * (LONGEST_PASSWORD + 1), "too_long"),
        ("passwordpassword", "guessable"),
        ("Password123!", "guessable"),
        ("123456789012", "guessable"),
        ("qwertyuiop[]", "guessable"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "guessable"),
        ("p@ssw0rdp@ssw0rd", "guessable"),
        ("mina.park@example.com", "too_personal"),
        ("violet MINA orbit moss", "too_personal"),
        ("park bench violet kettle", "too_personal"),
        ("violet kettle lamp moss", "too_personal"),
    ],
)
def test_a_password_that_is_not_is_refused_with_a_reason(password: str, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        check_password(password, known=MINA)

    assert refusal.value.code == code


def test_a_very_short_name_does_not_forbid_half_the_alphabet() -> None:
    check_password("violet kettle orbit moss", known=("a@b.example", "Li O"))


@pytest.mark.parametrize("path", ["/", "/orders/", "/orders/K7M2-9QXF", "/orders/?q=lamp&status=paid", "/search?q=%E7%81%AF"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    kept = local_path(path)

    assert kept is not None
    assert kept.partition("?")[0] == path.partition("?")[0]


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "orders",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "%2f%2fevil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/\r\nSet-Cookie:x=1",
        "\t//evil.example",
        "/\t/evil.example",
        " /orders/",
        "/" + "a" * 2001,
    ],
)
def test_a_path_that_could_lead_elsewhere_is_not(path: str | None) -> None:
    assert local_path(path) is None


@given(st.text())
def test_whatever_is_kept_stays_on_this_site(text: str) -> None:
    kept = local_path("/" + text)

    if kept is not None:
        assert iri_to_uri(kept).startswith("/")
        assert not kept.startswith(("//", "/\\"))
        assert "\n" not in kept
        assert "\r" not in kept


def test_the_way_back_does_not_change_the_language_again() -> None:
    assert local_path("/orders/?lang=en&q=lamp") == "/orders/?q=lamp"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_browsers_are_called_what_people_call_them(agent: str, name: str) -> None:
    assert describe_browser(agent) == name
