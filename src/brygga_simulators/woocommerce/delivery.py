"""Webhook deliveries: a queue per shop, run with a delay, one try each, signed.

An event comes in through `Queue.happened`. Several events of one record become one delivery per
webhook; what is sent is the record as it is when the queue runs.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp

from brygga_simulators.woocommerce.coupons_api import coupon_view
from brygga_simulators.woocommerce.customers_api import customer_view
from brygga_simulators.woocommerce.errors import invalid_id
from brygga_simulators.woocommerce.product_views import product_json
from brygga_simulators.woocommerce.rendering import order_json, to_json
from brygga_simulators.woocommerce.settings import VERSION, WORDPRESS_VERSION
from brygga_simulators.woocommerce.site import Doc, Site

AGENT = f"WooCommerce/{VERSION} Hookshot (WordPress/{WORDPRESS_VERSION})"
MAX_FAILURES = 5
"""With more failures than this behind it, the next one disables the webhook."""
TIMEOUT = aiohttp.ClientTimeout(total=60)
_RECORDS: dict[str, tuple[str, str, Callable[[Site, Doc], bytes]]] = {
    "order": ("orders", "shop_order", order_json),
    "product": ("products", "product", product_json),
    "customer": ("customers", "customer", lambda site, doc: to_json(customer_view(site, doc))),
    "coupon": ("coupons", "shop_coupon", lambda site, doc: to_json(coupon_view(site, doc))),
}
"""Where a topic's records are, what their post type is called, and how they are written."""


@dataclass(frozen=True)
class Waiting:
    """An event that waits for the queue's next run."""

    webhook_id: int
    event: str
    record_id: int


class Queue:
    """The deliveries of all shops that wait, and the task that runs them when they are due."""

    def __init__(self, delay_ms: tuple[float, float] = (2_000, 27_000)) -> None:
        self.delay_ms = delay_ms
        """The shortest and longest wait before the queue runs."""
        self._waiting: dict[Site, dict[Waiting, int]] = {}
        """What waits, with the id it is kept under: a restart loses nothing."""
        self._due: dict[Site, datetime] = {}
        self._wake = asyncio.Event()
        self._locks: dict[Site, asyncio.Lock] = {}

    def happened(self, site: Site, resource: str, event: str, record_id: int) -> None:
        """Queue a delivery for every active webhook on this topic."""
        topic = f"{resource}.{event}"
        for webhook in site.webhooks.values():
            if webhook["topic"] == topic and webhook["status"] == "active":
                entry = Waiting(webhook["id"], event, record_id)
                waiting = self._waiting.setdefault(site, {})
                if entry not in waiting:
                    waiting[entry] = site.next_id("action")
                    site.save("queue", {"id": waiting[entry], **asdict(entry)})
                self._plan_run(site)

    def take_up(self, site: Site) -> None:
        """Queue again what waited when an earlier process ended."""
        for doc in site.records["queue"].values():
            entry = Waiting(doc["webhook_id"], doc["event"], doc["record_id"])
            self._waiting.setdefault(site, {})[entry] = doc["id"]
            self._plan_run(site)

    def _plan_run(self, site: Site) -> None:
        if site not in self._due:
            low, high = self.delay_ms
            self._due[site] = site.now() + timedelta(milliseconds=site.random.uniform(low, high))
        self._wake.set()

    def waiting(self, site: Site) -> list[Doc]:
        """Return what waits for a shop's next run."""
        return [asdict(entry) for entry in self._waiting.get(site, {})]

    def is_due(self, site: Site) -> bool:
        """Say whether a shop's queue should have run by now."""
        return site in self._due and self._due[site] <= site.now()

    def forget(self) -> None:
        """Drop everything that waits."""
        self._waiting.clear()
        self._due.clear()

    async def run_forever(self) -> None:
        """Run each shop's queue when it is due, for as long as the server lives."""
        tasks: set[asyncio.Task[int]] = set()
        while True:
            await self._wake.wait()
            soon = [site for site, due in self._due.items() if due <= site.now()]
            for site in soon:
                # A slow receiver holds up its own shop's queue only.
                self._due.pop(site, None)
                task = asyncio.create_task(self.deliver(site))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            if not self._due:
                self._wake.clear()
            else:
                await asyncio.sleep(0.02)

    async def deliver(self, site: Site) -> int:
        """Deliver all that waits for a shop, one after another. Returns how many went out."""
        lock = self._locks.setdefault(site, asyncio.Lock())
        async with lock:
            waiting = self._waiting.pop(site, {})
            for action_id in waiting.values():
                site.remove("queue", action_id)
            entries = list(waiting)
            self._due.pop(site, None)
            if len(entries) > 1 and site.random.random() < 1 / 150:
                # The order of arrival is nothing to rely on.
                entries[0], entries[1] = entries[1], entries[0]
            count = 0
            for entry in entries:
                webhook = site.webhooks.get(entry.webhook_id)
                if webhook is not None and webhook["status"] == "active":
                    await deliver_one(site, webhook, entry.record_id)
                    count += 1
            if entries:
                site.commit()
            return count


def payload(site: Site, webhook: Doc, record_id: int) -> bytes:
    """Return what a delivery holds: the record as it is now, or an error object if it is gone."""
    resource, event = webhook["resource"], webhook["event"]
    if event == "deleted":
        return to_json({"id": record_id})
    if resource not in _RECORDS:
        return to_json({"action": event, "arg": record_id})
    kind, post_type, render = _RECORDS[resource]
    record = site.records[kind].get(record_id)
    return to_json(invalid_id(post_type).body()) if record is None else render(site, record)


def signature(secret: str, body: bytes) -> str:
    """Return the signature header: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


async def deliver_one(site: Site, webhook: Doc, record_id: int) -> None:
    """Try one delivery, once; count failures, and disable the webhook at the seventh in a row."""
    body = payload(site, webhook, record_id)
    second = int(site.now().timestamp())
    seed = f"{webhook['id']}{second}".encode()
    headers = {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{site.url}/",
        "X-WC-Webhook-Topic": webhook["topic"],
        "X-WC-Webhook-Resource": webhook["resource"],
        "X-WC-Webhook-Event": webhook["event"],
        "X-WC-Webhook-Signature": signature(webhook["_secret"], body),
        "X-WC-Webhook-ID": str(webhook["id"]),
        # Not unique: all deliveries of one webhook within a second share it.
        "X-WC-Webhook-Delivery-ID": hashlib.md5(seed, usedforsecurity=False).hexdigest(),
    }
    status = await _post(webhook["delivery_url"], body, headers)
    succeeded = HTTPStatus.OK <= status <= HTTPStatus.FOUND
    site.deliveries.append(
        {
            "at": site.stamp()[1],
            "webhook_id": webhook["id"],
            "topic": webhook["topic"],
            "record_id": record_id,
            "url": webhook["delivery_url"],
            "status": status,
            "delivery_id": headers["X-WC-Webhook-Delivery-ID"],
        }
    )
    if succeeded:
        webhook["_failures"] = 0
    elif webhook["_failures"] > MAX_FAILURES:
        webhook["status"] = "disabled"
        site.set_date(webhook, "date_modified")
    else:
        webhook["_failures"] += 1
    site.save("webhooks", webhook)
    if webhook.get("_ping_waits"):
        await send_ping(site, webhook)


async def send_ping(site: Site, webhook: Doc) -> None:
    """Say hello to a webhook's address: a form, unsigned. Only exactly 200 ends the trying."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status = await _post(webhook["delivery_url"], f"webhook_id={webhook['id']}".encode(), headers)
    webhook["_ping_waits"] = status != HTTPStatus.OK
    site.deliveries.append(
        {
            "at": site.stamp()[1],
            "webhook_id": webhook["id"],
            "topic": "ping",
            "record_id": 0,
            "url": webhook["delivery_url"],
            "status": status,
            "delivery_id": "",
        }
    )
    site.save("webhooks", webhook)


async def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post a body and return the status; 0 if nothing answered."""
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.post(
                url,
                data=body,
                headers={**headers, "User-Agent": AGENT, "Connection": "close"},
                allow_redirects=False,
            ) as response,
        ):
            await response.read()
            return response.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return 0
