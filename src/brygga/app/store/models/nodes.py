"""WorkerNode: which workers live, and who recovers the work of one that died."""

from django.db import models


class WorkerNode(models.Model):
    """One worker process. Belongs to the installation, not to a tenant."""

    executor_id = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    stopped_at = models.DateTimeField(null=True)  # said goodbye
    version = models.CharField(max_length=40, default="")
    recovering_by = models.CharField(max_length=100, default="")
    recovering_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.executor_id
