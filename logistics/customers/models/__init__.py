"""Customers, their accounts, and the corrections of them."""

from logistics.customers.models.accounts import Account, Entry, EntryKind
from logistics.customers.models.adjustments import AdjustmentRequest
from logistics.customers.models.customers import Customer, CustomerAddress

__all__ = ["Account", "AdjustmentRequest", "Customer", "CustomerAddress", "Entry", "EntryKind"]
