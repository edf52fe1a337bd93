"""What stands where: the side navigation, and the panels that higher features hang on pages of lower ones."""

from flask import Flask

from logistics import event_names
from logistics.core.language import lazy
from logistics.core.panels import NavigationItem, Panel, register_navigation, register_panel
from logistics.notifications.queries import messages_panel

NAVIGATION: tuple[NavigationItem, ...] = (
    NavigationItem(lazy("Inventory"), 40, lazy("Products"), "tag", "catalog.list_products", "products.read"),
    NavigationItem(lazy("Settings"), 90, lazy("People"), "users", "staff.list_people", "people.read"),
    NavigationItem(lazy("Settings"), 98, lazy("Event log"), "history", "staff.list_events", "events.read"),
)
PANELS: tuple[Panel, ...] = (Panel("order", 90, "notifications/_order_panel.html", messages_panel, "messages.read"),)


def init_app(app: Flask) -> None:
    """Hang them up."""
    register_navigation(app, *NAVIGATION)
    app.extensions["event_names"] = event_names
    for panel in PANELS:
        register_panel(app, panel)
