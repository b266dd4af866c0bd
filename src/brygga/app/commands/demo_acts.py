"""What people do in the demo once it is set up, and what Brygga made of it, told line by line."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from brygga.app.commands.demo_stages import Play
from brygga.app.commands.demo_world import World
from brygga.app.commands.output import answer, said, tell, text

if TYPE_CHECKING:
    from brygga.app.commands.tree import Stop
    from brygga.app.store.models import Flow

_LOOK_EVERY = 0.5
_ACT_EVERY = (5.0, 12.0)  # seconds between what people do
_NEW = 1  # the ERP's status of an order of which nothing is delivered
_TOLD = ("item.stock_told", "item.prices_told", "status.written", "status.noted")
_BUYER = {
    "first_name": "Åsa", "last_name": "Öberg", "address_1": "Storgatan 1", "postcode": "411 01",
    "city": "Göteborg", "country": "SE", "phone": "0701234567",
}  # fmt: skip


class People:
    """A cashier, a warehouse and customers, each doing one thing at a time."""

    def __init__(self, world: World, plays: Sequence[Play]) -> None:
        self._world = world
        self._plays = plays
        self._chance = random.Random()  # noqa: S311 - a pace and a choice, no secret
        self._parcel = 0

    def act(self) -> None:
        """Let somebody do something, and say what."""
        plays = [play for play in self._plays if play.hears()]
        if self._chance.randrange(4) == 0 or not plays:
            number = self._world.somebody_buys()
            answer(f"default: {text('demo_random', number=number)}")
            return
        play = self._chance.choice(plays)
        acts: list[Callable[[Play], str]] = [self._sell, self._deliver, self._receive, self._buy, self._buy]
        self._chance.shuffle(acts)
        # What can't be done just now, such as a delivery without orders, gives way to the next.
        done = next((told for told in (act(play) for act in acts) if told), "")
        if done:
            answer(f"{play.stage.slug}: {done}")

    def pause(self) -> float:
        """Return how long until somebody does something again."""
        return self._chance.uniform(*_ACT_EVERY)

    def _sell(self, play: Play) -> str:
        """Let the cashier sell something over the counter."""
        there = [a for a in play.articles() if a["forWeb"] and _left(a) > 0]
        if not there:
            return ""
        article = self._chance.choice(there)
        site = max(article["available"], key=lambda s: float(article["available"][s]))
        made = play.in_erp("till/sell", site=site, rows={article["articleNo"]: 1}, paidBy="Kort")
        return "" if "error" in made else text("demo_cashier", article=article["articleNo"])

    def _deliver(self, play: Play) -> str:
        """Let the warehouse deliver an order, in one parcel."""
        new = [order for order in play.orders() if order["statusId"] == _NEW and order["rows"]]
        if not new:
            return ""
        order = new[0]
        self._parcel += 1
        parcel = f"SE{self._chance.randrange(10**7):07}{self._parcel:03}"
        made = play.in_erp(f"orders/{order['orderNo']}/deliver", trackingNo=[parcel])
        if "error" in made:
            return ""
        return text("demo_warehouse", order=order["orderNo"], parcel=parcel)

    def _receive(self, play: Play) -> str:
        """Let goods come in."""
        numbers = [a["articleNo"] for a in play.articles() if a["forWeb"]]
        rows = {number: self._chance.randint(2, 9) for number in self._chance.sample(numbers, 2)}
        made = play.in_erp("stock/receive", rows=rows)
        return "" if "error" in made else text("demo_receipt", articles=", ".join(rows))

    def _buy(self, play: Play) -> str:
        """Let a customer buy what the shop shows."""
        shown = play.shown()
        there = [sku for sku, seen in shown.items() if seen["purchasable"] and seen["in_stock"]]
        if not there:
            return ""
        sku = self._chance.choice(there)
        buyer = {**_BUYER, "email": f"asa.{self._chance.randrange(10**6)}@example.se"}
        made = play.in_shop(
            "checkout", lines=[{"sku": sku, "quantity": 1}], billing=buyer, payment_method="swish"
        )
        if not made.get("bought"):
            return ""
        return text("demo_customer", number=made["order"]["number"], article=sku)


class Teller:
    """Tells what Brygga has done since the last look, each thing once, with the tenant's name."""

    def __init__(self, flows: Sequence[tuple[str, int, "Flow"]]) -> None:
        self._flows = flows
        self._began = datetime.now(UTC)
        self._orders: set[int] = set()
        self._last = {flow.pk: self._newest(tenant) for _, tenant, flow in flows}

    def look(self) -> None:
        """Look once, in every tenant."""
        from brygga.app.tenancy.scope import scope

        for name, tenant, flow in self._flows:
            with scope(tenant):
                lines = [*self._orders_of(flow), *self._deeds_of(flow)]
            for line in lines:
                answer(f"{name}: {line}")

    def _orders_of(self, flow: "Flow") -> list[str]:
        """Return what became of orders that came to their end."""
        from brygga.app.store.models import Work

        over = Work.objects.filter(
            flow=flow, kind="order", first_seen_at__gte=self._began, due_at__isnull=True
        ).exclude(pk__in=self._orders)
        found = list(over.order_by("pk"))
        self._orders.update(work.pk for work in found)
        return [said(work.reason) for work in found]

    def _deeds_of(self, flow: "Flow") -> list[str]:
        """Return what was written in the shop of prices, stock and statuses."""
        from brygga.app.store.models import JournalEntry

        new = JournalEntry.objects.filter(
            work__flow=flow, pk__gt=self._last[flow.pk], message__code__in=_TOLD
        ).order_by("pk")
        entries = list(new)
        if entries:
            self._last[flow.pk] = entries[-1].pk
        return [said(entry.message) for entry in entries]

    @staticmethod
    def _newest(tenant: int) -> int:
        from brygga.app.store.models import JournalEntry
        from brygga.app.tenancy.scope import scope

        with scope(tenant):
            return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def go_on(world: World, flow: "Flow", plays: Sequence[Play], stop: "Stop") -> None:
    """Let people do something now and then, and tell what became of it."""
    tell(text("demo_goes_on"))
    people = People(world, plays)
    stages = [(play.stage.slug, play.tenant, play.flow) for play in plays]
    teller = Teller([("default", flow.tenant_id, flow), *stages])
    next_at = time.monotonic() + people.pause()
    while not stop.wait(_LOOK_EVERY):
        if time.monotonic() >= next_at:
            people.act()
            next_at = time.monotonic() + people.pause()
        teller.look()


def _left(article: dict[str, Any]) -> float:
    return max((float(number) for number in article["available"].values()), default=0)
