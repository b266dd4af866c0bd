"""The hand page shows the books, escapes what it shows, and changes them with its buttons."""

from tests.simulators.specter.shop import a_person, a_row


def page(shop, path):
    response = shop.http.request("GET", shop.url + path)
    assert response.status == 200
    return response.data.decode()


def press(shop, path, **fields):
    return shop.http.request("POST", shop.url + path, fields=fields, encode_multipart=False, redirect=False)


def test_the_pages_exist_in_swedish_and_english(shop, buyer):
    shop.has_article("A-1", "10")
    number = shop.order(buyer, [a_row()]).second
    for path in ("orders", f"orders/{number}", "customers", f"customers/{buyer}", "articles"):
        assert '<html lang="sv">' in page(shop, f"/accounts/9999/{path}")

    assert "9999" in page(shop, "/")
    assert "Articles" in page(shop, "/accounts/9999/articles?lang=en")


def test_an_order_shows_rows_rates_and_total(shop, buyer):
    rows = [a_row("A", "199.200", "2"), a_row("B", "89.286", "1", "12"), a_row("FRAKT", "39.200")]
    number = shop.order(buyer, rows, externalOrderNo="WEB-1042").second

    html = page(shop, f"/accounts/9999/orders/{number}")

    for text in ("WEB-1042", "Namn A", "109,40", "10,71", "647,00 SEK"):
        assert text in html


def test_what_a_customer_typed_is_escaped(shop):
    evil = "<script>alert(1)</script>"
    buyer = shop.customer(**a_person(surName=evil)).second
    number = shop.order(buyer, [a_row(articleName=evil)], internalComment='"><img src=x>').second

    for path in ("orders", f"orders/{number}", "customers", f"customers/{buyer}", "orders?q=%22%3E%3Cb%3E"):
        html = page(shop, f"/accounts/9999/{path}")
        assert "<script" not in html
        assert "<img" not in html
        assert '"><b>' not in html


def test_buttons_deliver_and_invoice(shop, buyer):
    number = shop.order(buyer, [a_row(quantity="2")]).second
    path = f"/accounts/9999/orders/{number}"

    assert press(shop, path, status="partly_delivered", quantity="1", trackingNo="P1").status == 303
    assert shop.seen_order(number)["deliveryStatus"] == "P"
    press(shop, path, status="delivered", trackingNo="")
    press(shop, path, status="invoiced")
    order = shop.seen_order(number)
    assert (order["deliveryStatus"], len(order["invoices"])) == ("D", 1)
    assert [d["trackingNo"] for d in order["deliveries"]] == ["P1", ""]


def test_price_and_stock_can_be_changed(shop):
    shop.has_article("A-1", "10", priceExclVat="100")
    press(
        shop, "/accounts/9999/articles", articleNo="A-1", name="", priceExclVat="80,50", stock="7", site="1"
    )

    article = shop.seen_article("A-1")
    assert (article["name"], article["priceExclVat"], article["onHand"]) == ("A-1", "80.50", {"1": "7"})


def test_what_cannot_be_done_is_said(shop, buyer):
    number = shop.order(buyer, [a_row()]).second
    answer = press(shop, f"/accounts/9999/orders/{number}", status="partly_delivered", quantity="9")

    assert answer.status == 400
    assert "Det går inte" in answer.data.decode()


def test_another_site_cannot_press_the_buttons(shop):
    answer = shop.http.request(
        "POST",
        f"{shop.url}/accounts/9999/articles",
        headers={"Sec-Fetch-Site": "cross-site"},
        fields={"articleNo": "A-1"},
        encode_multipart=False,
    )
    assert answer.status == 403
    assert shop.control("GET", "articles") == []


def test_unknown_pages_are_not_found(shop):
    for path in ("/accounts/1/orders", "/accounts/9999/orders/1", "/accounts/9999/customers/x"):
        assert shop.http.request("GET", shop.url + path).status == 404
