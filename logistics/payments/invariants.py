"""What always holds for payments."""

from logistics.core.auditing import Invariant

INVARIANTS = (
    Invariant(
        "I-M1",
        "What is authorised on an account are the open authorisations of the payments from it",
        """
        SELECT a.id AS account_id, a.authorised, coalesce(p.promised, 0) AS promised
          FROM accounts a
          LEFT JOIN (
              SELECT account_id, sum(authorised - captured - voided) AS promised
                FROM payments WHERE method IN ('balance', 'terms') GROUP BY account_id
          ) p ON p.account_id = a.id
         WHERE a.authorised <> coalesce(p.promised, 0)
        UNION ALL
        SELECT NULL, authorised, 0 FROM payments WHERE method IN ('balance', 'terms') AND account_id IS NULL
        """,
    ),
    Invariant(
        "I-M2",
        "Payment amounts are the sums of their moves, and refunded <= captured <= authorised",
        """
        SELECT p.id AS payment_id, p.order_id, p.authorised, p.captured, p.voided, p.refunded
          FROM payments p
          LEFT JOIN (
              SELECT payment_id,
                     coalesce(sum(amount) FILTER (WHERE kind = 'authorise'), 0) AS authorised,
                     coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS captured,
                     coalesce(sum(amount) FILTER (WHERE kind = 'void'), 0) AS voided,
                     coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunded
                FROM payment_moves GROUP BY payment_id
          ) m ON m.payment_id = p.id
         WHERE (p.authorised, p.captured, p.voided, p.refunded)
               IS DISTINCT FROM (coalesce(m.authorised, 0), coalesce(m.captured, 0), coalesce(m.voided, 0), coalesce(m.refunded, 0))
            OR NOT (0 <= p.refunded AND p.refunded <= p.captured AND p.captured <= p.authorised)
        """,
    ),
    Invariant(
        "I-M3",
        "A provider's reference is booked once, in the order's currency",
        """
        SELECT m.order_id, m.provider, m.kind, m.reference, count(*) AS times
          FROM payment_moves m WHERE m.reference <> ''
         GROUP BY m.order_id, m.provider, m.kind, m.reference HAVING count(*) > 1
        UNION ALL
        SELECT p.order_id, p.method, p.currency, o.currency, 1
          FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.currency <> o.currency
        """,
    ),
)
