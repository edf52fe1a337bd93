"""What stands where: the side navigation, and the panels that higher features hang on pages of lower ones."""

from flask import Flask

from logistics.core.language import lazy
from logistics.core.panels import NavigationItem, Panel, register_navigation, register_panel

NAVIGATION: tuple[NavigationItem, ...] = ()
PANELS: tuple[Panel, ...] = ()


def init_app(app: Flask) -> None:
    """Hang them up."""
    register_navigation(app, *NAVIGATION)
    for panel in PANELS:
        register_panel(app, panel)
