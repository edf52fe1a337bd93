"""The rooms of the house: every model, blueprint, command and list of invariants, in the order of the ladder."""

from collections.abc import Sequence
from types import ModuleType

import click
from flask import Blueprint

from logistics.api import models as api_models
from logistics.api.commands import keys as keys_command
from logistics.api.routes import bp as api
from logistics.catalog import models as catalog_models
from logistics.catalog.importing import PRODUCTS
from logistics.catalog.routes import bp as catalog
from logistics.catalog.routes import taxes_bp as taxes
from logistics.core import events, keys, limits
from logistics.core.auditing import Invariant
from logistics.core.auditing_commands import audit_command
from logistics.core.health import bp as health
from logistics.core.importing import Importer
from logistics.core.importing_commands import import_command
from logistics.customers import models as customers_models
from logistics.customers.importing import CUSTOMERS
from logistics.customers.invariants import INVARIANTS as CUSTOMERS_INVARIANTS
from logistics.customers.routes import bp as customers
from logistics.fulfilment import models as fulfilment_models
from logistics.fulfilment import tasks as fulfilment_tasks
from logistics.fulfilment.importing import ORDERS
from logistics.fulfilment.invariants import INVARIANTS as FULFILMENT_INVARIANTS
from logistics.fulfilment.routes import bp as fulfilment
from logistics.imports import models as imports_models
from logistics.imports import tasks as imports_tasks
from logistics.imports.routes import bp as imports
from logistics.inventory import models as inventory_models
from logistics.inventory import tasks as inventory_tasks
from logistics.inventory.importing import STOCK
from logistics.inventory.invariants import INVARIANTS as INVENTORY_INVARIANTS
from logistics.inventory.routes import bp as inventory
from logistics.notifications import models as notifications_models
from logistics.notifications import tasks as notifications_tasks
from logistics.notifications.invariants import INVARIANTS as NOTIFICATIONS_INVARIANTS
from logistics.orders import card_tasks
from logistics.orders import models as orders_models
from logistics.orders import tasks as orders_tasks
from logistics.orders.importing import NEW_ORDERS
from logistics.orders.invariants import INVARIANTS as ORDERS_INVARIANTS
from logistics.orders.routes import bp as orders
from logistics.orders.routes import channels_bp as channels
from logistics.orders.routes import documents_bp as documents
from logistics.orders.routes import payment_hooks
from logistics.orders.routes import payments_bp as payments
from logistics.orders.routes import refunds_bp as refunds
from logistics.payments import models as payments_models
from logistics.payments.commands import simulate as simulate_command
from logistics.payments.document_invariants import INVARIANTS as DOCUMENTS_INVARIANTS
from logistics.payments.invariants import INVARIANTS as PAYMENTS_INVARIANTS
from logistics.payments.routes import company_bp as company
from logistics.payments.routes import debts_bp as debts
from logistics.reports.routes import bp as home
from logistics.seeds.commands import seed as seed_command
from logistics.shops import models as shops_models
from logistics.shops import tasks as shops_tasks
from logistics.shops.routes import hooks_bp as hooks
from logistics.shops.routes import shops_bp as shops
from logistics.staff import models as staff_models
from logistics.staff import tasks as staff_tasks
from logistics.staff.commands import staff as staff_command
from logistics.staff.routes import bp as staff
from logistics.tracking import models as tracking_models
from logistics.tracking import tasks as tracking_tasks
from logistics.tracking.importing import TRACKING
from logistics.tracking.invariants import INVARIANTS as TRACKING_INVARIANTS
from logistics.tracking.routes import bp as tracking
from logistics.tracking.routes import carrier_hooks_bp as carrier_hooks
from logistics.worker import tasks as worker_tasks
from logistics.worker.commands import worker as worker_command
from logistics.worker.invariants import INVARIANTS as WORKER_INVARIANTS

MODELS: tuple[ModuleType, ...] = (
    events,
    keys,
    limits,
    staff_models,
    catalog_models,
    customers_models,
    inventory_models,
    payments_models,
    orders_models,
    fulfilment_models,
    tracking_models,
    notifications_models,
    api_models,
    imports_models,
    shops_models,
)
BLUEPRINTS: tuple[Blueprint, ...] = (
    health,
    staff,
    catalog,
    taxes,
    customers,
    debts,
    inventory,
    fulfilment,
    orders,
    payments,
    channels,
    refunds,
    payment_hooks,
    documents,
    company,
    tracking,
    carrier_hooks,
    home,
    imports,
    api,
    hooks,
    shops,
)
COMMANDS: tuple[click.Command, ...] = (audit_command, import_command, staff_command, seed_command, worker_command, keys_command, simulate_command)
INVARIANTS: tuple[Sequence[Invariant], ...] = (
    CUSTOMERS_INVARIANTS,
    INVENTORY_INVARIANTS,
    PAYMENTS_INVARIANTS,
    DOCUMENTS_INVARIANTS,
    ORDERS_INVARIANTS,
    FULFILMENT_INVARIANTS,
    TRACKING_INVARIANTS,
    NOTIFICATIONS_INVARIANTS,
    WORKER_INVARIANTS,
)
IMPORTERS: tuple[Importer, ...] = (NEW_ORDERS, PRODUCTS, CUSTOMERS, STOCK, ORDERS, TRACKING)
# Importing a module of tasks puts them, and their schedule, into the queue.
TASKS: tuple[ModuleType, ...] = (
    staff_tasks,
    inventory_tasks,
    orders_tasks,
    card_tasks,
    fulfilment_tasks,
    tracking_tasks,
    notifications_tasks,
    imports_tasks,
    shops_tasks,
    worker_tasks,
)
