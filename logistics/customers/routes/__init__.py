"""Pages about customers and their money, by what they are about."""

from logistics.customers.routes import customers, money, statement
from logistics.customers.routes.blueprint import bp

__all__ = ["bp", "customers", "money", "statement"]
