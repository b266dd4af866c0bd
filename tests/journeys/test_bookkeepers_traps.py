"""Cases a bookkeeper would try a transfer with, the whole way from shop to ERP."""

from decimal import Decimal
from typing import Any

from brygga.domain.outcome import State
from tests.journeys.shop_json import line, order, product, shipping
from tests.journeys.world import World


def test_a_domestic_order_without_vat_is_held_also_when_its_article_is_only_to_be_made(world: World) -> None:
    world.shop.put_product(product(7, "MUGG-1"))
    exempt = {"is_vat_exempt": "yes"}
    world.shop.put_order(order(1042, [line("200.00", 0, product_id=7)], metas=exempt))
    world.settle()
    assert world.state(1042) == (State.HELD, "order.home_without_vat")
    assert "MUGG-1" not in world.erp.articles()
    # The merchant knows the buyer: the check is switched off, and the order goes as the shop has it.
    world.change(hold_home_without_vat=False)
    world.retry(1042)
    assert world.erp.one("SE-1042")["total"] == "200.00"


def test_what_an_order_made_of_an_article_is_remembered_with_its_rate(world: World) -> None:
    world.shop.put_order(order(1042, [line("249.00")]))
    world.settle()
    world.shop.put_order(order(1043, [line("200.00", 0)], billing={"email": "b@example.se"}))
    world.settle()
    assert world.state(1042)[0] is State.DONE
    assert world.state(1043) == (State.HELD, "order.home_without_vat")


def test_a_free_order_with_a_refund_of_nothing_is_sent(world: World) -> None:
    free = line("0.00", quantity=2, before="498.00")
    world.shop.put_order(
        order(
            1042,
            [free],
            shipping_lines=[shipping("0.00")],
            refunds=[{"id": 9, "reason": "", "total": "-0.00"}],
        )
    )
    world.settle()
    held = world.erp.one("SE-1042")
    assert [(row["articleNo"], row["quantity"]) for row in held["rows"]] == [("MUGG-1", "2")]
    assert "Återbetalt" not in held["internalComment"]


def test_what_had_to_be_cut_from_the_customers_card_is_told(world: World) -> None:
    world.shop.put_order(
        order(1042, [line("249.00")], billing={"first_name": "Anna " * 12, "last_name": "山田 Öberg"})
    )
    world.settle()
    assert world.state(1042)[0] is State.DONE
    assert {"specter.text_cut", "specter.letters_lost"} <= set(world.warnings(1042))


def test_two_foreign_companies_with_one_e_mail_have_a_card_each(a_world: Any) -> None:
    world = a_world(matching_company="email")
    german = {"country": "DE", "company": "Muster GmbH", "postcode": "10115", "city": "Berlin"}
    for number, register in ((1042, "HRB 1234 B"), (1043, "HRB 99 X")):
        world.shop.put_order(
            order(
                number,
                [line(f"{number}.00", 19)],
                billing=german,
                metas={"_billing_organisation_number": register},
            )
        )
        world.settle()
    assert sorted(card["orgNo"] for card in world.erp.customers()) == ["HRB 1234 B", "HRB 99 X"]


def test_a_partial_refund_of_freight_and_goods_leaves_the_vat_of_what_is_left(world: World) -> None:
    goods, freight = line("500.00", 12, 5), shipping("49.00", 12)
    world.shop.put_order(
        order(
            1042,
            [goods],
            shipping_lines=[freight],
            refunds=[{"id": 9, "reason": "Retur", "total": "-249.00"}],
        )
    )
    share = {"id": 2, "subtotal": ""}
    world.shop.put_refund(
        1042,
        {
            "id": 9,
            "amount": "249.00",
            "reason": "Retur",
            "date_created_gmt": "2026-06-16T08:00:00",
            "line_items": [
                {"id": 1, "name": "Mugg", "quantity": -2, "total": "-178.57", "total_tax": "-21.43", "taxes": [{**share, "total": "-21.43"}],
                 "meta_data": [{"key": "_refunded_item_id", "value": str(goods["id"])}]},
            ],
            "shipping_lines": [
                {"id": 2, "method_title": "Frakt", "total": "-43.75", "total_tax": "-5.25", "taxes": [{**share, "total": "-5.25"}],
                 "meta_data": [{"key": "_refunded_item_id", "value": str(freight["id"])}]},
            ],
            "fee_lines": [],
        },
    )  # fmt: skip
    world.settle()
    held = world.erp.one("SE-1042")
    assert (held["total"], [row["quantity"] for row in held["rows"]]) == ("300.00", ["3"])
    assert Decimal(held["vatSums"][0]["vat"]) == Decimal("32.14")
    assert "Återbetalt före överföring: 249.00 SEK" in held["internalComment"]
