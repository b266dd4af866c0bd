"""Triggers reach the shop with the right parameters, and are tried again when it is away."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.simulators.specter.shop import a_row


class Listener(ThreadingHTTPServer):
    """A shop's door: notes what is asked, and answers as told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Door)
        self.heard = []
        self.statuses = []
        self.news = threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def wait_for(self, count):
        deadline = time.monotonic() + 10
        with self.news:
            while len(self.heard) < count:
                assert self.news.wait(deadline - time.monotonic()), self.heard
        return self.heard


class _Door(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length).decode()
        with self.server.news:
            status = self.server.statuses.pop(0) if self.server.statuses else 200
            self.server.heard.append(f"{self.command} {self.path} {body}".strip())
            self.server.news.notify_all()
        self.send_response(status)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"1;Done")

    do_POST = do_GET  # noqa: N815 - the base class wants it so

    def log_message(self, *args):
        pass


@pytest.fixture
def door():
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_each_kind_carries_its_own_parameters(shop, buyer, door):
    for kind in ("invoice", "removed", "order"):
        shop.control("POST", "triggers", {"kind": kind, "url": f"{door.url}/{kind}?token=t"})
    number = shop.order(buyer, [a_row()]).second
    shop.control("POST", f"orders/{number}/status", {"status": "invoiced"})
    door.wait_for(2)
    shop.control("POST", f"orders/{number}/status", {"status": "removed"})

    assert sorted(door.wait_for(4)) == [
        f"GET /invoice?token=t&orderId={number}&invoiceId=50001",
        "GET /order?token=t",
        "GET /order?token=t",
        f"GET /removed?token=t&orderNo={number}",
    ]


def test_a_burst_of_stock_changes_is_one_call(shop, buyer, door):
    shop.options(trigger_delay_ms=200)
    shop.control("POST", "triggers", {"kind": "stock", "url": f"{door.url}/stock"})
    shop.control("POST", "articles", {"articles": [{"articleNo": f"A-{n}", "stock": "5"} for n in range(20)]})

    assert door.wait_for(1) == ["GET /stock"]
    assert len(shop.control("GET", "triggers")["triggers"]) == 1


def test_a_shop_that_is_away_is_called_again(shop, door):
    shop.options(trigger_retry_seconds=0.01, trigger_retries=2)
    door.statuses = [500, 503]
    shop.control("POST", "triggers", {"kind": "article", "url": f"{door.url}/a"})
    shop.has_article("A-1")

    door.wait_for(3)
    deadline = time.monotonic() + 5
    while len(sent := shop.control("GET", "triggers")["sent"]) < 3:
        assert time.monotonic() < deadline
    assert [(s["attempt"], s["ok"]) for s in sent] == [(1, False), (2, False), (3, True)]
    assert sent[-1]["answer"] == "1;Done"


def test_triggers_may_be_posted(shop, buyer, door):
    shop.options(trigger_method="POST")
    shop.control("POST", "triggers", {"kind": "removed", "url": f"{door.url}/r"})
    number = shop.order(buyer, [a_row()]).second
    shop.control("POST", f"orders/{number}/status", {"status": "deleted"})

    assert door.wait_for(1) == [f"POST /r orderNo={number}"]


def test_a_wrong_trigger_is_refused(shop):
    assert "kind" in shop.refused("POST", "triggers", {"kind": "weather", "url": "http://x"})
    assert "url" in shop.refused("POST", "triggers", {"kind": "stock", "url": "file:///etc/passwd"})


def test_a_thousand_changes_are_few_calls_even_while_the_shop_is_away(shop, door):
    shop.options(trigger_delay_ms=100, trigger_retry_seconds=0.3, trigger_retries=5)
    door.statuses = [503]
    for kind in ("stock", "article"):
        shop.do("triggers/add", kind=kind, url=f"{door.url}/{kind}")
    shop.control(
        "POST", "articles", {"articles": [{"articleNo": f"A-{n}", "stock": "5"} for n in range(1000)]}
    )
    door.wait_for(2)
    for n in range(5):
        shop.do("stock/adjust", rows={f"A-{m}": n for m in range(200)})

    door.wait_for(3)  # the stock call that failed says it all when it is tried again
    assert len(door.heard) < 12


def test_kinds_are_switched_off_and_on_and_keep_their_address(shop, buyer, door):
    for kind in ("stock", "invoice"):
        shop.do("triggers/add", kind=kind, url=f"{door.url}/{kind}")
    shop.do("triggers/switch", kind="stock", on=False)
    shop.has_article("A-1")
    number = shop.order(buyer, [a_row()]).second
    shop.do(f"orders/{number}/invoice")

    assert door.wait_for(1) == [f"GET /invoice?orderId={number}&invoiceId=50001"]
    shop.do("triggers/switch", kind="stock", on=True)
    shop.do("till/sell", articleNo="A-1")
    assert door.wait_for(2)[1] == "GET /stock"


def test_each_account_has_addresses_of_its_own(shop, door):
    for account in (9999, 9998):
        shop.control("POST", "triggers", {"sbmId": account, "kind": "stock", "url": f"{door.url}/{account}"})
    shop.control("POST", "articles", {"sbmId": 9998, "articleNo": "A-1", "stock": 1})
    assert door.wait_for(1) == ["GET /9998"]
    shop.has_article("A-1")
    assert door.wait_for(2) == ["GET /9998", "GET /9999"]


def test_cancelling_tells_of_a_change_and_removing_of_a_removal(shop, buyer, door):
    for kind in ("removed", "order"):
        shop.do("triggers/add", kind=kind, url=f"{door.url}/{kind}")
    first, second = (shop.order(buyer, [a_row()]).second for _ in range(2))
    shop.do(f"orders/{first}/cancel")
    assert door.wait_for(1) == ["GET /order"]
    shop.options(removed_in_feed=False)
    shop.do(f"orders/{second}/remove")
    assert door.wait_for(2)[1] == f"GET /removed?orderNo={second}"
