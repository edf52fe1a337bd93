"""Rung 3: what lies where: warehouses, stock levels, the movement ledger, reservations."""
