"""What always holds between orders, parcels and the ledger."""

from logistics.core.auditing import Invariant

_LEFT = "state NOT IN ('pending', 'picking', 'picked', 'packed', 'cancelled')"

INVARIANTS = (
    Invariant(
        "I-F1",
        "Units shipped per order line are those of its dispatched shipments",
        f"""
        SELECT l.id AS order_line_id, l.order_id, l.shipped, coalesce(s.units, 0) AS dispatched
          FROM order_lines l
          LEFT JOIN (
              SELECT sl.order_line_id, sum(sl.packed) AS units
                FROM shipment_lines sl JOIN shipments s ON s.id = sl.shipment_id WHERE s.{_LEFT} GROUP BY sl.order_line_id
          ) s ON s.order_line_id = l.id
         WHERE l.shipped <> coalesce(s.units, 0)
        """,
    ),
    Invariant(
        "I-F2",
        "Every unit shipped left the ledger once, by its shipment line",
        f"""
        SELECT s.reference, sl.id AS shipment_line_id, sl.packed, coalesce(-m.quantity, 0) AS left_the_ledger
          FROM shipment_lines sl
          JOIN shipments s ON s.id = sl.shipment_id
          LEFT JOIN movements m ON m.shipment_line_id = sl.id
         WHERE coalesce(-m.quantity, 0) <> CASE WHEN s.{_LEFT} THEN sl.packed ELSE 0 END
        UNION ALL
        SELECT m.reference, NULL, NULL, -m.quantity FROM movements m WHERE m.kind = 'dispatch' AND m.shipment_line_id IS NULL
        """,
    ),
    Invariant(
        "I-F3",
        "Both sides of a shipment line name one order, and its reservation is for that order line",
        """
        SELECT s.reference, sl.id AS shipment_line_id, s.order_id, l.order_id AS order_of_line, r.order_line_id AS reserved_for
          FROM shipment_lines sl
          JOIN shipments s ON s.id = sl.shipment_id
          JOIN order_lines l ON l.id = sl.order_line_id
          JOIN reservations r ON r.id = sl.reservation_id
         WHERE l.order_id <> s.order_id OR r.order_line_id <> sl.order_line_id
        """,
    ),
    Invariant(
        "I-F6",
        "One live shipment per carrier and tracking number",
        """
        SELECT carrier_id, tracking_number, count(*) AS times FROM shipments
         WHERE tracking_number <> '' AND state NOT IN ('delivered', 'returned_to_sender', 'lost', 'cancelled')
         GROUP BY carrier_id, tracking_number HAVING count(*) > 1
        """,
    ),
)
