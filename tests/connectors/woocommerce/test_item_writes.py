"""Prices, stock and status are written to a simulated shop; what it then holds is what counts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from brygga.domain.errors import ConnectionBroken, TryLater
from brygga.domain.shelf import ItemWrite, Prices, StockBy, StockStatus, StockWrite
from tests.connectors.woocommerce.shelf_shop import IDENTITY, ShelfShop, new_sku, running_shop

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture(scope="module")
def running() -> Iterator[ShelfShop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture
def shop(running: ShelfShop) -> Iterator[ShelfShop]:
    running.control("DELETE", "faults")
    yield running
    running.control("DELETE", "faults")


def stock(product_id: str, quantity: int | str, variant_id: str = "") -> ItemWrite:
    return ItemWrite(product_id, variant_id or product_id, stock=StockWrite(Decimal(quantity)))


def price(product_id: str, *prices: str | None, **dates: datetime) -> ItemWrite:
    regular, sale = (None if text is None else Decimal(text) for text in (*prices, None)[:2])
    return ItemWrite(product_id, product_id, prices=Prices(regular, sale, **dates))


@pytest.mark.parametrize("amount", [1, 100, 101, 250])
def test_a_hundred_simple_items_go_in_a_call(shop: ShelfShop, amount: int) -> None:
    ids = shop.fill(*[{"sku": new_sku()} for _ in range(amount)])
    session = shop.shelf()
    with shop.counted() as calls:
        answers = session.put_items([stock(product_id, place) for place, product_id in enumerate(ids)])
    assert calls == {"POST products/batch": -(-amount // 100)}
    assert [answer.ref for answer in answers] == [f"{i}/{i}" for i in ids]
    assert all(answer.fault is None and not answer.remarks for answer in answers)
    assert [item.stock for item in session.items_of(ids)] == [Decimal(place) for place in range(amount)]


def test_250_items_in_mixed_parents_are_written_parent_by_parent(shop: ShelfShop) -> None:
    families = [shop.variable(size) for size in (120, 40, 10, 5, 5)]
    simple = shop.fill(*[{"sku": new_sku()} for _ in range(70)])
    refs = [(parent, variation) for parent, variations in families for variation in variations]
    refs += [(product_id, product_id) for product_id in simple]
    refs = refs[::7] + [ref for place, ref in enumerate(refs) if place % 7]  # mixed
    session = shop.shelf()
    with shop.counted() as calls:
        answers = session.put_items([stock(p, place, v) for place, (p, v) in enumerate(refs)])
    assert calls == {"POST products/#/variations/batch": 6, "POST products/batch": 1}
    assert [answer.ref for answer in answers] == [f"{p}/{v}" for p, v in refs]
    assert [answer.item and answer.item.stock for answer in answers] == [Decimal(n) for n in range(250)]
    assert [answer for answer in answers if answer.fault or answer.remarks] == []
    kept = {item.ref: item.stock for item in session.items_of([p for p, _ in refs])}
    assert [kept[f"{p}/{v}"] for p, v in refs] == [Decimal(n) for n in range(250)]


def test_failing_items_keep_no_other_back(shop: ShelfShop) -> None:
    ids = shop.fill(*[{"sku": new_sku()} for _ in range(200)])
    deleted, trashed = ids[30], ids[150]
    shop.call("DELETE", f"products/{deleted}", force="true")
    shop.call("DELETE", f"products/{trashed}")
    _, (variation, *_) = shop.variable(2)
    other, _ = shop.variable(1)
    writes = [stock(product_id, 9) for product_id in ids]
    writes += [stock(other, 9, variation), stock("999999", 9, "999998"), stock(variation, 9), stock("x", 9)]
    answers = shop.shelf().put_items(writes)
    faults = {answer.ref: answer for answer in answers if answer.fault}
    gone = {ref for ref, answer in faults.items() if answer.gone}
    assert gone == {
        f"{deleted}/{deleted}",
        f"{other}/{variation}",
        "999999/999998",
        f"{variation}/{variation}",
        "x/x",
    }
    assert faults.keys() - gone == {f"{trashed}/{trashed}"}
    in_trash = faults[f"{trashed}/{trashed}"]
    assert in_trash.fault is not None
    assert in_trash.fault.code == "woocommerce.item_in_trash"
    assert in_trash.item is not None
    assert in_trash.item.status == "trash"
    assert sum(answer.fault is None for answer in answers) == 198
    assert shop.kept(ids[199])["stock_quantity"] == 9
    assert shop.kept(variation)["stock_quantity"] == 5


def test_stock_of_the_parent_is_switched_to_the_items_own(shop: ShelfShop) -> None:
    parent, (variation, other) = shop.variable(2, manage_stock=True, stock_quantity=70)
    for each in (variation, other):
        shop.call("PUT", f"products/{parent}/variations/{each}", {"manage_stock": False})
    (answer,) = shop.shelf().put_items([stock(parent, 4, variation)])
    assert answer.fault is None
    assert answer.item is not None
    assert (answer.item.stock, answer.item.stock_by) == (Decimal(4), StockBy.ITEM)
    assert shop.kept(other)["stock_quantity"] == 70


def test_the_sum_may_be_written_on_the_parent(shop: ShelfShop) -> None:
    parent, (variation,) = shop.variable(1, manage_stock=True, stock_quantity=70)
    shop.call("PUT", f"products/{parent}/variations/{variation}", {"manage_stock": False})
    (answer,) = shop.shelf().put_items([stock(parent, 12)])
    assert answer.fault is None
    assert shop.kept(variation)["stock_quantity"] == 12


def test_a_status_of_stock_is_told_where_the_number_rules_it(shop: ShelfShop) -> None:
    counted, uncounted = shop.simple(), shop.simple(manage_stock=False, stock_quantity=None)
    wish = StockWrite(status=StockStatus.OUT_OF_STOCK)
    first, second = shop.shelf().put_items([ItemWrite(i, i, stock=wish) for i in (counted, uncounted)])
    assert first.fault is not None
    assert first.fault.code == "woocommerce.item_counted"
    assert shop.kept(counted)["stock_quantity"] == 5
    assert second.fault is None
    assert shop.kept(uncounted)["stock_status"] == "outofstock"


def test_backorders_and_numbers_below_zero(shop: ShelfShop) -> None:
    product_id = shop.simple()
    wish = StockWrite(Decimal(-2), status=StockStatus.IN_STOCK, backorders=True)
    (answer,) = shop.shelf().put_items([ItemWrite(product_id, product_id, stock=wish)])
    assert answer.fault is None
    kept = shop.kept(product_id)
    assert (kept["stock_quantity"], kept["backorders"], kept["stock_status"]) == (-2, "notify", "onbackorder")


@pytest.mark.parametrize("bad", ["2.7", "NaN", "Infinity", "1e15"])
def test_a_number_of_pieces_that_is_none_is_a_fault_and_the_price_still_goes(
    shop: ShelfShop, bad: str
) -> None:
    product_id = shop.simple()
    write = ItemWrite(product_id, product_id, Prices(Decimal(120)), StockWrite(Decimal(bad)))
    (answer,) = shop.shelf().put_items([write])
    assert answer.fault is not None
    assert answer.fault.code == "woocommerce.item_bad_stock"
    kept = shop.kept(product_id)
    assert (kept["regular_price"], kept["stock_quantity"]) == ("120", 5)


def test_a_sale_price_not_below_is_told_and_the_stock_still_goes(shop: ShelfShop) -> None:
    product_id = shop.simple(regular_price="100")
    write = ItemWrite(product_id, product_id, Prices(Decimal("249.00"), Decimal(249)), StockWrite(Decimal(8)))
    (answer,) = shop.shelf().put_items([write])
    assert answer.fault is not None
    assert answer.fault.code == "woocommerce.item_sale_not_below"
    assert (answer.fault.facts["sale"], answer.fault.facts["regular"]) == ("249", "249")
    kept = shop.kept(product_id)
    assert (kept["regular_price"], kept["sale_price"], kept["stock_quantity"]) == ("100", "", 8)


@pytest.mark.parametrize("prices", [("-5",), ("100", "-1"), ("NaN",), ("1e13",), (None, "5")])
def test_what_is_no_price_makes_no_call(shop: ShelfShop, prices: tuple[str | None, ...]) -> None:
    product_id = shop.simple()
    with shop.counted() as calls:
        (answer,) = shop.shelf().put_items([price(product_id, *prices)])
    assert answer.fault is not None
    assert not calls
    assert shop.kept(product_id)["regular_price"] == "100"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("249.00", "249"),
        ("199.20", "199.2"),
        ("0", "0"),
        ("1E+3", "1000"),
        ("12.345", "12.345"),
        ("199", "199"),
    ],
)
def test_a_price_is_kept_to_the_last_decimal(shop: ShelfShop, given: str, kept: str) -> None:
    product_id = shop.simple()
    (answer,) = shop.shelf().put_items([price(product_id, given)])
    assert (answer.fault, answer.remarks) == (None, ())
    assert shop.kept(product_id)["regular_price"] == kept


def test_a_shop_that_shows_no_decimals_keeps_the_price_as_it_was_sent(shop: ShelfShop) -> None:
    shop.control("POST", "shop/settings", {"currency": "JPY"})
    product_id = shop.simple(regular_price="1980")
    (answer,) = shop.shelf().put_items([price(product_id, "2480.00", "1980")])
    assert answer.fault is None
    kept = shop.kept(product_id)
    assert (kept["regular_price"], kept["sale_price"]) == ("2480", "1980")
    shop.control("POST", "shop/settings", {"currency": "SEK"})


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [((2027, 3, 20), (2027, 4, 4)), ((2026, 10, 17), (2026, 11, 1)), ((2026, 12, 1), (2026, 12, 1))],
    ids=["to summer time", "to winter time", "one day"],
)
def test_a_sale_lasts_to_the_end_of_its_last_day(
    shop: ShelfShop, first_day: tuple[int, int, int], last_day: tuple[int, int, int]
) -> None:
    begins = datetime(*first_day, tzinfo=STOCKHOLM)
    ends = datetime(*last_day, 23, 59, 59, 999_999, tzinfo=STOCKHOLM)
    product_id = shop.simple()
    (answer,) = shop.shelf().put_items([price(product_id, "100", "80", sale_from=begins, sale_to=ends)])
    assert (answer.fault, answer.remarks) == (None, ())
    kept = shop.kept(product_id)
    assert kept["date_on_sale_from"] == f"{begins:%Y-%m-%d}T00:00:00"
    assert kept["date_on_sale_to"] == f"{ends:%Y-%m-%d}T23:59:59"
    (item,) = shop.shelf().items_of([product_id])
    assert item.prices.sale_from == begins.astimezone(UTC)
    assert item.prices.sale_to == ends.replace(microsecond=0).astimezone(UTC)


def test_a_sale_is_taken_away_with_its_dates(shop: ShelfShop) -> None:
    product_id = shop.simple()
    session, when = shop.shelf(), datetime(2027, 1, 1, tzinfo=UTC)
    session.put_items([price(product_id, "100", "80", sale_from=when, sale_to=when.replace(month=2))])
    (answer,) = session.put_items([price(product_id, "100", None, sale_to=when)])
    assert answer.fault is None
    kept = shop.kept(product_id)
    assert (kept["sale_price"], kept["date_on_sale_from"], kept["date_on_sale_to"]) == ("", None, None)


def test_a_price_on_a_variable_product_is_seen_to_be_ignored(shop: ShelfShop) -> None:
    parent, _ = shop.variable(1)
    (answer,) = shop.shelf().put_items([price(parent, "120")])
    assert answer.fault is not None
    assert answer.fault.code == "woocommerce.item_not_kept"
    assert (answer.fault.facts["field"], answer.fault.facts["sent"], answer.fault.facts["got"]) == (
        "regular_price",
        "120",
        "-",
    )


def test_an_item_is_hidden_and_shown_and_an_unknown_status_never_sent(shop: ShelfShop) -> None:
    product_id = shop.simple()
    session = shop.shelf()
    for status in ("draft", "private", "publish"):
        (answer,) = session.put_items([ItemWrite(product_id, product_id, status=status)])
        assert answer.fault is None
        assert shop.kept(product_id)["status"] == status
    (answer,) = session.put_items([ItemWrite(product_id, product_id, status="hidden")])
    assert answer.fault is not None
    assert answer.fault.code == "woocommerce.item_bad_status"
    assert shop.kept(product_id)["status"] == "publish"


def test_a_write_of_nothing_touches_nothing(shop: ShelfShop) -> None:
    product_id = shop.simple()
    with shop.counted() as calls:
        (answer,) = shop.shelf().put_items([ItemWrite(product_id, product_id)])
    assert not calls
    assert (answer.item, answer.fault, answer.gone) == (None, None, False)
    assert shop.shelf().put_items([]) == []


@pytest.mark.parametrize(
    "kind", ["cut_after", "cut_before", "garbage", "maintenance", "unavailable", "rate_limited"]
)
def test_an_unclear_end_may_be_tried_again(shop: ShelfShop, kind: str) -> None:
    product_id = shop.simple()
    session = shop.shelf()
    shop.fault(kind, "POST /wp-json/wc/v3/products/batch")
    with pytest.raises(TryLater):
        session.put_items([stock(product_id, 7)])
    (answer,) = session.put_items([stock(product_id, 7)])
    assert answer.fault is None
    assert shop.kept(product_id)["stock_quantity"] == 7


def test_a_refused_key_stops_the_connection(shop: ShelfShop) -> None:
    shop.control("POST", "shop/keys", {"key": "ck_read", "secret": "cs_read", "permissions": "read"})
    session = shop.session(IDENTITY, consumer_key="ck_read", consumer_secret="cs_read")
    with pytest.raises(ConnectionBroken):
        session.put_items([stock(shop.simple(), 1)])
