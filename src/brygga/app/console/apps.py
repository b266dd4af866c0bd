"""The console as a Django app."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages for people."""

    name = "brygga.app.console"
    label = "console"
