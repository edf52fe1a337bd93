"""Calling a provider over HTTP, so that every question ends in time, answered or not (httpx behind one door)."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpx

from logistics.payments.gateways.gateway import GatewayUnreachable

LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back over the wire; header names are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """One provider's connections. Threads may share it; it follows no redirects and never tries again by itself."""

    def __init__(self, *, timeout: float, through_proxies: bool) -> None:
        """`timeout`: seconds for a question, however many calls it takes. `through_proxies`: whether HTTPS_PROXY and its like count."""
        # A connection kept open may have died, and a question sent on it would be one without an answer.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._client = httpx.Client(trust_env=through_proxies, follow_redirects=False, limits=limits)
        self._timeout = timeout
        self._end: ContextVar[float | None] = ContextVar("end", default=None)

    @contextmanager
    def question(self) -> Iterator[None]:
        """All calls inside the block share one time limit; a block inside another does not get a new one."""
        token = self._end.set(self._end.get() or time.monotonic() + self._timeout)
        try:
            yield
        finally:
            self._end.reset(token)

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Reply:
        """Send a request and read the whole answer. Raises GatewayUnreachable where that does not work in the time that is left."""
        end = self._end.get() or time.monotonic() + self._timeout
        left = end - time.monotonic()
        if left <= 0:
            raise GatewayUnreachable("no time is left")
        # A silent provider uses up each of them in turn, and all of them make what is left.
        timeout = httpx.Timeout(left, connect=left / 6, write=left / 6, read=left * 2 / 3)
        try:
            with self._client.stream(method, url, headers=dict(headers), content=content, timeout=timeout) as response:
                return Reply(response.status_code, response.headers, _read(response, end))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GatewayUnreachable(f"{method} {httpx.URL(url).path}: {type(error).__name__}") from error


def _read(response: httpx.Response, end: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER or time.monotonic() > end:
            raise GatewayUnreachable("the answer is too long, or takes too long")
    return bytes(body)
