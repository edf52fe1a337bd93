"""The API's documentation: for programs, and for people."""

from flask import Response, jsonify, make_response, render_template

from logistics.api.document import document
from logistics.api.explaining import explain
from logistics.api.routes.blueprint import bp
from logistics.api.wording import SCOPES


@bp.get("/api/v1/openapi.json")
def show_openapi() -> Response:
    """The document as OpenAPI 3.1."""
    return jsonify(document())


@bp.get("/api/docs")
def show_docs() -> Response:
    """The same for people, without a sign-in: every call, what it takes and answers, and an example to try."""
    told = document()
    return make_response(render_template("api/docs.html", groups=explain(told), server=told["servers"][0]["url"], scopes=SCOPES))
