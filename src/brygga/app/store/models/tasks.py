"""What a person has to decide: about which object, why, between which choices, and what was chosen."""

from django.db import models
from django.db.models import Q

from brygga.app.store.models.connections import Connection
from brygga.app.store.models.flows import Flow
from brygga.app.store.models.works import Work
from brygga.app.tenancy.owned import Owned


class Task(Owned):
    """One decision that waits for a person; the same question is asked once however often it is met."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, null=True, related_name="tasks")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="+")
    work = models.ForeignKey(Work, on_delete=models.CASCADE, null=True, related_name="tasks")
    key = models.CharField(max_length=200)  # what makes it one question, within its tenant
    code = models.CharField(max_length=80)
    message = models.JSONField()
    object_key = models.CharField(max_length=200, default="")  # the number people know the object by
    choices = models.JSONField(default=list)  # codes; what each does is said in texts
    facts = models.JSONField(default=dict)  # what a choice needs to be carried out, and figures to show
    asked_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # decided, or no longer a question
    choice = models.CharField(max_length=40, default="")  # empty: closed because it went away by itself
    who = models.CharField(max_length=200, default="")
    why = models.TextField(default="")
    over_at = models.DateTimeField(null=True)  # its reason went away after it was decided

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "key"], name="task_open_once", condition=Q(closed_at__isnull=True)
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant", "asked_at"], name="task_open", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["tenant", "-closed_at"], name="task_closed"),
            models.Index(fields=["tenant", "key"], name="task_key"),
        )

    def __str__(self) -> str:
        return self.key
