"""Rung 7: what happened to a parcel on its way, and the public page that tells the customer."""
