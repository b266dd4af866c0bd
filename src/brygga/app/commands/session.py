"""Gets a command ready to work: Django, tables that are up to date, and whose data it is about."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from brygga.app.commands.output import USAGE, fail, text

if TYPE_CHECKING:
    from brygga.app.tenancy.models import Tenant


def start(log: str = "error") -> None:
    """Set up Django and the log, and bring the tables up to date; the check itself is quick."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brygga.app.django_settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
        from brygga.app.vault.logs import set_up

        set_up(log, plain=True)
    migrate()


def migrate() -> None:
    """Make and change tables if any are behind; of several processes that start at once, one does it."""
    from django.db import connection

    if not _behind():
        return
    from django.core.management import call_command

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7311)")
            try:
                call_command("migrate", interactive=False, verbosity=0)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(7311)")
        return
    from brygga.app.settings import settings

    with (settings().data / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("migrate", interactive=False, verbosity=0)


def _behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def at_work(tenant: str = "", log: str = "error") -> Iterator["Tenant"]:
    """Enter a tenant's scope: the named one, else the only one, which first use makes."""
    start(log)
    from brygga.app.tenancy.scope import scope

    found = choose(tenant)
    ring_workers()
    with scope(found.pk):
        yield found


def choose(name: str) -> "Tenant":
    """Return the tenant of a name, else the only one; makes `default` when there is none at all."""
    from brygga.app.tenancy.models import Tenant

    if name:
        found = Tenant.objects.filter(slug=name).first() or Tenant.objects.filter(name=name).first()
        if found is None:
            fail(text("no_tenant", name=name, known=_known()), code=USAGE, kind="cli.no_tenant")
        return found
    tenants = list(Tenant.objects.order_by("pk")[:2])
    if not tenants:
        made, _ = Tenant.objects.get_or_create(slug="default", defaults={"name": "Default"})
        return made
    if len(tenants) > 1:
        fail(text("which_tenant", known=_known()), code=USAGE, kind="cli.which_tenant")
    return tenants[0]


def _known() -> str:
    from brygga.app.tenancy.models import Tenant

    return ", ".join(Tenant.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "-"


def who() -> str:
    """Name whoever types, for what is written down as done by hand."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return f"uid {os.getuid()}"


def ring_workers() -> None:
    """Let what this process wakes ring a running worker; without one there is nobody to hear it.

    A lane that was woken in silence is found by the first worker that looks.
    """
    from brygga.app.commands.sync import worker_lives
    from brygga.app.store.wake import install_bell

    install_bell(_ring if worker_lives() else _nobody_hears)


def _ring(lane: int) -> None:
    from brygga.app.worker.bell import ring

    ring(lane)


def _nobody_hears(_lane: int) -> None:
    return
