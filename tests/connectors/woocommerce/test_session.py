"""A whole conversation over HTTP: what is asked, what is believed, and what is kept out of sight."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brygga.connectors.contract.connector import GivesOrders, GivesProducts, Identity, Listens, TakesFeedback
from brygga.connectors.contract.http import Exchange
from brygga.connectors.woocommerce import session as session_module
from brygga.connectors.woocommerce.connector import WooSession, connector
from brygga.domain.errors import (
    BryggaError,
    ConnectionBroken,
    OutcomeUnknown,
    RecordGone,
    RecordRejected,
    SetupWrong,
    TryLater,
)
from tests.connectors.woocommerce.fake_shop import KEY, SECRET, Call, FakeShop, Reply, session_for
from tests.connectors.woocommerce.recorded import body

API = "/wp-json/wc/v3/"
IDENTITY = Identity("127.0.0.1", "Butik", "SEK", "Europe/Stockholm", True, country="SE")
SINCE, UNTIL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
Routes = dict[str, Any]


class Conversation:
    """A session with a fake shop whose answers stand in a table: "GET orders/7" -> data, Reply or function."""

    def __init__(self, routes: Routes, **settings: str) -> None:
        self.routes = {"GET orders/statuses": body("orders-statuses"), **routes}
        self.seen: list[Exchange] = []
        self.shop = FakeShop(self.answer)
        self.session: WooSession = session_for(self.shop.url, self.seen, IDENTITY, **settings)

    def answer(self, call: Call) -> Reply:
        found = self.routes.get(f"{call.method} {call.path.removeprefix(API)}")
        found = found(call) if callable(found) else found
        if isinstance(found, Reply):
            return found
        missing = {"code": "rest_no_route", "message": "", "data": {"status": 404}}
        return Reply(missing, 404) if found is None else Reply(found)

    def asked(self) -> list[str]:
        return [f"{call.method} {call.path.removeprefix(API)}" for call in self.shop.calls]

    def close(self) -> None:
        self.session.close()
        self.shop.close()


@pytest.fixture
def talk() -> Iterator[Callable[..., Conversation]]:
    open_ones: list[Conversation] = []

    def start(routes: Routes, **settings: str) -> Conversation:
        open_ones.append(Conversation(routes, **settings))
        return open_ones[-1]

    yield start
    for conversation in open_ones:
        conversation.close()


Talk = Callable[..., Conversation]


def test_the_session_can_what_its_flows_ask_for(talk: Talk) -> None:
    session = talk({}).session
    for capability in (GivesOrders, TakesFeedback, GivesProducts, Listens):
        assert isinstance(session, capability)
    assert set(connector.secret_fields) == {"consumer_key", "consumer_secret"}


def test_an_order_without_refunds_is_one_call(talk: Talk) -> None:
    shop = talk({"GET orders/425": body("order-get-from-real-checkout")})
    assert shop.session.order("425").number == "425"
    assert shop.asked() == ["GET orders/425"]


def test_an_order_with_refunds_is_read_with_them(talk: Talk) -> None:
    def refunds(call: Call) -> list[Any]:
        assert call.query["per_page"] == "100"
        assert call.query["order"] == "asc"
        return sorted(body("order-refunds-list"), key=lambda refund: int(refund["id"]))

    shop = talk({"GET orders/310": body("order-get-partially-refunded"), "GET orders/310/refunds": refunds})
    assert len(shop.session.order("310").refunds) == 4
    assert shop.asked() == ["GET orders/310", "GET orders/310/refunds"]


@pytest.mark.parametrize("order_id", ["", "../1", "12a", "1?x=1", "٣"])
def test_an_id_that_is_none_is_gone_without_a_call(talk: Talk, order_id: str) -> None:
    shop = talk({})
    with pytest.raises(RecordGone):
        shop.session.order(order_id)
    assert shop.asked() == []


def test_changed_orders_leave_drafts_out_and_ask_for_the_trash(talk: Talk) -> None:
    rows = [
        {"id": n, "number": str(n), "status": status, "date_created_gmt": when, "date_modified_gmt": when}
        for n, (status, when) in enumerate(
            [
                ("processing", "2026-11-24T09:30:00"),
                ("checkout-draft", "2026-11-24T09:30:00"),
                ("trash", "2026-11-24T09:30:00"),
                ("skickad", "2026-11-24T10:00:00"),
                ("completed", "2026-11-24T08:59:59"),  # an old shop ignores the window
            ],
            1,
        )
    ]
    statuses = [*body("orders-statuses"), {"slug": "skickad", "name": "Skickad &amp; klar"}]
    shop = talk({"GET orders": rows, "GET orders/statuses": statuses})
    assert [head.id for head in shop.session.orders_changed(SINCE, UNTIL)] == ["1", "3", "4"]
    query = shop.shop.calls[-1].query
    asked = query["status"].split(",")
    assert {"trash", "skickad", "pending", "failed"} <= set(asked)
    assert "checkout-draft" not in asked
    assert query["modified_after"] == "2026-11-24T08:59:59"
    assert query["modified_before"] == "2026-11-24T10:00:01"
    assert query["dates_are_gmt"] == "true"
    assert (query["orderby"], query["order"], query["per_page"]) == ("id", "asc", "100")
    assert "date_modified_gmt" in query["_fields"]
    list(shop.session.orders_changed(SINCE, UNTIL))
    assert shop.asked().count("GET orders/statuses") == 1
    assert shop.session.order_statuses()[-1].name == "Skickad & klar"


def test_lists_go_by_statuses_read_lately_in_whatever_session(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = talk({"GET orders": []})
    for _ in range(2):  # as two polls do
        session = session_for(shop.shop.url, [], IDENTITY)
        list(session.orders_changed(SINCE, UNTIL))
        session.close()
    assert shop.asked().count("GET orders/statuses") == 1
    shop.routes["GET orders/statuses"] = [{"slug": "skickad", "name": "Skickad"}]
    assert [status.key for status in shop.session.order_statuses()] == [
        "skickad"
    ]  # a person asks for today's
    monkeypatch.setattr(session_module, "STATUSES_FOR", -1.0)
    session = session_for(shop.shop.url, [], IDENTITY)
    list(session.orders_changed(SINCE, UNTIL))
    session.close()
    assert shop.asked().count("GET orders/statuses") == 3


def test_a_list_row_without_a_time_is_tried_again_later(talk: Talk) -> None:
    shop = talk({"GET orders": [{"id": 1, "status": "processing"}]})
    with pytest.raises(TryLater):
        list(shop.session.orders_changed(SINCE, UNTIL))


def test_a_products_variations_are_all_read(talk: Talk) -> None:
    shop = talk(
        {
            "GET products/51": body("variation-get-through-products"),
            "GET products/35": body("product-get-variable"),
            "GET products/35/variations": sorted(body("variations-list"), key=lambda row: int(row["id"])),
            "GET taxes": body("taxes-list"),
        }
    )
    product = shop.session.product("51")
    assert product.id == "35"
    assert product.variants[0].vat_percent == 25
    shop.session.product("35")
    assert shop.asked().count("GET taxes") == 1


def test_a_simple_product_is_one_call(talk: Talk) -> None:
    shop = talk({"GET products/78": body("product-get-simple"), "GET taxes": body("taxes-list")})
    shop.session.product("78")
    assert shop.asked() == ["GET products/78", "GET taxes"]


def order_with(**changes: Any) -> dict[str, Any]:
    return {**body("order-get-from-real-checkout"), **changes}


def test_metas_and_status_are_set_in_one_write_and_read_back(talk: Talk) -> None:
    def put(call: Call) -> dict[str, Any]:
        assert call.data == {"meta_data": [{"key": "_erp_no", "value": "F-1"}], "status": "completed"}
        return order_with(status="completed", meta_data=call.data["meta_data"])

    shop = talk({"PUT orders/425": put})
    order = shop.session.update_order("425", metas={"_erp_no": "F-1"}, status="completed")
    assert (order.status, order.meta("_erp_no")) == ("completed", "F-1")


@pytest.mark.parametrize("status", ["wc-completed", "skickad", "checkout-draft", "trash"])
def test_a_status_the_shop_lacks_is_never_sent(talk: Talk, status: str) -> None:
    shop = talk({"GET orders/425": order_with()})
    with pytest.raises(SetupWrong) as caught:
        shop.session.update_order("425", metas={}, status=status)
    assert "completed" in caught.value.for_merchant.facts["known"]
    assert not any(call.method == "PUT" for call in shop.shop.calls)


@pytest.mark.parametrize(
    ("became", "code"),
    [
        ({"status": "on-hold", "meta_data": [{"key": "_erp_no", "value": "F-1"}]}, "status_not_kept"),
        ({"status": "completed", "meta_data": []}, "meta_not_kept"),
    ],
)
def test_what_the_shop_did_not_keep_is_said(talk: Talk, became: dict[str, Any], code: str) -> None:
    shop = talk({"PUT orders/425": order_with(**became)})
    with pytest.raises(RecordRejected) as caught:
        shop.session.update_order("425", metas={"_erp_no": "F-1"}, status="completed")
    assert caught.value.for_merchant.code == f"woocommerce.{code}"


@pytest.mark.parametrize(
    "reply",
    [
        Reply({}, 500),
        Reply(raw=b"<html>", status=502),
        Reply(raw=b"<html>maintenance</html>"),
        Reply(raw=b""),
        Reply([]),
        Reply({"id": None}),
    ],
)
def test_a_write_whose_end_is_unclear_is_unknown(talk: Talk, reply: Reply) -> None:
    shop = talk({"PUT orders/425": reply})
    with pytest.raises(OutcomeUnknown):
        shop.session.update_order("425", metas={"a": "b"})


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(raw=b"<html>Underh\xc3\xa5ll</html>"), TryLater),
        (Reply(raw=b""), TryLater),
        (Reply({"line_items": []}), RecordRejected),
        (Reply(order_with(line_items="inga")), RecordRejected),
        (Reply({"code": "woocommerce_rest_shop_order_invalid_id", "data": {"status": 404}}), RecordGone),
        (Reply({}, 429, {"Retry-After": "3"}), TryLater),
        (Reply({}, 302, {"Location": "https://www.butik.example/"}), ConnectionBroken),
    ],
)
def test_a_read_that_fails_says_who_acts(talk: Talk, reply: Reply, error: type[BryggaError]) -> None:
    shop = talk({"GET orders/425": reply})
    with pytest.raises(error):
        shop.session.order("425")
    assert len(shop.shop.calls) == 1  # no redirect is followed, nothing repeated


def test_notes_are_written_and_recognised(talk: Talk) -> None:
    notes: list[dict[str, Any]] = []

    def add(call: Call) -> Reply:
        notes.append(
            {
                "id": 1,
                "note": call.data["note"].replace("&", "&amp;"),
                "customer_note": call.data["customer_note"],
            }
        )
        return Reply(notes[-1], 201)

    shop = talk({"POST orders/425/notes": add, "GET orders/425/notes": lambda call: notes})
    text = "Order F-1 i Specter.\nÅsa & Östen"
    assert not shop.session.has_note("425", text)
    shop.session.add_note("425", text, to_customer=True)
    assert shop.session.has_note("425", text)
    assert not shop.session.has_note("425", "Order F-1")
    assert notes[0]["customer_note"] is True


@pytest.mark.parametrize(
    "kept",
    [{"id": 1, "note": "annat", "customer_note": False}, {"id": 1, "note": "x", "customer_note": True}],
)
def test_a_note_kept_otherwise_is_said(talk: Talk, kept: dict[str, Any]) -> None:
    shop = talk({"POST orders/425/notes": Reply(kept, 201)})
    with pytest.raises(RecordRejected):
        shop.session.add_note("425", "x")


def test_no_key_secret_or_signature_is_ever_kept(talk: Talk) -> None:
    shop = talk(
        {"GET orders/425": order_with(), "PUT orders/425": order_with(meta_data=[{"key": "a", "value": "b"}])}
    )
    shop.session.order("425")
    shop.session.update_order("425", metas={"a": "b"})
    sent = str([call.query for call in shop.shop.calls])
    assert KEY in sent
    assert "oauth_signature" in sent
    assert SECRET not in sent
    kept = str(shop.seen)
    for hidden in (KEY, SECRET, "oauth_signature", "oauth_nonce"):
        assert hidden not in kept


def test_sockets_are_used_again(talk: Talk) -> None:
    shop = talk({"GET orders/425": order_with()})
    for _ in range(5):
        shop.session.order("425")
    assert len({call.port for call in shop.shop.calls}) == 1


def test_a_notice_around_the_answer_does_not_stop_us(talk: Talk) -> None:
    import json

    noisy = (
        b"\xef\xbb\xbf<br />\n<b>Notice</b>: x in <b>y.php</b><br />\n" + json.dumps(order_with()).encode()
    )
    shop = talk({"GET orders/425": Reply(raw=noisy)})
    assert shop.session.order("425").number == "425"


# ---- check


def setting(**values: str) -> list[dict[str, str]]:
    return [{"id": f"woocommerce_{name}", "value": value} for name, value in values.items()]


def good_shop(**changes: Any) -> Routes:
    index = {**body("index-wp-json-root"), **changes.pop("index", {})}
    return {
        "GET /wp-json/": index,
        "GET orders": [],
        "POST orders/batch": [],
        "GET settings/general": setting(
            currency="SEK", default_country="SE:AB", price_num_decimals="2", calc_taxes="yes"
        ),
        "GET settings/tax": setting(prices_include_tax="no"),
        "GET settings/products": setting(weight_unit="g"),
        "GET system_status": {"environment": {"version": "10.0.2", "language": "sv_SE"}},
        **changes,
    }


def denied(code: str, status: int = 401) -> Reply:
    return Reply({"code": code, "message": "Nej", "data": {"status": status}}, status)


AUTH, VIEW = "woocommerce_rest_authentication_error", "woocommerce_rest_cannot_view"


def test_check_says_who_answered(talk: Talk) -> None:
    shop = talk(good_shop())
    identity = shop.session.check()
    assert identity.key == "127.0.0.1:8090"
    assert (identity.name, identity.currency, identity.country) == ("Testbutiken Åäö", "SEK", "SE")
    assert (identity.time_zone, identity.language, identity.weight_unit) == ("Europe/Stockholm", "sv", "g")
    assert not identity.prices_include_tax
    said = [remark.code.split(".")[1] for remark in identity.remarks]
    assert said == ["plain_http", "other_address"]  # the fake stands at another port than it says
    assert [call.body for call in shop.shop.calls if call.method == "POST"] == [b"{}"]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"GET system_status": {"environment": {"version": "5.9.1"}}}, "old_version"),
        ({"GET settings/general": setting(currency="SEK", price_num_decimals="0")}, "unusual_decimals"),
        ({"GET settings/general": setting(currency="JPY", price_num_decimals="0")}, "unusual_decimals"),
        ({"GET settings/general": setting(currency="SEK", calc_taxes="no")}, "taxes_off"),
        ({"GET settings/tax": setting(tax_round_at_subtotal="yes")}, "subtotal_rounding"),
        ({"index": {"timezone_string": "", "gmt_offset": 1}}, "no_time_zone"),
    ],
)
def test_check_remarks_on_what_may_surprise(talk: Talk, changes: Routes, remark: str) -> None:
    identity = talk(good_shop(**changes)).session.check()
    assert f"woocommerce.{remark}" in [said.code for said in identity.remarks]


@pytest.mark.parametrize(
    ("offset", "zone"),
    [(1, "Etc/GMT-1"), (-5, "Etc/GMT+5"), (0, "UTC"), (5.5, "Asia/Kolkata"), ("", "UTC"), (None, "UTC")],
)
def test_a_fixed_offset_becomes_a_zone(talk: Talk, offset: Any, zone: str) -> None:
    shop = talk(good_shop(index={"timezone_string": "", "gmt_offset": offset}))
    assert shop.session.check().time_zone == zone


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"GET orders": denied(VIEW), "POST orders/batch": denied("woocommerce_rest_cannot_batch")}, ConnectionBroken, "unknown_key"),
        ({"GET orders": denied(AUTH), "POST orders/batch": denied(AUTH)}, ConnectionBroken, "key_or_secret"),
        ({"POST orders/batch": denied(AUTH)}, ConnectionBroken, "no_write_permission"),
        ({"GET orders": denied(AUTH)}, ConnectionBroken, "no_read_permission"),
        ({"GET settings/general": denied("rest_forbidden", 403)}, ConnectionBroken, "role_missing"),
        ({"GET /wp-json/": Reply(raw=b"<html>404</html>", status=404)}, ConnectionBroken, "no_rest"),
        ({"GET /wp-json/": {"name": "Blogg", "namespaces": ["wp/v2"]}}, ConnectionBroken, "not_installed"),
        ({"GET /wp-json/": Reply({}, 301, {"Location": "https://www.x.example/wp-json/"})}, ConnectionBroken, "moved"),
        ({"GET /wp-json/": Reply(raw=b"<html>Are you human?</html>", status=403)}, TryLater, "blocked"),
        ({"GET /wp-json/": Reply(raw=b"<html>Snart tillbaka</html>")}, TryLater, "not_json"),
        ({"POST orders/batch": Reply({}, 500)}, TryLater, "server_error"),
    ],
)  # fmt: skip
def test_check_tells_what_is_wrong_apart(
    talk: Talk, changes: Routes, error: type[BryggaError], code: str
) -> None:
    with pytest.raises(error) as caught:
        talk(good_shop(**changes)).session.check()
    assert caught.value.for_merchant.code == f"woocommerce.{code}"


def test_a_shop_that_hides_its_system_status_is_fine(talk: Talk) -> None:
    assert (
        talk(good_shop(**{"GET system_status": denied("rest_forbidden", 403)})).session.check().language == ""
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "butiken.se"}, "url"),
        ({"url": "ftp://butiken.se"}, "url"),
        ({"url": "http://["}, "url"),
        ({"consumer_key": "cs_x", "consumer_secret": "ck_y"}, "consumer_key"),
        ({"consumer_key": ""}, "consumer_key"),
        ({"signing": "magic"}, "signing"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_impossible_settings_are_named(given: dict[str, str], field: str) -> None:
    settings = {"url": "https://butiken.se", **given}
    with pytest.raises(SetupWrong) as caught:
        session_for(settings.pop("url"), **settings)
    assert caught.value.setting == field


def test_the_window_of_a_summer_night_is_asked_in_utc(talk: Talk) -> None:
    shop = talk({"GET products": []})
    since = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    assert list(shop.session.products_changed(since, since + timedelta(hours=1))) == []
    assert shop.shop.calls[-1].query["modified_after"] == "2026-10-25T00:29:59"
