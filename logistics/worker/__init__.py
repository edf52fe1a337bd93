"""Rung 10: `flask worker`, which runs the background tasks and their schedule."""
