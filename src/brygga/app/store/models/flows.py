"""Flow, and the revisions of its settings: work ends by the revision it was taken in with."""

from django.db import models

from brygga.app.store.models.connections import Connection
from brygga.app.tenancy.owned import Owned


class FlowState(models.TextChoices):
    """Whether a flow takes in and brings over."""

    STOPPED = "stopped"  # by a person, or never started
    RUNNING = "running"
    PAUSED = "paused"  # by a fault of its settings; the reason says which


class Flow(Owned):
    """A declared movement between one shop and one ERP."""

    name = models.CharField(max_length=100)
    preset = models.PositiveSmallIntegerField(default=1)
    shop = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="flows_from")
    erp = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="flows_to")
    state = models.CharField(max_length=10, choices=FlowState.choices, default=FlowState.STOPPED)
    reason = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant", "name"], name="flow_name"),)

    def __str__(self) -> str:
        return self.name


class FlowRevision(Owned):
    """A flow's preset and settings as they were from a moment on: only what differs from the defaults."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    preset = models.PositiveSmallIntegerField(null=True)  # None: that of the flow, which never had another
    settings = models.JSONField(default=dict)
    who = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    why = models.TextField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "number"], name="revision_number"),)

    def __str__(self) -> str:
        return f"{self.flow_id}.{self.number}"
