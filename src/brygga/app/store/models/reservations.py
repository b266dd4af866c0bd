"""Money that a payment provider holds for an order until it is drawn."""

from django.db import models

from brygga.app.store.models.flows import Flow
from brygga.app.tenancy.owned import Owned


class Reservation(Owned):
    """Money held for one order of a shop, from the last look at it; gone when it is drawn or let go."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="reservations", db_index=False)
    order_ref = models.CharField(max_length=100)
    method = models.CharField(max_length=200)  # as the shop names it to people
    held_since = models.DateTimeField()
    total = models.CharField(max_length=40)
    currency = models.CharField(max_length=10)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["flow", "order_ref"], name="reservation_once"),)
        indexes = (models.Index(fields=["flow", "held_since"], name="reservation_age"),)

    def __str__(self) -> str:
        return f"{self.total} {self.currency} for {self.order_ref}"
