"""The blueprint that the API, its documentation and the pages about its keys hang on."""

from flask import Blueprint

bp = Blueprint("api", __name__)
