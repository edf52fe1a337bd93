"""E-mail: the one module that knows smtplib and how a mail is put together.

MAIL_URL says where mail goes: smtp://user:password@host:587?tls=1 (STARTTLS), smtps://user:password@host (TLS from the start).
Without it each mail becomes a file in the mail folder, for looking at.
"""

import hashlib
import os
import smtplib
import ssl
from contextlib import suppress
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from logistics.core.config import Settings
from logistics.core.language import spoken
from logistics.notifications.composing import Letter
from logistics.notifications.rules import Problem

TIMEOUT_SECONDS = 10
_WEB_LANGUAGES = {"en": "en", "zh_Hans": "zh-Hans"}
# Seven bits go through every server; the ends of lines are those of the wire.
_POLICY = policy.SMTP.clone(cte_type="7bit")


class Undeliverable(Exception):
    """This mail will never arrive: its address is none, or the server refused it for good (5xx). `problem` says why."""

    def __init__(self, problem: Problem, words: object = "") -> None:
        self.problem = problem.said(words)
        super().__init__(self.problem)


class NotDelivered(Exception):
    """It did not get through now: the server is away, busy, or does not let us in. `problem` says why."""

    def __init__(self, problem: Problem, words: object = "") -> None:
        self.problem = problem.said(words)
        super().__init__(self.problem)


def deliver(letter: Letter, settings: Settings) -> None:
    """Hand a letter to the mail server, or put it into the mail folder. Raises Undeliverable and NotDelivered."""
    mail = make_mail(letter, settings)
    if settings.mail_url:
        _hand_to_server(mail, settings)
    else:
        _keep(mail, letter, Path(settings.mail_folder))


def make_mail(letter: Letter, settings: Settings) -> EmailMessage:
    """The letter as a mail with a text and an HTML part, to one recipient. The same letter always gives the same bytes.

    Raises Undeliverable when the recipient is anything but one address.
    """
    key = message_key(letter)
    sender = Address(display_name=settings.shop_name, addr_spec=settings.mail_from)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = _one_address(letter.recipient)
    mail["Subject"] = " ".join(letter.headline.split())
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<{key}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail["Content-Language"] = _WEB_LANGUAGES[spoken(letter.language)]
    mail.set_boundary(f"=_{key}")
    return mail


def message_key(letter: Letter) -> str:
    """What is the same on every copy of a message, and on no other: the ids of another database begin at 1 as well."""
    origin = f"{letter.message_id}\n{letter.written_at.isoformat()}\n{letter.recipient}"
    return f"{letter.message_id}.{hashlib.sha256(origin.encode()).hexdigest()[:20]}"


def _one_address(recipient: str) -> Address:
    local, _at, domain = recipient.rpartition("@")
    try:
        address = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, MessageError, IndexError) as error:
        raise Undeliverable(Problem.NOT_AN_ADDRESS) from error
    if not (address.username and address.domain) or any(char in recipient for char in ",;:<>()[] \t"):
        raise Undeliverable(Problem.NOT_AN_ADDRESS)
    return address


def _hand_to_server(mail: EmailMessage, settings: Settings) -> None:
    recipient = mail["To"].addresses[0].addr_spec
    try:
        server = _connect(settings)
        try:
            server.send_message(mail, from_addr=settings.mail_from, to_addrs=[recipient])
        finally:
            _leave(server)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _answered(code, words) from error
    except smtplib.SMTPDataError as error:
        raise _answered(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Undeliverable(Problem.REFUSED, error) from error
    except smtplib.SMTPResponseException as error:
        # A greeting, a sign-in or a sender refused is a mistake in our settings: no message dies of it before somebody mends them.
        raise NotDelivered(Problem.NOT_LET_IN, f"{error.smtp_code} {_plain(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(Problem.UNREACHABLE, error) from error


def _connect(settings: Settings) -> smtplib.SMTP:
    url = urlsplit(settings.mail_url)
    host, name = url.hostname or "", settings.mail_from.rpartition("@")[2]
    secure = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, url.port or 465, local_hostname=name, timeout=TIMEOUT_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, url.port or 25, local_hostname=name, timeout=TIMEOUT_SECONDS)
    try:
        if url.scheme == "smtp" and parse_qs(url.query).get("tls") == ["1"]:
            server.starttls(context=secure)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    # A mail that was taken is not sent again because the server did not say good-bye.
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _answered(code: int, words: bytes | str) -> Undeliverable | NotDelivered:
    said = f"{code} {_plain(words)}"
    return Undeliverable(Problem.REFUSED, said) if 500 <= code < 600 else NotDelivered(Problem.REFUSED, said)


def _plain(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _keep(mail: EmailMessage, letter: Letter, folder: Path) -> None:
    """Write the mail into the folder, whole or not at all; a second copy takes the first one's place."""
    place = folder / f"{letter.written_at:%Y%m%d-%H%M%S}-{message_key(letter)}.eml"
    half = place.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(mail.as_bytes())
        half.replace(place)
    except OSError as error:
        raise NotDelivered(Problem.NOT_WRITTEN, error) from error
