"""`brygga bench products`: an ERP's whole range becomes the products of an empty shop."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from brygga.app.bench.figures import Size
from brygga.app.bench.goods import Range, Shape
from brygga.app.bench.merchant import Merchant
from brygga.app.bench.processes import Worker
from brygga.app.bench.shops import Simulators
from brygga.app.bench.stock import FEEDS, Told
from brygga.app.commands.tree import Tree

ERP_LEADS = 2
_SETTINGS = {
    "prefix": "W-",
    "goods_draft": "false",
    "article_shipping": "FRAKT",
    "article_rounding": "ORESAVR",
}


def measure(folder: Path, sizes: Sequence[int], told: Told) -> list[Size]:
    """Measure every size, each on a worker and simulators of its own."""
    return [_measure(folder, place, count, told) for place, count in enumerate(sizes, start=1)]


def _measure(folder: Path, place: int, count: int, told: Told) -> Size:
    with ExitStack() as files, Tree() as tree:
        simulators = Simulators(tree, files, folder, 1, first=place)
        worker = Worker(tree, files, folder)
        merchant = Merchant(worker, simulators, _SETTINGS, ERP_LEADS)
        goods = Range(simulators, merchant.lane, count)
        label = f"{count} articles"
        told(f"{label}: set up", 0, 3)
        goods.fill_erp()
        shape = Shape.of(goods.pieces)
        feeds = shape.article_feed + shape.stock_feed
        told(f"{label}: made", 1, 3)
        # Products are made a hundred a call and variations one product a call; then both get price and stock.
        made = merchant.measure("made", count, feeds + shape.reads + shape.writes, FEEDS)
        goods.compare()
        told(f"{label}: same", 2, 3)
        goods.tell_again("articles", "stock")
        same = merchant.measure("same", count, feeds + shape.reads, FEEDS)
        goods.compare()
        merchant.stop()
    return Size(count, [made, same])
