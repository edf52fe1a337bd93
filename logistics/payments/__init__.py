"""Rung 4: money for orders: payments and their append-only moves."""
