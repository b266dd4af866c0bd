"""The scope that queries run in: one tenant at a time, or none, and then nothing is found.

Web requests, command lines and lane jobs enter a scope; models that belong to a tenant
(`owned.py`) ask `current` for it on every query.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_tenant: ContextVar[int | None] = ContextVar("tenant", default=None)


class OutOfScope(Exception):
    """A tenant's rows were asked for without saying whose: a fault of ours, never a user's."""


class WrongTenant(Exception):
    """Rows of one tenant were about to be written or joined in another's scope."""


@contextmanager
def scope(tenant: int) -> Iterator[None]:
    """Enter a tenant's scope for the body of a `with`."""
    token = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(token)


def current() -> int:
    """Return the tenant in scope. Raises OutOfScope."""
    tenant = _tenant.get()
    if tenant is None:
        raise OutOfScope("no tenant in scope")
    return tenant


def current_or_none() -> int | None:
    """Return the tenant in scope, if there is one."""
    return _tenant.get()
