"""Orders name the ERP's articles, also where the shop sells them under another number."""

from datetime import UTC, datetime
from typing import Any

from brygga.app.store.models import LinkRow
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from tests.journeys.goods import Goods
from tests.journeys.shelf_world import article, product, sell
from tests.journeys.world import World


def _link(world: World, item: str, sku: str, number: str) -> None:
    """Link an item of the shop to an article, as a match by bar code or file does."""
    with scope(world.tenant.pk):
        LinkRow.objects.create(
            source_id=world.shop_connection,
            kind=Kind.ARTICLE.value,
            source_ref=item,
            source_key=sku,
            target_id=world.erp_connection,
            target_ref=number,
            target_key=number,
            at=datetime.now(UTC),
        )


def _articles(world: World, order: int) -> list[str]:
    return [row["articleNo"] for row in world.erp.one(f"SE-{order}")["rows"]]


def test_an_item_that_was_matched_by_bar_code_is_sold_as_its_article(a_world: Any) -> None:
    world = a_world(preset=3)
    article(world, "10-100", name="Mugg", priceExclVat="100", stock="10")
    item = product(world.shop, "MUGG", "125", 10)
    _link(world, f"{item}/{item}", "MUGG", "10-100")
    world.hear()
    order = sell(world.shop, item, 2)
    world.settle()
    assert _articles(world, order) == ["10-100"]
    assert world.erp.articles()["10-100"]["available"]["1"] == "8"


def test_a_sku_changed_in_a_shop_that_leads_is_a_new_article(a_world: Any) -> None:
    world = a_world()
    item = product(world.shop, "MUGG", "125", 10)
    _link(world, f"{item}/{item}", "MUGG", "MUGG")
    world.shop.rest("PUT", f"products/{item}", {"sku": "MUGG-2"})
    order = sell(world.shop, item)
    world.settle()
    assert _articles(world, order) == ["MUGG-2"]


def test_what_the_erp_has_renamed_is_sold_under_its_new_number(goods: Any) -> None:
    """Also before the shop has learnt of it."""
    ours: Goods = goods({"article_ids": "1"})
    world = ours.world
    ours.article(articleNo="A", name="Mugg", priceExclVat="100,00", stock="10", forWeb=True)
    world.hear()
    [made] = ours.products()
    world.shop.rest("PUT", f"products/{made['id']}", {"status": "publish"})
    order = sell(world.shop, int(made["id"]), 3)
    ours.deed("articles/rename", articleNo="A", newArticleNo="B")
    world.hear()
    world.settle()
    assert _articles(world, order) == ["B"]
    assert world.erp.articles()["B"]["available"]["1"] == "7"
    world.hear()
    [made] = ours.products()
    assert (made["sku"], made["stock_quantity"]) == ("B", 7)
