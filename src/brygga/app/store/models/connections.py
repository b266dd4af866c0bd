"""Connection, its lane and cursors, and the notices a tenant should read."""

import hashlib
import secrets

from django.db import models

from brygga.app.tenancy.owned import Owned
from brygga.app.vault.fields import EncryptedJson, EncryptedText


class ConnectionState(models.TextChoices):
    """Whether a connection is used."""

    ACTIVE = "active"
    PAUSED = "paused"  # by a person, or because another system answers: asks before it goes on
    BROKEN = "broken"  # keys refused or the like; well again after a check that works


def new_door_token() -> str:
    """Make an address that can't be guessed."""
    return secrets.token_urlsafe(24)


def door_hash(token: str) -> str:
    """Return what a door is looked up by: comparing hashes tells nobody how near a guess was."""
    return hashlib.sha256(token.encode()).hexdigest()


class Connection(Owned):
    """A tenant's configured use of one system."""

    connector = models.CharField(max_length=40)
    role = models.CharField(max_length=10)  # shop or erp, from the connector's card
    name = models.CharField(max_length=100)
    settings = models.JSONField(default=dict)
    secrets = EncryptedJson(default=dict)
    dialect = models.JSONField(default=dict)
    identity = models.JSONField(default=dict)  # contract Identity as plain data; empty before a check
    statuses = models.JSONField(default=list)  # of a shop's orders: pairs of key and name, as last read
    state = models.CharField(max_length=10, choices=ConnectionState.choices, default=ConnectionState.ACTIVE)
    reason = models.JSONField(default=dict)  # Message as data
    not_before = models.DateTimeField(null=True)  # the system is away or asked us to wait
    failures = models.PositiveIntegerField(default=0)  # in a row, as a whole; 0 when well
    poll_seconds = models.PositiveIntegerField(null=True)  # None: the default of its role
    next_poll_at = models.DateTimeField(null=True)  # None: nothing polls it
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    hints_checked_at = models.DateTimeField(null=True)
    door_token = EncryptedText(default=new_door_token)
    door_hash = models.CharField(max_length=64, unique=True, editable=False)
    door_secret = EncryptedText(default=new_door_token)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant", "name"], name="connection_name"),)
        indexes = (
            models.Index(
                fields=["next_poll_at"],
                name="connection_poll",
                condition=models.Q(next_poll_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def claim(self) -> None:
        """Keep the door's hash in step with its token."""
        super().claim()
        self.door_hash = door_hash(self.door_token)


class Lane(Owned):
    """The one row of works that go into a target: whoever holds its generation may write."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, related_name="lane", primary_key=True
    )
    woken = models.BooleanField(default=False)
    woken_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=100, default="")  # empty: nobody drains it now
    generation = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)  # the drain's last sign of life
    crashes = models.PositiveIntegerField(default=0)  # in a row: drains that ended without a word
    trying = models.BigIntegerField(null=True)  # the work last tried, written down once crashes repeat
    under_way = models.BooleanField(default=False)  # its attempt has begun and is not known to have ended

    class Meta:
        indexes = (models.Index(fields=["woken_at"], name="lane_woken", condition=models.Q(woken=True)),)

    def __str__(self) -> str:
        return f"lane {self.connection_id}"


class Cursor(Owned):
    """How far a source has been read, by flow or feed."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    name = models.CharField(max_length=60)
    value = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "name"], name="cursor_name"),)

    def __str__(self) -> str:
        return f"{self.connection_id} {self.name} {self.value:%Y-%m-%d %H:%M}"


class Notice(Owned):
    """One thing that happened to a connection or flow, said once however often it is met."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="notices")
    flow = models.ForeignKey("store.Flow", on_delete=models.CASCADE, null=True, related_name="notices")
    code = models.CharField(max_length=80)
    message = models.JSONField()
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    over_at = models.DateTimeField(null=True)  # when it healed; the same fault later is a new line
    seen = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["tenant", "-at"], name="notice_newest"),)

    def __str__(self) -> str:
        return self.code
