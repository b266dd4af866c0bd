"""`brygga tasks`: what waits for a person, in words and as JSON, and decided once."""

from datetime import UTC, datetime, timedelta

from tests.app.commands.terminal import Terminal, call
from tests.journeys.shop_json import line, order


def refund(terminal: Terminal, number: str, amount: str) -> None:
    call(
        f"{terminal.shop}/_control/shop/by-hand/refund",
        {"number": number, "amount": amount, "reason": "Sprucken"},
    )


def test_a_question_is_listed_with_its_figures_and_decided_once(linked: Terminal) -> None:
    linked.set_up()
    number = linked.buy()
    linked.brygga("sync", "--until-quiet")
    assert linked.brygga("tasks", "--json").data == []
    assert "Nothing waits for you." in linked.brygga("tasks").out
    refund(linked, number, "10.00")
    linked.brygga("sync", "--until-quiet")
    assert linked.brygga("status", "--json").data["tasks"] == 1
    assert "Waiting for you to decide: 1" in linked.brygga("status").out
    (task,) = linked.brygga("tasks", "list", "--json").data
    assert (task["reason"], task["object"], task["facts"]["credit_total"]) == (
        "order.refunded_after",
        number,
        "-10.00",
    )
    assert [choice["code"] for choice in task["choices"]] == ["done", "leave"]
    said = linked.brygga("tasks", BRYGGA_LANG="sv").out
    assert "Kreditera" in said
    assert "Att kreditera, inklusive moms: -10.00" in said
    assert "--choice done: Klart: Ni har gjort det för hand" in said
    wrong = linked.brygga("tasks", "decide", str(task["id"]), "--choice", "follow_erp", "--why", "x", code=1)
    assert "can't be chosen here" in wrong.err
    assert "--why" in linked.brygga("tasks", "decide", str(task["id"]), "--choice", "done", code=2).err
    given = ("tasks", "decide", str(task["id"]), "--choice", "done", "--why", "credit 12", "--json")
    decided = linked.brygga(*given).data
    assert (decided["choice"], decided["why"], bool(decided["closed_at"])) == ("done", "credit 12", True)
    again = linked.brygga(*given, code=1).data
    assert again["error"]["code"] == "task.decided_before"
    linked.brygga("sync", "--until-quiet")
    assert linked.brygga("tasks", "--json").data == []
    assert "credit 12" in linked.brygga("tasks", "--closed").out


def test_money_that_may_soon_be_lost_is_listed(linked: Terminal) -> None:
    linked.set_up("reference_required=")
    paid = f"{datetime.now(UTC) - timedelta(days=22):%Y-%m-%dT%H:%M:%S}"
    klarna = {"payment_method": "klarna_payments", "payment_method_title": "Klarna"}
    call(f"{linked.shop}/_control/shop/raw/orders", order(1042, [line("100.00")], created=paid, **klarna))
    linked.brygga("sync", "--until-quiet")
    assert len(linked.erp_orders()) == 1
    assert linked.brygga("tasks", "--json").data == []
    linked.brygga("reconcile")
    (task,) = linked.brygga("tasks", "--json").data
    assert (task["reason"], task["object"]) == ("status.reservation_ends", "1042")
    assert (task["facts"]["payment"], task["facts"]["days"]) == ("Klarna", "22")
    said = linked.brygga("tasks", BRYGGA_LANG="en").out
    assert "held by Klarna since" in said
    assert "--choice seen_to" in said
