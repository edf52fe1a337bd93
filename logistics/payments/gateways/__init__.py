"""Providers of card payments behind one interface: Stripe, and one that is simulated for demo and tests."""
