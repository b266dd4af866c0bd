"""What the merchant removes by hand is an edit: it stays removed until a person says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from brygga.app.services import tasks
from brygga.app.store.models import Task
from brygga.app.tenancy.scope import scope
from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods, sweater


def family(world: Goods, *sizes: str) -> int:
    """Sell a sweater in these sizes; return its product."""
    for size in sizes:
        world.article(**sweater(size, "Röd"))
    world.world.hear()
    return int(world.products()[0]["id"])


def skus(world: Goods, product: int) -> set[str]:
    return {v["sku"] for v in world.variations(product)}


def remove(world: Goods, sku: str) -> None:
    """Delete a variation for good, as the button in wp-admin does."""
    world.by_hand("delete-product", find=sku)


def questions(world: Goods) -> dict[str, str]:
    with scope(world.world.tenant.pk):
        return {
            task.key.rpartition("-" + str(world.world.flow) + "-")[2]: task.code
            for task in Task.objects.filter(closed_at=None)
        }


def decide(world: Goods, about: str, choice: str) -> None:
    with scope(world.world.tenant.pk):
        task = Task.objects.get(closed_at=None, key__endswith=f"-{about}")
        tasks.decide(task.pk, choice, who="Alice")
    world.world.drain()


@pytest.mark.parametrize("first", ["price", "product"])
def test_a_variation_deleted_by_hand_is_not_made_again_without_asking(goods: Any, first: str) -> None:
    world: Goods = goods()
    product = family(world, "S", "M", "L")
    remove(world, "TROJA-M-RÖD")
    if first == "price":
        world.article(articleNo="TROJA-M-RÖD", priceExclVat="210")
        world.world.hear()
    world.article(articleNo="TROJA-M-RÖD", name="Tröja röd mellan")
    world.world.hear()
    for _ in range(2):
        assert skus(world, product) == {"TROJA-S-RÖD", "TROJA-L-RÖD"}
        assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}
        assert world.world.state("TROJA", Kind.GOODS) == (State.HELD, "goods.variation_gone")
        world.again()


def test_its_price_learns_of_it_first_and_the_question_comes_at_once(goods: Any) -> None:
    world: Goods = goods()
    family(world, "S", "M")
    remove(world, "TROJA-M-RÖD")
    world.article(articleNo="TROJA-M-RÖD", priceExclVat="210")
    world.world.hear()
    assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}


def test_the_others_go_on_meanwhile(goods: Any) -> None:
    world: Goods = goods()
    product = family(world, "S", "M")
    remove(world, "TROJA-M-RÖD")
    for size in ("S", "L"):
        world.article(**{**sweater(size, "Röd"), "priceExclVat": "210"})
    world.world.hear()
    assert {v["sku"]: float(v["regular_price"]) for v in world.variations(product)} == {
        "TROJA-S-RÖD": 262.5,
        "TROJA-L-RÖD": 262.5,
    }
    offered = {one["name"]: set(one["options"]) for one in world.products()[0]["attributes"]}
    assert offered["Storlek"] == {"S", "L"}


def test_made_again_it_is_a_new_variation_with_price_and_stock(goods: Any) -> None:
    world: Goods = goods()
    product = family(world, "S", "M")
    remove(world, "TROJA-M-RÖD")
    world.again()
    decide(world, "TROJA-M-RÖD", "make_variation_again")
    made = {v["sku"]: v for v in world.variations(product)}["TROJA-M-RÖD"]
    assert (float(made["regular_price"]), made["stock_quantity"], made["status"]) == (249.0, 7, "publish")
    assert world.world.state("TROJA", Kind.GOODS)[0] is State.DONE
    assert questions(world) == {}
    written = world.writes()
    world.again()
    assert world.writes() == written
    remove(world, "TROJA-M-RÖD")  # and again: it is asked about again
    world.again()
    assert skus(world, product) == {"TROJA-S-RÖD"}
    assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}


def test_left_out_it_stays_away_whatever_changes(goods: Any) -> None:
    world: Goods = goods()
    product = family(world, "S", "M")
    remove(world, "TROJA-M-RÖD")
    world.again()
    decide(world, "TROJA-M-RÖD", "leave_variation_out")
    for run in range(3):
        fields = {"name": f"Tröja {run}", "priceExclVat": str(199 + run), "stock": str(run)}
        world.article(articleNo="TROJA-M-RÖD", **fields)
        world.article(articleNo="TROJA-S-RÖD", barCode="", **fields)
        world.world.hear()
        assert skus(world, product) == {"TROJA-S-RÖD"}
        assert questions(world) == {}
        assert world.world.state("TROJA", Kind.GOODS)[0] is State.DONE


@pytest.mark.parametrize("how", ["ended", "made by hand", "moved"])
def test_the_question_goes_away_with_its_reason(goods: Any, how: str) -> None:
    world: Goods = goods(goods_draft=False)
    product = family(world, "S", "M")
    remove(world, "TROJA-M-RÖD")
    world.again()
    assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}
    if how == "ended":
        world.deed("articles/end", articleNo="TROJA-M-RÖD")
    elif how == "made by hand":
        attributes = [
            {"id": one["id"], "option": {"Storlek": "M", "Färg": "Röd"}[one["name"]]}
            for one in world.products()[0]["attributes"]
        ]
        world.by_hand("add-variation", id=product, sku="TROJA-M-RÖD", attributes=attributes)
        world.article(articleNo="TROJA-M-RÖD", name="Ny")
    else:
        world.article(articleNo="TROJA-M-RÖD", parentNo="JACKA")
    world.world.hear()
    assert questions(world) == {}
    if how == "ended":
        assert skus(world, product) == {"TROJA-S-RÖD"}
        world.deed("articles/take-in-again", articleNo="TROJA-M-RÖD")
        world.world.hear()
        assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}
        assert skus(world, product) == {"TROJA-S-RÖD"}
    elif how == "made by hand":
        assert skus(world, product) == {"TROJA-S-RÖD", "TROJA-M-RÖD"}
        assert {v["stock_quantity"] for v in world.variations(product)} == {7}
    else:
        assert {p["sku"]: p["type"] for p in world.products()} == {
            "TROJA": "variable",
            "TROJA-M-RÖD": "simple",
        }


def test_of_a_deleted_product_the_question_goes_away_when_the_erp_ends_it(goods: Any) -> None:
    world: Goods = goods()
    world.article(articleNo="A", name="Keps", priceExclVat="80")
    world.world.hear()
    remove(world, "A")
    world.article(articleNo="A", priceExclVat="84")  # its price learns of it
    world.world.hear()
    assert questions(world) == {"A": "goods.product_gone"}
    world.deed("articles/end", articleNo="A")
    world.world.hear()
    assert questions(world) == {}
    assert world.world.state("A", Kind.GOODS) == (State.IGNORED, "goods.nothing_sold")
    world.deed("articles/take-in-again", articleNo="A")
    world.world.hear()
    assert questions(world) == {"A": "goods.product_gone"}
    assert world.products() == []
    decide(world, "A", "leave_out")
    world.article(articleNo="A", name="Keps 2", priceExclVat="88")
    world.world.hear()
    assert (world.products(), questions(world)) == ([], {})


def test_in_the_trash_nothing_is_asked_and_emptied_it_is(goods: Any) -> None:
    world: Goods = goods()
    product = family(world, "S", "M")
    world.by_hand("trash-product", id=product)
    world.article(articleNo="TROJA-S-RÖD", name="Ny", priceExclVat="210")
    world.world.hear()
    assert world.world.state("TROJA", Kind.GOODS) == (State.IGNORED, "goods.product_in_trash")
    assert questions(world) == {}
    world.by_hand("restore-product", id=product)
    world.again()
    assert skus(world, product) == {"TROJA-S-RÖD", "TROJA-M-RÖD"}
    assert world.world.state("TROJA", Kind.GOODS)[0] is State.DONE
    world.by_hand("trash-product", id=product)
    world.by_hand("delete-product", id=product)
    world.again()
    assert questions(world) == {"TROJA": "goods.product_gone"}
    decide(world, "TROJA", "make_again")
    (made,) = world.products()
    assert skus(world, int(made["id"])) == {"TROJA-S-RÖD", "TROJA-M-RÖD"}
    assert {v["stock_quantity"] for v in world.variations(int(made["id"]))} == {7}


def test_a_flow_that_only_updates_asks_nothing(goods: Any) -> None:
    world: Goods = goods()
    product = family(world, "S", "M")
    world.world.change(goods="update")
    remove(world, "TROJA-M-RÖD")
    world.article(articleNo="TROJA-M-RÖD", name="Ny")
    world.world.hear()
    assert skus(world, product) == {"TROJA-S-RÖD"}
    assert questions(world) == {}
    assert world.world.state("TROJA", Kind.GOODS)[0] is State.DONE


def before_a_call(monkeypatch: pytest.MonkeyPatch, label: str, event: Callable[[], object]) -> None:
    """Let something happen in the shop right before a call whose label begins so, once."""
    waiting = [event]
    real = HttpClient.send

    def send(client: HttpClient, request: Request) -> Answer:
        if waiting and request.label.startswith(label):
            waiting.pop()()
        return real(client, request)

    monkeypatch.setattr(HttpClient, "send", send)


def test_deleted_between_reading_and_writing_it_is_asked_about_as_well(
    goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: Goods = goods(masters={"product.barcode": "erp:overwrite"})
    product = family(world, "S", "M")
    world.article(articleNo="TROJA-M-RÖD", barCode="7350053850019")
    label = f"POST products/{product}/variations/batch"
    before_a_call(monkeypatch, label, lambda: remove(world, "TROJA-M-RÖD"))
    world.world.hear()
    world.world.later()
    assert skus(world, product) == {"TROJA-S-RÖD"}
    assert questions(world) == {"TROJA-M-RÖD": "goods.variation_gone"}


def test_a_product_deleted_between_reading_and_writing_stops_itself_alone(
    goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world: Goods = goods(masters={"product.barcode": "erp:overwrite"})
    barcodes = {"A": "7350053850019", "B": "7350053850026"}
    for number in barcodes:
        world.article(articleNo=number, name=number, priceExclVat="80")
    world.world.hear()
    for number, barcode in barcodes.items():
        world.article(articleNo=number, barCode=barcode)
    before_a_call(monkeypatch, "POST products/batch", lambda: remove(world, "A"))
    world.world.hear()
    assert {p["sku"]: p["global_unique_id"] for p in world.products()} == {"B": "7350053850026"}
    assert world.world.state("A", Kind.GOODS)[0] is State.IGNORED
    world.article(articleNo="A", priceExclVat="84")
    world.world.hear()
    assert questions(world) == {"A": "goods.product_gone"}
    assert {p["sku"] for p in world.products()} == {"B"}
