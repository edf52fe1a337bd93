"""The limit of placing: the rows that one placed order leaves behind, written by PostgreSQL from a pattern, without any application.

What an order writes is copied from the first order there is: the order, its lines, promises, events, message and job, and what is
reserved of its products, under the locks that placing takes. Three statements of constant text, one transaction.
"""

import secrets

import psycopg
from psycopg import sql

_LOCK = "SELECT id FROM stock_levels WHERE product_id = ANY(%(products)s) ORDER BY id FOR NO KEY UPDATE"
_RESERVE = "UPDATE stock_levels SET reserved = reserved + 1 WHERE product_id = ANY(%(products)s)"
_WRITE = """
WITH pattern AS (SELECT * FROM orders ORDER BY id LIMIT 1),
     fresh AS (INSERT INTO orders ({orders}) SELECT {pattern} FROM pattern RETURNING id),
     lines AS (INSERT INTO order_lines ({lines}) SELECT {copied_lines} FROM order_lines l, fresh, pattern WHERE l.order_id = pattern.id
               RETURNING id, position, product_id),
     promises AS (INSERT INTO reservations ({promises})
                  SELECT {copied_promises} FROM reservations r JOIN order_lines old ON old.id = r.order_line_id
                  JOIN pattern ON pattern.id = old.order_id JOIN lines ON lines.position = old.position
                  JOIN stock_levels s ON s.product_id = lines.product_id RETURNING id),
     news AS (INSERT INTO event_log ({events}) SELECT {copied_events} FROM event_log e, fresh, pattern
              WHERE (e.subject = 'order' AND e.subject_id = pattern.id)
                 OR (e.subject = 'reservation' AND e.subject_id IN
                     (SELECT r.id FROM reservations r JOIN order_lines old ON old.id = r.order_line_id WHERE old.order_id = pattern.id))),
     told AS (INSERT INTO messages ({messages}) SELECT {copied_messages} FROM messages m, fresh, pattern WHERE m.order_id = pattern.id)
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT queue_name, task_name, priority, args FROM procrastinate_jobs ORDER BY id LIMIT 1
"""


class SqlOrders:
    """Writes orders like the first one, for other products."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self.connection = connection
        first = connection.execute("SELECT min(id) FROM products").fetchone()
        self.first = int(str(first[0])) if first else 0
        self.write = _statement(connection)

    def place(self, products: list[int]) -> None:
        """Write one order of these products, by their number."""
        values = {"products": [self.first + number for number in products], "number": secrets.token_hex(6)}
        with self.connection.transaction():
            self.connection.execute(_LOCK, values)
            self.connection.execute(_RESERVE, values)
            self.connection.execute(self.write, values)


def _statement(connection: "psycopg.Connection[tuple[object, ...]]") -> sql.Composed:
    """The one INSERT chain, with every column there is."""
    fresh = {
        "orders": {"number": "%(number)s"},
        "order_lines": {"order_id": "fresh.id", "product_id": "(%(products)s::bigint[])[l.position]"},
        "reservations": {"order_line_id": "lines.id", "stock_level_id": "s.id"},
        "event_log": {"subject_id": "fresh.id", "xid": "pg_current_xact_id()"},
        "messages": {"subject_id": "fresh.id", "order_id": "fresh.id"},
    }
    names = {
        "orders": ("orders", "pattern", "pattern"),
        "order_lines": ("lines", "copied_lines", "l"),
        "reservations": ("promises", "copied_promises", "r"),
    }
    names |= {"event_log": ("events", "copied_events", "e"), "messages": ("messages", "copied_messages", "m")}
    parts: dict[str, sql.Composable] = {}
    for table, (columns, copied, alias) in names.items():
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id' ORDER BY ordinal_position"
        found = [str(row[0]) for row in connection.execute(query, [table])]
        parts[columns] = sql.SQL(", ").join(map(sql.Identifier, found))
        parts[copied] = sql.SQL(", ").join(sql.SQL(fresh[table].get(name, f"{alias}.{name}")) for name in found)
    connection.commit()
    return sql.SQL(_WRITE).format(**parts)
