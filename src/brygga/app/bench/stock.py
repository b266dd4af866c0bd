"""`brygga bench stock`: prices and stock of a whole range from the ERP to a shop that has its products."""

from math import ceil
from pathlib import Path

from brygga.app.bench.figures import Phase, Size, Told
from brygga.app.bench.goods import FEEDS, PAGE, Range, Shape
from brygga.app.bench.merchant import SHOP_AND_ERP, at_work

_SETTINGS = {"prefix": "W-", "products": "off", "article_shipping": "FRAKT", "article_rounding": "ORESAVR"}
_EVERY = 100  # one article in so many changes in the last phase


def measure(folder: Path, place: int, count: int, told: Told) -> Size:
    """Measure one size."""
    with at_work(folder, place, _SETTINGS, SHOP_AND_ERP) as merchant:
        goods = Range(merchant.simulators, merchant.lane, count)
        label = f"{count} articles"
        told(f"{label}: set up", 0, 5)
        goods.fill_shop()
        goods.fill_erp()
        every = Shape.of(goods.pieces)
        changed = every.article_feed + every.stock_feed + every.reads + every.writes
        phases: list[Phase] = []

        def phase(name: str, objects: int, lower_bound: int) -> None:
            told(f"{label}: {name}", len(phases) + 1, 5)
            phases.append(merchant.measure(name, objects, lower_bound, FEEDS))
            goods.compare()

        phase("first", count, changed + ceil(count / PAGE))  # each article has to be looked for by its SKU
        goods.change(goods.pieces)
        phase("all", count, changed)
        goods.tell_again("stock")
        phase("same", count, every.stock_feed + every.reads)
        few = goods.pieces[::_EVERY]
        goods.change(few)
        some = Shape.of(few)
        phase("few", len(few), some.article_feed + some.stock_feed + some.reads + some.writes)
    return Size(count, phases)
