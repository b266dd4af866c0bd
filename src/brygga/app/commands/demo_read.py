"""Reads both sides of the demo as anyone could: the shop by its REST API, the ERP by its own books.

Nothing here is shared with the connectors, so that a fault of theirs can't hide itself.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import urllib3

Record = dict[str, Any]

_PAGE = 100


class NotRead(Exception):
    """One of the two sides did not answer as it should."""


class ShopReader:
    """A shop's orders, refunds, products and variations, as its REST API tells them."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._api = f"{url}/wp-json/wc/v3"
        self._key = key
        self._secret = secret
        self._http = urllib3.PoolManager()

    def orders(self) -> list[Record]:
        """Every order of any status, each with its refunds in full under `refunds`."""
        orders = [*self._all("orders", {"status": "any"}), *self._all("orders", {"status": "trash"})]
        for order in orders:
            if order["refunds"]:
                order["refunds"] = self._all(f"orders/{order['id']}/refunds", {})
        return orders

    def products(self) -> list[Record]:
        """Every product, the variable ones with their variations in full under `variations`."""
        products = self._all("products", {"status": "any"})
        for product in products:
            if product["type"] == "variable":
                product["variations"] = self._all(f"products/{product['id']}/variations", {})
        return products

    def _all(self, path: str, query: Mapping[str, str]) -> list[Record]:
        found: list[Record] = []
        page = 1
        while True:
            asked = {**query, "per_page": str(_PAGE), "page": str(page), "order": "asc", "orderby": "id"}
            if path.endswith("/refunds"):
                del asked["orderby"], asked["order"]
            url = signed_url(f"{self._api}/{path}", self._key, self._secret, asked)
            rows: list[Record] = _json(self._http, url)
            found += rows
            if len(rows) < _PAGE:
                return found
            page += 1


class ErpReader:
    """An ERP account's orders, articles and customers, as its books have them."""

    def __init__(self, url: str, sbm_id: str) -> None:
        self._control = f"{url}/_control"
        self._sbm_id = sbm_id
        self._http = urllib3.PoolManager()

    def orders(self) -> list[Record]:
        """Every order in the account."""
        return self._read("orders")

    def articles(self) -> list[Record]:
        """Every article in the account."""
        return self._read("articles")

    def customers(self) -> list[Record]:
        """Every customer card in the account."""
        return self._read("customers")

    def _read(self, what: str) -> list[Record]:
        rows: list[Record] = _json(self._http, f"{self._control}/{what}?sbmId={self._sbm_id}")
        return rows


def _json(http: urllib3.PoolManager, url: str) -> Any:
    answer = http.request("GET", url, timeout=30.0)
    if answer.status != 200:
        raise NotRead(f"{url.partition('?')[0]}: {answer.status} {answer.data[:200]!r}")
    return json.loads(answer.data)


def signed_url(url: str, key: str, secret: str, query: Mapping[str, str] | None = None) -> str:
    """Return an address for GET with an OAuth 1.0a signature, which shops ask for over plain http."""
    given = {
        **(query or {}),
        "oauth_consumer_key": key,
        "oauth_nonce": secrets.token_hex(12),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
    }
    pairs = sorted((_percent(name), _percent(value)) for name, value in given.items())
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    base = f"GET&{_percent(url)}&{_percent(joined)}"
    mac = hmac.new(f"{_percent(secret)}&".encode(), base.encode(), hashlib.sha256)
    return f"{url}?{joined}&oauth_signature={_percent(base64.b64encode(mac.digest()).decode())}"


def _percent(text: str) -> str:
    return quote(text, safe="-._~")
