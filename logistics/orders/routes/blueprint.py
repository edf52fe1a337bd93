"""The blueprints that the pages about orders, their payments, and the channels they come from hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
payments = Blueprint("payments", __name__, url_prefix="/payments")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
