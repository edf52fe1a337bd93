"""The blueprints that the pages about orders, their payments, refunds, documents, and the channels they come from hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
refunds = Blueprint("refunds", __name__, url_prefix="/refunds")
payments = Blueprint("payments", __name__, url_prefix="/payments")
payment_hooks = Blueprint("payment_hooks", __name__, url_prefix="/hooks/payments")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
documents = Blueprint("documents", __name__, url_prefix="/documents")
