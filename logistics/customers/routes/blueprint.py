"""The blueprints that the pages about customers hang on."""

from flask import Blueprint

bp = Blueprint("customers", __name__, url_prefix="/customers")
# Beside the refunds, so that a second person finds all that waits in one place.
corrections = Blueprint("corrections", __name__, url_prefix="/refunds/corrections")
