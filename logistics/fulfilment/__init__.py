"""Rung 6: from paid order to parcel: assigning, picking, packing, dispatching."""
