"""Pages about customers and their money, by what they are about."""

from logistics.customers.routes import corrections, customers, money, statement
from logistics.customers.routes.blueprint import bp
from logistics.customers.routes.blueprint import corrections as corrections_bp

__all__ = ["bp", "corrections", "corrections_bp", "customers", "money", "statement"]
