# ruff: noqa: E501 - a statement is easier to read in long lines than in torn ones
"""A shop with many orders, put into a database by plain SQL: three years of them, most of them closed, a few thousand open.

Not played through the capabilities, which would take hours: what the list reads is there and in usual proportions, and nothing else.
"""

from typing import Any

# Numbers in these texts are fixed, so that two runs plant the same shop.
_FILL: tuple[str, ...] = (
    "SELECT setseed(0.5)",
    "INSERT INTO staff (email, name, role, password_hash, active, language, theme, one_time_password, demo, created_at, version)"
    " VALUES ('bench@lamp.example', 'Bench', 'admin', 'no password', true, '', '', false, true, now(), 1)",
    """
    INSERT INTO channels (code, name, kind, may_wait, ship_complete, capture_at_dispatch, tax_included, invoices, active, version)
    SELECT 'shop-' || n, 'Shop ' || n, 'shopify', false, true, false, true, false, true, 1 FROM generate_series(1, 5) n
    """,
    """
    INSERT INTO products (sku, name, description, gtin, price, currency, weight_grams, tax_class, sellable, discontinued, created_at, updated_at, version, search)
    SELECT 'SKU-' || n, 'Thing ' || n, '', '', 500 + n, 'USD', 100, 'standard', true, false, now(), now(), 1, array_to_tsvector(ARRAY['sku', n::text, 'sku' || n])
      FROM generate_series(1, 3000) n
    """,
    """
    INSERT INTO warehouses (code, name, kind, line1, city, region, postcode, country, priority, active, version)
    SELECT code, code, 'warehouse', '', '', '', '', 'GB', 10, true, 1 FROM unnest(ARRAY['LEEDS', 'HANGZHOU', 'OLD', 'NEW', 'EMPTY']) code
    """,
    """
    INSERT INTO stock_levels (warehouse_id, product_id, on_hand, reserved, quarantined, bin, reorder_point, version, waiting)
    SELECT w.id, p.id, 0, 0, 0, '', 0, 1, 0 FROM warehouses w CROSS JOIN products p
    """,
    """
    INSERT INTO customers (name, email, phone, line1, city, postcode, country, language, created_at, updated_at, version, search, reference, line2, district, region)
    SELECT 'First' || (n % 900) || ' Last' || (n % 1700), 'c' || n || '@example.com', '+44 113 ' || n, '', 'Leeds', '', 'GB', 'en', now(), now(), 1,
           array_to_tsvector(ARRAY['c' || n]), 'C-' || n, '', '', ''
      FROM generate_series(1, 60000) n
    """,
)
# The newest percent of the orders is still open in many ways, what is older is closed. `age` is 0 for the newest and 1 for the oldest.
_PLANNED = """
    INSERT INTO orders (number, channel_id, external_id, customer_id, status, cancel_reason, currency, merchandise, shipping, discount, tax, tax_included,
        shipping_tax_bp, allowance, surplus, owed, total, name, phone, email,
        line1, line2, district, city, region, postcode, country, language, note, priority, ship_complete, sourcing, hold_reason, hold_note, held_at,
        placed_at, expires_at, covered_at, imported_at, token_version, version, search)
    SELECT 'B' || lpad(n::text, 8, '0'), channel, 'X' || n, customer, status, '', currency, total, 0, 0, 0, true, 0, 0, 0, '', total, name, '+44 113 496 ' || n, 'c' || customer || '@example.com',
        (n % 200) || ' Park Row', '', '', city, '', 'LS' || (n % 30) || ' 5HD', 'GB', 'en', CASE WHEN random() < 0.08 THEN 'Please call' ELSE '' END,
        CASE WHEN random() < 0.01 THEN 5 ELSE 0 END, true, '{}', CASE WHEN held THEN 'fraud' ELSE '' END, '', CASE WHEN held THEN now() END,
        placed_at, CASE WHEN channel < 4 THEN NULL ELSE placed_at + interval '14 days' END, CASE WHEN status <> 'unpaid' THEN placed_at END,
        CASE WHEN age > 0.7 THEN now() END, 1, 1,
        array_to_tsvector(array_remove(ARRAY['b' || lpad(n::text, 8, '0'), 'x' || n, lower(first), lower(last), 'c' || customer, 'example', 'com', 'park', 'row',
            lower(city), 'ls' || (n % 30), '5hd', 'thing', 'sku', (n % 3000)::text, '张伟', '张', '伟', (n % 1000000)::text, right(n::text, 4), right(n::text, 5)], NULL))
      FROM (
        SELECT made.*, open AND n % 33 = 0 AS held, 'First' || (customer % 900) AS first, 'Last' || (customer % 1700) AS last,
               'First' || (customer % 900) || ' Last' || (customer % 1700) AS name,
               CASE WHEN NOT open THEN CASE WHEN dice < 0.86 THEN 'delivered' WHEN dice < 0.93 THEN 'cancelled' WHEN dice < 0.97 THEN 'returned' ELSE 'shipped' END
                    WHEN dice < 0.35 THEN 'unpaid' WHEN dice < 0.8 THEN 'paid' WHEN dice < 0.85 THEN 'partially_shipped' ELSE 'shipped' END AS status
          FROM (
            SELECT n, age, n % 97 AS c97, random() AS dice, age < 0.02 AND random() < 0.6 AS open,
                   now() - age * interval '1095 days' AS placed_at,
                   CASE WHEN random() < 0.05 THEN 17 ELSE 1 + (random() * 59999)::int END AS customer,
                   CASE WHEN age < 0.005 AND random() < 0.3 THEN 8 ELSE 1 + (random() * 5.999)::int END AS channel,
                   CASE WHEN random() < 0.9 THEN 'USD' WHEN random() < 0.9 THEN 'EUR' ELSE 'CNY' END AS currency,
                   (500 + random() * random() * 90000)::int AS total,
                   (ARRAY['Leeds', 'York', 'Hangzhou', 'Berlin'])[1 + (n % 4)] AS city
              FROM (SELECT n, (ORDERS - n)::float / ORDERS AS age FROM generate_series(1, ORDERS) n) numbered
          ) made
      ) planned
     ORDER BY n
"""
_REST: tuple[str, ...] = (
    """
    INSERT INTO order_lines (order_id, position, product_id, ordered, cancelled, assigned, picked, packed, shipped, delivered, bounced, lost, returned,
        unit_price, discount_bp, discount_share, tax_bp, tax, net, note)
    SELECT o.id, p, CASE WHEN random() < 0.1 THEN 1 ELSE 1 + ((o.id * 7 + p * 13) % 2900) END, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 0, 0, 0, 0, 1000, ''
      FROM orders o CROSS JOIN generate_series(1, 2) p
    """,
    """
    INSERT INTO reservations (stock_level_id, order_line_id, quantity, state, priority, placed_at, reference, picked)
    SELECT s.id, l.id, 2, CASE WHEN o.status IN ('unpaid', 'paid') THEN CASE WHEN random() < 0.02 THEN 'waiting' ELSE 'active' END ELSE 'consumed' END,
           0, o.placed_at, o.number, 0
      FROM order_lines l JOIN orders o ON o.id = l.order_id
      JOIN warehouses w ON w.code = CASE WHEN o.placed_at > now() - interval '5 days' AND l.id % 3 = 0 THEN 'NEW'
                                         WHEN o.id % 1000 = 1 THEN 'OLD' WHEN o.id % 2 = 0 THEN 'LEEDS' ELSE 'HANGZHOU' END
      JOIN stock_levels s ON s.warehouse_id = w.id AND s.product_id = l.product_id
     WHERE o.status <> 'cancelled'
    """,
    """
    INSERT INTO payments (order_id, method, state, currency, provider, provider_reference, pay_url, failure, authorised, captured, voided, refunded, created_at)
    SELECT id, 'transfer', 'captured', currency, '', '', '', '', paid, paid, 0, 0, placed_at
      FROM (SELECT *, CASE WHEN status = 'unpaid' THEN total / 2 ELSE total END AS paid FROM orders) o
     WHERE status NOT IN ('unpaid', 'cancelled') OR (status = 'unpaid' AND id % 9 = 0)
    """,
)


def plant(connection: Any, *, orders: int) -> None:
    """Fill an empty, migrated database with so many orders. The connection commits by itself."""
    for statement in _FILL:
        connection.execute(statement)
    connection.execute(_PLANNED.replace("ORDERS", str(orders)))
    for statement in _REST:
        connection.execute(statement)
    connection.execute("VACUUM (ANALYZE)")
