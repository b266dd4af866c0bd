"""The worker as a Django app: every process that wakes a lane rings its bell."""

from django.apps import AppConfig

from brygga.app.store.wake import install_bell


class WorkerConfig(AppConfig):
    """No tables; lets the store ring."""

    name = "brygga.app.worker"
    label = "worker"

    def ready(self) -> None:
        """Install the bell; the engine is first loaded when it is rung."""
        install_bell(_ring)


def _ring(lane: int) -> None:
    from brygga.app.worker.bell import ring  # noqa: PLC0415 - commands that ring no bell start faster

    ring(lane)
