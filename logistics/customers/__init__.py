"""Rung 3: who buys, and their money with us: accounts per currency with append-only entries."""
