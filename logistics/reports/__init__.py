"""Rung 9: what waits for whom, and finding anything. Reads only."""
