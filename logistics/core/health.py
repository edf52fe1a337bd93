"""Whether the system lives (/healthz) and can work (/readyz)."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from logistics.core.database import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def show_liveness() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def show_readiness() -> tuple[Response, int]:
    """The database answers too: 200, else 503."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="database unavailable"), 503
    return jsonify(status="ok"), 200
