"""Rung 1: what every feature stands on. Nothing of the business lives here."""
