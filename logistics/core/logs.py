"""Logs: one JSON line per event with the request's id, through structlog."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("logistics.requests")


def init_app(app: Flask) -> None:
    """Configure structlog, give each request an id and write one line when it ends."""
    level = logging.getLevelNamesMapping().get(app.config["SETTINGS"].log_level, logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if not request.path.startswith("/static/"):
        took = round((time.perf_counter() - g.began) * 1000) if "began" in g else None
        actor = getattr(g, "actor", None)
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            ms=took,
            ip=request.remote_addr,
            actor=actor.id if actor else None,
            actor_kind=actor.kind if actor else None,
        )
    if "request_id" in g:
        response.headers["X-Request-Id"] = g.request_id
    return response
