"""Answering people: a page or the part of it that htmx asked for, and what follows a write."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from jinja2_fragments.flask import render_block

from logistics.core.htmx import asks_for_part, vary


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render the template, or only its block `fragment` when htmx asks for a part."""
    body = render_block(template, fragment, **context) if fragment and asks_for_part() else render_template(template, **context)
    return vary(make_response(body, status))


def done(*, to: str, partial: str | None = None, message: str = "", **context: Any) -> Response:
    """Answer a write: the partial that shows what changed when htmx asked for a part, else a redirect to the page.

    `message` is said in a toast, and in the page after the redirect. A refused render never loses the write: it has happened.
    """
    if asks_for_part() and partial:
        body = render_template(partial, **context)
        if message:
            body += render_template("shared/_toast.html", message=message, tone="success")
        return vary(make_response(body))
    if message:
        flash(message, "success")
    if asks_for_part():
        return vary(make_response("", 200, {"HX-Redirect": to}))
    return vary(make_response(redirect(to, code=303)))


def polled(tag: str, answer: Response) -> Response:
    """Answer a poll: 304 when the browser has this version of the part already (header HX-PTag), else the part with its tag."""
    if request.headers.get("HX-PTag") == tag:
        return vary(make_response("", 304))
    answer.headers["HX-PTag"] = tag
    return answer
