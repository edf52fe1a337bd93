"""The one blueprint of all pages about parcels on their way."""

from flask import Blueprint

bp = Blueprint("tracking", __name__)
