"""What carriers send us by themselves: let in by its signature, kept, and answered at once."""

from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy.orm import Session

from logistics.core.programs import takes_up_to
from logistics.core.transactions import writes
from logistics.tracking.receiving import LARGEST_BODY, find_hook, receive

carrier_hooks_bp = Blueprint("carrier_hooks", __name__, url_prefix="/hooks")


@carrier_hooks_bp.post("/carriers/<code>")
@takes_up_to(LARGEST_BODY)
@writes
def create_delivery(session: Session, code: str) -> Response:
    """Something about parcels."""
    carrier, dialect = find_hook(session, code)
    if request.mimetype != dialect.mimetype:
        abort(415)
    headers = {name.lower(): value for name, value in request.headers}
    return jsonify(dialect.answer(receive(session, carrier, dialect, headers, request.get_data()).outcome))
