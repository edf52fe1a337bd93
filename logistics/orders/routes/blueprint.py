"""The blueprints that the pages about orders, and about the channels they come from, hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
payment_hooks = Blueprint("payment_hooks", __name__, url_prefix="/hooks/payments")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
