"""What newOrderSubmit makes of a header and rows."""

import pytest

from tests.simulators.specter.shop import a_person, a_row


def test_order_1042_adds_up(shop, buyer):
    rows = [a_row("A", "199.200", "2"), a_row("B", "89.286", "1", "12"), a_row("FRAKT", "39.200")]
    order = shop.seen_order(shop.order(buyer, rows, externalOrderNo="WEB-1042").second)

    assert order["total"] == "647.00"
    assert [(s["percent"], s["vat"]) for s in order["vatSums"]] == [(25, "109.40"), (12, "10.71")]


@pytest.mark.parametrize(
    ("price", "vat", "quantity", "total"),
    [
        ("199.200", "25", "1", "249.00"),
        ("17.768", "12", "3", "59.70"),
        ("16.896", "6", "3", "53.73"),
        ("114.171", "25", "7", "999.00"),
        ("26.667", "25", "3", "100.00"),
        ("0.008", "25", "100", "1.00"),
        ("1.116", "12", "1000", "1249.92"),
        ("17.77", "12", "3", "59.71"),
        ("-39.200", "25", "1", "-49.00"),
    ],
)
def test_rows_are_rounded_half_up_each(shop, buyer, price, vat, quantity, total):
    number = shop.order(buyer, [a_row("A", price, quantity, vat)]).second

    assert shop.seen_order(number)["total"] == total


def test_more_than_three_decimals_are_rounded_half_up(shop, buyer):
    row = shop.seen_order(shop.order(buyer, [a_row(price="17.7675")]).second)["rows"][0]

    assert row["priceExclVat"] == "17.768"


def test_an_account_may_round_per_rate_or_to_whole_krona(shop, buyer):
    rows = [a_row("A", "0.334"), a_row("B", "0.334"), a_row("C", "0.334")]

    per_row = shop.seen_order(shop.order(buyer, rows).second)
    shop.options(rounding="rate")
    per_rate = shop.seen_order(shop.order(buyer, rows).second)
    shop.options(rounding="krona")
    krona = shop.seen_order(shop.order(buyer, rows).second)

    assert (per_row["total"], per_rate["total"]) == ("1.26", "1.25")
    assert (krona["total"], krona["rounding"]) == ("1.00", "-0.26")


def test_a_comma_is_a_decimal_point_too(shop, buyer):
    row = shop.seen_order(shop.order(buyer, [a_row(price="10,5", quantity="0,5")]).second)["rows"][0]

    assert (row["priceExclVat"], row["quantity"], row["net"]) == ("10.5", "0.5", "5.25")


@pytest.mark.parametrize("vat", ["25.5", "8,1", "-1", "25 %", "25.0"])
def test_vat_must_be_a_whole_percent(shop, buyer, vat):
    assert shop.order(buyer, [a_row(vat=vat)]).text.startswith("0;7;")
    assert shop.control("GET", "orders") == []


def test_an_order_number_of_the_shop_is_taken_once(shop, buyer):
    first = shop.order(buyer, [a_row()], externalOrderNo="WEB-1").second
    again = shop.order(buyer, [a_row()], externalOrderNo="WEB-1")

    assert again.text.startswith("0;5;")
    assert str(first) in again.parts[2]
    assert len(shop.control("GET", "orders?external=WEB-1")) == 1


def test_the_existing_number_may_be_left_out(shop, buyer):
    shop.options(duplicate_number=False)
    first = shop.order(buyer, [a_row()], externalOrderNo="WEB-1").second

    assert str(first) not in shop.order(buyer, [a_row()], externalOrderNo="WEB-1").text


def test_the_check_on_duplicates_can_be_switched_off(shop, buyer):
    shop.order(buyer, [a_row()], externalOrderNo="WEB-1")

    assert shop.order(buyer, [a_row()], externalOrderNo="WEB-1", ignoreExternalOrderNoControl="1").ok
    assert len(shop.control("GET", "orders?external=WEB-1")) == 2


def test_unknown_articles_pass_unless_the_account_is_strict(shop, buyer):
    assert shop.order(buyer, [a_row("NOT-THERE")]).ok

    shop.options(strict_articles=True)
    refused = shop.order(buyer, [a_row("NOT-THERE")])
    assert refused.text.startswith("0;6;")
    assert "NOT-THERE" in refused.text


def test_a_gap_ends_the_rows(shop, buyer):
    fields = {"customerId": buyer}
    for n in (1, 2, 4):
        fields |= {f"{name}_{n}": value for name, value in a_row(f"A-{n}").items()}
    number = shop.put("newOrderSubmit", str(buyer), fields).second

    assert [r["articleNo"] for r in shop.seen_order(number)["rows"]] == ["A-1", "A-2"]


def test_the_order_keeps_the_delivery_address_the_card_had(shop):
    buyer = shop.customer(**a_person(deliveryAddress="Ombudet 1", deliveryCity="Umeå")).second
    first = shop.order(buyer, [a_row()]).second
    shop.customer(force=True, **a_person(deliveryAddress="Jobbet 2", deliveryCity="Luleå"))
    second = shop.order(buyer, [a_row()]).second

    assert shop.seen_order(first)["delivery"]["address"] == "Ombudet 1"
    assert shop.seen_order(second)["delivery"]["address"] == "Jobbet 2"


def test_a_discount_on_the_card_works_only_on_rows_without_one(shop, buyer):
    shop.control("POST", "customers", {"customerId": buyer, "discount": "10"})
    rows = [a_row("A", "100"), a_row("B", "100", discount="0"), a_row("C", "100", discount="50")]
    order = shop.seen_order(shop.order(buyer, rows).second)

    assert [r["net"] for r in order["rows"]] == ["90.00", "100.00", "50.00"]


def test_the_header_is_kept(shop, buyer):
    header = {
        "externalOrderNo": "WEB-9", "orderDate": "2026-07-01", "deliveryDate": "2026-07-05", "currency": "EUR",
        "language": "NO", "stocksiteid": "2", "payTypeIdentifier": "KG", "payTypeReference": "ref;1",
        "payTypeIdentifierPaySystemUser": "K123", "isPrepayment": "1", "customerOrderReference": "PO 1",
        "customerReference": "Bo", "internalComment": "rad 1\r\nrad 2", "publishedComment": "Hej å ä ö",
        "externalDeliveryMethod": "dhl", "notifyDeliveryByMobile": "1", "notifyDeliveryMobileNo": "0701234567",
        "preparedShipmentId": "S1", "sendOrderMail": "1", "webshopId": "3", "userSource": "webuser",
    }  # fmt: skip
    order = shop.seen_order(shop.order(buyer, [a_row()], **header, newField="x").second)

    assert order["stockSiteId"] == header.pop("stocksiteid")
    for name, value in header.items():
        kept = order[name]
        assert (str(int(kept)) if isinstance(kept, bool) else kept) == value, name
    assert order["other"] == {"newfield": "x"}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"currency": "JPY"}, 8),
        ({"orderDate": "1/7 2026"}, 7),
        ({"language": "SWE"}, 7),
        ({"stocksiteid": "99"}, 7),
        ({"customerReference": "x" * 71}, 7),
        ({"customerOrderReference": "x" * 51}, 7),
        ({"externalDeliveryMethod": "x" * 101}, 7),
        ({"sendOrderMail": "yes"}, 7),
    ],
)
def test_a_header_that_does_not_fit_is_refused(shop, buyer, header, code):
    shop.has_article("A-1")
    assert shop.order(buyer, [a_row()], **header).text.startswith(f"0;{code};")
    assert shop.seen_article("A-1")["reserved"] == {}


def test_an_order_without_rows_or_customer_is_refused(shop, buyer):
    assert shop.order(buyer, []).text.startswith("0;3;")
    assert shop.order(4711, [a_row()]).text.startswith("0;4;")


def test_the_order_date_is_the_local_day(shop, buyer):
    shop.control("POST", "clock", {"now": "2026-06-30T22:30:00Z"})
    order = shop.seen_order(shop.order(buyer, [a_row()]).second)

    assert order["orderDate"] == "2026-07-01"


def test_an_action_may_create_an_invoice_at_once(shop, buyer):
    assert shop.put("newInvoiceSubmit", str(buyer), {"customerId": buyer}).text.startswith("0;9;")

    shop.options(invoice_action="newInvoiceSubmit")
    fields = {"customerId": buyer, **{f"{k}_1": v for k, v in a_row().items()}}
    answer = shop.put("newInvoiceSubmit", str(buyer), fields)

    assert answer.second == 50001
    assert shop.control("GET", "orders")[0]["documentType"] == "invoice"


@pytest.mark.parametrize("price", ["1e3", "NaN", "1_000", "1 000", "ten", "Infinity"])
def test_what_is_no_plain_number_is_refused(shop, buyer, price):
    assert shop.order(buyer, [a_row(price=price)]).text.startswith("0;7;")
