"""The blueprints that the pages about orders, about refunds to be approved, and about the channels orders come from, hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
refunds = Blueprint("refunds", __name__, url_prefix="/refunds")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
