"""A mail server on loopback, for tests marked `loopback`."""

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


class Mailbox:
    """What the server took, and what it answers to a recipient (by address, or to all) and to a mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: dict[str, str] = {}
        self.answer = "250 OK"
        self.answer_to_mail = "250 OK"

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        """Take a recipient or not."""
        answer = self.answers.get(address, self.answer)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail or not."""
        if self.answer_to_mail.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.mails.append(email.message_from_bytes(content, policy=default))
            self.recipients.append(list(envelope.rcpt_tos))
        return self.answer_to_mail

    @property
    def subjects(self) -> list[str]:
        """The subjects of the mails, in the order in which they came."""
        return [str(mail["Subject"]) for mail in self.mails]


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[str]:
    """A mail server on a free port, as "127.0.0.1:port"."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        controller.stop()
