"""Questions that wait for a person in a seeded tenant, with the figures that a flow would give them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from brygga.app.store.models import LinkRow, Task, Work
from brygga.app.store.tasks import DbTasks
from brygga.app.tenancy.scope import scope
from brygga.domain.events import Fact
from brygga.domain.message import message
from brygga.domain.order import Refund, RefundLine, TaxShare
from brygga.domain.refs import Kind, Link, RecordRef
from brygga.flows.orders.changed import Transferred, edited, refunded, stopped
from brygga.flows.orders.fingerprint import fingerprint
from brygga.flows.settings import FlowSettings
from brygga.flows.tasks import Question
from tests.app.console.seed import Seeded
from tests.builders import a_line, a_shipping, an_order


@dataclass(frozen=True)
class Tasks:
    """Ids of questions that a test may want; `order` is the work of all but the last."""

    order: int
    refund: int
    stopped: int
    edited: int
    free: int  # about no record of ours


def seed_tasks(seeded: Seeded) -> Tasks:
    """Ask about the sent order of a tenant: refunded, edited and cancelled in the shop."""
    with scope(seeded.tenant):
        work = Work.objects.get(pk=seeded.done)
        link = LinkRow.objects.get(source=work.source_id, kind="order", source_ref=work.source_ref)
        mug = a_line("498.00", 25, 2, id="1", sku="MUGG-BLA", name="Mugg Nordlys")
        tea = a_line("100.00", 12, 1, id="2", sku="TE-BLAND", name="Teblandning 100 g")
        then = an_order(mug, tea, shipping_lines=(a_shipping("49.00"),), id=work.source_ref, number=work.key)
        ref = RecordRef(seeded.shop, Kind.ORDER, work.source_ref)
        known = Link(ref, work.key, seeded.erp, link.target_ref, link.target_key, fingerprint(then))
        sent = Transferred(
            known,
            frozenset({Fact.INVOICED}),
            FlowSettings(article_shipping="FRAKT"),
            ZoneInfo("Europe/Stockholm"),
        )
        fewer = a_line("249.00", 25, 1, id="1", sku="MUGG-BLA", name="Mugg Nordlys")
        now = an_order(fewer, tea, shipping_lines=then.shipping_lines, id=then.id, number=then.number)
        back = RefundLine(
            "1",
            Decimal(1),
            Decimal("199.20"),
            Decimal("49.80"),
            (TaxShare(Decimal(25), Decimal("49.80"), Decimal("49.80")),),
        )
        refund = Refund("311", Decimal("259.00"), "Sprucken i kanten", datetime.now(UTC), (back,))
        asks = DbTasks(seeded.tenant, seeded.flow)
        ended = an_order(mug, status="cancelled", id=then.id, number=then.number)
        back_again = an_order(
            mug, tea, shipping_lines=then.shipping_lines, id=then.id, number=then.number, refunds=(refund,)
        )
        for question in (refunded(back_again, sent)[0], edited(now, sent), stopped(ended, sent)):
            assert question is not None
            asks.ask(question, work=work.pk)
        told = message("reconcile.order_only_there", erp_no="88999", external="N10999")
        asks.ask(
            Question(f"order-there-{seeded.flow}", told, "88999", ("seen_to", "let_be"), dict(told.facts))
        )
        ids = dict(Task.objects.values_list("code", "pk"))
    return Tasks(
        order=work.pk,
        refund=ids["order.refunded_after"],
        stopped=ids["order.stopped_after"],
        edited=ids["order.edited_after"],
        free=ids["reconcile.order_only_there"],
    )
