"""Pages about what customers owe, and about the company that documents are issued by."""

from logistics.payments.routes.company import bp as company_bp
from logistics.payments.routes.debts import bp as debts_bp

__all__ = ["company_bp", "debts_bp"]
