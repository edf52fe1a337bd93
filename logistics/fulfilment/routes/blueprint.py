"""The one blueprint of fulfilment, so that its pages have one name in URLs and templates."""

from flask import Blueprint

bp = Blueprint("fulfilment", __name__)
