"""Rung 5: orders from intake to their headline status; placing, paying, cancelling."""
