"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Connections, flows, works, links and the journal."""

    name = "brygga.app.store"
    label = "store"
