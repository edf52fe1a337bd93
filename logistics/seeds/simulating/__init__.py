"""A simulator of carriers: it tells the running shop, over its own door, what might happen to the parcels that are out."""
