"""Rung 2: the products the shop sells."""
