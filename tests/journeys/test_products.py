"""Products and variants from the shop become articles, each by itself, in batches."""

from typing import Any

from brygga.app.services import works
from brygga.app.tenancy.scope import scope
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import product
from tests.journeys.world import World

SIZES, COLOURS = ("S", "M", "L"), ("Röd", "Blå", "Grön", "Svart")


def a_shirt(world: World) -> None:
    """Put a product of 3 sizes and 4 colours into the shop."""
    options = [
        {
            "id": 1,
            "name": "Storlek",
            "slug": "pa_storlek",
            "variation": True,
            "visible": True,
            "options": list(SIZES),
        },
        {
            "id": 2,
            "name": "Färg",
            "slug": "pa_farg",
            "variation": True,
            "visible": True,
            "options": list(COLOURS),
        },
    ]
    world.shop.put_product(
        product(
            100,
            "TROJA",
            "Tröja",
            "",
            type="variable",
            manage_stock=False,
            stock_quantity=None,
            attributes=options,
        )
    )
    for place, (size, colour) in enumerate(((s, c) for s in SIZES for c in COLOURS), start=101):
        world.shop.put_product(
            product(
                place,
                f"TROJA-{size}-{colour[:2].replace('ö', 'o')}".upper().replace("Å", "A"),
                "Tröja",
                "249.00",
                type="variation",
                parent_id=100,
                global_unique_id="7350000150001" if place == 101 else "",
                weight="0.30",
                attributes=[
                    {"id": 1, "name": "Storlek", "slug": "pa_storlek", "option": size},
                    {"id": 2, "name": "Färg", "slug": "pa_farg", "option": colour},
                ],
            )
        )


def test_scenario_21_variable_product_becomes_an_article_per_variant(world: World) -> None:
    a_shirt(world)
    world.settle(Kind.PRODUCT)
    articles = world.erp.articles()
    assert len(articles) == 12
    assert articles["TROJA-S-RO"]["name"] == "Tröja, Storlek: S, Färg: Röd"
    assert {article["priceExclVat"] for article in articles.values()} == {"199.2"}
    assert articles["TROJA-S-RO"]["barCode"] == "7350000150001"
    assert world.state(100, Kind.PRODUCT)[0] is State.DONE


def test_scenario_21_a_renamed_and_a_deleted_variant_are_named(world: World) -> None:
    a_shirt(world)
    world.settle(Kind.PRODUCT)
    world.shop.rest("PUT", "products/100/variations/101", {"sku": "TROJA-S-NY"})
    world.shop.rest("DELETE", "products/100/variations/112?force=true")
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.PRODUCT, "100", who="Alice")
    world.drain()
    warnings = {w.code: dict(w.facts) for w in world.work(100, Kind.PRODUCT).row.warnings}
    assert (warnings["product.renamed"]["old"], warnings["product.renamed"]["new"]) == (
        "TROJA-S-RO",
        "TROJA-S-NY",
    )
    assert warnings["product.variant_gone"]["sku"] == "TROJA-L-SV"
    assert {"TROJA-S-RO", "TROJA-S-NY", "TROJA-L-SV"} <= set(world.erp.articles())


def test_one_bad_of_a_hundred_leaves_99_through(world: World) -> None:
    for number in range(1, 101):
        sku = "DÅLIGT NR" if number == 37 else f"ART-{number}"
        world.shop.put_product(product(number, sku, f"Sak {number}"))
    world.settle(Kind.PRODUCT)
    assert len(world.erp.articles()) == 99
    assert world.state(37, Kind.PRODUCT) == (State.HELD, "product.unfit_sku")
    assert world.work(37, Kind.PRODUCT).row.reason.facts["proposal"] == "DALIGT-NR"


def test_an_article_the_erp_refuses_stands_alone(a_world: Any) -> None:
    world = a_world(erp_options={"field_limits": "error"}, dialect={"lengths.article_name": "0"})
    for number in range(1, 31):
        name = "Mycket långt namn " * 40 if number == 7 else f"Sak {number}"
        world.shop.put_product(product(number, f"ART-{number}", name))
    world.settle(Kind.PRODUCT)
    states = {number: world.state(number, Kind.PRODUCT)[0] for number in range(1, 31)}
    assert [number for number, state in states.items() if state is not State.DONE] in ([], [7])
    assert len(world.erp.articles()) >= 29


def test_opening_stock_is_sent_once_and_never_again(a_world: Any) -> None:
    world = a_world(opening_stock=True)
    world.shop.put_product(product(1, "ART-1", stock_quantity=7))
    world.settle(Kind.PRODUCT)
    world.shop.rest("PUT", "products/1", {"stock_quantity": 99, "regular_price": "299.00"})
    with scope(world.tenant.pk):
        works.ask(world.flow, Kind.PRODUCT, "1", who="Alice")
    world.drain()
    article = world.erp.articles()["ART-1"]
    assert (article["onHand"]["1"], article["priceExclVat"]) == ("7", "239.2")


def test_products_without_number_price_or_rate_are_held_by_name(world: World) -> None:
    world.shop.put_product(product(1, "", "Namnlös"))
    world.shop.put_product(product(2, "ART-2", "Gratis", ""))
    world.shop.put_product(product(3, "ART-3", "Okänd klass", tax_class="finns-inte"))
    world.shop.put_product(product(4, "ART-4", "Utkast", status="draft"))
    world.settle(Kind.PRODUCT)
    assert world.state(1, Kind.PRODUCT) == (State.HELD, "product.no_sku")
    assert world.state(2, Kind.PRODUCT) == (State.HELD, "product.no_price")
    assert world.state(3, Kind.PRODUCT) == (State.HELD, "product.no_rate")
    assert world.state(4, Kind.PRODUCT) == (State.IGNORED, "product.status")
    assert world.erp.articles() == {}


def test_a_lost_answer_to_an_article_call_makes_no_second_stock(a_world: Any) -> None:
    world = a_world(opening_stock=True)
    world.shop.put_product(product(1, "ART-1", stock_quantity=7))
    world.erp.fault("cut_after", match="newArticleSubmit", times=1)
    world.settle(Kind.PRODUCT)
    world.later()
    assert world.erp.articles()["ART-1"]["onHand"]["1"] == "7"
    assert world.state(1, Kind.PRODUCT)[0] is State.DONE


def test_where_the_erp_leads_the_price_an_update_leaves_price_and_stock_alone(a_world: Any) -> None:
    world = a_world(preset=3, opening_stock=True)
    made = world.shop.put_product(
        {"name": "Keps", "sku": "K-1", "regular_price": "125", "manage_stock": True, "stock_quantity": 4}
    )
    account = {"sbmId": world.erp.sbm_id, "articleNo": "K-1"}

    def changed(**fields: str) -> dict[str, Any]:
        world.shop.rest("PUT", f"products/{made['id']}", fields)
        with scope(world.tenant.pk):
            works.ask(world.flow, Kind.PRODUCT, str(made["id"]), who="Alice")
        world.drain()
        return world.erp.articles()["K-1"]

    world.settle(Kind.PRODUCT)
    first = world.erp.articles()["K-1"]
    assert float(first["priceExclVat"]) == 100
    assert sum(float(number) for number in first["onHand"].values()) == 4
    world.erp.ask("articles/change", {**account, "priceExclVat": "80", "stock": "9"})
    kept = changed(name="Finare keps", regular_price="250")
    assert kept["name"] == "Finare keps"
    assert float(kept["priceExclVat"]) == 80
    assert sum(float(number) for number in kept["onHand"].values()) == 9
    world.change(masters={"product.name": "shop:create"})
    assert changed(name="Finast")["name"] == "Finare keps"
