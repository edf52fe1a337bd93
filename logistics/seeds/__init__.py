"""Rung 10: the demo company."""
