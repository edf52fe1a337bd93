"""What always holds for orders. I-F4 says the headline's rules a second time, in SQL, on purpose."""

from logistics.core.auditing import Invariant


def _net(units: str) -> str:
    """What so many units of a line cost (rules.line_net, in SQL on purpose); numeric, or the product may be too large."""
    gross = "div(2 * l.ordered::numeric * l.unit_price * (10000 - l.discount_bp) + 10000, 20000)"
    return f"div(2 * greatest(0, {gross} - l.discount_share) * ({units}) + l.ordered, 2 * l.ordered)"


def _tax(amount: str, rate: str) -> str:
    """The tax in or on an amount (rules.tax_of)."""
    inside = f"{amount} - div(2 * {amount} * 10000 + 10000 + {rate}, 2 * (10000 + {rate}))"
    return f"CASE WHEN o.tax_included THEN {inside} ELSE div(2 * {amount} * {rate} + 10000, 20000) END"


_LEFT = _net("l.ordered - l.cancelled")
_LINE_SUMS = f"""
    SELECT l.order_id,
           sum(l.ordered - l.cancelled - l.shipped) AS remaining,
           sum(l.shipped) AS shipped,
           sum(l.shipped - l.delivered - l.bounced - l.lost) AS moving,
           sum(l.delivered - l.returned) AS kept,
           sum({_LEFT} + CASE WHEN o.tax_included THEN 0 ELSE {_tax(_LEFT, "l.tax_bp")} END) AS goods_due,
           bool_and(l.cancelled = l.ordered) AS all_cancelled
      FROM order_lines l JOIN orders o ON o.id = l.order_id GROUP BY l.order_id
"""
_SHIPPING_TAX = _tax("o.shipping::numeric", "o.shipping_tax_bp")
_SHIPPING_DUE = f"o.shipping + CASE WHEN o.tax_included THEN 0 ELSE {_SHIPPING_TAX} END"
_DUE = f"CASE WHEN l.all_cancelled THEN 0 ELSE greatest(0, l.goods_due + {_SHIPPING_DUE} - o.allowance) END"
_MONEY = """
    SELECT order_id, sum(authorised - voided - refunded) AS covered, sum(captured - refunded) AS received,
           sum(authorised - captured - voided) FILTER (WHERE method = 'cod') AS cod,
           sum(authorised - voided - refunded) FILTER (WHERE method = 'terms') AS terms
      FROM payments GROUP BY order_id
"""
STATE_OF_ORDER = f"""
    SELECT o.id, o.number, o.status, o.covered_at, o.surplus, o.owed, l.remaining, l.shipped, l.moving, l.kept,
           {_DUE} AS due, coalesce(m.covered, 0) >= {_DUE} AS is_covered,
           CASE WHEN o.status = 'cancelled' THEN 0 ELSE greatest(0, coalesce(m.received, 0) - {_DUE}) END AS too_much,
           CASE WHEN m.cod > 0 THEN 'cod' WHEN m.terms > 0 THEN 'terms' ELSE '' END AS to_come
      FROM orders o JOIN ({_LINE_SUMS}) l ON l.order_id = o.id LEFT JOIN ({_MONEY}) m ON m.order_id = o.id
"""

INVARIANTS = (
    Invariant(
        "I-R1",
        "No line has more units promised, shipped and cancelled than were ordered",
        """
        SELECT l.id AS order_line_id, l.order_id, l.ordered, l.shipped, l.cancelled, sum(r.quantity) AS promised
          FROM order_lines l JOIN reservations r ON r.order_line_id = l.id AND r.state IN ('active', 'waiting')
         GROUP BY l.id HAVING sum(r.quantity) + l.shipped + l.cancelled > l.ordered
        """,
    ),
    Invariant(
        "I-R2",
        "No open reservation stands on a closed order or for another product",
        """
        SELECT r.id AS reservation_id, o.number, o.status
          FROM reservations r
          JOIN order_lines l ON l.id = r.order_line_id
          JOIN orders o ON o.id = l.order_id
          JOIN stock_levels s ON s.id = r.stock_level_id
         WHERE r.state IN ('active', 'waiting') AND (o.status NOT IN ('unpaid', 'paid', 'partially_shipped') OR s.product_id <> l.product_id)
        """,
    ),
    Invariant(
        "I-R3",
        "No unpaid order is past its time-out by more than two minutes, as of the sweep's last run, unless a card is paying",
        """
        SELECT number, expires_at FROM orders o
         WHERE status = 'unpaid' AND covered_at IS NULL AND hold_reason = ''
           AND expires_at < (
                SELECT max(e.at) FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id
                 WHERE j.task_name = 'orders.expire_unpaid' AND j.status = 'succeeded' AND e.type = 'started') - interval '2 minutes'
           AND NOT EXISTS (SELECT 1 FROM payment_attempts a WHERE a.order_id = o.id AND a.state = 'open')
           AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.method = 'card' AND p.state = 'created')
        """,
    ),
    Invariant(
        "I-F3",
        "A line's units add up: nothing delivered that was not shipped, nothing shipped that was not ordered",
        """
        SELECT id AS order_line_id, order_id, ordered, cancelled, assigned, picked, packed, shipped, delivered, bounced, lost, returned
          FROM order_lines
         WHERE NOT (shipped + cancelled <= ordered AND delivered + bounced + lost <= shipped AND returned <= delivered
                    AND picked <= assigned AND packed <= picked AND shipped <= packed AND assigned <= ordered)
        """,
    ),
    Invariant(
        "I-F4",
        "The headline follows from the lines and the money",
        f"""
        SELECT number, status, computed FROM (
            SELECT number, status, CASE
                WHEN remaining = 0 AND shipped = 0 THEN 'cancelled'
                WHEN remaining > 0 AND shipped > 0 THEN 'partially_shipped'
                WHEN moving > 0 THEN 'shipped'
                WHEN kept > 0 THEN 'delivered'
                WHEN shipped > 0 THEN 'returned'
                WHEN is_covered THEN 'paid'
                ELSE 'unpaid' END AS computed
              FROM ({STATE_OF_ORDER}) states WHERE status <> 'draft'
        ) both_ways WHERE status <> computed
        """,
    ),
    Invariant(
        "I-O1",
        "An order's total is its lines plus shipping, and tax where prices do not hold it; its discount is the lines' shares",
        f"""
        SELECT o.number, o.total, o.merchandise, o.shipping, o.discount, o.tax, coalesce(sum(l.net), 0) AS lines
          FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
         GROUP BY o.id
        HAVING o.merchandise <> coalesce(sum(l.net), 0)
            OR o.discount <> coalesce(sum(l.discount_share), 0)
            OR o.tax <> coalesce(sum(l.tax), 0) + {_SHIPPING_TAX}
            OR o.total <> o.merchandise + o.shipping + CASE WHEN o.tax_included THEN 0 ELSE o.tax END
        """,
    ),
    Invariant(
        "I-O2",
        "A line's net is quantity x price less its discounts, and its tax the rate's part of that, each rounded half up",
        f"""
        SELECT l.id AS order_line_id, l.order_id, l.ordered, l.unit_price, l.discount_bp, l.discount_share, l.net, l.tax_bp, l.tax
          FROM order_lines l JOIN orders o ON o.id = l.order_id
         WHERE l.net <> {_net("l.ordered")} OR l.tax <> {_tax("l.net::numeric", "l.tax_bp")}
        """,
    ),
    Invariant(
        "I-O3",
        "One order per channel and external id; numbers are unique",
        """
        SELECT min(number) AS number, channel_id, external_id, count(*) AS times
          FROM orders WHERE external_id IS NOT NULL GROUP BY channel_id, external_id HAVING count(*) > 1
        UNION ALL
        SELECT number, NULL, NULL, count(*) FROM orders GROUP BY number HAVING count(*) > 1
        """,
    ),
    Invariant(
        "I-O4",
        "The status history is an unbroken chain that ends at the headline",
        """
        WITH history AS (
            SELECT subject_id AS order_id, id, data ->> 'before' AS was, data ->> 'after' AS became,
                   lag(data ->> 'after', 1, 'draft') OVER (PARTITION BY subject_id ORDER BY id) AS expected,
                   row_number() OVER (PARTITION BY subject_id ORDER BY id DESC) AS from_the_end
              FROM event_log WHERE name = 'OrderStatusChanged'
        )
        SELECT o.number, h.id AS event_id, h.expected, h.was, h.became, o.status
          FROM history h JOIN orders o ON o.id = h.order_id
         WHERE h.was IS DISTINCT FROM h.expected OR (h.from_the_end = 1 AND h.became <> o.status)
        UNION ALL
        SELECT o.number, NULL, NULL, NULL, NULL, o.status FROM orders o
         WHERE o.status <> 'draft' AND NOT EXISTS (SELECT 1 FROM history h WHERE h.order_id = o.id)
        """,
    ),
    Invariant(
        "I-M4",
        "Every order ever covered says since when, and what was shipped uncovered has an open payment incident",
        f"""
        SELECT number, status, covered_at, is_covered, shipped FROM ({STATE_OF_ORDER}) states
         WHERE (is_covered AND covered_at IS NULL AND status NOT IN ('draft', 'cancelled'))
            OR (shipped > 0 AND NOT is_covered
                AND NOT EXISTS (SELECT 1 FROM payment_incidents i WHERE i.order_id = states.id AND i.resolved_at IS NULL))
        """,
    ),
    Invariant(
        "I-M5",
        "An order says what it was overpaid by, and whether what covers it is still to come",
        f"""
        SELECT number, status, surplus, too_much, owed, to_come FROM ({STATE_OF_ORDER}) states
         WHERE surplus <> too_much OR owed <> to_come
        """,
    ),
)
