"""JournalEntry, kept for people, and RawMessage, the encrypted exchanges behind it, kept for a time."""

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from brygga.app.store.models.works import Work
from brygga.app.tenancy.owned import Owned


class RawMessage(Owned):
    """The exchanges of one stretch of an attempt: msgpack, compressed, encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    body = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["expires_at"], name="raw_expires"),)

    def __str__(self) -> str:
        return f"raw {self.pk}"


class JournalEntry(Owned):
    """One line of what happened to a work, or (without a work) to a flow or connection."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, null=True, related_name="journal")
    at = models.DateTimeField()
    step = models.CharField(max_length=10)
    message = models.JSONField()
    data = models.JSONField(default=dict)
    # Which exchange of which raw message. Not a foreign key: the raw text goes when its time is
    # over and may be written after the line, and the line stays.
    raw_id = models.UUIDField(null=True)
    raw_index = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["tenant", "-at"], name="journal_no_work", condition=Q(work__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.step}"
