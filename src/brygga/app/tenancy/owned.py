"""The base of every model that belongs to a tenant: found only in scope, saved only in scope.

`objects` refuses to query without a scope. `unscoped` is for the engine's own bookkeeping
(ticks, doors, sweeps) and is easy to search for.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from brygga.app.tenancy.scope import WrongTenant, current, current_or_none

_M = TypeVar("_M", bound="Owned")


class OwnedManager(models.Manager[_M]):
    """Finds only what belongs to the tenant in scope. Raises OutOfScope when there is none."""

    def get_queryset(self) -> models.QuerySet[_M]:
        """Return the rows of the tenant in scope."""
        return super().get_queryset().filter(tenant_id=current())

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        """Save many at once, each checked like a single one."""
        rows = list(objs)
        for row in rows:
            row.claim()
        return super().bulk_create(rows, *args, **kwargs)


class Owned(models.Model):
    """A row that belongs to one tenant for ever."""

    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[OwnedManager[Self]] = OwnedManager()
    unscoped: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save within the scope. Raises OutOfScope or WrongTenant."""
        self.claim()
        super().save(*args, **kwargs)

    def claim(self) -> None:
        """Take the scope's tenant when none is set, and see that everything pointed at is its own."""
        if not self.tenant_id:
            self.tenant_id = current()
        scoped = current_or_none()
        if scoped is not None and scoped != self.tenant_id:
            raise WrongTenant(f"{type(self).__name__} of tenant {self.tenant_id} in scope {scoped}")
        for field in self._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.is_cached(self):
                other = field.get_cached_value(self)
                if isinstance(other, Owned) and other.tenant_id != self.tenant_id:
                    raise WrongTenant(
                        f"{type(self).__name__}.{field.name} belongs to tenant {other.tenant_id}"
                    )
