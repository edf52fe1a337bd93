"""Who may do what: the one table (reliability.md 3.1). A route names its function with `@needs`; every route must appear here or be public."""

from logistics.staff.models import Role

ADMIN, MANAGER, CLERK, WAREHOUSE, AUDITOR = Role.ADMIN, Role.MANAGER, Role.CLERK, Role.WAREHOUSE, Role.AUDITOR
_EVERYBODY = frozenset(Role)

PERMISSIONS: dict[str, frozenset[str]] = {
    "self": _EVERYBODY,
    "people.read": frozenset({ADMIN, AUDITOR}),
    "people.write": frozenset({ADMIN}),
    "events.read": frozenset({ADMIN, MANAGER, AUDITOR}),
    "products.read": _EVERYBODY,
    "products.write": frozenset({ADMIN, MANAGER}),
    "warehouses.read": _EVERYBODY,
    "warehouses.write": frozenset({ADMIN, MANAGER}),
    "customers.read": frozenset({ADMIN, MANAGER, CLERK, AUDITOR}),
    "customers.write": frozenset({ADMIN, MANAGER, CLERK}),
    "money.record": frozenset({ADMIN, MANAGER, CLERK}),
    "money.record_large": frozenset({ADMIN, MANAGER}),
    "stock.read": _EVERYBODY,
    "stock.receive": frozenset({ADMIN, MANAGER, WAREHOUSE}),
    "stock.adjust": frozenset({ADMIN, MANAGER, WAREHOUSE}),
    "stock.adjust_large": frozenset({ADMIN, MANAGER}),
    "orders.read": _EVERYBODY,
    "orders.write": frozenset({ADMIN, MANAGER, CLERK}),
    "drafts.all": frozenset({ADMIN, MANAGER}),
    "prices.read": frozenset({ADMIN, MANAGER, CLERK, AUDITOR}),
    "prices.write": frozenset({ADMIN, MANAGER, CLERK}),
    "prices.discount_large": frozenset({ADMIN, MANAGER}),
    "orders.cancel": frozenset({ADMIN, MANAGER, CLERK}),
    "orders.hold": frozenset({ADMIN, MANAGER, CLERK}),
    "orders.export": frozenset({ADMIN, MANAGER, AUDITOR}),
    "orders.share_views": frozenset({ADMIN, MANAGER}),
    "orders.cancel_picked": frozenset({ADMIN, MANAGER}),
    "documents.read": frozenset({ADMIN, MANAGER, AUDITOR}),
    "documents.issue": frozenset({ADMIN, MANAGER, CLERK}),
    "company.read": frozenset({ADMIN, AUDITOR}),
    "company.write": frozenset({ADMIN}),
    "channels.read": frozenset({ADMIN, AUDITOR}),
    "channels.write": frozenset({ADMIN}),
    "shipments.read": _EVERYBODY,
    "shipments.work": frozenset({ADMIN, MANAGER, WAREHOUSE}),
    "carriers.write": frozenset({ADMIN, MANAGER}),
    "tracking.record": frozenset({ADMIN, MANAGER, CLERK, WAREHOUSE}),
    "imports.write": frozenset({ADMIN, MANAGER, CLERK, WAREHOUSE}),
    "imports.orders": frozenset({ADMIN, MANAGER, CLERK}),
    "imports.stock": frozenset({ADMIN, MANAGER, WAREHOUSE}),
    "imports.all": frozenset({ADMIN, MANAGER}),
    "intake.read": frozenset({ADMIN, MANAGER, CLERK}),
    "intake.write": frozenset({ADMIN, MANAGER, CLERK}),
    "secrets.read": frozenset({ADMIN, AUDITOR}),
    "secrets.write": frozenset({ADMIN}),
    "messages.read": frozenset({ADMIN, MANAGER, CLERK, AUDITOR}),
    "keys.read": frozenset({ADMIN, AUDITOR}),
    "keys.write": frozenset({ADMIN}),
}

PUBLIC = frozenset(
    {
        "static",
        "health.show_liveness",
        "health.show_readiness",
        "staff.new_session",
        "staff.create_session",
        "staff.update_preferences",
        "tracking.show_public",
        "api.show_openapi",
        "api.show_docs",
        # Let in by the signature of what is sent.
        "hooks.create_delivery",
    }
)

# Doors for programs: whoever comes there needs a key with the scope (logistics/api), and no sign-in counts.
KEYED: dict[str, frozenset[str]] = {
    "api.list_orders": frozenset({"orders"}),
    "api.create_order": frozenset({"orders"}),
    "api.show_order": frozenset({"orders"}),
    "api.create_hold": frozenset({"orders"}),
    "api.destroy_hold": frozenset({"orders"}),
    "api.create_cancellation": frozenset({"orders"}),
    "api.list_shipments": frozenset({"orders", "fulfilment"}),
    "api.show_shipment": frozenset({"orders", "fulfilment"}),
    "api.list_stock": frozenset({"stock"}),
    "api.show_stock": frozenset({"stock"}),
    "api.list_products": frozenset({"catalogue"}),
    "api.show_product": frozenset({"catalogue"}),
    "api.create_product": frozenset({"catalogue"}),
    "api.list_customers": frozenset({"catalogue"}),
    "api.show_customer": frozenset({"catalogue"}),
    "api.create_customer": frozenset({"catalogue"}),
}
