"""Rung 10: JSON intake, channel adapters."""
