"""Guards around every request: where it may come from, and what the browser may do with the answer (SEC3, SEC5, SEC22, SEC24, SEC26)."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from logistics.core.actors import needed_function, needed_scopes
from logistics.core.programs import is_for_programs, largest_body

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
csrf = CSRFProtect()


class RowIdConverter(IntegerConverter):
    """The <int:...> of our routes: plain digits, no more than a row's id can have. Anything else is 404, not an error of the database."""

    regex = "[0-9]{1,18}"


def init_app(app: Flask, public: frozenset[str]) -> None:
    """Stand guard. `public` lists the endpoints that need no sign-in; anything neither public nor guarded is refused."""
    hops = app.config["SETTINGS"].trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.extensions["public_endpoints"] = public
    app.url_map.converters["int"] = RowIdConverter
    # Who must have a token is decided below: programs have a key or a signature instead (SEC5).
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.before_request(_measure)
    app.before_request(_refuse_forged)
    app.before_request(_refuse_foreign_sites)
    app.before_request(_refuse_nul)
    app.before_request(_refuse_unlisted)
    app.before_request(_prefer_https)
    app.after_request(_add_headers)


def _measure() -> None:
    if largest := largest_body(current_app.view_functions.get(request.endpoint or "")):
        request.max_content_length = largest


def _refuse_forged() -> None:
    if current_app.config["WTF_CSRF_ENABLED"] and request.endpoint and not is_for_programs():
        csrf.protect()


def _refuse_foreign_sites() -> None:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site and site not in ("same-origin", "none"):
        abort(403)
    # Our pages without a referrer send "null", and so does a sandboxed frame of somebody else: the browser has to tell them apart.
    if origin and urlsplit(origin).netloc != request.host and not (origin == "null" and site):
        abort(403)


def _refuse_nul() -> None:
    # PostgreSQL keeps no such character in a text, so nothing that is searched for by it can be there.
    if "\0" in request.path or any("\0" in value for _name, value in request.args.items(multi=True)):
        abort(400)


def _refuse_unlisted() -> None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in current_app.extensions["public_endpoints"]:
        return
    view = current_app.view_functions.get(endpoint)
    if needed_function(view) is None and needed_scopes(view) is None:
        abort(403)


def _prefer_https() -> BaseResponse | None:
    settings = current_app.config["SETTINGS"]
    if settings.https and not request.is_secure and request.path not in ("/healthz", "/readyz"):
        if is_for_programs():
            abort(403)  # redirected, it would send its key once more in the clear and never notice
        return redirect(settings.base_url + request.full_path.rstrip("?"), code=308)
    return None


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if current_app.config["SETTINGS"].https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
