"""What always holds for stock."""

from logistics.core.auditing import Invariant

_RUNNING = """
    SELECT id AS movement_id, stock_level_id, bucket, quantity, balance_after,
           sum(quantity) OVER (PARTITION BY stock_level_id, bucket ORDER BY id) AS running
      FROM movements
"""

INVARIANTS = (
    Invariant(
        "I-S1",
        "On hand and quarantined are the sums of their movements, and every sum has its stock level",
        """
        SELECT coalesce(l.id, m.stock_level_id) AS stock_level_id, l.on_hand, m.sellable AS moved, l.quarantined, m.quarantine AS moved_quarantine
          FROM stock_levels l
          FULL JOIN (
              SELECT stock_level_id,
                     coalesce(sum(quantity) FILTER (WHERE bucket = 'sellable'), 0) AS sellable,
                     coalesce(sum(quantity) FILTER (WHERE bucket = 'quarantine'), 0) AS quarantine
                FROM movements GROUP BY stock_level_id
          ) m ON m.stock_level_id = l.id
         WHERE l.id IS NULL OR (l.on_hand, l.quarantined) <> (coalesce(m.sellable, 0), coalesce(m.quarantine, 0))
         ORDER BY 1
        """,
    ),
    Invariant(
        "I-S2",
        "0 <= reserved <= on hand",
        """
        SELECT id AS stock_level_id, on_hand, reserved, quarantined FROM stock_levels
         WHERE reserved < 0 OR reserved > on_hand OR quarantined < 0 ORDER BY id
        """,
    ),
    Invariant(
        "I-S3",
        "Reserved and waiting are the sums of the active and the waiting reservations, and every such sum has its stock level",
        """
        SELECT coalesce(l.id, r.stock_level_id) AS stock_level_id, l.reserved, r.promised, l.waiting, r.awaited
          FROM stock_levels l
          FULL JOIN (
              SELECT stock_level_id,
                     coalesce(sum(quantity) FILTER (WHERE state = 'active'), 0) AS promised,
                     coalesce(sum(quantity) FILTER (WHERE state = 'waiting'), 0) AS awaited
                FROM reservations WHERE state IN ('active', 'waiting') GROUP BY stock_level_id
          ) r ON r.stock_level_id = l.id
         WHERE l.id IS NULL OR (l.reserved, l.waiting) <> (coalesce(r.promised, 0), coalesce(r.awaited, 0))
         ORDER BY 1
        """,
    ),
    Invariant(
        "I-R4",
        "Nothing is available at a stock level where orders wait",
        """
        SELECT l.id AS stock_level_id, l.on_hand, l.reserved, sum(r.quantity) AS awaited
          FROM stock_levels l JOIN reservations r ON r.stock_level_id = l.id AND r.state = 'waiting'
         WHERE l.reserved <> l.on_hand GROUP BY l.id ORDER BY 1
        """,
    ),
    Invariant(
        "I-S4",
        "The balance after each movement is the running sum of the movements up to it",
        f"SELECT * FROM ({_RUNNING}) ledger WHERE balance_after <> running ORDER BY movement_id",
    ),
    Invariant(
        "I-S5",
        "No balance was ever negative",
        f"SELECT * FROM ({_RUNNING}) ledger WHERE running < 0 OR balance_after < 0 ORDER BY movement_id",
    ),
)
