"""Prices that the shop leads, beside what a file of this very run says that the ERP has.

Only such a file tells: the feeds of an ERP that follows are not read, so what is known of it grows old.
"""

from collections.abc import Mapping
from datetime import datetime

from brygga.domain.message import message
from brygga.domain.money import plain
from brygga.domain.refs import Kind
from brygga.domain.shelf import ShopItem
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.ports import LinkedItem
from brygga.flows.reconcile.report import Difference, Done, Report, What
from brygga.flows.settings import ArticlePrice, ProductMode
from brygga.flows.shelf.prices import wanted_prices


def compare_led_here(
    items: Mapping[str, ShopItem],
    links: Mapping[str, LinkedItem],
    file_at: datetime,
    ctx: ReconcileContext,
    report: Report,
) -> None:
    """Compare regular prices where the shop leads them, and bring over products that differ."""
    settings = ctx.settings
    if not (ctx.preset.moves(Kind.PRODUCT) and ctx.masters.shop_leads("price.regular")):
        return
    if settings.products not in (ProductMode.UPDATE, ProductMode.BOTH):
        return
    if settings.article_price is not ArticlePrice.REGULAR:
        return  # the ERP has what a buyer pays today, which the clock alone changes
    numbers = {ref: links[ref].article_no if ref in links else item.sku for ref, item in items.items()}
    supplies = ctx.store.supply(list(dict.fromkeys(numbers.values())))
    wake: dict[str, None] = {}
    works = None
    for ref, item in items.items():
        supply = supplies.get(numbers[ref])
        if supply is None or supply.article_read_at != file_at or item.prices.regular is None:
            continue
        there = wanted_prices(supply.article, settings, ctx.price_rules, ctx.now()).regular
        if there is None or there == item.prices.regular:
            continue
        if works is None:
            works = ctx.store.works(Kind.PRODUCT, {one.product_id for one in items.values()})
        work = works.get(item.product_id)
        is_due = work is not None and work.is_due
        told = message(
            "reconcile.price",
            article=numbers[ref],
            item=item.name,
            shop=plain(item.prices.regular),
            erp=plain(there),
        )
        cause = message("reconcile.cause_due" if is_due else "reconcile.cause_other_there")
        done = Done.WAITS if is_due else ctx.mended
        report.add(Difference(What.PRICE, numbers[ref], told, cause, done))
        if done is Done.PUT_RIGHT:
            wake[item.product_id] = None
    if wake:
        ctx.store.wake(Kind.PRODUCT, list(wake))
