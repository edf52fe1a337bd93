"""The one blueprint of inventory, so that its pages have one name in URLs and templates; and its words as template filters."""

from flask import Blueprint

from logistics.inventory.words import MOVEMENTS, REASONS, WAREHOUSES

bp = Blueprint("inventory", __name__)
bp.add_app_template_filter(MOVEMENTS.__getitem__, "movement_kind")
bp.add_app_template_filter(REASONS.__getitem__, "adjustment_reason")
bp.add_app_template_filter(WAREHOUSES.__getitem__, "warehouse_kind")
