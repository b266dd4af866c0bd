"""The shop as a whole: seed, several shops, kept state, checkout orders, raw records, the page."""

import ssl
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.simulators.woocommerce.shop_client import Shop, start_shop
from tests.simulators.woocommerce.test_orders import adds_up


@pytest.fixture(scope="module")
def seeded() -> Any:
    process, client = start_shop("--sites", "butik")
    yield client
    client.close()
    process.stop()


def everything(shop: Shop, resource: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for page in range(1, 50):
        reply = shop.get(f"/{resource}", per_page=100, page=page, orderby="id", order="asc")
        if not reply.body:
            break
        rows += reply.body
    return rows


def test_the_seed_is_a_believable_shop(seeded: Shop) -> None:
    orders, products = everything(seeded, "orders"), everything(seeded, "products")
    variable = [p for p in products if p["type"] == "variable"]
    assert len(products) >= 120
    assert len(variable) >= 20
    assert all(2 <= len(p["variations"]) <= 12 for p in variable)
    assert len([p for p in products if not p["sku"].isascii() or " " in p["sku"]]) == 3
    assert {p["status"] for p in products} == {"publish", "draft"}
    assert {"", "moms-12", "moms-6", "momsfri"} <= {p["tax_class"] for p in products}
    assert any(p["virtual"] for p in products)
    for gtin in (p["global_unique_id"] for p in products if p["global_unique_id"]):
        assert sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(gtin)) % 10 == 0
    assert len(orders) >= 300
    statuses = Counter(o["status"] for o in orders)
    assert {
        "pending",
        "processing",
        "on-hold",
        "completed",
        "cancelled",
        "refunded",
        "failed",
        "checkout-draft",
    } <= set(statuses)
    assert {"SE", "NO", "DK", "DE", "FI", "US"} <= {o["shipping"]["country"] for o in orders}
    assert len({o["payment_method"] for o in orders}) >= 10
    lines = [line for o in orders for line in o["line_items"]]
    assert any(line["product_id"] == 0 and line["sku"] is None and Decimal(line["total"]) for line in lines)
    assert any(Decimal(line["total"]) == 0 for line in lines)
    assert any(Decimal(f["total"]) < 0 for o in orders for f in o["fee_lines"])
    assert any("🌲" in o["customer_note"] for o in orders)
    assert len([o for o in orders if o["customer_id"] == 0]) > len(orders) / 2


def test_every_seeded_order_adds_up(seeded: Shop) -> None:
    for order in everything(seeded, "orders"):
        adds_up(order)


def test_order_ids_have_gaps(seeded: Shop) -> None:
    ids = [o["id"] for o in everything(seeded, "orders")]
    assert ids != list(range(ids[0], ids[0] + len(ids)))


def test_the_same_seed_makes_the_same_shop(seeded: Shop) -> None:
    process, other = start_shop()
    with process:
        mine = [(p["id"], p["sku"], p["price"], p["stock_quantity"]) for p in everything(seeded, "products")]
        theirs = [(p["id"], p["sku"], p["price"], p["stock_quantity"]) for p in everything(other, "products")]
    assert mine == theirs


def test_several_shops_have_their_own_keys_and_records(seeded: Shop) -> None:
    second = seeded.control("/sites", method="GET")[1]
    assert second["url"] == f"{seeded.url}/butik"
    key = second["keys"][0]
    butik = Shop(second["url"], key["key"], key["secret"])
    index = butik.call("GET", "/wp-json/").body
    assert (index["url"], index["name"]) == (second["url"], second["title"])
    first = butik.get("/products", per_page=1)
    assert first.body[0]["_links"]["self"][0]["href"].startswith(second["url"])
    assert first.links[-1].startswith(f"<{second['url']}/wp-json/wc/v3/products?")
    assert Shop(second["url"], seeded.key, seeded.secret).get("/products").status == 401


def test_each_shop_has_its_settings(seeded: Shop) -> None:
    seeded.control("/butik/settings", {"currency": "EUR", "timezone": "Europe/Helsinki"})
    key = seeded.control("/sites", method="GET")[1]["keys"][0]
    butik = Shop(f"{seeded.url}/butik", key["key"], key["secret"])
    assert butik.get("/data/currencies/current").body["code"] == "EUR"
    assert seeded.get("/data/currencies/current").body["code"] == "SEK"
    assert butik.call("GET", "/wp-json/").body["timezone_string"] == "Europe/Helsinki"
    order = butik.post("/orders", {}).body
    assert (order["currency"], order["currency_symbol"]) == ("EUR", "€")


def test_state_survives_the_death_of_the_process(tmp_path: Path) -> None:
    process, client = start_shop("--empty", "--data-dir", str(tmp_path))
    with process:
        made = client.post("/orders", {"customer_note": "kvar"}).body["id"]
        client.control("/shop/settings", {"currency": "NOK"})
        process.kill()
    process, client = start_shop("--empty", "--data-dir", str(tmp_path))
    with process:
        assert client.get(f"/orders/{made}").body["customer_note"] == "kvar"
        after = client.post("/orders", {}).body
        assert (after["id"], after["currency"]) == (made + 1, "NOK")


def test_a_checkout_order_looks_like_one(shop: Shop) -> None:
    shop.post("/products", {"sku": "K", "regular_price": "100"})
    order = shop.control(
        "/shop/orders",
        {
            "lines": [{"sku": "K", "quantity": 2}],
            "billing": {"first_name": "Åsa", "country": "SE", "email": "a@example.se"},
            "shipping_method": {"method_id": "flat_rate", "method_title": "MyPack", "total": "39.20"},
            "payment_method": "klarna_payments",
            "transaction_id": "kid-1",
            "meta_data": [
                {"key": "_klarna_order_id", "value": "kid-1"},
                {"key": "_org_nr", "value": "5566778899"},
            ],
            "fields": {"number": "W-77", "customer_ip_address": "203.0.113.9"},
        },
    )
    metas = {m["key"]: m["value"] for m in order["meta_data"]}
    assert (order["created_via"], order["status"], order["total"]) == ("store-api", "processing", "249.00")
    assert {"_coupons_hash", "is_vat_exempt", "_klarna_order_id", "_org_nr"} <= set(metas)
    assert (order["number"], order["customer_ip_address"]) == ("W-77", "203.0.113.9")
    assert order["date_paid"]
    assert shop.get(f"/orders/{order['id']}").body == order


def test_bank_transfers_wait_on_hold(shop: Shop) -> None:
    order = shop.control(
        "/shop/orders", {"lines": [], "payment_method": "bacs", "billing": {"country": "SE"}}
    )
    assert (order["status"], order["date_paid"]) == ("on-hold", None)


def test_a_random_order_by_an_empty_body(seeded: Shop) -> None:
    order = seeded.control("/shop/orders", {})
    assert order["line_items"]
    adds_up(order)


def test_an_order_with_an_unknown_coupon_is_refused(shop: Shop) -> None:
    reply = shop.call("POST", "/_control/shop/orders", {"lines": [], "coupons": ["X"]}, auth=False)
    assert reply.status == 400


def test_raw_records_are_kept_as_they_are(shop: Shop) -> None:
    odd = {"id": 777, "status": "whatever", "total": "", "billing": {"country": "XX"}, "plugin_field": [1]}
    shop.control("/shop/raw/orders", odd)
    seen = shop.get("/orders/777").body
    assert {k: seen[k] for k in odd} == odd
    assert shop.post("/orders", {}).body["id"] == 778


def test_reset_makes_the_shop_new(shop: Shop) -> None:
    shop.post("/orders", {})
    shop.control("/shop/settings", {"currency": "EUR"})
    shop.control("/reset")
    assert shop.get("/orders").body == []
    assert shop.post("/orders", {}).body["currency"] == "SEK"


def test_faults_strike_the_shop(shop: Shop) -> None:
    shop.control("/faults", {"name": "rate_limited", "times": 1})
    assert [shop.get("/orders").status for _ in range(2)] == [429, 200]


def test_the_page_shows_orders_and_its_buttons_work(seeded: Shop) -> None:
    page = seeded.call("GET", "/", auth=False).body.decode()
    assert "Beställningar" in page
    assert "Gör en slumpad beställning" in page
    order = seeded.post("/orders", {}).body["id"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = seeded.call("POST", "/_do/completed", raw=f"id={order}".encode(), headers=form, auth=False)
    assert reply.status in {200, 303}
    assert seeded.get(f"/orders/{order}").body["status"] == "completed"


def test_names_on_the_page_are_escaped(shop: Shop) -> None:
    shop.post("/products", {"name": "<script>alert(1)</script>"})
    assert b"<script>" not in shop.call("GET", "/", auth=False).body


def test_tls_makes_https_links(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-keyout", str(key), "-out", str(cert), "-subj", "/CN=127.0.0.1", "-days", "1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    from brygga_simulators.common.process import start_simulator

    options = ("--empty", "--key", "ck_a", "--secret", "cs_a", "--tls-cert", str(cert), "--tls-key", str(key))
    with start_simulator("brygga_simulators.woocommerce", *options) as process:
        assert process.url.startswith("https://")
        context = ssl.create_default_context(cafile=str(cert))
        pool = urllib3.PoolManager(ssl_context=context, retries=False)
        headers = urllib3.make_headers(basic_auth="ck_a:cs_a")
        answer = pool.request("GET", f"{process.url}/wp-json/wc/v3/orders", headers=headers)
        assert answer.status == 200
        assert answer.headers["Link"].startswith(f"<{process.url}/wp-json/>")
        pool.clear()
