"""What stands where: the side navigation, and the panels that higher features hang on pages of lower ones."""

from flask import Flask

from logistics import event_names
from logistics.api.queries.keys import channel_panel as keys_panel
from logistics.api.queries.keys import names_of_keys
from logistics.core.language import lazy
from logistics.core.panels import NavigationItem, Panel, no_facts, register_navigation, register_panel
from logistics.fulfilment.queries import order_panel, waiting_count
from logistics.inventory.product_queries import load_option_texts, load_product_panel
from logistics.inventory.queries import low_count
from logistics.notifications.queries import messages_panel
from logistics.orders.incident_queries import open_count as payment_incidents
from logistics.orders.list_queries import unpaid_count
from logistics.orders.queries import load_customer_panel, load_documents_panel
from logistics.orders.refund_queries import pending_count
from logistics.orders.terms_queries import load_charges_panel
from logistics.payments.company import load_letterhead
from logistics.shops.inbox_queries import channel_panel as secrets_panel
from logistics.shops.inbox_queries import open_count as shop_news
from logistics.shops.inbox_queries import order_panel as shop_panel
from logistics.shops.rehearsing import send_as_shopify
from logistics.tracking.inbox_queries import carrier_panel
from logistics.tracking.inbox_queries import open_count as carrier_news
from logistics.tracking.incident_queries import open_count as parcel_incidents
from logistics.tracking.incident_queries import order_alerts, shipment_alerts
from logistics.tracking.queries import order_panel as tracking_order_panel
from logistics.tracking.queries import shipment_panel as tracking_shipment_panel
from logistics.tracking.road_queries import late_count

NAVIGATION: tuple[NavigationItem, ...] = (
    NavigationItem("", 1, lazy("Today"), "house", "home.show_home", "self", on_phone=True),
    NavigationItem(lazy("Sell"), 10, lazy("Orders"), "shopping-bag", "orders.list_orders", "orders.read", unpaid_count, on_phone=True),
    NavigationItem(lazy("Sell"), 12, lazy("Intake"), "inbox", "shops.list_events", "intake.read", shop_news),
    NavigationItem(lazy("Sell"), 14, lazy("Payments"), "banknote", "payments.list_payments", "payments.read", payment_incidents),
    NavigationItem(lazy("Sell"), 16, lazy("Refunds"), "undo-2", "refunds.list_requests", "refunds.read", pending_count),
    NavigationItem(lazy("Sell"), 18, lazy("Customers"), "user-round", "customers.list_customers", "customers.read"),
    NavigationItem(lazy("Sell"), 20, lazy("Documents"), "file-text", "documents.list_documents", "documents.read"),
    NavigationItem(lazy("Sell"), 22, lazy("Imports"), "file-text", "imports.list_imports", "imports.write"),
    NavigationItem(lazy("Deliver"), 30, lazy("Fulfilment"), "package-check", "fulfilment.show_board", "shipments.read", waiting_count, on_phone=True),
    NavigationItem(lazy("Deliver"), 32, lazy("Parcels on their way"), "route", "tracking.list_parcels", "shipments.read", late_count),
    NavigationItem(lazy("Deliver"), 34, lazy("Parcel incidents"), "triangle-alert", "tracking.list_incidents", "shipments.read", parcel_incidents),
    NavigationItem(lazy("Deliver"), 36, lazy("Carrier news"), "inbox", "tracking.list_deliveries", "tracking.map", carrier_news),
    NavigationItem(lazy("Inventory"), 40, lazy("Products"), "tag", "catalog.list_products", "products.read"),
    NavigationItem(lazy("Inventory"), 50, lazy("Stock"), "boxes", "inventory.list_stock", "stock.read", low_count, on_phone=True),
    NavigationItem(lazy("Inventory"), 52, lazy("Receipts"), "package-plus", "inventory.list_receipts", "stock.read", on_phone=True),
    NavigationItem(lazy("Inventory"), 54, lazy("Movements"), "arrow-left-right", "inventory.list_movements", "stock.read"),
    NavigationItem(lazy("Settings"), 90, lazy("People"), "users", "staff.list_people", "people.read"),
    NavigationItem(lazy("Settings"), 92, lazy("Company"), "signature", "company.show_company", "company.read"),
    NavigationItem(lazy("Settings"), 94, lazy("Channels"), "inbox", "channels.list_channels", "channels.read"),
    NavigationItem(lazy("Settings"), 94, lazy("Taxes"), "banknote", "taxes.list_tax_rates", "taxes.read"),
    NavigationItem(lazy("Settings"), 95, lazy("Warehouses"), "warehouse", "inventory.list_warehouses", "warehouses.read"),
    NavigationItem(lazy("Settings"), 96, lazy("Carriers"), "truck", "fulfilment.list_carriers", "carriers.write"),
    NavigationItem(lazy("Settings"), 97, lazy("API keys"), "key-round", "api.list_keys", "keys.read"),
    NavigationItem(lazy("Settings"), 98, lazy("Event log"), "history", "staff.list_events", "events.read"),
)
PANELS: tuple[Panel, ...] = (
    Panel("product", 10, "inventory/_product_panel.html", load_product_panel, "stock.read"),
    Panel("product_options", 10, "", load_option_texts, "stock.read"),
    Panel("letterhead", 10, "payments/_letterhead.html", load_letterhead, "customers.read"),
    Panel("customer", 5, "orders/_charges_panel.html", load_charges_panel, "prices.read"),
    Panel("customer", 10, "orders/_customer_panel.html", load_customer_panel, "orders.read"),
    Panel("order", 15, "orders/_documents_panel.html", load_documents_panel, "prices.read"),
    Panel("order", 20, "fulfilment/_order_panel.html", order_panel, "shipments.read"),
    Panel("order", 30, "tracking/_order_panel.html", tracking_order_panel, "shipments.read"),
    Panel("order_alerts", 10, "tracking/_alerts.html", order_alerts, "shipments.read"),
    Panel("shipment_alerts", 10, "tracking/_alerts.html", shipment_alerts, "shipments.read"),
    Panel("shipment", 10, "tracking/_order_panel.html", tracking_shipment_panel, "shipments.read"),
    Panel("channel", 50, "api/_channel_panel.html", keys_panel, "keys.read"),
    Panel("order_bulk", 20, "fulfilment/_bulk_actions.html", no_facts, "shipments.work"),
    Panel("order", 80, "shops/_order_panel.html", shop_panel, "intake.read"),
    Panel("carrier", 20, "tracking/_carrier_panel.html", carrier_panel, "secrets.read"),
    Panel("channel", 20, "shops/_channel_panel.html", secrets_panel, "secrets.read"),
    Panel("order", 90, "notifications/_order_panel.html", messages_panel, "messages.read"),
)


def init_app(app: Flask) -> None:
    """Hang them up."""
    register_navigation(app, *NAVIGATION)
    app.extensions["event_names"] = event_names
    app.extensions["names_of_keys"] = names_of_keys
    app.extensions["send_as_shopify"] = send_as_shopify
    for panel in PANELS:
        register_panel(app, panel)
