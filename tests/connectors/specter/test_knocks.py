"""Specter at the door: always answered, only ever a hint."""

import pytest

from brygga.connectors.contract.connector import Hint, Knock
from brygga.connectors.specter.connector import connector


def knock(method="GET", body=b"", **query):
    return connector.answer_knock(Knock(method, {}, query, body), {}, "secret")


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ({"kind": "stock"}, Hint("stock", "")),
        ({"kind": "article"}, Hint("articles", "")),
        ({"kind": "order"}, Hint("orders", "")),
        ({"kind": "removed", "orderNo": "88123"}, Hint("orders", "88123", deleted=True)),
        ({"kind": "invoice", "orderId": "88123", "invoiceId": "501"}, Hint("orders", "88123", detail="501")),
        ({"KIND": "Removed", "ORDERNO": " 88123 "}, Hint("orders", "88123", deleted=True)),
    ],
)
def test_a_knock_says_which_feed_to_look_at(query, hint):
    answer = knock(**query)
    assert (answer.status, answer.body, answer.hints) == (200, "1;Done", (hint,))


def test_parameters_may_come_as_a_form():
    answer = knock("POST", b"orderId=88123&invoiceId=501", kind="invoice")
    assert answer.hints == (Hint("orders", "88123", detail="501"),)
    assert answer.remark is not None
    assert dict(answer.remark.facts) == {"order": "88123", "invoice": "501"}


def test_the_kind_is_ours_to_say():
    assert knock("POST", b"kind=removed&orderNo=1", kind="stock").hints == (Hint("stock", ""),)


@pytest.mark.parametrize("query", [{}, {"kind": "party"}])
def test_an_unknown_kind_is_answered_and_remarked(query):
    answer = knock(**query)
    assert (answer.status, answer.body, answer.hints) == (200, "1;Done", ())
    assert answer.remark is not None


@pytest.mark.parametrize("number", ["1' OR 1=1", "<script>", "9" * 60, ""])
def test_a_number_that_is_none_is_dropped(number):
    assert knock(kind="removed", orderNo=number).hints == (Hint("orders", ""),)
    assert knock(kind="invoice", orderId=number, invoiceId="501").hints == (Hint("orders", ""),)
    assert knock(kind="invoice", orderId="88123", invoiceId=number).hints == (Hint("orders", "88123"),)


def test_the_addresses_to_hand_out():
    assert connector.door_urls is not None
    urls = connector.door_urls("https://brygga.example/knock/abc")
    assert urls["stock"] == "https://brygga.example/knock/abc?kind=stock"
    assert set(urls) == {"stock", "article", "order", "removed", "invoice"}
    assert connector.door_urls("https://b.example/k?t=1")["order"] == "https://b.example/k?t=1&kind=order"
