"""What always holds for invoices and credit notes. The amounts are added up from what is printed, in SQL on purpose."""

from logistics.core.auditing import Invariant

_PRINTED = """
    SELECT d.id, coalesce(sum((e ->> 'gross')::bigint), 0) AS gross, coalesce(sum((e ->> 'tax')::bigint), 0) AS tax
      FROM documents d LEFT JOIN LATERAL jsonb_array_elements(d.content -> 'entries') e ON true GROUP BY d.id
"""
_BY_RATE = """
    SELECT d.id, coalesce(sum((t ->> 'gross')::bigint), 0) AS gross, coalesce(sum((t ->> 'tax')::bigint), 0) AS tax,
           coalesce(bool_and((t ->> 'net')::bigint + (t ->> 'tax')::bigint = (t ->> 'gross')::bigint), true) AS adds_up
      FROM documents d LEFT JOIN LATERAL jsonb_array_elements(d.content -> 'taxes') t ON true GROUP BY d.id
"""

INVARIANTS = (
    Invariant(
        "I-D1",
        "The numbers of a series are 1 to its last one, none missing, none given twice, none of another year or kind",
        """
        SELECT s.id AS series_id, s.prefix, s.year, s.last_number, count(d.id) AS documents
          FROM document_series s LEFT JOIN documents d ON d.series_id = s.id
         GROUP BY s.id
        HAVING count(DISTINCT d.serial) <> s.last_number OR count(d.id) <> s.last_number OR coalesce(max(d.serial), 0) <> s.last_number
            OR bool_or(d.kind <> s.kind OR extract(year FROM d.issued_on) <> s.year
                       OR d.number <> s.prefix || '-' || s.year || '-' || lpad(d.serial::text, greatest(5, length(d.serial::text)), '0'))
        """,
    ),
    Invariant(
        "I-D2",
        "A document's total and tax are the sums of what is printed on it, line by line and rate by rate",
        f"""
        SELECT d.number, d.total, d.tax, p.gross AS printed, p.tax AS printed_tax, r.gross AS by_rate, r.tax AS tax_by_rate
          FROM documents d JOIN ({_PRINTED}) p ON p.id = d.id JOIN ({_BY_RATE}) r ON r.id = d.id
         WHERE (d.total, d.tax, d.total, d.tax) <> (p.gross, p.tax, r.gross, r.tax) OR NOT r.adds_up
            OR (d.content #>> '{{totals,total}}', d.content #>> '{{totals,tax}}') IS DISTINCT FROM (d.total::text, d.tax::text)
        """,
    ),
    Invariant(
        "I-D3",
        "What was invoiced for an order less what was credited is what it cost in all when the latest document was issued",
        """
        SELECT number, order_id, due, billed FROM (
            SELECT d.number, d.order_id, d.due, d.currency, o.currency AS ordered_in,
                   sum(CASE d.kind WHEN 'invoice' THEN d.total ELSE -d.total END) OVER (PARTITION BY d.order_id ORDER BY d.id) AS billed
              FROM documents d JOIN orders o ON o.id = d.order_id
        ) running WHERE due <> billed OR currency <> ordered_in
        """,
    ),
)
