"""Payment plugins: money drawn inside the status write, their signs, notes, failures and switches."""

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.woocommerce.shop_client import Shop

BUYER = {"first_name": "Åsa", "country": "SE", "email": "asa@example.se"}
SIGNS = {
    "klarna_payments": "_wc_klarna_capture_id",
    "kco": "_wc_klarna_capture_id",
    "dibs_easy": "_dibs_charge_id",
    "collector_checkout": "_collector_order_activated",
    "svea_checkout": "_svea_co_deliver_date",
}


@pytest.fixture
def shop(shop: Shop) -> Shop:
    every = dict.fromkeys(("klarna", "nets", "walley", "svea", "stripe"), True)
    shop.control("/shop/gateways", every)
    shop.post("/products", {"sku": "K", "regular_price": "100", "manage_stock": True, "stock_quantity": 9})
    return shop


def buy(shop: Shop, method: str, **more: Any) -> dict[str, Any]:
    wish = {"lines": [{"sku": "K", "quantity": 2}], "billing": BUYER, "payment_method": method}
    return dict(shop.control("/shop/orders", {**wish, **more}))


def set_status(shop: Shop, order: dict[str, Any], status: str) -> dict[str, Any]:
    reply = shop.put(f"/orders/{order['id']}", {"status": status})
    assert reply.status == 200
    return dict(reply.body)


def metas(order: dict[str, Any]) -> dict[str, Any]:
    return {m["key"]: m["value"] for m in order["meta_data"]}


def notes(shop: Shop, order: dict[str, Any]) -> str:
    return "\n".join(n["note"] for n in shop.get(f"/orders/{order['id']}/notes").body)


def drawn(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    return dict(
        shop.control(f"/shop/draws?order_id={order['id']}", method="GET")["orders"].get(str(order["id"]), {})
    )


@pytest.mark.parametrize("method", SIGNS)
def test_completing_draws_the_money_once(shop: Shop, method: str) -> None:
    order = buy(shop, method)
    assert order["status"] == "processing"
    assert drawn(shop, order) == {}
    done = set_status(shop, order, "completed")
    assert (done["status"], bool(metas(done)[SIGNS[method]])) == ("completed", True)
    assert drawn(shop, order) | {"by": []} == {
        "captured": "200.00",
        "times": 1,
        "attempts": 1,
        "by": [],
        "released": False,
    }
    for status in ("completed", "processing", "completed"):
        set_status(shop, order, status)
    assert drawn(shop, order)["times"] == 1


def test_a_batch_draws_too(shop: Shop) -> None:
    order = buy(shop, "kco")
    shop.post("/orders/batch", {"update": [{"id": order["id"], "status": "completed"}]})
    assert drawn(shop, order)["captured"] == "200.00"


@pytest.mark.parametrize(
    ("method", "status", "words"),
    [
        ("klarna_payments", "on-hold", "Could not capture Klarna order. Kortet spärrat"),
        ("dibs_easy", "on-hold", "Nets Error: Kortet spärrat"),
        ("collector_checkout", "on-hold", "Activate Walley Checkout order error: Kortet spärrat"),
        ("svea_checkout", "completed", "Error received when trying to deliver order in Svea: Kortet spärrat"),
    ],
)
def test_a_refused_drawing_shows_in_the_answer_itself(
    shop: Shop, method: str, status: str, words: str
) -> None:
    order = buy(shop, method)
    shop.control("/shop/captures", {"outcome": "refused", "reason": "Kortet spärrat"})
    done = set_status(shop, order, "completed")
    assert done["status"] == status
    assert SIGNS[method] not in metas(done)
    assert words in notes(shop, order)
    assert (drawn(shop, order)["captured"], drawn(shop, order)["attempts"]) == ("0.00", 1)
    # The plan was for one drawing; the merchant's next try succeeds.
    set_status(shop, order, "processing")
    assert metas(set_status(shop, order, "completed"))[SIGNS[method]]


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        ("under_review", "on-hold", "pending review"),
        ("cancelled_there", "completed", "already been canceled"),
        ("not_accepted", "completed", "could not be captured at this time"),
        ("nothing", "completed", ""),
    ],
)
def test_klarna_fails_in_four_ways(shop: Shop, outcome: str, status: str, words: str) -> None:
    order = buy(shop, "klarna_payments")
    shop.control("/shop/captures", {"outcome": outcome, "order_id": order["id"]})
    done = set_status(shop, order, "completed")
    assert (done["status"], words in notes(shop, order)) == (status, True)
    assert "_wc_klarna_capture_id" not in metas(done)
    if outcome == "nothing":
        assert "Klarna" not in notes(shop, order)


def test_klarna_without_its_id_is_put_on_hold(shop: Shop) -> None:
    order = buy(shop, "kco", reference=False)
    assert set_status(shop, order, "completed")["status"] == "on-hold"
    assert "Klarna order ID is missing" in notes(shop, order)


def test_a_disconnected_klarna_order_is_left_alone(shop: Shop) -> None:
    order = buy(shop, "kco", meta_data=[{"key": "_kom_disconnect", "value": "1"}])
    assert set_status(shop, order, "completed")["status"] == "completed"
    assert drawn(shop, order) == {}


def test_a_plan_may_be_for_one_order_only_or_for_always(shop: Shop) -> None:
    first, second = buy(shop, "kco"), buy(shop, "kco")
    shop.control("/shop/captures", {"order_id": second["id"], "times": None})
    assert set_status(shop, first, "completed")["status"] == "completed"
    for _ in range(2):
        assert set_status(shop, second, "completed")["status"] == "on-hold"
    shop.control("/shop/captures", method="DELETE")
    assert set_status(shop, second, "completed")["status"] == "completed"


def test_account_to_account_payments_need_no_drawing(shop: Shop) -> None:
    order = buy(shop, "nets_easy_swish")
    done = set_status(shop, order, "completed")
    assert (done["status"], drawn(shop, order)) == ("completed", {})
    assert "No charge needed in Nets system" in notes(shop, order)


def test_nets_holds_an_order_whose_total_was_changed(shop: Shop) -> None:
    order = buy(shop, "dibs_easy")
    line = {"id": order["line_items"][0]["id"], "quantity": 1, "subtotal": "80", "total": "80"}
    shop.put(f"/orders/{order['id']}", {"line_items": [line]})
    assert set_status(shop, order, "completed")["status"] == "on-hold"
    assert "manual review" in notes(shop, order)


def test_stripe_draws_at_processing_when_it_only_reserved(shop: Shop) -> None:
    order = buy(shop, "stripe")
    assert (order["status"], metas(order)["_stripe_charge_captured"]) == ("on-hold", "no")
    done = set_status(shop, order, "processing")
    assert (done["status"], metas(done)["_stripe_charge_captured"]) == ("processing", "yes")
    set_status(shop, order, "completed")
    assert drawn(shop, order)["times"] == 1


def test_stripe_that_draws_at_once_has_drawn_at_the_checkout(shop: Shop) -> None:
    shop.control("/shop/gateways", {"stripe": {"draws": False}})
    order = buy(shop, "stripe")
    assert (order["status"], metas(order)["_stripe_charge_captured"]) == ("processing", "yes")
    assert drawn(shop, order)["captured"] == "200.00"


@pytest.mark.parametrize(("method", "plugin"), [("kco", "klarna"), ("svea_checkout", "svea")])
def test_the_switch_off_draws_nothing(shop: Shop, method: str, plugin: str) -> None:
    shop.control("/shop/gateways", {plugin: {"draws": False}})
    order = buy(shop, method)
    set_status(shop, order, "completed")
    assert drawn(shop, order) == {}


def test_cancelling_releases_the_reservation_unless_it_was_drawn(shop: Shop) -> None:
    order = buy(shop, "klarna_payments")
    assert metas(set_status(shop, order, "cancelled"))["_wc_klarna_cancelled"] == "yes"
    assert drawn(shop, order)["released"] is True
    other = buy(shop, "klarna_payments")
    set_status(shop, other, "completed")
    assert "_wc_klarna_cancelled" not in metas(set_status(shop, other, "cancelled"))
    assert "already being captured" in notes(shop, other)


def test_money_drawn_by_two_is_seen(shop: Shop) -> None:
    order = buy(shop, "kco")
    set_status(shop, order, "completed")
    shop.control("/shop/draws", {"order_id": order["id"], "by": "erp"})
    seen = drawn(shop, order)
    assert (Decimal(seen["captured"]), seen["by"]) == (Decimal(400), ["klarna", "erp"])


def test_a_payment_drawn_by_the_erp_is_not_drawn_again(shop: Shop) -> None:
    order = buy(shop, "kco")
    shop.control("/shop/draws", {"order_id": order["id"], "by": "erp"})
    done = set_status(shop, order, "completed")
    assert (done["status"], drawn(shop, order)["times"]) == ("completed", 1)
    assert "has already been captured" in notes(shop, order)


def test_a_drawing_whose_answer_is_lost_has_happened(shop: Shop) -> None:
    order = buy(shop, "kco")
    shop.control(
        "/faults", {"name": "bad_gateway_after", "match": f"PUT /wp-json/wc/v3/orders/{order['id']}"}
    )
    assert shop.put(f"/orders/{order['id']}", {"status": "completed"}).status == 502
    set_status(shop, order, "completed")
    assert drawn(shop, order)["times"] == 1


def test_other_methods_are_nobodys(shop: Shop) -> None:
    order = buy(shop, "bacs")
    set_status(shop, order, "completed")
    assert shop.control("/shop/draws", method="GET")["draws"] == []


def test_gateways_are_shown_with_their_switches_and_can_be_changed(shop: Shop) -> None:
    rows = {g["id"]: g for g in shop.get("/payment_gateways").body}
    assert {"bacs", "cod", "klarna_payments", "dibs_easy", "svea_checkout"} <= set(rows)
    assert rows["klarna_payments"]["settings"]["kom_auto_capture"]["value"] == "yes"
    assert rows["stripe"]["settings"]["capture"]["value"] == "no"
    changed = shop.put("/payment_gateways/klarna_payments", {"settings": {"kom_auto_capture": "no"}})
    assert changed.body["settings"]["kom_auto_capture"]["value"] == "no"
    order = buy(shop, "kco")
    set_status(shop, order, "completed")
    assert drawn(shop, order) == {}
    wrong = shop.put("/payment_gateways/klarna_payments", {"settings": {"kom_auto_capture": "kanske"}})
    assert (wrong.status, wrong.body["code"]) == (400, "rest_setting_value_invalid")
    shop.control("/shop/gateways", {"klarna": False})
    assert shop.get("/payment_gateways/klarna_payments").status == 404


def test_unknown_plugins_and_outcomes_are_refused(shop: Shop) -> None:
    for path, body in (("gateways", {"qred": True}), ("captures", {"outcome": "kanske"})):
        assert shop.call("POST", f"/_control/shop/{path}", body, auth=False).status == 400
