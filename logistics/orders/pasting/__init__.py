"""Paste-to-order: a chat message becomes customer, phone number, address and lines, with what is unsure marked."""

from logistics.orders.pasting.board import MOST
from logistics.orders.pasting.matching import Understood, look_up
from logistics.orders.pasting.reading import read_message

__all__ = ["MOST", "Understood", "look_up", "read_message"]
