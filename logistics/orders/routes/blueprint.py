"""The blueprint that all pages about orders hang on."""

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")
