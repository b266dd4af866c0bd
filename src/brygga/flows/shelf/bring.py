"""Brings prices and stock of many articles to a shop together: one read, one write, one settling.

What is written is worked out from what is known when its turn comes, so the newest wins by itself.
A write is absolute and only differences are written, so an attempt that died changes nothing when
it is made again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from brygga.domain.errors import ConnectionBroken, SetupWrong, TryLater
from brygga.domain.shelf import ItemAnswer, ItemWrite, ShopItem
from brygga.flows.context import RunContext
from brygga.flows.failures import outcome_of_failure
from brygga.flows.goods.settings import Ended
from brygga.flows.ports import LaneLost, Work
from brygga.flows.shelf import guard
from brygga.flows.shelf.compare import ItemPlan, plan_prices, plan_stock
from brygga.flows.shelf.match import find_items
from brygga.flows.shelf.parcel import Parcel, parent_ref, settled
from brygga.flows.shelf.parents import ParentPlan, plan_parents, siblings
from brygga.flows.shelf.ports import Asked, Echo, Settled, Settlement, Written
from brygga.flows.shelf.prices import PriceRules, wanted_prices
from brygga.flows.shelf.taken import look_at_taken
from brygga.flows.shelf.tally import Tally, tally_of

_NEVER = Written()


def bring_over_items(works: Sequence[Work], ctx: RunContext) -> None:
    """Bring prices and stock of articles over and store what became of each.

    Raises what concerns the connection, the flow or the lane as a whole, with the works still
    waiting. Whatever else goes wrong is looked for in halves: one bad item holds nobody else.
    """
    try:
        ctx.recorder.start()
        _bring(works, ctx)
    except (ConnectionBroken, SetupWrong, LaneLost):
        raise
    except Exception as error:
        if (isinstance(error, TryLater) and error.system_away) or ctx.store.failed(error):
            raise
        if len(works) > 1:
            half = (len(works) + 1) // 2
            bring_over_items(works[:half], ctx)
            bring_over_items(works[half:], ctx)
            return
        outcome = outcome_of_failure(error, works[0], ctx)
        ctx.shelf.settle(Settlement([Settled(works[0], outcome, ctx.journal.take())]))


def _bring(works: Sequence[Work], ctx: RunContext) -> None:
    numbers = [work.ref.id for work in works]
    matches, read = find_items(numbers, ctx)
    exchanges = ctx.journal.take()
    holds = ctx.settings.in_flight_hold and ctx.masters.erp_leads("stock.quantity")
    if holds:
        # After the items were read and right before the write: what is sold from here on is found
        # by the look after it.
        _look(ctx, numbers)
    renamed = {
        item.ref: item.sku for number, match in matches.items() for item in match.items if item.sku != number
    }
    if renamed:
        ctx.shelf.called(renamed)
    counted = siblings([item for match in matches.values() for item in match.items], read)
    articles = ctx.shelf.articles_of([item.ref for item in counted])
    also = [articles.get(item.ref) or item.sku for item in counted]
    tally = tally_of([*numbers, *also], ctx.shelf, ctx.settings)
    parcels = [Parcel(work, matches[work.ref.id]) for work in works]
    items = [item for match in matches.values() for item in match.items]
    written = ctx.shelf.written([item.ref for item in items])
    asked = ctx.shelf.asked([guard.question_key(ctx.flow, number) for number in numbers])
    for parcel in parcels:
        _plan(parcel, tally, written, asked, ctx)
    parents = plan_parents(counted, articles, tally, ctx.settings) if _leads_stock(ctx) else []
    for parcel in parcels:
        mine = {item.ref for item in parcel.match.items}
        parcel.parents = [plan for plan in parents if mine & {member.ref for member in plan.members}]
    answers = _put(parcels, parents, ctx)
    exchanges += ctx.journal.take()
    if holds and any(_writes_of_stock(parcels, parents)):
        _look(ctx, ())
    now = ctx.now()
    ctx.shelf.settle(
        Settlement(
            [settled(parcel, answers, tally, now) for parcel in parcels],
            exchanges,
            _remembered(parcels, answers, written, tally, now),
            _echoes(parcels, parents, answers),
        )
    )


def _look(ctx: RunContext, computing: Sequence[str]) -> None:
    """Look at what orders hold; their exchanges name buyers' orders and are not kept with an item."""
    look_at_taken(ctx.shop, ctx.shelf, ctx.now(), computing)
    ctx.journal.take()


def _leads_stock(ctx: RunContext) -> bool:
    return ctx.masters.erp_leads("stock.quantity")


def _plan(
    parcel: Parcel, tally: Tally, written: Mapping[str, Written], asked: Mapping[str, Asked], ctx: RunContext
) -> None:
    supply = tally.supply(parcel.article_no)
    if supply.article_read_at is not None:
        parcel.parts = tuple(supply.article.parts)
    rules = PriceRules(
        ctx.shop_identity.currency, ctx.shop_identity.prices_include_tax, ctx.time_zone, ctx.erp_currency
    )
    if ctx.masters.erp_leads("price.regular") or ctx.masters.erp_leads("price.sale"):
        parcel.wish = wanted_prices(supply.article, ctx.settings, rules, ctx.now())
    for item in parcel.match.items:
        plan = ItemPlan(item)
        last = written.get(item.ref, _NEVER)
        plan_prices(plan, parcel.wish, last, ctx.masters, ctx.settings, forced=parcel.work.forced)
        there = tally.there(parcel.article_no)
        ended = supply.article.ended and _shows_zero(ctx)
        plan_stock(plan, there, ctx.masters, ctx.settings, ended=ended)
        parcel.plans.append(plan)
    _guard(parcel, asked, ctx)


def _shows_zero(ctx: RunContext) -> bool:
    """Say that what is ended in the ERP can't be bought in the shop, whatever its number is."""
    out = ctx.settings.goods_ended is Ended.OUT_OF_STOCK and ctx.masters.erp_leads("product.ended")
    return ctx.settings.stock_ended_zero or out


def _guard(parcel: Parcel, asked: Mapping[str, Asked], ctx: RunContext) -> None:
    """Take prices that may be slips off the plan until a person has said what they are."""
    percent = ctx.settings.price_guard_percent
    slipped = False
    for plan in parcel.plans:
        if plan.prices is None or not guard.is_slip(plan.item.prices, plan.prices, percent):
            continue
        slipped = True
        question = guard.ask_about(ctx.flow, parcel.article_no, plan.item, plan.prices, percent)
        choice = guard.answer_to(question, asked)
        if choice == guard.WRITE:
            continue
        plan.prices = plan.own_prices = None
        if choice == guard.LEAVE:
            plan.remarks.append(question.message)
            continue
        parcel.guarded = question.message
        known = asked.get(question.key)
        if known is None or not known.is_open or known.facts != question.facts:
            ctx.tasks.ask(question, work=parcel.work.id)
    key = guard.question_key(ctx.flow, parcel.article_no)
    if parcel.plans and not slipped and key in asked:
        ctx.tasks.withdraw(key)  # what was answered too is over: the same slip again is asked about again


def _put(
    parcels: Sequence[Parcel], parents: Sequence[ParentPlan], ctx: RunContext
) -> Mapping[str, ItemAnswer]:
    writes: dict[str, ItemWrite] = {}
    for parcel in parcels:
        writes.update((plan.item.ref, plan.write) for plan in parcel.plans if plan.write is not None)
    writes.update((parent_ref(plan), plan.write) for plan in parents if plan.write is not None)
    if not writes:
        return {}
    answers = ctx.shop.put_items(list(writes.values()))
    return dict(zip(writes, answers, strict=True))


def _writes_of_stock(parcels: Sequence[Parcel], parents: Sequence[ParentPlan]) -> list[bool]:
    """Say for everything planned whether it wrote a number."""
    items = [plan.stock is not None for parcel in parcels for plan in parcel.plans]
    return items + [plan.write is not None for plan in parents]


def _remembered(
    parcels: Sequence[Parcel],
    answers: Mapping[str, ItemAnswer],
    before: Mapping[str, Written],
    tally: Tally,
    now: datetime,
) -> dict[str, Written]:
    """Return what is now as we want it, of items for which that is news."""
    news: dict[str, Written] = {}
    for parcel in parcels:
        for plan in parcel.plans:
            answer = answers.get(plan.item.ref)
            if answer is not None and (answer.fault is not None or answer.gone):
                continue
            last = before.get(plan.item.ref, _NEVER)
            is_now = last
            if (prices := plan.own_prices) is not None and (
                last.prices_at is None or (prices.regular, prices.sale) != (last.regular, last.sale)
            ):
                is_now = replace(is_now, regular=prices.regular, sale=prices.sale, prices_at=now)
            if plan.own_stock is not None:
                read_at = tally.read_at(parcel.article_no)
                if plan.own_stock != last.stock or read_at != last.stock_read_at:
                    is_now = replace(is_now, stock=plan.own_stock, stock_at=now, stock_read_at=read_at)
            if is_now != last:
                news[plan.item.ref] = is_now
    return news


def _echoes(
    parcels: Sequence[Parcel], parents: Sequence[ParentPlan], answers: Mapping[str, ItemAnswer]
) -> list[Echo]:
    """Return which products our writes have changed, so that their news starts nothing."""
    before: dict[str, ShopItem] = {plan.item.ref: plan.item for parcel in parcels for plan in parcel.plans}
    before |= {parent_ref(plan): plan.members[0] for plan in parents}
    found: dict[str, Echo] = {}
    for ref, answer in answers.items():
        if answer.item is None:
            continue
        item = before[ref]
        if item.is_variation:
            continue  # its own time says nothing of its product: what was edited there must stay news
        product, was, now = item.product_id, item.modified_at, answer.item.modified_at
        known = found.get(product)
        if known is not None:
            was, now = max(was, known.before), max(now, known.after)
        found[product] = Echo(product, was, now)
    return list(found.values())
