"""Many products in few calls: each stands for itself, and a call that failed as a whole makes none twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from brygga.connectors.woocommerce.connector import WooSession
from brygga.domain.errors import (
    BryggaError,
    DuplicateNumber,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    TryLater,
)
from brygga.domain.goods import Fields, ProductWrite, VariationWrite
from brygga.domain.order import OptionValue
from tests.connectors.woocommerce.fake_shop import Call, Reply
from tests.connectors.woocommerce.shelf_shop import ShelfShop, new_sku, running_shop


class SmallShop:
    """Keeps what it is told, in order, up to where `breaks_at` says that a call ends in another answer."""

    def __init__(self, breaks_at: Callable[[list[str]], tuple[int, Reply] | None]) -> None:
        self.breaks_at = breaks_at
        self.kept: list[str] = []
        self.sizes: list[int] = []
        self.looks = 0

    def __call__(self, call: Call) -> Reply:
        if call.method == "GET":
            self.looks += 1
            wanted = call.query["sku"].split(",")
            return Reply([self._row(sku) for sku in self.kept if sku in wanted])
        skus = [row["sku"] for row in call.data["create"]]
        self.sizes.append(len(skus))
        broken = self.breaks_at(skus)
        if broken is None:
            self.kept += skus
            return Reply({"create": [self._row(sku) for sku in skus]})
        done, reply = broken
        self.kept += skus[:done]
        return reply

    def _row(self, sku: str) -> dict[str, Any]:
        return {"id": self.kept.index(sku) + 1, "sku": sku, "type": "simple", "name": f"Vara {sku}"}


Start = Callable[[SmallShop], WooSession]


@pytest.fixture(scope="module")
def shop() -> Iterator[ShelfShop]:
    with running_shop() as running:
        yield running


def creates(amount: int) -> list[ProductWrite]:
    return [ProductWrite("", Fields(sku=f"A{n}", name=f"Vara A{n}")) for n in range(amount)]


def crash(skus: list[str], bad: str) -> tuple[int, Reply] | None:
    return (skus.index(bad), Reply(raw=b"", status=500)) if bad in skus else None


def errors(session: WooSession, writes: list[ProductWrite]) -> dict[str, BryggaError]:
    answers = session.put_products(writes)
    assert len(answers) == len(writes)
    for write, answer in zip(writes, answers, strict=True):
        assert answer.error is not None or (answer.product and answer.product.sku == write.fields.sku)
    return {
        str(write.fields.sku): answer.error
        for write, answer in zip(writes, answers, strict=True)
        if answer.error is not None
    }


def test_one_product_that_crashes_the_shop_keeps_no_other_back_and_none_is_made_twice(start: Start) -> None:
    small = SmallShop(lambda skus: crash(skus, "A77"))
    found = errors(start(small), creates(100))
    assert {sku: type(error) for sku, error in found.items()} == {"A77": OutcomeUnknown}
    assert sorted(small.kept) == sorted(f"A{n}" for n in range(100) if n != 77)
    assert sum(small.sizes) < 200


def test_a_lost_answer_is_looked_for_and_what_is_not_there_is_not_sent_again(start: Start) -> None:
    small = SmallShop(lambda skus: (60, Reply(raw=b"", status=503)))
    found = errors(start(small), creates(100))
    assert set(found) == {f"A{n}" for n in range(60, 100)}
    assert {type(error) for error in found.values()} == {OutcomeUnknown}
    assert (small.sizes, len(small.kept)) == ([100], 60)


def test_a_shop_that_is_too_slow_gets_fewer_next_time(start: Start) -> None:
    small = SmallShop(lambda skus: (20, Reply(raw=b"", status=504)) if len(skus) > 30 else None)
    session = start(small)
    found = errors(session, creates(100))
    assert len(found) == 80
    again = [write for write in creates(100) if write.fields.sku in found]
    assert len(errors(session, again)) < 40
    assert len(small.kept) == len(set(small.kept))


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"code": "x", "message": ""}, 413),
        Reply({"code": "rest_invalid_json", "message": "", "data": {"status": 400}}, 400),
        Reply(raw=b"<html>Forbidden</html>", status=403),
    ],
    ids=["413", "400", "a wall"],
)
def test_what_is_refused_as_a_whole_is_halved_until_one_stands_alone(start: Start, reply: Reply) -> None:
    small = SmallShop(lambda skus: (0, reply) if "A7" in skus else None)
    found = errors(start(small), creates(100))
    assert {sku: type(error) for sku, error in found.items()} == {"A7": RecordRejected}
    assert sorted(small.kept) == sorted(f"A{n}" for n in range(100) if n != 7)
    assert small.looks == 0  # what was refused was not done


def test_a_shop_that_crashes_at_everything_is_soon_left_alone(start: Start) -> None:
    small = SmallShop(lambda skus: (0, Reply(raw=b"", status=500)))
    assert len(errors(start(small), creates(100))) == 100
    assert len(small.sizes) < 15


def test_a_wall_before_the_whole_shop_is_no_product_s_fault(start: Start) -> None:
    small = SmallShop(lambda skus: (0, Reply(raw=b"<html>Forbidden</html>", status=403)))
    for amount in (1, 2, 100):
        with pytest.raises(TryLater):
            start(small).put_products(creates(amount))
    assert len(small.sizes) < 20
    small = SmallShop(
        lambda skus: (0, Reply(raw=b"<html>Forbidden</html>", status=403)) if "A0" in skus else None
    )
    assert list(errors(start(small), creates(2))) == ["A0"]


def test_250_products_are_made_and_changed_in_three_calls_each_for_itself(shop: ShelfShop) -> None:
    session, skus = shop.shelf(), [new_sku() for _ in range(200)]
    kept = shop.fill(*[{"sku": new_sku()} for _ in range(48)])
    taken = new_sku()
    shop.simple(sku=taken)
    writes = [ProductWrite("", Fields(sku=sku, name="Ny", status="draft")) for sku in skus]
    writes += [ProductWrite(one, Fields(name="Ändrad")) for one in kept]
    writes += [ProductWrite("", Fields(sku=taken, name="Ny")), ProductWrite("999999", Fields(name="Borta"))]
    writes += [ProductWrite("", Fields(sku=new_sku(), name=" "))]
    with shop.counted() as calls:
        answers = session.put_products(writes)
    assert calls == {"POST products/batch": 3}
    assert [type(one.error) for one in answers if one.error] == [DuplicateNumber, RecordGone, RecordRejected]
    assert [one.product.sku for one in answers[:200] if one.product] == skus
    assert all(one.remarks == () for one in answers[:248])
    with shop.counted() as calls:
        read = session.shop_products([one.product.id for one in answers if one.product])
    assert calls == {"GET products": 3}
    assert [read[one].name for one in kept] == ["Ändrad"] * 48
    assert len(read) == 248


def test_products_are_read_together_with_variations_and_trash(shop: ShelfShop) -> None:
    session = shop.shelf()
    parent, variations = shop.variable(3)
    trashed, gone = shop.fill({"sku": new_sku()}, {"sku": new_sku()})
    shop.call("DELETE", f"products/{trashed}")
    shop.call("DELETE", f"products/{gone}", force="true")
    read = session.shop_products([parent, trashed, gone, "../orders"])
    assert {one.id: one.status for one in read.values()} == {parent: "publish", trashed: "trash"}
    assert [one.id for one in read[parent].variations] == variations
    assert read[parent] == session.shop_product(parent)


def test_a_lost_answer_to_variations_is_found_in_their_product(shop: ShelfShop) -> None:
    session = shop.shelf()
    attribute = session.attribute("Storlek", ("S", "M"), ())
    (made,) = session.put_products(
        [ProductWrite("", Fields(type="variable", sku=new_sku(), name="Tröja", attributes=(attribute,)))]
    )
    assert made.product is not None
    skus = [new_sku(), new_sku()]
    writes = [
        VariationWrite("", Fields(sku=sku, options=(OptionValue("Storlek", size),)))
        for sku, size in zip(skus, ("S", "M"), strict=True)
    ]
    shop.fault("cut_after", r"POST .*/variations/batch$")
    with shop.counted() as calls:
        answers = session.put_variations(made.product.id, writes, made.product.attributes)
    assert calls == {"POST products/#/variations/batch": 1, "GET products/#/variations": 1}
    assert [one.variation.sku for one in answers if one.variation] == skus
    assert len(session.shop_product(made.product.id).variations) == 2
