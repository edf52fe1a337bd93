"""The doors that shops knock at, and the pages about what they sent."""

from flask import Blueprint

hooks_bp = Blueprint("hooks", __name__, url_prefix="/hooks")
shops_bp = Blueprint("shops", __name__)
