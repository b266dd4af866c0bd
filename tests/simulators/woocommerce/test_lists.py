"""Lists: windows by whole seconds, pages that miss rows, filters with their oddities."""

import pytest

from tests.simulators.woocommerce.shop_client import Shop

SECOND = "2026-03-01T10:00:00"
LOCAL = "2026-03-01T11:00:00"


def put_orders(
    shop: Shop, count: int, gmt: str = SECOND, status: str = "processing", first: int = 100
) -> None:
    items = [
        {"id": first + n, "status": status, "date_created_gmt": gmt, "date_modified_gmt": gmt}
        for n in range(count)
    ]
    shop.control("/shop/raw/orders", {"items": items})


def put_products(shop: Shop, count: int, gmt: str = SECOND) -> None:
    items = [
        {"id": 100 + n, "name": f"P{n}", "date_created_gmt": gmt, "date_modified_gmt": gmt}
        for n in range(count)
    ]
    shop.control("/shop/raw/products", {"items": items})


def read_all(shop: Shop, resource: str, **query: object) -> list[int]:
    found: list[int] = []
    for page in range(1, 1000):
        reply = shop.get(f"/{resource}", page=page, **query)
        if not reply.body:
            return found
        found += reply.ids
    raise AssertionError("endless")


@pytest.mark.parametrize("resource", ["orders", "products"])
def test_paging_by_modified_misses_rows_of_the_same_second(shop: Shop, resource: str) -> None:
    put = put_orders if resource == "orders" else put_products
    put(shop, 60)
    by_modified = read_all(shop, resource, per_page=5, orderby="modified")
    assert len(by_modified) == 60
    assert len(set(by_modified)) < 60
    by_id = read_all(shop, resource, per_page=5, orderby="id", order="asc")
    assert by_id == sorted(set(by_id))
    assert len(by_id) == 60


def test_paging_products_by_date_misses_rows_too_but_orders_do_not(shop: Shop) -> None:
    put_products(shop, 60)
    put_orders(shop, 60, first=1000)
    assert len(set(read_all(shop, "products", per_page=5, orderby="date"))) < 60
    assert len(set(read_all(shop, "orders", per_page=5, orderby="date"))) == 60


def test_a_window_that_fits_one_page_misses_nothing(shop: Shop) -> None:
    put_orders(shop, 60)
    assert len(set(shop.get("/orders", per_page=100, orderby="modified").ids)) == 60


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"modified_after": "2026-03-01T10:59:59"}, True),
        ({"modified_after": LOCAL}, False),
        ({"modified_before": LOCAL}, False),
        ({"modified_before": "2026-03-01T11:00:01"}, True),
        ({"modified_after": "2026-03-01T09:59:59", "dates_are_gmt": "true"}, True),
        ({"modified_after": SECOND, "dates_are_gmt": "true"}, False),
        ({"modified_after": "2026-03-01T09:59:59.500", "dates_are_gmt": "true"}, True),
        ({"modified_after": "2026-03-01T09:59:59Z"}, True),
        ({"modified_after": "2026-03-01T10:59:59+01:00"}, True),
        ({"modified_after": "2026-03-01T09:59:59Z", "dates_are_gmt": "true"}, False),
        ({"modified_after": "2026-03-01T08:59:59Z", "dates_are_gmt": "true"}, True),
        ({"after": LOCAL}, False),
        ({"before": "2026-03-01T11:00:01"}, True),
    ],
)
@pytest.mark.parametrize("resource", ["orders", "products"])
def test_windows_are_strict_and_z_with_gmt_is_wrong(
    shop: Shop, resource: str, query: dict[str, str], *, found: bool
) -> None:
    (put_orders if resource == "orders" else put_products)(shop, 1)
    assert bool(shop.get(f"/{resource}", **query).body) is found


def test_a_bare_date_is_refused(shop: Shop) -> None:
    reply = shop.get("/orders", modified_after="2026-03-01")
    assert (reply.status, list(reply.body["data"]["params"])) == (400, ["modified_after"])


def test_beyond_the_end_orders_forget_the_total_and_products_do_not(shop: Shop) -> None:
    put_orders(shop, 3)
    put_products(shop, 3)
    assert shop.get("/orders", page=9).headers["X-WP-Total"] == "0"
    assert shop.get("/products", page=9).headers["X-WP-Total"] == "3"


def test_drafts_of_carts_are_in_the_default_list_and_the_trash_is_not(shop: Shop) -> None:
    put_orders(shop, 1, status="checkout-draft", first=1)
    put_orders(shop, 1, status="trash", first=2)
    put_orders(shop, 1, first=3)
    assert set(shop.get("/orders").ids) == {1, 3}
    assert set(shop.get("/orders", status="any").ids) == {1, 3}
    assert shop.get("/orders", status="trash").ids == [2]
    assert shop.get("/orders/2").body["status"] == "trash"


def test_statuses_in_a_list_or_as_php_arrays(shop: Shop) -> None:
    put_orders(shop, 1, status="processing", first=1)
    put_orders(shop, 1, status="on-hold", first=2)
    assert set(shop.get("/orders", status="processing,on-hold").ids) == {1, 2}
    assert set(shop.get("/orders", **{"status[]": ["processing", "on-hold"]}).ids) == {1, 2}


def test_unknown_filters_are_ignored_in_silence(shop: Shop) -> None:
    put_orders(shop, 2)
    assert len(shop.get("/orders", transaction_id="T", number="9").body) == 2


def test_search_finds_a_transaction_id(shop: Shop) -> None:
    shop.post("/orders", {"transaction_id": "T-4711"})
    shop.post("/orders", {})
    assert len(shop.get("/orders", search="T-4711").body) == 1


def test_links_follow_the_query_and_say_what_the_shop_added(shop: Shop) -> None:
    put_orders(shop, 3)
    links = shop.get("/orders", per_page=1, page=2).links
    added = "status%5B0%5D=any&dp=2&context=view"
    assert links[1:] == [
        f'<{shop.url}/wp-json/wc/v3/orders?per_page=1&page=1&{added}>; rel="prev"',
        f'<{shop.url}/wp-json/wc/v3/orders?per_page=1&page=3&{added}>; rel="next"',
    ]


def test_customers_by_role_and_no_date_filter(shop: Shop) -> None:
    shop.post("/customers", {"email": "a@example.se"})
    assert [c["role"] for c in shop.get("/customers").body] == ["customer"]
    assert len(shop.get("/customers", role="all").body) == 2
    assert len(shop.get("/customers", modified_after="2099-01-01T00:00:00").body) == 1


def test_custom_statuses_can_be_set_listed_and_used(shop: Shop) -> None:
    shop.control("/shop/settings", {"custom_statuses": {"skickad": "Skickad"}})
    assert {"slug": "skickad", "name": "Skickad"} in shop.get("/orders/statuses").body
    order = shop.post("/orders", {"status": "skickad"}).body
    assert shop.get("/orders", status="skickad").ids == [order["id"]]


def test_lists_by_id_follow_every_change(shop: Shop) -> None:
    """A list is worked out once for all its pages; what changes between two of them must show."""
    put_products(shop, 7)
    path = {"orderby": "id", "order": "asc", "per_page": 3}

    def everything(**more: object) -> list[int]:
        return read_all(shop, "products", **path, **more)

    assert everything() == list(range(100, 107))
    created = shop.post("/products", {"name": "Ny"}).body["id"]
    assert everything()[-1] == created
    shop.put("/products/101", {"status": "draft"})
    assert everything(status="draft") == [101]
    assert 101 not in everything(status="publish")
    shop.delete("/products/102")
    assert everything() == [100, 101, 103, 104, 105, 106, created]
    shop.put("/products/103", {"name": "Ändrad"})
    assert shop.get("/products", **path).body[2]["name"] == "Ändrad"
    shop.put("/products/103", {"type": "variable"})
    assert everything(type="variable") == [103]
    put_products(shop, 1)
    assert shop.get("/products/100").body["name"] == "P0"
    assert everything()[0] == 100
    changed = {"modified_after": SECOND, "dates_are_gmt": "true"}
    assert set(everything(**changed)) >= {101, 103, created}
    shop.put("/products/106", {})
    assert 106 in everything(**changed)
    shop.delete(f"/products/{created}", force="true")
    assert created not in everything()


def test_orders_by_id_follow_every_change(shop: Shop) -> None:
    first = shop.post("/orders", {}).body["id"]
    assert shop.get("/orders", orderby="id", status="processing").ids == []
    shop.put(f"/orders/{first}", {"status": "processing"})
    assert shop.get("/orders", orderby="id", status="processing").ids == [first]
    shop.delete(f"/orders/{first}", force="true")
    assert shop.get("/orders", orderby="id", status="processing").ids == []


def test_a_quiet_import_answers_with_a_number_and_is_found_at_once(shop: Shop) -> None:
    items = [{"id": 1000 + n, "sku": f"A-{n}", "name": f"A {n}", "price": "1"} for n in range(300)]
    assert shop.control("/shop/raw/products", {"items": items, "quiet": True}) == {"loaded": 300}
    skus = ",".join(f"A-{n}" for n in range(100, 200))
    assert sorted(shop.get("/products", sku=skus, per_page=100).ids) == list(range(1100, 1200))
    include = ",".join(str(n) for n in range(1250, 1300))
    assert sorted(shop.get("/products", include=include, per_page=100).ids) == list(range(1250, 1300))


def test_imported_products_share_no_lists(shop: Shop) -> None:
    put_products(shop, 2)
    shop.put("/products/100", {"meta_data": [{"key": "_a", "value": "1"}]})
    assert shop.get("/products/101").body["meta_data"] == []
