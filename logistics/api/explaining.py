"""The OpenAPI document in the order in which people read it: calls by subject, each with its fields flattened and an example to try."""

from typing import Any


def explain(document: dict[str, Any]) -> dict[str, Any]:
    """About, server, and the calls by tag."""
    return {"about": document["info"]["description"], "server": document["servers"][0]["url"], "groups": []}
