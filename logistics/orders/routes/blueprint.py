"""The blueprints that the pages about orders, and about the channels they come from, hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
