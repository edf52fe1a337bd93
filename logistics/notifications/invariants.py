"""What always holds for messages."""

from logistics.core.auditing import Invariant

INVARIANTS = (
    Invariant(
        "I-X1",
        "Every milestone that must be told has its message",
        """
        WITH told AS (
            SELECT 'order' AS subject, subject_id, subject_id AS order_id,
                   CASE data->>'after' WHEN 'unpaid' THEN 'received' WHEN 'paid' THEN 'confirmed' ELSE 'cancelled' END AS milestone
              FROM event_log
             WHERE name = 'OrderStatusChanged'
               AND (data->>'after' IN ('paid', 'cancelled') OR (data->>'after' = 'unpaid' AND data->>'before' = 'draft'))
            UNION
            SELECT 'shipment', subject_id, (data->>'order_id')::bigint, 'shipped' FROM event_log WHERE name = 'ShipmentDispatched'
            UNION
            SELECT 'shipment', subject_id, (data->>'order_id')::bigint, 'delivered'
              FROM event_log WHERE name = 'ParcelMoved' AND data->>'after' = 'delivered'
            UNION
            SELECT 'cancellation', (data->>'cancellation_id')::bigint, subject_id, 'cancelled_in_part'
              FROM event_log WHERE name = 'OrderLinesCancelled'
            UNION
            SELECT 'refund', (data->>'refund_id')::bigint, subject_id, 'refunded' FROM event_log WHERE name = 'OrderRefunded'
        )
        SELECT o.number, t.milestone, t.subject, t.subject_id
          FROM told t
          JOIN orders o ON o.id = t.order_id AND o.imported_at IS NULL
         WHERE NOT EXISTS (SELECT 1 FROM messages m
                            WHERE m.subject = t.subject AND m.subject_id = t.subject_id AND m.milestone = t.milestone)
        UNION ALL
        SELECT e.data->>'reference', 'stock_ran_low', 'staff_notice', e.id
          FROM event_log e
          LEFT JOIN orders o ON o.number = e.data->>'reference'
         WHERE e.name = 'StockRanLow' AND o.imported_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.subject = 'staff_notice' AND m.subject_id = e.id)
        """,
    ),
    Invariant(
        "I-X2",
        "No message waits longer than ten minutes, as of the worker's last run",
        """
        SELECT m.id AS message_id, m.milestone, m.attempts, m.problem, coalesce(m.enqueued_at, m.created_at) AS waits_since
          FROM messages m
         WHERE m.state = 'queued'
           AND coalesce(m.enqueued_at, m.created_at) < (
                SELECT max(e.at) FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id
                 WHERE j.task_name = 'notifications.dispatch' AND e.type = 'succeeded') - interval '10 minutes'
        """,
        warning=True,
    ),
)
