"""A shop that can't take a whole batch, or chokes on one item, still gets all it can take."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from brygga.connectors.woocommerce.connector import WooSession
from brygga.domain.errors import ConnectionBroken, RecordRejected, TryLater
from brygga.domain.shelf import ItemWrite, StockWrite
from tests.connectors.woocommerce.fake_shop import Call, Reply


class SmallShop:
    """Holds the stock it was told, unless `refuses` answers otherwise."""

    def __init__(self, refuses: Callable[[list[int]], Reply | None]) -> None:
        self.refuses = refuses
        self.stock: dict[int, int] = {}
        self.sizes: list[int] = []

    def __call__(self, call: Call) -> Reply:
        rows: list[dict[str, Any]] = call.data["update"]
        self.sizes.append(len(rows))
        refusal = self.refuses([row["id"] for row in rows])
        if refusal is not None:
            return refusal
        self.stock |= {row["id"]: row["stock_quantity"] for row in rows}
        return Reply({"update": [{**row, "type": "simple", "status": "publish"} for row in rows]})


Start = Callable[[SmallShop], WooSession]


def writes(amount: int) -> list[ItemWrite]:
    return [ItemWrite(str(n), str(n), stock=StockWrite(Decimal(n))) for n in range(1, amount + 1)]


@pytest.mark.parametrize(
    "refusal",
    [
        Reply({"code": "x", "message": ""}, 413),
        Reply(raw=b"<html>Request Entity Too Large</html>", status=413),
        Reply(raw=b"<html>Gateway Time-out</html>", status=504),
        Reply(raw=b"<html>A timeout occurred</html>", status=524),
    ],
    ids=["413", "413 of the host", "504", "524"],
)
def test_what_is_too_much_at_once_is_halved_and_the_size_kept(start: Start, refusal: Reply) -> None:
    shop = SmallShop(lambda ids: refusal if len(ids) > 30 else None)
    session = start(shop)
    answers = session.put_items(writes(250))
    assert [answer.fault for answer in answers] == [None] * 250
    assert shop.stock == {n: n for n in range(1, 251)}
    assert shop.sizes == [100, 50, *[25] * 10]
    assert len(session.put_items(writes(60))) == 60
    assert shop.sizes[12:] == [25, 25, 10]


def test_a_shop_that_is_too_slow_for_a_few_is_left_alone(start: Start) -> None:
    shop = SmallShop(lambda ids: Reply(raw=b"", status=504))
    with pytest.raises(TryLater) as caught:
        start(shop).put_items(writes(100))
    assert caught.value.system_away
    assert shop.sizes == [100, 50, 25, 13, 7]


def test_one_item_that_crashes_the_shop_keeps_no_other_back(start: Start) -> None:
    shop = SmallShop(lambda ids: Reply(raw=b"", status=500) if 77 in ids else None)
    answers = start(shop).put_items(writes(100))
    assert [(a.ref, a.fault.code) for a in answers if a.fault] == [("77/77", "woocommerce.item_crashes")]
    assert sorted(shop.stock) == [n for n in range(1, 101) if n != 77]
    assert len(shop.sizes) < 2 * 8


def test_a_shop_that_crashes_at_everything_is_soon_left_alone(start: Start) -> None:
    shop = SmallShop(lambda ids: Reply(raw=b"", status=500))
    with pytest.raises(TryLater):
        start(shop).put_items(writes(250))
    assert len(shop.sizes) < 12


def test_a_lone_item_that_crashes_the_shop_may_be_tried_again(start: Start) -> None:
    shop = SmallShop(lambda ids: Reply(raw=b"", status=500))
    with pytest.raises(TryLater) as caught:
        start(shop).put_items(writes(1))
    assert not caught.value.system_away


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Reply(raw=b"", status=502), TryLater),
        (Reply(raw=b"", status=503), TryLater),
        (Reply(raw=b"<!doctype html>Maintenance", status=200), TryLater),
        (Reply({"update": []}), TryLater),
        (Reply([]), TryLater),
        (Reply({"code": "rest_invalid_json", "message": "", "data": {"status": 400}}, 400), RecordRejected),
        (Reply({"code": "woocommerce_rest_cannot_batch", "message": ""}, 401), ConnectionBroken),
        (
            Reply({"code": "woocommerce_rest_cannot_batch", "message": "", "data": {"status": 401}}, 200),
            ConnectionBroken,
        ),
    ],
    ids=["502", "503", "page", "nothing", "list", "400", "401", "401 inside 200"],
)
def test_other_refusals_are_not_asked_for_again_in_parts(
    start: Start, refusal: Reply, error: type[Exception]
) -> None:
    shop = SmallShop(lambda ids: refusal)
    with pytest.raises(error):
        start(shop).put_items(writes(40))
    assert shop.sizes == [40]


def test_rows_that_lack_or_come_in_another_order_are_told_apart(start: Start) -> None:
    def shuffled(ids: list[int]) -> Reply:
        rows = [{"id": n, "manage_stock": True, "stock_quantity": n, "sku": f"S{n}"} for n in ids if n != 3]
        return Reply({"update": rows[::-1]})

    answers = start(SmallShop(shuffled)).put_items(writes(5))
    assert [answer.item and answer.item.sku for answer in answers] == ["S1", "S2", None, "S4", "S5"]
    assert [a.fault.code for a in answers if a.fault] == ["woocommerce.item_not_answered"]


def test_what_the_shop_made_of_values_in_silence_is_named(start: Start) -> None:
    def cleaned(ids: list[int]) -> Reply:
        row = {"id": ids[0], "sku": "A-1", "manage_stock": False, "stock_quantity": None, "backorders": "yes"}
        return Reply({"update": [row]})

    wish = ItemWrite("1", "1", stock=StockWrite(Decimal(4), backorders=False))
    (answer,) = start(SmallShop(cleaned)).put_items([wish])
    assert answer.fault is not None
    assert (answer.fault.code, answer.fault.facts["item"]) == ("woocommerce.item_not_counted", "A-1")
    assert [(m.facts["field"], m.facts["sent"], m.facts["got"]) for m in answer.remarks] == [
        ("stock_quantity", "4", "-"),
        ("backorders", "no", "yes"),
    ]
    assert answer.item is not None


@pytest.mark.parametrize(
    ("error", "code", "gone"),
    [
        ({"code": "woocommerce_rest_product_invalid_id", "data": {"status": 400}}, "item_gone", True),
        (
            {"code": "woocommerce_rest_product_variation_invalid_id", "data": {"status": 404}},
            "item_gone",
            True,
        ),
        ({"code": "woocommerce_rest_invalid_product_id", "data": {"status": 404}}, "item_gone", True),
        ({"code": "woocommerce_rest_already_trashed", "data": {"status": 410}}, "item_gone", True),
        ({"code": "product_invalid_sku", "data": {"status": 400, "resource_id": 78}}, "item_refused", False),
        ({"code": "plugin_says_no", "data": None}, "item_refused", False),
        ({}, "item_refused", False),
    ],
)
def test_an_error_in_an_items_place_is_that_items_fault(
    start: Start, error: dict[str, Any], code: str, gone: bool
) -> None:
    shop = SmallShop(lambda ids: Reply({"update": [{"id": ids[0], "error": error}]}))
    (answer,) = start(shop).put_items(writes(1))
    assert answer.fault is not None
    assert (answer.fault.code, answer.gone, answer.item) == (f"woocommerce.{code}", gone, None)
