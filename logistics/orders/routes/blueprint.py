"""The blueprints that the pages about orders, the channels they come from and the documents about them, hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
channels = Blueprint("channels", __name__, url_prefix="/settings/channels")
documents = Blueprint("documents", __name__, url_prefix="/documents")
