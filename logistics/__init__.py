"""Logistics: order tracking and inventory for a small or medium merchant, on one small server.

The packages are a ladder (README, "The tree"): each imports only from lower rungs; this one and its neighbours are the roof.
"""

from flask import Flask
from flask_migrate import Migrate

from logistics import furnishing, rooms
from logistics.core import answers, auditing, events, guards, htmx, importing, jobs, language, logs, panels, templating
from logistics.core.config import Settings
from logistics.core.database import db
from logistics.staff import sessions
from logistics.staff.permissions import PERMISSIONS, PUBLIC
from logistics.subscriptions import SUBSCRIPTIONS


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application: settings, ground floor, people, rooms, what connects them."""
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_mapping((settings or Settings.from_environment()).flask_config())
    app.extensions["permissions"] = PERMISSIONS

    logs.init_app(app)
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    language.init_app(app)
    templating.init_app(app)
    htmx.init_app(app)
    panels.init_app(app)
    jobs.init_app(app)
    answers.init_app(app)
    sessions.init_app(app)
    guards.init_app(app, PUBLIC)

    for blueprint in rooms.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in rooms.COMMANDS:
        app.cli.add_command(command)
    events.connect(SUBSCRIPTIONS)
    auditing.init_app(app, *rooms.INVARIANTS)
    importing.init_app(app, *rooms.IMPORTERS)
    furnishing.init_app(app)
    return app
