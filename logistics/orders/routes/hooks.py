"""What providers of card payments tell us by themselves: let in by its signature, kept, and answered at once."""

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.programs import takes_up_to
from logistics.core.refusals import NotFound
from logistics.core.signatures import NotSigned
from logistics.core.transactions import in_transaction
from logistics.orders.card_tasks import work_payment_news
from logistics.orders.hearing import note_news
from logistics.orders.routes.blueprint import payment_hooks
from logistics.payments.gateways import choosing
from logistics.payments.gateways.gateway import BadSignature

LARGEST_BODY = 256 * 1024
FORGED = "60/minute"


@payment_hooks.post("/<provider>")
@takes_up_to(LARGEST_BODY)
def create_news(provider: str) -> Response:
    """Something about a payment. What it was is looked up by the worker."""
    gateway = choosing.named(provider)
    if gateway is None:
        raise NotFound(_("There is no such hook."))
    try:
        news = gateway.read_hook(request.get_data(), dict(request.headers))
    except BadSignature:
        count_try(FORGED, "forged payment news", request.remote_addr or "")
        raise NotSigned(_("The signature of this message is missing or wrong.")) from None
    if news is None:
        return jsonify(outcome="ignored")

    def keep(session: Session) -> str:
        fresh = note_news(session, provider, news)
        if fresh is not None:
            jobs.enqueue(session, work_payment_news, news_id=fresh)
        return "received" if fresh is not None else "repeated"

    return jsonify(outcome=in_transaction(keep))
