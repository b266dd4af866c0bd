"""The yardstick: a bare asynchronous client that makes an order's three calls and remembers nothing.

Run as a process of its own (`python -m brygga.app.bench.bare`), so that its CPU can be told from
everybody else's: it reads its lanes as JSON from standard input and writes what it measured.
Every lane sends its orders one after the other, as an ERP account is served; lanes go at once.
"""

import asyncio
import hashlib
import json
import re
import resource
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import aiohttp

from brygga.app.commands.demo_read import signed_url

_ID = re.compile(rb"<id>\s*([^<\s]+)|^1;([^;]+);")


@dataclass(frozen=True, slots=True)
class Template:
    """One call as the product made it: address, the form's fields, and whether the key is in the form."""

    url: str
    form: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BareLane:
    """One shop and one ERP account, and the orders to bring over."""

    shop: str
    key: str
    secret: str
    inner: str
    outer: str
    sbm_id: str
    customer: Template
    order: Template
    prefix: str
    orders: tuple[tuple[str, str], ...]  # id and number

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "BareLane":
        """Read a lane from plain data."""
        parts = {
            name: Template(data[name]["url"], tuple((k, v) for k, v in data[name]["form"]))
            for name in ("customer", "order")
        }
        orders = tuple((str(i), str(n)) for i, n in data["orders"])
        return cls(**{**data, **parts, "orders": orders})


class WrongAnswer(Exception):
    """A call did not do what it does for the product, so nothing can be compared."""


async def send_order(http: aiohttp.ClientSession, lane: BareLane, order_id: str, number: str) -> None:
    """Read an order, write its customer and make it in the ERP: three calls."""
    url = f"{lane.shop}/wp-json/wc/v3/orders/{order_id}"
    async with http.get(_yarl(signed_url(url, lane.key, lane.secret))) as answer:
        body = await answer.read()
        if answer.status != 200 or json.loads(body)["id"] != int(order_id):
            raise WrongAnswer(f"order {order_id}: {answer.status} {body[:200]!r}")
    fields = dict(lane.customer.form)
    name = fields.get("name") or f"{fields.get('firstName', '')} {fields.get('surName', '')}"
    card = await _post(http, lane, lane.customer, {"emailAddress": f"buyer{order_id}@example.se"}, name)
    changes = {"externalOrderNo": f"{lane.prefix}{number}", "customerId": card}
    await _post(http, lane, lane.order, changes, card)


async def _post(
    http: aiohttp.ClientSession, lane: BareLane, call: Template, changes: dict[str, str], signs: str
) -> str:
    form = [(name, changes.get(name, value)) for name, value in call.form]
    form.append(("key", erp_key(lane.inner, lane.outer, lane.sbm_id, signs)))
    body = "&".join(f"{name}={quote_plus(value, encoding='iso-8859-1')}" for name, value in form)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with http.post(_yarl(call.url), data=body.encode("ascii"), headers=headers) as answer:
        text = await answer.read()
    found = _ID.search(text)
    if answer.status != 200 or not found:
        raise WrongAnswer(f"{call.url}: {answer.status} {text[:300]!r}")
    return (found.group(1) or found.group(2)).decode("ascii")


def erp_key(inner: str, outer: str, sbm_id: str, signs: str) -> str:
    """Return the ERP's signature of a call."""
    first = hashlib.md5(f"{inner}{sbm_id}{signs}".encode("iso-8859-1"), usedforsecurity=False).hexdigest()
    return hashlib.md5(f"{outer}{first}".encode("iso-8859-1"), usedforsecurity=False).hexdigest()


def _yarl(url: str) -> Any:
    from yarl import URL

    return URL(url, encoded=True)


async def run(lanes: list[BareLane]) -> dict[str, Any]:
    """Bring all lanes' orders over; return how many, in how long, and for how much CPU."""

    async def one(lane: BareLane, http: aiohttp.ClientSession) -> None:
        for order_id, number in lane.orders:
            await send_order(http, lane, order_id, number)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        before = resource.getrusage(resource.RUSAGE_SELF)
        clock = time.perf_counter()
        await asyncio.gather(*(one(lane, http) for lane in lanes))
        seconds = time.perf_counter() - clock
        after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    orders = sum(len(lane.orders) for lane in lanes)
    return {"orders": orders, "seconds": seconds, "cpu_seconds": cpu}


def main() -> None:
    """Read lanes from standard input, run them, and write the result to standard output."""
    lanes = [BareLane.from_data(data) for data in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(asyncio.run(run(lanes))) + "\n")


if __name__ == "__main__":
    main()
