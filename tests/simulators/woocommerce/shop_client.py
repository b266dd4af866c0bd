"""A small HTTP client for the simulated shop: one call, its status, headers and JSON."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from brygga_simulators.common.process import SimulatorProcess, start_simulator

MODULE = "brygga_simulators.woocommerce"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    links: list[str]
    body: Any

    @property
    def ids(self) -> list[int]:
        return [row["id"] for row in self.body]


class Shop:
    """Talks to one shop with Basic keys, as if through TLS."""

    def __init__(self, url: str, key: str = "", secret: str = "", *, secure: bool = True) -> None:
        self.url = url.rstrip("/")
        self.key, self.secret, self.secure = key, secret, secure
        self._pool = urllib3.PoolManager(retries=False, timeout=20)

    def close(self) -> None:
        self._pool.clear()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: bool = True,
        raw: bytes | None = None,
    ) -> Reply:
        sent = dict(headers or {})
        if auth and self.key:
            sent |= urllib3.make_headers(basic_auth=f"{self.key}:{self.secret}")
        if self.secure:
            sent["X-Forwarded-Proto"] = "https"
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = f"{self.url}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        response = self._pool.request(method, url, body=data, headers=sent)
        content = response.data
        kind = response.headers.get("Content-Type", "")
        parsed = json.loads(content) if content and "json" in kind else content
        return Reply(response.status, dict(response.headers), response.headers.getlist("Link"), parsed)

    def get(self, path: str, **query: Any) -> Reply:
        return self.call("GET", f"/wp-json/wc/v3{path}", query=query)

    def post(self, path: str, body: Any = None) -> Reply:
        return self.call("POST", f"/wp-json/wc/v3{path}", body if body is not None else {})

    def put(self, path: str, body: Any) -> Reply:
        return self.call("PUT", f"/wp-json/wc/v3{path}", body)

    def delete(self, path: str, **query: Any) -> Reply:
        return self.call("DELETE", f"/wp-json/wc/v3{path}", query=query)

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        reply = self.call(method, f"/_control{path}", body, auth=False)
        assert reply.status < 300, (path, reply.status, reply.body)
        return reply.body


def start_shop(*args: str) -> tuple[SimulatorProcess, Shop]:
    """Start a simulator and return it with a client for its first shop."""
    process = start_simulator(MODULE, *args)
    anonymous = Shop(process.url)
    first = anonymous.control("/sites", method="GET")[0]
    anonymous.close()
    kept = first["keys"][0]
    return process, Shop(process.url, kept["key"], kept["secret"])
