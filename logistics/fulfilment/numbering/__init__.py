"""Tracking numbers: which carrier's one may be from its form, and whether its check digit is right. Plain values in, plain values out."""
