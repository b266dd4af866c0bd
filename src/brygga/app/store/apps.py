"""The store as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from brygga.app.settings import settings


class StoreConfig(AppConfig):
    """Connections, flows, works, links and the journal."""

    name = "brygga.app.store"
    label = "store"

    def ready(self) -> None:
        """Prepare every connection to the database."""
        connection_created.connect(_let_go_in_time, dispatch_uid="let go in time")


def _let_go_in_time(connection: Any, **_more: object) -> None:
    # A worker that stands still in a transaction keeps its lane locked, and nobody could take it over.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = {settings().idle_transaction_ms}")
