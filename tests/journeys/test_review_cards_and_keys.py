"""Whose card an order is written on, and what of a buyer or a key is kept in the clear."""

import json
from typing import Any

import pytest

from brygga.app.services import connecting
from brygga.app.store.models import Card, CustomerCard, JournalEntry, Work
from brygga.app.tenancy.scope import scope
from brygga.domain.errors import SetupWrong
from brygga.domain.outcome import State
from tests.journeys.shop_json import line, order
from tests.journeys.world import INTEGRATION_KEY, USER_KEY, World

COMPANY = {"company": "Fläkt AB"}
NUMBER = {"_billing_organisation_number": "556016-0680"}


def _cards(world: World) -> dict[str, dict[str, Any]]:
    return {str(card["customerId"]): card for card in world.erp.customers()}


def test_a_card_deleted_in_the_erp_is_looked_for_anew(world: World) -> None:
    """Fault 60: a registered customer's card was merged away; the next order finds or makes another."""
    world.shop.put_order(order(1, [line("100.00")], customer_id=7))
    world.settle()
    with scope(world.tenant.pk):  # the simulator can't delete: it is as if it had never been there
        Card.objects.update(card_id="99001")
        CustomerCard.objects.update(card_id="99001")
    world.shop.put_order(order(2, [line("100.00")], customer_id=7))
    world.settle()
    assert world.state(2)[0] is State.DONE
    assert "customer.card_gone" in world.warnings(2)
    world.shop.put_order(order(3, [line("100.00")], customer_id=7))
    world.settle()
    assert world.erp.one("SE-3")["customerId"] == world.erp.one("SE-2")["customerId"]
    assert "customer.card_gone" not in world.warnings(3)


def test_one_account_of_the_shop_that_buys_as_person_and_as_companies_has_a_card_each(world: World) -> None:
    world.shop.put_order(order(1, [line("100.00")], customer_id=7))
    world.shop.put_order(
        order(2, [line("200.00")], customer_id=7, billing={"company": "Fläkt AB"}, metas=NUMBER)
    )
    world.shop.put_order(
        order(
            3,
            [line("300.00")],
            customer_id=7,
            billing={"company": "Spjäll AB"},
            metas={"_billing_organisation_number": "556677-8899"},
        )
    )
    world.shop.put_order(order(4, [line("400.00")], customer_id=7))
    world.settle()
    assert [world.state(number)[0] for number in (1, 2, 3, 4)] == [State.DONE] * 4
    cards = [str(world.erp.one(f"SE-{number}")["customerId"]) for number in (1, 2, 3, 4)]
    assert len(set(cards[:3])) == 3
    assert cards[3] == cards[0]
    names = {key: card.get("name") or card.get("surName") for key, card in _cards(world).items()}
    assert [names[card] for card in cards] == ["Öberg", "Fläkt AB", "Spjäll AB", "Öberg"]


@pytest.mark.parametrize("first", ["company", "person"])
def test_a_person_and_a_company_with_one_email_stay_two(world: World, first: str) -> None:
    private = order(1, [line("100.00")])
    company = order(2, [line("200.00")], billing=COMPANY)  # without number: only the e-mail to look by
    if first == "company":
        private, company = {**private, "id": 2, "number": "2"}, {**company, "id": 1, "number": "1"}
    world.shop.put_order(private)
    world.shop.put_order(company)
    world.settle()
    world.shop.put_order(order(3, [line("300.00")]))
    world.shop.put_order(order(4, [line("400.00")], billing=COMPANY))
    world.settle()
    assert [world.state(number)[0] for number in (1, 2, 3, 4)] == [State.DONE] * 4
    card = {number: str(world.erp.one(f"SE-{number}")["customerId"]) for number in (1, 2, 3, 4)}
    people, firms = (1, 2) if first == "person" else (2, 1)
    assert card[people] == card[3] != card[firms] == card[4]
    cards = _cards(world)
    assert (cards[card[3]]["surName"], cards[card[4]]["name"]) == ("Öberg", "Fläkt AB")


def test_the_same_account_or_shop_is_not_connected_twice(world: World) -> None:
    """Two lanes into one account would write two addresses on one card at once."""
    with scope(world.tenant.pk):
        with pytest.raises(SetupWrong) as refused:
            connecting.connect(
                "specter",
                "Specter igen",
                {
                    "base_url": world.erp.url,
                    "sbm_id": str(world.erp.sbm_id),
                    "api_version": "2",
                    "api_user_id": "7",
                    "api_user_key": USER_KEY,
                    "integration_key": INTEGRATION_KEY,
                },
                who="Alice",
            )
        assert refused.value.for_merchant.code == "connection.already_connected"
        with pytest.raises(SetupWrong):
            connecting.connect(
                "woocommerce",
                "Butiken igen",
                {
                    "url": world.shop.address,
                    "consumer_key": world.shop.key,
                    "consumer_secret": world.shop.secret,
                },
                who="Alice",
            )


def test_a_mistyped_personal_number_is_masked_wherever_it_is_told(world: World) -> None:
    """Fault 22: one digit wrong leaves eleven that are right."""
    world.shop.put_order(order(1, [line("100.00")], metas={"_billing_organisation_number": "19121212-1213"}))
    world.settle()
    assert "customer.bad_number_left_out" in world.warnings(1)
    with scope(world.tenant.pk):
        kept = json.dumps(
            [
                *Work.objects.values_list("warnings", "reason"),
                *JournalEntry.objects.values_list("message", "data"),
            ]
        )
    assert "1212-1213" not in kept
    assert "12121213" not in kept


def test_what_another_system_said_is_masked_in_the_journal(world: World, monkeypatch: Any) -> None:
    from brygga.connectors.woocommerce.connector import WooSession

    def broken(*_given: Any, **_more: Any) -> Any:
        raise KeyError("asa@example.se 19121212-1212 consumer_secret=cs_0123456789abcdef")

    monkeypatch.setattr(WooSession, "order", broken)
    world.shop.put_order(order(1, [line("100.00")]))
    world.settle()
    assert world.state(1) == (State.HELD, "flow.bug")
    with scope(world.tenant.pk):
        kept = json.dumps(list(JournalEntry.objects.values_list("data", flat=True)))
    assert "Traceback" in kept
    for secret in ("asa@example.se", "12121212-1212", "cs_0123456789abcdef"):
        assert secret not in kept
