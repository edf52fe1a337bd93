"""What always holds for customers' money. That what is authorised has open authorisations is the payments' to check."""

from logistics.core.auditing import Invariant

INVARIANTS = (
    Invariant(
        "I-M1",
        "An account's balance and what is authorised on it are the sums of its entries",
        """
        SELECT a.id AS account_id, a.balance, coalesce(e.balance, 0) AS entered, a.authorised, coalesce(e.authorised, 0) AS entered_authorised
          FROM accounts a
          LEFT JOIN (SELECT account_id, sum(balance_delta) AS balance, sum(authorised_delta) AS authorised FROM entries GROUP BY account_id) e
            ON e.account_id = a.id
         WHERE (a.balance, a.authorised) <> (coalesce(e.balance, 0), coalesce(e.authorised, 0))
         ORDER BY 1
        """,
    ),
    Invariant(
        "I-M1",
        "The balance after each entry is the running sum of the entries up to it",
        """
        SELECT account_id, entry_id, balance_after, running
          FROM (
              SELECT id AS entry_id, account_id, balance_after, sum(balance_delta) OVER (PARTITION BY account_id ORDER BY id) AS running
                FROM entries
          ) entered
         WHERE balance_after <> running
         ORDER BY 2
        """,
    ),
    Invariant(
        "I-M6",
        "A correction that was done is the entry it names, with the change that was asked for",
        """
        SELECT r.id AS request_id, r.change, e.balance_delta
          FROM adjustment_requests r
          JOIN entries e ON e.id = r.entry_id
         WHERE (e.account_id, e.kind, e.balance_delta) <> (r.account_id, 'adjustment', r.change)
         ORDER BY 1
        """,
    ),
)
