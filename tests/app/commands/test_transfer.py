"""From `flow create` to the ERP's books, and what a person does with the orders that wait."""

import pytest

from tests.app.commands.terminal import Terminal, call


def test_a_setting_that_does_not_exist_is_named(terminal: Terminal):
    terminal.set_up()
    words = ["flow", "create", "--shop", "Butiken", "--erp", "Specter", "--name", "G", "--json"]
    ran = terminal.brygga(*words, "--set", "prefixx=W-", code=2)
    assert ran.data["error"]["code"] == "flow.unknown_setting"
    assert "prefixx" in ran.err


@pytest.mark.parametrize(
    "setting", ["rounding_limit=much", "discounts=half", "start_date=soon", "statuses=processing=fly"]
)
def test_a_setting_with_a_bad_value_is_named(terminal: Terminal, setting: str):
    terminal.connect_shop()
    ran = terminal.brygga("flow", "create", "--shop", "Butiken", "--erp", "Butiken", "--set", setting, code=2)
    assert setting.partition("=")[0] in ran.err


def test_settings_are_shown_and_changed(terminal: Terminal):
    terminal.set_up()
    terminal.brygga("flow", "set", "F", "prefix=X-", "--because", "new year")
    shown = terminal.brygga("flow", "show", "F", "--json").data
    assert shown["settings"]["prefix"] == "X-"
    assert shown["revision"] == 2
    assert "X-" in terminal.brygga("flow", "show").out
    terminal.brygga("flow", "set", "--unset", "prefix")
    assert terminal.brygga("flow", "show", "--json").data["settings"]["prefix"] == ""
    terminal.brygga("flow", "stop")
    assert terminal.brygga("flow", "list", "--json").data[0]["state"] == "stopped"
    assert "does not run" in terminal.brygga("sync", code=2).err


def test_sync_brings_orders_over_once_however_often_it_runs(terminal: Terminal):
    before = terminal.buy()
    terminal.set_up()
    after = terminal.buy(billing={"first_name": "Bo", "last_name": "Ek", "address_1": "Gatan 2", "postcode": "90325",
                                  "city": "Umeå", "country": "SE", "email": "bo@example.se", "phone": "0701"})  # fmt: skip
    ran = terminal.brygga("sync", "--flow", "F", "--until-quiet", "--json")
    assert ran.data["quiet"] is True
    assert ran.data["orders"] == {"done": 2}
    assert ran.data["products"] == {"done": 1}
    assert terminal.brygga("sync", "--until-quiet", "--json").data["orders"] == {"done": 2}
    assert [o["externalOrderNo"] for o in terminal.erp_orders()] == [f"W-{before}", f"W-{after}"]
    assert {o["total"] for o in terminal.erp_orders()} == {"246.50"}
    rows = terminal.brygga("orders", "--json").data
    assert [(row["number"], row["state"]) for row in rows] == [(after, "done"), (before, "done")]
    assert before in terminal.brygga("orders").out
    assert [row["state"] for row in terminal.brygga("products", "--json").data] == ["done"]


def test_a_start_date_leaves_old_orders_in_the_shop(terminal: Terminal):
    old = terminal.buy(date="2026-01-05T10:00:00Z")
    terminal.set_up("start_date=2026-02-01")
    new = terminal.buy()
    terminal.brygga("sync", "--until-quiet")
    assert [o["externalOrderNo"] for o in terminal.erp_orders()] == [f"W-{new}"]
    assert old not in terminal.brygga("orders", "--json").out


def test_a_product_that_changed_is_brought_over_by_the_next_sync(terminal: Terminal):
    terminal.buy()
    terminal.set_up()
    terminal.brygga("sync", "--until-quiet")
    [product] = call(f"{terminal.shop}/_control/state?site=shop&kind=products")["shop"]["products"]
    changed = {**product, "name": "Mugg med öra", "date_modified": "", "date_modified_gmt": ""}
    call(f"{terminal.shop}/_control/shop/raw/products", changed)
    terminal.brygga("sync", "--until-quiet")
    names = [
        a["name"] for a in call(f"{terminal.erp}/_control/articles?sbmId=9999") if a["articleNo"] == "MUGG"
    ]
    assert names == ["Mugg med öra"]


def test_a_held_order_is_told_mended_and_tried_again(terminal: Terminal):
    number = terminal.buy(sku="MUGG BLÅ")
    terminal.set_up("products=off")
    ran = terminal.brygga("sync", "--until-quiet", "--json", code=3)
    assert ran.data["orders"] == {"held": 1}
    [row] = terminal.brygga("orders", "--state", "held", "--json").data
    assert (row["number"], row["reason"]) == (number, "order.unfit_article")
    assert "MUGG BLÅ" in row["sentence"]
    status = terminal.brygga("status", "--json").data
    assert status["held"][0]["count"] == 1
    assert "MUGG BLÅ" in terminal.brygga("status").out

    order = next(o for o in call(f"{terminal.shop}/_control/state?site=shop&kind=orders")["shop"]["orders"])
    order["line_items"][0]["sku"] = "MUGG"
    call(f"{terminal.shop}/_control/shop/raw/orders", order)
    assert terminal.brygga("retry", number, code=2).err.count("--because") == 1
    words = ["--reason", "order.unfit_article", "--because", "new SKU", "--json"]
    assert terminal.brygga("retry", *words).data == {"retried": 1}
    terminal.brygga("sync", "--until-quiet")
    assert [o["externalOrderNo"] for o in terminal.erp_orders()] == [f"W-{number}"]

    story = terminal.brygga("journal", number, "--raw", "--json").data
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
    assert terminal.secret not in str(story)
    assert "new SKU" in terminal.brygga("journal", number).out


def test_an_order_is_let_be_or_linked_by_hand(terminal: Terminal):
    first, second = terminal.buy(sku="Å1"), terminal.buy(sku="Å2")
    terminal.set_up("products=off")
    terminal.brygga("sync", "--until-quiet", code=3)
    assert terminal.brygga("ignore", first, "--because", "a test", "--json").data["state"] == "ignored"
    linked = terminal.brygga("link", second, "4711", "--json").data
    assert (linked["state"], linked["erp_number"]) == ("done", "4711")
    terminal.brygga("retry", second, "--because", "why not")
    terminal.brygga("sync", "--until-quiet")
    assert terminal.erp_orders() == []
    assert terminal.brygga("ignore", second, "--because", "too late", code=1).err
    assert terminal.brygga("orders", "--search", "4711", "--json").data[0]["number"] == second
    assert terminal.brygga("journal", "99999", code=2).err


def test_a_number_is_filled_in_for_one_order(terminal: Terminal):
    billing = {"first_name": "Bo", "last_name": "Ek", "company": "Bolaget AB", "address_1": "Gatan 2"}
    billing |= {"postcode": "90325", "city": "Umeå", "country": "SE", "email": "bo@example.se"}
    number = terminal.buy(billing=billing)
    terminal.set_up("products=off", "company_needs_number=true")
    terminal.brygga("sync", "--until-quiet", code=3)
    assert terminal.brygga("edit", number, "--set", "color=red", "--because", "x", code=1).err
    terminal.brygga("edit", number, "--set", "organisation_no=556016-0680", "--because", "they called")
    terminal.brygga("sync", "--until-quiet")
    [customer] = call(f"{terminal.erp}/_control/customers?sbmId=9999")
    assert customer["orgNo"] == "556016-0680"


def test_a_lost_answer_is_settled_and_the_order_is_there_once(terminal: Terminal):
    number = terminal.buy()
    terminal.set_up("products=off", "retry_minutes=0.02,0.05,0.1")
    call(f"{terminal.erp}/_control/faults", {"name": "cut_after", "match": "newOrderSubmit"})
    ran = terminal.brygga("sync", "--until-quiet", "--timeout", "60", "--json")
    assert ran.data["orders"] == {"done": 1}
    assert [o["externalOrderNo"] for o in terminal.erp_orders()] == [f"W-{number}"]


def test_sync_says_why_it_can_not_finish(terminal: Terminal):
    terminal.buy()
    terminal.set_up("products=off")
    call(f"{terminal.erp}/_control/faults", {"name": "unavailable_always", "match": "putInfo"})
    ran = terminal.brygga("sync", "--until-quiet", "--timeout", "3", "--json", code=1)
    assert ran.data["quiet"] is False
    assert ran.data["orders"] == {"waiting": 1}
    call(f"{terminal.erp}/_control/faults", method="DELETE")


def test_doctor_lists_what_is_assumed(terminal: Terminal):
    terminal.set_up()
    findings = terminal.brygga("doctor", "--json", code=1).data
    codes = {finding["code"] for finding in findings}
    assert "no_worker" in codes
    assumed = [a["key"] for finding in findings for a in finding["assumptions"]]
    assert "order.order_date" in assumed
    assert "order.order_date" in terminal.brygga("doctor", code=1).out
