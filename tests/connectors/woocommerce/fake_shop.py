"""A small shop on a free port that answers as a test tells it to, and remembers what it was asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from brygga.connectors.contract.connector import Identity, OpenWith
from brygga.connectors.contract.http import Exchange, HttpPolicy
from brygga.connectors.woocommerce.connector import WooSession

KEY, SECRET = "ck_" + "a" * 40, "cs_" + "b" * 40


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    port: int  # the caller's: tells one socket from another

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    data: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.data).encode() if self.raw is None else self.raw


Answers = Callable[[Call], Reply]


class FakeShop:
    """Runs until closed. `answers` may be exchanged at any time."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.calls: list[Call] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                call = Call(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                    self.client_address[1],
                )
                shop.calls.append(call)
                reply = shop.answers(call)
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.bytes)))
                self.end_headers()
                self.wfile.write(reply.bytes)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def session_for(
    url: str, seen: list[Exchange] | None = None, identity: Identity | None = None, **settings: str
) -> WooSession:
    exchanges: list[Exchange] = [] if seen is None else seen
    given = {"url": url, **settings}
    secrets = {
        "consumer_key": given.pop("consumer_key", KEY),
        "consumer_secret": given.pop("consumer_secret", SECRET),
    }
    policy = HttpPolicy(allow_hosts=frozenset({"127.0.0.1"}), connect_timeout=5, read_timeout=5)
    return WooSession(OpenWith(given, secrets, policy, exchanges.append, identity=identity))
