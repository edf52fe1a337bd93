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
        "Reserved is the sum of the active reservations, and every such sum has its stock level",
        """
        SELECT coalesce(l.id, r.stock_level_id) AS stock_level_id, l.reserved, r.promised
          FROM stock_levels l
          FULL JOIN (SELECT stock_level_id, sum(quantity) AS promised FROM reservations WHERE state = 'active' GROUP BY stock_level_id) r
            ON r.stock_level_id = l.id
         WHERE l.id IS NULL OR l.reserved <> coalesce(r.promised, 0)
         ORDER BY 1
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
