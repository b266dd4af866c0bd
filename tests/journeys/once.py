"""What "each order once" means: what the ERP and the shop must hold of an order, and what Brygga says."""

from collections import Counter
from collections.abc import Iterable, Sequence

from brygga.app.store.models import IntentRow, LinkRow, Work
from brygga.app.tenancy.scope import scope
from brygga.app.worker.housekeeping import probe
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from tests.journeys.shop_json import Doc, line, order, shipping
from tests.journeys.world import Erp, Shop, World


def an_order(number: int, *, row: str = "OLD-1", buyer: int | None = None, created: str = "") -> Doc:
    """An order of two rates, with freight, and an address and a sum of its own."""
    return order(
        number,
        [line(f"{400 + number % 1000}.00", 25, 2, sku=row), line("100.00", 12, 1, sku="BOK-1")],
        shipping_lines=[shipping()],
        billing={
            "email": f"kund{number if buyer is None else buyer}@example.se",
            "address_1": f"Fakturagatan {number}",
        },
        shipping_to={"address_1": f"Leveransvägen {number}", "first_name": "Åke"},
        created=created or "2026-06-15T09:30:00",
    )


def total_of(number: int) -> str:
    """The sum of such an order."""
    return f"{549 + number % 1000}.00"


class Held:
    """Everything both sides hold, read once, to be compared order by order."""

    def __init__(self, shop: Shop, erp: Erp) -> None:
        self.shop = shop
        self.orders: dict[str, list[Doc]] = {}
        for made in erp.orders():
            self.orders.setdefault(made["externalOrderNo"], []).append(made)
        self.cards = Counter(card["emailAddress"] for card in erp.customers())

    def number_of(self, number: int) -> int:
        """The ERP's number of an order that is there once."""
        (made,) = self.orders[f"SE-{number}"]
        return int(made["orderNo"])

    def double_cards(self) -> list[str]:
        """Name the buyers that have more than one card."""
        return [f"{email} has {count} cards" for email, count in self.cards.items() if count > 1]

    def faults(self, number: int) -> list[str]:
        """Say what is wrong with an order; an empty list is well."""
        wrong: list[str] = []

        def expect(what: str, found: object, wanted: object) -> None:
            if found != wanted:
                wrong.append(f"{number}: {what} is {found!r}, not {wanted!r}")

        made = self.orders.get(f"SE-{number}", [])
        expect("count in the ERP", len(made), 1)
        for each in made:
            expect("total", each["total"], total_of(number))
            expect("address", each["delivery"]["address"], f"Leveransvägen {number}")
            expect("invoice address", each["invoice"]["address"], f"Fakturagatan {number}")
        if made:
            notes = self.shop.notes(number)
            expect("notes", len(notes), 1)
            expect("number in the note", str(made[0]["orderNo"]) in " ".join(notes), True)
            metas = [
                m["value"] for m in self.shop.order(number)["meta_data"] if m["key"] == "_erp_order_number"
            ]
            expect("meta", metas, [str(made[0]["orderNo"])])
        return wrong


def faults_of(world: World, numbers: Iterable[int]) -> list[str]:
    """Compare what both sides hold with what they should, and with what Brygga says of it."""
    held = Held(world.shop, world.erp)
    wrong = held.double_cards()
    for number in numbers:
        wrong += held.faults(number)
        with scope(world.tenant.pk):
            links = list(
                LinkRow.objects.filter(kind="order", source_ref=str(number)).values_list(
                    "target_ref", flat=True
                )
            )
            if IntentRow.objects.filter(work__source_ref=str(number), state="open").exists():
                wrong.append(f"{number}: an intent is open")
        if links != [str(made["orderNo"]) for made in held.orders.get(f"SE-{number}", [])]:
            wrong.append(f"{number}: linked to {links}")
        state = world.state(number)
        if state[0] is not State.DONE:
            wrong.append(f"{number}: {state}")
    return wrong


def is_quiet(world: World) -> bool:
    """Say that nothing waits for its time."""
    with scope(world.tenant.pk):
        return not Work.objects.filter(due_at__isnull=False).exists()


def go_on(world: World, rounds: int = 15) -> bool:
    """Skip pauses, probe what is broken, and go on until nothing waits; say whether it came to that."""
    for _ in range(rounds):
        probe(world.shop_connection)
        probe(world.erp_connection)
        world.later()
        if is_quiet(world):
            return True
    return False


def held_ones(world: World, kind: Kind = Kind.ORDER) -> Sequence[tuple[str, str]]:
    """Return the records that wait for a person, with why."""
    with scope(world.tenant.pk):
        found = Work.objects.filter(kind=kind.value, state=State.HELD.value).values_list(
            "source_ref", "reason_code"
        )
        return sorted(found)
