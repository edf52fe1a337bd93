"""What always holds for one-time keys, which the worker clears away."""

from logistics.core.auditing import Invariant

INVARIANTS = (
    Invariant(
        "I-X3",
        "Every one-time key carries the answer that was given",
        """
        SELECT scope, left(key, 8) AS key_begins, status, created_at FROM request_keys
         WHERE status NOT BETWEEN 200 AND 399
            OR (status BETWEEN 300 AND 399 AND NOT headers ? 'Location')
            OR length(fingerprint) <> 64
        """,
    ),
)
