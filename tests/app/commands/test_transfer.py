"""From `flow create` to the ERP's books, and what a person does with the orders that wait."""

import pytest

from tests.app.commands.terminal import Terminal, call


def test_a_setting_that_does_not_exist_is_named(linked: Terminal):
    linked.set_up()
    words = ["flow", "create", "--shop", "Butiken", "--erp", "Specter", "--name", "G", "--json"]
    ran = linked.brygga(*words, "--set", "prefixx=W-", code=2)
    assert ran.data["error"]["code"] == "flow.unknown_setting"
    assert "prefixx" in ran.err


@pytest.mark.parametrize(
    "setting", ["rounding_limit=much", "discounts=half", "start_date=soon", "statuses=processing=fly"]
)
def test_a_setting_with_a_bad_value_is_named(linked: Terminal, setting: str):
    ran = linked.brygga("flow", "create", "--shop", "Butiken", "--erp", "Specter", "--set", setting, code=2)
    assert setting.partition("=")[0] in ran.err


def test_settings_are_shown_and_changed(linked: Terminal):
    linked.set_up()
    linked.brygga("flow", "set", "F", "prefix=X-", "--because", "new year")
    shown = linked.brygga("flow", "show", "F", "--json").data
    assert shown["settings"]["prefix"] == "X-"
    assert shown["revision"] == 2
    assert "X-" in linked.brygga("flow", "show").out
    linked.brygga("flow", "set", "--unset", "prefix")
    assert linked.brygga("flow", "show", "--json").data["settings"]["prefix"] == ""
    linked.brygga("flow", "stop")
    assert linked.brygga("flow", "list", "--json").data[0]["state"] == "stopped"
    assert "does not run" in linked.brygga("sync", code=2).err


def test_sync_brings_orders_over_once_however_often_it_runs(linked: Terminal):
    before = linked.buy()
    linked.set_up()
    after = linked.buy(billing={"first_name": "Bo", "last_name": "Ek", "address_1": "Gatan 2", "postcode": "90325",
                                  "city": "Umeå", "country": "SE", "email": "bo@example.se", "phone": "0701"})  # fmt: skip
    ran = linked.brygga("sync", "--flow", "F", "--until-quiet", "--json")
    assert ran.data["quiet"] is True
    assert ran.data["orders"] == {"done": 2}
    assert ran.data["products"] == {"done": 1}
    assert linked.brygga("sync", "--until-quiet", "--json").data["orders"] == {"done": 2}
    assert [o["externalOrderNo"] for o in linked.erp_orders()] == [f"W-{before}", f"W-{after}"]
    assert {o["total"] for o in linked.erp_orders()} == {"207.00"}
    rows = linked.brygga("orders", "--json").data
    assert [(row["number"], row["state"]) for row in rows] == [(after, "done"), (before, "done")]
    assert before in linked.brygga("orders").out
    assert [row["state"] for row in linked.brygga("products", "--json").data] == ["done"]


def test_a_start_date_leaves_old_orders_in_the_shop(linked: Terminal):
    old = linked.buy(date="2026-01-05T10:00:00Z")
    linked.set_up("start_date=2026-02-01")
    new = linked.buy()
    linked.brygga("sync", "--until-quiet")
    assert [o["externalOrderNo"] for o in linked.erp_orders()] == [f"W-{new}"]
    assert old not in [row["number"] for row in linked.brygga("orders", "--json").data]


def test_a_product_that_changed_is_brought_over_by_the_next_sync(linked: Terminal):
    linked.buy()
    linked.set_up()
    linked.brygga("sync", "--until-quiet")
    [product] = call(f"{linked.shop}/_control/state?site=shop&kind=products")["shop"]["products"]
    changed = {**product, "name": "Mugg med öra", "date_modified": "", "date_modified_gmt": ""}
    call(f"{linked.shop}/_control/shop/raw/products", changed)
    linked.brygga("sync", "--until-quiet")
    names = [
        a["name"] for a in call(f"{linked.erp}/_control/articles?sbmId=9999") if a["articleNo"] == "MUGG"
    ]
    assert names == ["Mugg med öra"]


def test_a_held_order_is_told_mended_and_tried_again(linked: Terminal):
    number = linked.buy(sku="MUGG BLÅ")
    linked.set_up("products=off")
    ran = linked.brygga("sync", "--until-quiet", "--json", code=3)
    assert ran.data["orders"] == {"held": 1}
    [row] = linked.brygga("orders", "--state", "held", "--json").data
    assert (row["number"], row["reason"]) == (number, "order.unfit_article")
    assert "MUGG BLÅ" in row["sentence"]
    status = linked.brygga("status", "--json").data
    assert status["held"][0]["count"] == 1
    assert "MUGG BLÅ" in linked.brygga("status").out

    order = next(o for o in call(f"{linked.shop}/_control/state?site=shop&kind=orders")["shop"]["orders"])
    order["line_items"][0]["sku"] = "MUGG"
    call(f"{linked.shop}/_control/shop/raw/orders", order)
    assert linked.brygga("retry", number, code=2).err.count("--because") == 1
    words = ["--reason", "order.unfit_article", "--because", "new SKU", "--json"]
    assert linked.brygga("retry", *words).data == {"retried": 1}
    linked.brygga("sync", "--until-quiet")
    assert [o["externalOrderNo"] for o in linked.erp_orders()] == [f"W-{number}"]

    story = linked.brygga("journal", number, "--raw", "--json").data
    steps = [line["step"] for line in story["journal"]]
    assert {"seen", "read", "by_hand", "planned", "sending", "sent", "settled"} <= set(steps)
    sent = [
        line["exchange"]
        for line in story["journal"]
        if "newOrderSubmit" in line.get("exchange", {}).get("url", "")
    ]
    assert len(sent) == 1
    assert f"externalOrderNo=W-{number}" in sent[0]["request"]
    assert "00112233445566778899aabbccddeeff" not in str(story)
    assert linked.secret not in str(story)
    assert "new SKU" in linked.brygga("journal", number).out


def test_an_order_is_let_be_or_linked_by_hand(linked: Terminal):
    first, second = linked.buy(sku="Å1"), linked.buy(sku="Å2")
    linked.set_up("products=off")
    linked.brygga("sync", "--until-quiet", code=3)
    assert linked.brygga("ignore", first, "--because", "a test", "--json").data["state"] == "ignored"
    told = linked.brygga("link", second, "4711", "--json").data
    assert (told["state"], told["erp_number"]) == ("done", "4711")
    linked.brygga("retry", second, "--because", "why not")
    linked.brygga("sync", "--until-quiet")
    assert linked.erp_orders() == []
    assert linked.brygga("ignore", second, "--because", "too late", code=1).err
    assert linked.brygga("orders", "--search", "4711", "--json").data[0]["number"] == second
    assert linked.brygga("journal", "99999", code=2).err


def test_a_number_is_filled_in_for_one_order(linked: Terminal):
    billing = {"first_name": "Bo", "last_name": "Ek", "company": "Bolaget AB", "address_1": "Gatan 2"}
    billing |= {"postcode": "90325", "city": "Umeå", "country": "SE", "email": "bo@example.se"}
    number = linked.buy(billing=billing)
    linked.set_up("products=off", "company_needs_number=true")
    linked.brygga("sync", "--until-quiet", code=3)
    assert linked.brygga("edit", number, "--set", "color=red", "--because", "x", code=1).err
    linked.brygga("edit", number, "--set", "organisation_no=556016-0680", "--because", "they called")
    linked.brygga("sync", "--until-quiet")
    [customer] = call(f"{linked.erp}/_control/customers?sbmId=9999")
    assert customer["orgNo"] == "556016-0680"


def test_a_lost_answer_is_settled_and_the_order_is_there_once(linked: Terminal):
    number = linked.buy()
    linked.set_up("products=off", "retry_minutes=0.02,0.05,0.1")
    call(f"{linked.erp}/_control/faults", {"name": "cut_after", "match": "newOrderSubmit"})
    ran = linked.brygga("sync", "--until-quiet", "--timeout", "60", "--json")
    assert ran.data["orders"] == {"done": 1}
    assert [o["externalOrderNo"] for o in linked.erp_orders()] == [f"W-{number}"]


def test_sync_says_why_it_can_not_finish(linked: Terminal):
    linked.buy()
    linked.set_up("products=off")
    call(f"{linked.erp}/_control/faults", {"name": "unavailable_always", "match": "putInfo"})
    ran = linked.brygga("sync", "--until-quiet", "--timeout", "3", "--json", code=1)
    assert ran.data["quiet"] is False
    assert ran.data["orders"] == {"waiting": 1}
    call(f"{linked.erp}/_control/faults", method="DELETE")


def test_doctor_lists_what_is_assumed(linked: Terminal):
    linked.set_up()
    findings = linked.brygga("doctor", "--json", code=1).data
    codes = {finding["code"] for finding in findings}
    assert "no_worker" in codes
    assumed = [a["key"] for finding in findings for a in finding["assumptions"]]
    assert "order.order_date" in assumed
    assert "order.order_date" in linked.brygga("doctor", code=1).out


def test_sync_leaves_the_lane_to_a_worker_that_runs(linked: Terminal):
    linked.set_up("products=off")
    with linked.start("worker") as worker:
        linked.wait_for_worker()
        numbers = [linked.buy(transaction_id=f"T{n}") for n in range(3)]
        ran = linked.brygga("sync", "--until-quiet", "--timeout", "60", "--json")
        assert ran.data["orders"] == {"done": 3}
        worker.terminate()
        assert worker.wait(40) == 0
    assert [o["externalOrderNo"] for o in linked.erp_orders()] == [f"W-{number}" for number in numbers]


def test_sync_tells_of_all_that_a_flow_moves(linked: Terminal):
    linked.brygga("flow", "create", "--preset", "2", "--shop", "Butiken", "--erp", "Specter", "--start")
    ran = linked.brygga("sync", "--until-quiet", "--json").data
    assert {"orders", "goods", "items", "statuses"} <= ran.keys()
    assert not {"products", "customers"} & ran.keys()
    assert "price and stock" in linked.brygga("sync", "--until-quiet").out
