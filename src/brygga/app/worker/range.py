"""Goes through all of a flow's range because its rules changed, and compares both sides when a person asks."""

from datetime import UTC, datetime

import structlog

from brygga.app.services import goods, looking_over, reconciling
from brygga.app.store import notices
from brygga.app.store.models import Flow
from brygga.app.store.wake_items import wake_range
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import BryggaError
from brygga.domain.refs import Kind

log = structlog.get_logger(__name__)


def look_over(flow_id: int) -> None:
    """Make due what a change of rules concerns, until nobody has asked for more meanwhile."""
    tenant = Flow.unscoped.filter(pk=flow_id).values_list("tenant_id", flat=True).first()
    if tenant is None:
        return
    with scope(tenant):
        while (left := looking_over.left_of(flow_id)) is not None:
            items = wake_range(flow_id) if Kind.ITEM in left.kinds else 0
            products = goods.regroup(flow_id) if Kind.GOODS in left.kinds else 0
            log.info("range looked over", flow=flow_id, items=items, products=products)
            if looking_over.is_over(left):
                return


def ask_again(now: datetime) -> int:
    """Enqueue what is left to be gone through, should the first ask have been lost; return how many."""
    left = looking_over.flows_left()
    for flow_id, _tenant in left:
        looking_over.enqueue_for(flow_id, now)
    return len(left)


def compare(flow_id: int, repair: int) -> None:
    """Reconcile a flow because a person asked; what stands in the way is told where they look."""
    flow = Flow.unscoped.filter(pk=flow_id).first()
    if flow is None:
        return
    with scope(flow.tenant_id):
        if not reconciling.is_asked(flow_id):
            return
        try:
            report = reconciling.reconcile_flow(flow_id, dry_run=not repair)
        except BryggaError as error:
            log.warning("not compared", flow=flow_id, error=error.for_us or error.for_merchant.code)
            reconciling.not_made(flow_id, error)
        else:
            notices.over(datetime.now(UTC), flow=flow_id, codes=["reconcile.failed"])
            log.info("compared", flow=flow_id, differences=report.total(), calls=report.calls)
        finally:
            reconciling.is_answered(flow_id)
