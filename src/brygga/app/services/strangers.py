"""Items of a shop that the ERP does not know: listed, searched, and never touched by a flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from brygga.app.store.models import Flow, LinkRow, Stranger
from brygga.app.store.reports import last_report
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.goods import TakesProducts
from brygga.domain.errors import BryggaError
from brygga.domain.message import Message
from brygga.domain.refs import Kind


@dataclass(frozen=True, slots=True)
class StrangerRow:
    """One item: what it is called in the shop, why it is no article, and its page there (may be empty)."""

    ref: str
    sku: str
    name: str
    cause: Message
    link: str


@dataclass(frozen=True, slots=True)
class StrangerPage:
    """Some of them, how many there are of what was asked for, and when both sides were last compared."""

    rows: Sequence[StrangerRow]
    count: int
    page: int
    more: bool
    as_of: datetime | None


def strangers(flow_id: int, text: str = "", page: int = 1, size: int = 50) -> StrangerPage:
    """List what a flow's shop sells that is no article of the ERP, as the last reconciliation met it.

    What was linked since is left out. `text` begins a number, is a part of a name, or an id.
    """
    flow = Flow.objects.select_related("shop").get(pk=flow_id)
    linked = LinkRow.objects.filter(
        source=flow.shop_id, kind=Kind.ARTICLE.value, source_ref=OuterRef("item_ref"), target=flow.erp_id
    )
    found = Stranger.objects.filter(flow_id=flow_id).exclude(Exists(linked))
    text = text.strip()
    if text:
        number = Q(sku__istartswith=text) | Q(item_ref=text) | Q(item_ref__startswith=f"{text}/")
        found = found.filter(number | Q(name__icontains=text))
    start = (max(page, 1) - 1) * size
    rows = list(found.order_by("name", "item_ref")[start : start + size + 1])
    links = _links(flow, [one.item_ref for one in rows[:size]])
    latest = last_report(flow_id)
    return StrangerPage(
        [
            StrangerRow(
                one.item_ref, one.sku, one.name, Message.from_data(one.cause), links.get(one.item_ref, "")
            )
            for one in rows[:size]
        ],
        found.count(),
        page,
        len(rows) > size,
        latest.began_at if latest is not None else None,
    )


def _links(flow: Flow, refs: Sequence[str]) -> dict[str, str]:
    """Return the items' pages in the shop, where its connector knows them; no call is made."""
    try:
        with talk_with(flow.shop) as session:
            if isinstance(session, TakesProducts):
                return {ref: session.page_of(ref.partition("/")[0]) for ref in refs}
    except BryggaError:
        pass  # the list is good without links
    return {}
