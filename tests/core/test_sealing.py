"""What is sealed can be read with our key, and with no other."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from logistics.core.config import settings
from logistics.core.sealing import seal, unseal


def test_what_was_sealed_is_read_again(session: Session) -> None:
    assert unseal(seal("whsec_čaj")) == "whsec_čaj"


def test_it_shows_nothing_and_looks_different_each_time(session: Session) -> None:
    first, second = seal("a shared secret"), seal("a shared secret")

    assert first != second
    assert "secret" not in first


def test_another_key_reads_nothing(session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal("a shared secret")
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings(), secret_key="another one, and long enough as well"))

    assert unseal(sealed) is None


@pytest.mark.parametrize("at", [0, 12, 60, -2])
def test_what_was_altered_is_not_read(session: Session, at: int) -> None:
    sealed = bytearray(seal("a shared secret").encode())
    sealed[at] ^= 1

    assert unseal(sealed.decode()) is None
