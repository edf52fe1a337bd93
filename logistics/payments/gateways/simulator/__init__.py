"""A provider of cards that only plays one: a small program of its own on loopback, started by `flask simulate gateway`.

It knows nothing of the shop's database; its books are a file of its own, so that a test can kill it anywhere and compare afterwards.
"""
