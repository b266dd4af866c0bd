"""Work, what it became (LinkRow), and the creates that were about to be sent (IntentRow)."""

from django.db import models
from django.db.models import Q

from brygga.app.store.models.connections import Connection
from brygga.app.store.models.flows import Flow, FlowRevision
from brygga.app.tenancy.owned import Owned
from brygga.app.vault.fields import EncryptedJson
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

DUE = Q(due_at__isnull=False)


class Remarks(models.IntegerChoices):
    """What is said of a record that was settled."""

    NONE = 0
    NOTED = 1  # good to know, or done already
    OPEN = 2  # somebody has to do something


class Work(Owned):
    """One record that one flow brings over: one row for ever, whatever happens to it.

    It is due when `due_at` says so, whatever its state: a transferred order whose shop was not yet
    told is DONE and due.

    Two clocks meet here: `looked_at`, `told_at` and `echo_changed_at` are the source's own change
    times; all other times are ours.
    """

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="works", db_index=False)
    revision = models.ForeignKey(FlowRevision, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.name) for kind in Kind])
    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_ref = models.CharField(max_length=200)
    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200, default="")  # the number people know it by
    sort = models.CharField(max_length=100, default="")  # text order: orders first, oldest first

    state = models.CharField(
        max_length=10, choices=[(s.value, s.name) for s in State], default=State.WAITING.value
    )
    reason = models.JSONField(default=dict)
    reason_code = models.CharField(max_length=80, default="")
    warnings = models.JSONField(default=list)
    remarks = models.PositiveSmallIntegerField(choices=Remarks.choices, default=Remarks.NONE)
    acknowledged = models.JSONField(default=list)  # the warnings somebody has said are done
    attempt = models.PositiveIntegerField(default=0)  # tries made of the current going
    due_at = models.DateTimeField(null=True)  # None: nothing to do until someone or something wakes it
    first_seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    told_at = models.DateTimeField(null=True)  # newest change the source told of
    told_mark = models.CharField(max_length=64, default="")  # tells changes of one second apart
    looked_at = models.DateTimeField(null=True)  # change time of what was last read
    looked_mark = models.CharField(max_length=64, default="")
    seen_count = models.PositiveIntegerField(default=1)  # hints and polls that told of it
    echo_changed_at = models.DateTimeField(null=True)  # change time of our own last write
    echo_mark = models.CharField(max_length=64, default="")
    echo_until = models.DateTimeField(null=True)  # hints without a time before this are our echo
    created_at_source = models.DateTimeField(null=True)

    target_ref = models.CharField(max_length=100, default="")
    target_key = models.CharField(max_length=200, default="")
    fingerprint = models.TextField(default="")
    twin_mark = models.CharField(max_length=100, default="")
    twin_reference = models.CharField(max_length=200, default="")
    paid = models.BooleanField(null=True)
    forced = models.BooleanField(default=False)
    released_twin = models.BooleanField(default=False)
    edits = EncryptedJson(default=dict)
    feedback = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "kind", "source_ref"], name="work_once"),)
        indexes = (
            # the lane's next page, per flow, and the time of the next one due
            models.Index(fields=["target", "flow", "sort", "id", "due_at"], name="work_open", condition=DUE),
            models.Index(fields=["target", "flow", "due_at"], name="work_due", condition=DUE),
            # the console: counts by state and reason, lists newest first
            models.Index(fields=["flow", "kind", "state", "reason_code"], name="work_counts"),
            models.Index(fields=["tenant", "kind", "state", "-sort", "-id"], name="work_list_state"),
            models.Index(fields=["tenant", "kind", "-sort", "-id"], name="work_list"),
            models.Index(fields=["tenant", "key"], name="work_key"),
            models.Index(
                fields=["tenant", "kind", "-sort", "-id"], name="work_noted", condition=Q(remarks__gt=0)
            ),
            models.Index(fields=["tenant", "kind"], name="work_remarks", condition=Q(remarks=2)),
            models.Index(fields=["flow", "twin_mark"], name="work_twins", condition=~Q(twin_mark="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key or self.source_ref}"


class LinkRow(Owned):
    """This record at the source is that record at the target."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    source_ref = models.CharField(max_length=200)
    source_key = models.CharField(max_length=200, default="")
    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    target_ref = models.CharField(max_length=100, default="")
    target_key = models.CharField(max_length=200, default="")
    fingerprint = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "kind", "source_ref", "target"], name="link_once"),
            models.UniqueConstraint(
                fields=["target", "kind", "target_ref"],
                name="link_order_target",
                condition=Q(kind=Kind.ORDER.value) & ~Q(target_ref=""),
            ),
        )
        indexes = (
            models.Index(fields=["tenant", "kind", "at"], name="link_at"),  # sent today
            models.Index(fields=["target", "kind", "target_key"], name="link_target_key"),
            models.Index(fields=["target", "kind", "target_ref"], name="link_target_ref"),
            # a product's variants: source ids that begin alike
            models.Index(
                fields=["source", "kind", "source_ref"],
                name="link_source_like",
                opclasses=["int8_ops", "varchar_pattern_ops", "varchar_pattern_ops"],
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source_ref} = {self.target_ref or '?'}"


class IntentState(models.TextChoices):
    """What became of a create that was about to be sent."""

    OPEN = "open"  # it may have been carried out
    DONE = "done"
    WITHDRAWN = "withdrawn"  # surely not carried out


class IntentRow(Owned):
    """A create that was about to be sent under a key."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="intents", db_index=False)
    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    fingerprint = models.TextField()
    begun_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=IntentState.choices, default=IntentState.OPEN)

    class Meta:
        indexes = (models.Index(fields=["work", "state"], name="intent_open"),)

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
