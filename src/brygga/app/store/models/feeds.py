"""Batches and rows of confirmed feeds: rows are safe here before the ERP is told so."""

from django.db import models
from django.db.models import Q

from brygga.app.store.models.connections import Connection
from brygga.app.tenancy.owned import Owned


class FeedBatchRow(Owned):
    """A batch number, ours or one we found open; at most one is open for each feed."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="batches", db_index=False
    )
    feed = models.CharField(max_length=20)
    batch = models.CharField(max_length=100)
    opened_at = models.DateTimeField()
    ours = models.BooleanField(default=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "feed", "batch"], name="batch_once"),
            models.UniqueConstraint(
                fields=["connection", "feed"], name="batch_one_open", condition=Q(confirmed_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.feed} {self.batch}"


class FeedRow(Owned):
    """What a row of a feed said, once however often and in how many batches it was told."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    feed = models.CharField(max_length=20)
    order_no = models.CharField(max_length=200)
    mark = models.CharField(max_length=64)  # hash of what the row said
    row = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "feed", "order_no", "mark"], name="feed_row_once"),
        )

    def __str__(self) -> str:
        return f"{self.feed} {self.order_no}"
