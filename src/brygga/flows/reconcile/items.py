"""Prices and stock of everything the shop sells, beside what the ERP's feeds say it should show.

Read page by page and compared in parts, so that memory stays flat however large the range is. What
should be shown is worked out by the same code that writes it (`flows/shelf`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from brygga.domain.message import message
from brygga.domain.money import plain
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.domain.shelf import Prices, ShopItem
from brygga.flows.reconcile.causes import Traces, price_cause, stock_cause
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.led_here import compare_led_here
from brygga.flows.reconcile.ports import KnownWork, LinkedItem
from brygga.flows.reconcile.range import Range
from brygga.flows.reconcile.report import Difference, Done, Report, What
from brygga.flows.shelf.compare import ItemPlan, plan_prices, plan_stock
from brygga.flows.shelf.parents import ParentPlan, plan_parents, siblings
from brygga.flows.shelf.ports import Written
from brygga.flows.shelf.prices import wanted_prices
from brygga.flows.shelf.taken import look_at_taken
from brygga.flows.shelf.tally import Tally, tally_of

_AT_ONCE = 200


def reconcile_items(ctx: ReconcileContext, report: Report, file_at: datetime | None = None) -> None:
    """Compare the whole range, put right what one side leads, list what only one side has.

    `file_at` is the time of an export that was taken in before.
    """
    range_ = Range(ctx, report)
    for part in by_product(ctx.shop.all_items()):
        report.counts["items"] += len(part)
        links = ctx.store.items_linked([item.ref for item in part])
        matched = range_.sort_out(part, links)
        if matched and ctx.leads_items():
            _compare(matched, links, ctx, report)
        if matched and file_at is not None:
            compare_led_here(matched, links, file_at, ctx, report)
    range_.end()


def by_product(items: Iterable[ShopItem], at_once: int = _AT_ONCE) -> Iterator[list[ShopItem]]:
    """Cut a range into parts; the items of one product stay together."""
    part: list[ShopItem] = []
    for item in items:
        if item.type.startswith("variable"):
            continue  # it has no variations: there is nothing to buy
        if len(part) >= at_once and item.product_id != part[-1].product_id:
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _compare(
    items: Mapping[str, ShopItem], links: Mapping[str, LinkedItem], ctx: ReconcileContext, report: Report
) -> None:
    """Compare items that are articles; what differs is read once more, for the shop sells meanwhile."""
    articles = {ref: links[ref].article_no if ref in links else item.sku for ref, item in items.items()}
    found = _differing(list(items.values()), articles, ctx)
    if not found:
        return
    if ctx.settings.in_flight_hold and ctx.masters.erp_leads("stock.quantity"):
        look_at_taken(ctx.shop, ctx.store, ctx.now())
    products = list(dict.fromkeys(ref.partition("/")[0] for ref in found))
    again = [item for item in ctx.shop.items_of(products) if item.ref in items]
    tally, written, plans, parents = _plans(again, articles, ctx)
    numbers = [articles[plan.item.ref] for plan in plans]
    works = ctx.store.works(Kind.ITEM, numbers)
    wake: dict[str, None] = {}
    for plan in plans:
        number = articles[plan.item.ref]
        traces = Traces(
            written.get(plan.item.ref, Written()),
            works.get(number),
            plan.item.ref in links,
            tally.supply(number),
            tally.in_flight(number),
        )
        for difference in (_price(plan, number, traces, ctx), _stock(plan, number, traces, ctx)):
            if difference is not None:
                report.add(difference)
                if difference.done is Done.PUT_RIGHT:
                    wake[number] = None
    for parent in parents:
        number = articles[parent.members[0].ref]
        difference = _parent(parent, number, works.get(number), ctx)
        report.add(difference)
        if difference.done is Done.PUT_RIGHT:
            wake[number] = None
    if wake:
        ctx.store.wake(Kind.ITEM, list(wake))


def _differing(items: Sequence[ShopItem], articles: Mapping[str, str], ctx: ReconcileContext) -> list[str]:
    _, _, plans, parents = _plans(items, articles, ctx)
    return [plan.item.ref for plan in plans] + [parent.members[0].ref for parent in parents]


def _plans(
    items: Sequence[ShopItem], articles: Mapping[str, str], ctx: ReconcileContext
) -> tuple[Tally, Mapping[str, Written], list[ItemPlan], list[ParentPlan]]:
    """Plan items as they are now, and keep the plans that would change something or say that they may not."""
    counted = siblings(items, items)
    tally = tally_of(list(dict.fromkeys(articles[item.ref] for item in items)), ctx.store, ctx.settings)
    written = ctx.store.written([item.ref for item in items])
    plans = []
    for item in items:
        plan = _plan(item, articles[item.ref], tally, written.get(item.ref, Written()), ctx)
        if plan.write is not None or _is_left(plan):
            plans.append(plan)
    parents: list[ParentPlan] = []
    if ctx.masters.erp_leads("stock.quantity"):
        parents = [p for p in plan_parents(counted, articles, tally, ctx.settings) if p.write is not None]
    return tally, written, plans, parents


def _plan(item: ShopItem, number: str, tally: Tally, written: Written, ctx: ReconcileContext) -> ItemPlan:
    plan = ItemPlan(item)
    supply = tally.supply(number)
    wish = wanted_prices(supply.article, ctx.settings, ctx.price_rules, ctx.now())
    plan_prices(plan, wish, written, ctx.masters, ctx.settings, forced=True)
    read_at = tally.read_at(number)
    older = read_at is not None and written.stock_read_at is not None and read_at < written.stock_read_at
    there = None if older else tally.there(number)
    ended = supply.article.ended and ctx.settings.stock_ended_zero
    plan_stock(plan, there, ctx.masters, ctx.settings, ended=ended)
    return plan


def _is_left(plan: ItemPlan) -> bool:
    return any(remark.code == "item.price_by_hand" for remark in plan.remarks)


def _price(plan: ItemPlan, number: str, traces: Traces, ctx: ReconcileContext) -> Difference | None:
    by_hand = next((remark for remark in plan.remarks if remark.code == "item.price_by_hand"), None)
    if by_hand is not None:
        cause = message("reconcile.cause_by_hand", at=f"{plan.item.modified_at:%Y-%m-%d %H:%M}")
        return Difference(What.PRICE, number, by_hand, cause, Done.LEFT)
    if plan.prices is None:
        return None
    told = message(
        "reconcile.price",
        article=number,
        item=plan.item.name,
        shop=_said(plan.item.prices),
        erp=_said(plan.prices),
    )
    return Difference(
        What.PRICE, number, told, price_cause(plan, traces), _done(traces.work, ctx, priced=True)
    )


def _stock(plan: ItemPlan, number: str, traces: Traces, ctx: ReconcileContext) -> Difference | None:
    if plan.stock is None:
        return None
    wanted = plan.stock.quantity
    told = message(
        "reconcile.stock",
        article=number,
        item=plan.item.name,
        shop=plan.item.stock_status if plan.item.stock is None else plain(plan.item.stock),
        erp=plan.stock.status if wanted is None else plain(wanted),
    )
    return Difference(What.STOCK, number, told, stock_cause(plan, traces), _done(traces.work, ctx))


def _parent(parent: ParentPlan, number: str, work: KnownWork | None, ctx: ReconcileContext) -> Difference:
    told = message(
        "reconcile.stock",
        article=number,
        item=parent.members[0].name,
        shop="-" if parent.shown is None else plain(parent.shown),
        erp=plain(parent.number),
    )
    due = work is not None and work.is_due
    cause = message("reconcile.cause_due" if due else "reconcile.cause_sum")
    return Difference(What.STOCK, number, told, cause, _done(work, ctx))


def _done(work: KnownWork | None, ctx: ReconcileContext, *, priced: bool = False) -> Done:
    if work is not None and work.is_due:
        return Done.WAITS
    if priced and work is not None and work.state is State.HELD:
        return Done.WAITS  # guarded, say: a person has been asked already
    return ctx.mended


def _said(prices: Prices) -> str:
    regular = "-" if prices.regular is None else plain(prices.regular)
    return regular if prices.sale is None else f"{regular} ({plain(prices.sale)})"
