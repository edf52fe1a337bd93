"""The one blueprint of staff, so that its pages have one name in URLs and templates."""

from flask import Blueprint

from logistics.staff.rules import describe_browser

bp = Blueprint("staff", __name__)
bp.add_app_template_filter(describe_browser, "browser")
