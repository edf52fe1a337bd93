"""The blueprint that the pages about customers hang on."""

from flask import Blueprint

bp = Blueprint("customers", __name__, url_prefix="/customers")
