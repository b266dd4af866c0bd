"""A server that says what it is told to and keeps what it heard: for answers no simulator gives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Say:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False  # close the line after hearing, without a word


@dataclass
class Heard:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    raw_query: str
    raw_body: bytes


class LittleServer:
    """Answers from a list, one after another; the last one again and again."""

    def __init__(self) -> None:
        self.says: list[Say] = []
        self.heard: list[Heard] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._answer(b"")

            def do_POST(self):
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

            def _answer(self, body):
                parts = urlsplit(self.path)
                server.heard.append(
                    Heard(
                        self.command,
                        parts.path,
                        _pairs(parts.query),
                        _pairs(body.decode("ascii")),
                        parts.query,
                        body,
                    )
                )
                say = server.says.pop(0) if len(server.says) > 1 else server.says[0]
                if say.hang_up:
                    self.close_connection = True
                    return
                self.send_response(say.status)
                for name, value in say.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(say.body)))
                self.end_headers()
                self.wfile.write(say.body)

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def say(self, *says: bytes | Say) -> None:
        self.says[:] = [item if isinstance(item, Say) else Say(item) for item in says]

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def little_server() -> Iterator[LittleServer]:
    server = LittleServer()
    try:
        yield server
    finally:
        server.stop()


def _pairs(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, encoding="iso-8859-1"))
