"""Rung 10: shop platforms, whose signed webhooks become orders."""
