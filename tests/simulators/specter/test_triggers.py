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
