"""The worker's way to its queue."""

from typing import Any

from procrastinate import PsycopgConnector, SyncPsycopgConnector

from logistics.core.config import Settings, engine_options

_MOST_CONNECTIONS = 3


class WorkerConnector(PsycopgConnector):
    """Asynchronous, as a worker needs it; but a job enqueued inside a task's own transaction goes over the task's own connection.

    Procrastinate's would treat that one, which is synchronous, as its own kind and fail.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._inside_transactions = SyncPsycopgConnector()

    def execute_query_all_with_connection(self, connection: Any, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        """Run a query inside the transaction of a task."""
        return self._inside_transactions.execute_query_all_with_connection(connection, query, **arguments)

    def execute_query_one_with_connection(self, connection: Any, query: Any, **arguments: Any) -> dict[str, Any]:
        """Run a query for one row inside the transaction of a task."""
        return self._inside_transactions.execute_query_one_with_connection(connection, query, **arguments)


def connector_for(settings: Settings) -> WorkerConnector:
    """A closed connector to the application's database, with the same time-outs as everybody's."""
    given = engine_options(1)["connect_args"]
    return WorkerConnector(
        conninfo=settings.database_url.replace("+psycopg", "", 1),
        kwargs={**given, "application_name": "logistics worker"},
        min_size=1,
        max_size=_MOST_CONNECTIONS,
        timeout=10,
    )
