"""Mails: one recipient, no header from outside, the same bytes each time, and a server's answer understood."""

import email
import ssl
import stat
import subprocess
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from logistics.core.config import Settings
from logistics.notifications.mailing import NotDelivered, Undeliverable, deliver, make_mail, message_key
from tests.notifications.letters import letter, settings_for
from tests.notifications.mailbox import Mailbox, serving


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Settings]:
    """Settings of a shop whose mail goes to the mailbox."""
    with serving(mailbox) as address:
        yield settings_for(mail_url=f"smtp://{address}")


@pytest.mark.loopback
def test_a_letter_arrives_as_text_and_html(server: Settings, mailbox: Mailbox) -> None:
    deliver(letter(text="We have your order\n\n2 × 台灯\n", html="<p>2 × 台灯</p>"), server)

    mail = mailbox.mails[0]
    assert mailbox.recipients == [["mina@example.com"]]
    assert (mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec) == ("Lamp & Son", "orders@lamp.example")
    assert (mail["To"], mail["Subject"]) == ("mina@example.com", "We have your order")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "2 × 台灯" in plain.get_content()
    assert "<p>2 × 台灯</p>" in html.get_content()


@pytest.mark.loopback
def test_chinese_headers_arrive_whole(server: Settings, mailbox: Mailbox) -> None:
    settings = settings_for(mail_url=server.mail_url, shop_name="灯与子")
    deliver(letter(headline="您的订单 K7M2-9QXF 已确认", language="zh_Hans"), settings)

    mail = mailbox.mails[0]
    assert mail["Subject"] == "您的订单 K7M2-9QXF 已确认"
    assert mail["From"].addresses[0].display_name == "灯与子"
    assert mail["Content-Language"] == "zh-Hans"


@pytest.mark.loopback
@pytest.mark.parametrize("answer", ["550 No such user", "552 Mailbox full for good", "554 Not wanted here"])
@pytest.mark.parametrize("stage", ["answer", "answer_to_mail"])
def test_a_refusal_for_good_is_final(server: Settings, mailbox: Mailbox, stage: str, answer: str) -> None:
    setattr(mailbox, stage, answer)

    with pytest.raises(Undeliverable) as no:
        deliver(letter(), server)
    assert no.value.problem == f"refused: {answer}"


@pytest.mark.loopback
@pytest.mark.parametrize("stage", ["answer", "answer_to_mail"])
def test_a_refusal_for_now_is_tried_again(server: Settings, mailbox: Mailbox, stage: str) -> None:
    setattr(mailbox, stage, "451 Try again later")

    with pytest.raises(NotDelivered):
        deliver(letter(), server)


@pytest.mark.loopback
def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotDelivered) as later:
        deliver(letter(), settings_for(mail_url="smtp://127.0.0.1:9"))
    assert later.value.problem.startswith("unreachable: ")


@pytest.mark.loopback
def test_a_server_that_does_not_let_us_in_costs_no_message(mailbox: Mailbox) -> None:
    locked: dict[str, Any] = {"authenticator": lambda *_who: AuthResult(success=False, handled=False), "auth_require_tls": False}
    with serving(mailbox, **locked) as address, pytest.raises(NotDelivered) as later:
        deliver(letter(), settings_for(mail_url=f"smtp://shop:wrong@{address}"))
    assert later.value.problem.startswith("not_let_in: 535")


@pytest.mark.loopback
def test_a_certificate_nobody_vouches_for_is_not_trusted(mailbox: Mailbox, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    with serving(mailbox, tls_context=context) as address, pytest.raises(NotDelivered) as later:
        deliver(letter(), settings_for(mail_url=f"smtp://{address}?tls=1"))
    assert "CERTIFICATE_VERIFY_FAILED" in later.value.problem
    assert mailbox.mails == []


BAD_ADDRESSES = [
    "",
    "nobody",
    "@example.com",
    "mina@",
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example\nc@d.example",
    "Mina <mina@example.com>",
    "mina @example.com",
    "a@b.example%0aBcc:c@d.example,e@f.example",
    "@a.example:mina@b.example",
]


@pytest.mark.parametrize("recipient", BAD_ADDRESSES)
def test_what_is_not_one_address_gets_no_mail(recipient: str) -> None:
    with pytest.raises(Undeliverable) as no:
        make_mail(letter(recipient=recipient), settings_for())
    assert no.value.problem == "not_an_address: "


@pytest.mark.parametrize("name", ["Lamp\r\nBcc: c@d.example", "Lamp\nX-Header: 1", 'Lamp", c@d.example, "'])
def test_no_name_and_no_headline_adds_a_header_or_a_recipient(name: str) -> None:
    mail = make_mail(letter(headline=f"Hello {name}"), settings_for(shop_name=" ".join(name.split())))

    read = email.message_from_bytes(mail.as_bytes(), policy=default)
    assert set(read.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [address.addr_spec for address in read["To"].addresses] == ["mina@example.com"]
    assert [address.addr_spec for address in read["From"].addresses] == ["orders@lamp.example"]


def test_an_international_domain_goes_as_its_code() -> None:
    assert make_mail(letter(recipient="mina@bücher.example"), settings_for())["To"] == "mina@xn--bcher-kva.example"


def test_the_same_letter_gives_the_same_bytes() -> None:
    first, second = (make_mail(letter(text="您好\n\n台灯\n"), settings_for()).as_bytes() for _time in range(2))

    assert first == second


def test_the_key_belongs_to_one_message_of_one_database() -> None:
    mail = make_mail(letter(), settings_for())

    assert mail["Message-ID"] == f"<{message_key(letter())}@lamp.example>"
    assert len({message_key(letter()), message_key(letter(message_id=8)), message_key(letter(recipient="j@example.com"))}) == 3
    assert message_key(letter()) != message_key(letter(written_at=letter().written_at.replace(hour=10)))


def test_without_a_server_mails_are_files_that_only_we_read(tmp_path: Path) -> None:
    settings = settings_for(mail_folder=str(tmp_path / "mail"))
    for _time in range(2):
        deliver(letter(), settings)

    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert email.message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "We have your order"


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NotDelivered):
        deliver(letter(), settings_for(mail_folder=str(tmp_path / "file" / "mail")))


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key
