"""Reservations near their end: put on the list of questions while there is time to deliver and draw."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from brygga.app.store.models import Flow, Task
from brygga.app.store.reservations import drop_ended, undelivered
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.scope import current
from brygga.app.worker.context import settings_of
from brygga.app.worker.sessions import identity_of
from brygga.flows.statuses.reserved import QUESTION, ask_before_they_end, key_of


def ask_about_reservations(flow: Flow, now: datetime) -> int:
    """Ask about the orders of a flow that have waited too long; return how many are new on the list.

    Raises SetupWrong when the flow's settings can't be read.
    """
    latest, shop = flow.revisions.order_by("-number").first(), identity_of(flow.shop)
    if latest is None or shop is None:
        return 0
    days = settings_of(flow.preset, latest.settings).reservation_days
    tasks = DbTasks(current(), flow.pk, flow.shop_id)
    for order in drop_ended(flow.pk):
        tasks.withdraw(key_of(flow.erp_id, flow.shop_id, order))
    waiting = undelivered(flow.pk, now - timedelta(days=days)) if days > 0 else []
    keys = {key_of(flow.erp_id, flow.shop_id, one.order_id) for one in waiting}
    there = Task.objects.filter(flow=flow, code=QUESTION, closed_at=None).values_list("key", flat=True)
    for key in set(there) - keys:
        tasks.withdraw(key)
    return ask_before_they_end(waiting, flow.erp_id, flow.shop_id, tasks, now, ZoneInfo(shop.time_zone))
