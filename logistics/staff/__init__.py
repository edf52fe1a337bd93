"""Rung 2: the people who work here: signing in, roles, sessions, and the event log of what everybody did."""
