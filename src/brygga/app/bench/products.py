"""`brygga bench products`: an ERP's whole range becomes the products of an empty shop."""

from pathlib import Path

from brygga.app.bench.figures import Size, Told
from brygga.app.bench.goods import FEEDS, Range, Shape
from brygga.app.bench.merchant import ERP_LEADS, at_work

_SETTINGS = {
    "prefix": "W-",
    "goods_draft": "false",
    "article_shipping": "FRAKT",
    "article_rounding": "ORESAVR",
}


def measure(folder: Path, place: int, count: int, told: Told) -> Size:
    """Measure one size."""
    with at_work(folder, place, _SETTINGS, ERP_LEADS) as merchant:
        goods = Range(merchant.simulators, merchant.lane, count)
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
    return Size(count, [made, same])
