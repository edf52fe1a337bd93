"""What shops send us by themselves: let in by its signature, kept, and answered at once."""

from flask import Response, abort, jsonify, request
from sqlalchemy.orm import Session

from logistics.core.programs import takes_up_to
from logistics.core.transactions import writes
from logistics.orders.models import ChannelKind
from logistics.shops.receiving import LARGEST_BODY, find_hook, receive
from logistics.shops.routes.blueprints import hooks_bp
from logistics.shops.woocommerce import PING

FORM = "application/x-www-form-urlencoded"


@hooks_bp.post("/channels/<code>")
@takes_up_to(LARGEST_BODY)
@writes
def create_delivery(session: Session, code: str) -> Response:
    """Something about an order. WooCommerce asks once, unsigned, whether anybody is there: yes, and nothing happens."""
    channel, dialect = find_hook(session, code)
    raw = request.get_data()
    if channel.kind == ChannelKind.WOOCOMMERCE and request.mimetype == FORM and PING.fullmatch(raw):
        return jsonify(outcome="here")
    if request.mimetype != "application/json":
        abort(415)
    headers = {name.lower(): value for name, value in request.headers}
    return jsonify(outcome=receive(session, channel, dialect, headers, raw).outcome)
