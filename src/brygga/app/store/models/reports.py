"""What a reconciliation found, and the plan of a first synchronisation with what became of each row."""

from django.db import models
from django.db.models import Q

from brygga.app.store.models.flows import Flow
from brygga.app.tenancy.owned import Owned


class ReconcileReport(Owned):
    """One reconciliation of a flow, as it was found; the newest are kept."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="reports", db_index=False)
    began_at = models.DateTimeField()
    dry_run = models.BooleanField(default=False)
    differences = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)  # flows/reconcile/report.py as data

    class Meta:
        indexes = (models.Index(fields=["flow", "-began_at"], name="report_newest"),)

    def __str__(self) -> str:
        return f"{self.flow_id} {self.began_at:%Y-%m-%d %H:%M}"


class Stranger(Owned):
    """One item of a flow's shop that is no article of the ERP, as the last reconciliation met it."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="strangers", db_index=False)
    item_ref = models.CharField(max_length=100)  # `<product>/<variant>`
    sku = models.CharField(max_length=200, default="")
    name = models.CharField(max_length=300, default="")
    cause = models.JSONField(default=dict)  # why it is none, as a message
    seen_at = models.DateTimeField()  # when that reconciliation began

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "item_ref"], name="stranger_once"),)

    def __str__(self) -> str:
        return self.sku or self.item_ref


class FirstSync(Owned):
    """One plan of a first synchronisation: what was shown, and how far it has been carried out."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="first_syncs", db_index=False)
    made_at = models.DateTimeField()
    who = models.CharField(max_length=200, default="")
    summary = models.JSONField(default=dict)  # counts of the plan by list, and by what is done
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["flow", "-made_at"], name="first_sync_newest"),)

    def __str__(self) -> str:
        return f"{self.flow_id} {self.made_at:%Y-%m-%d %H:%M}"


class FirstSyncRow(Owned):
    """One row of a plan: which item and article it is about, what is done, and what became of it."""

    plan = models.ForeignKey(FirstSync, on_delete=models.CASCADE, related_name="rows", db_index=False)
    place = models.PositiveIntegerField()
    verdict = models.CharField(max_length=20)  # matched, ambiguous, only_here, only_there
    action = models.CharField(max_length=20)  # link, send, make, or nothing
    article_no = models.CharField(max_length=200, default="")
    item_ref = models.CharField(max_length=100, default="")
    barcode = models.CharField(max_length=20, default="")  # of an item that has no article yet
    facts = models.JSONField(default=dict)
    result = models.CharField(max_length=20, default="")  # empty: not yet carried out

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "place"], name="first_sync_place"),)
        indexes = (
            models.Index(fields=["plan", "place"], name="first_sync_left", condition=Q(result="")),
            models.Index(fields=["plan", "verdict", "place"], name="first_sync_verdict"),
            models.Index(fields=["plan", "article_no"], name="first_sync_article"),
            models.Index(fields=["plan", "barcode"], name="first_sync_barcode", condition=~Q(barcode="")),
        )

    def __str__(self) -> str:
        return f"{self.verdict} {self.article_no or self.item_ref}"
