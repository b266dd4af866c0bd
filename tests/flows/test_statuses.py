"""What the ERP's facts make of a shop's status: the same in whatever order they come, never backwards."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brygga.domain.events import Fact
from brygga.domain.order import Shipment
from brygga.flows.settings import read
from brygga.flows.statuses.carriers import parcel_of
from brygga.flows.statuses.decide import Verdict, next_step
from tests.builders import an_order

TABLE = dict(read({}).status_by_fact)
SHOP = ["pending", "on-hold", "processing", "packed", "completed", "cancelled", "refunded", "failed", "trash"]
FORWARD = {"pending": 0, "on-hold": 0, "processing": 1, "packed": 2, "completed": 3, "cancelled": 3}


@pytest.mark.parametrize(
    ("current", "facts", "expected"),
    [
        ("processing", {Fact.RECEIVED}, ""),
        ("processing", {Fact.PARTLY_DELIVERED}, ""),
        ("processing", {Fact.DELIVERED}, "completed"),
        ("on-hold", {Fact.DELIVERED}, "completed"),
        ("on-hold", {Fact.PAID}, "processing"),
        ("completed", {Fact.PAID, Fact.DELIVERED}, ""),
        ("processing", {Fact.INVOICED}, ""),
        ("processing", {Fact.INVOICED, Fact.DELIVERED}, "completed"),
        ("processing", {Fact.CANCELLED}, "cancelled"),
        ("packed", {Fact.PAID}, ""),
        ("packed", {Fact.DELIVERED}, "completed"),
        ("refunded", {Fact.CANCELLED}, ""),
    ],
)
def test_the_table_of_facts(current: str, facts: set[Fact], expected: str) -> None:
    step = next_step(current, facts, TABLE)
    assert (step.status if step.verdict is Verdict.WRITE else "") == expected


@pytest.mark.parametrize(
    ("current", "facts"),
    [
        ("cancelled", {Fact.DELIVERED}),
        ("refunded", {Fact.PARTLY_DELIVERED}),
        ("completed", {Fact.CANCELLED}),
        ("completed", {Fact.REMOVED}),
    ],
)
def test_two_sides_that_contradict_are_a_persons_to_decide(current: str, facts: set[Fact]) -> None:
    assert next_step(current, facts, TABLE).verdict is Verdict.CONTRADICTS


TABLES = st.dictionaries(st.sampled_from([*map(str, Fact)]), st.sampled_from([*SHOP, ""]))


@given(current=st.sampled_from(SHOP), facts=st.lists(st.sampled_from(list(Fact)), max_size=12), table=TABLES)
def test_no_order_ever_moves_backwards(current: str, facts: list[Fact], table: dict[str, str]) -> None:
    """Whatever is told, in whatever order and however often: each status is further on than the last."""
    status, ours, seen = current, "", set[Fact]()
    for fact in facts:
        seen.add(fact)
        step = next_step(status, seen, table, ours)
        if step.verdict is Verdict.WRITE:
            assert status in FORWARD
            assert status not in ("completed", "cancelled")
            assert step.status != status
            assert FORWARD.get(step.status, 2) >= FORWARD[status]
            status = ours = step.status


@given(facts=st.lists(st.sampled_from(list(Fact)), unique=True), data=st.data())
def test_facts_in_any_order_end_alike(facts: list[Fact], data: st.DataObject) -> None:
    """With all facts told, the last word is the same, unless an earlier one has ended the order."""

    def end(order: list[Fact]) -> str:
        status = "processing"
        for seen in accumulate(({fact} for fact in order), set.union):
            step = next_step(status, seen, {"delivered": "completed", "paid": "processing"})
            status = step.status if step.verdict is Verdict.WRITE else status
        return status

    stopped = {Fact.CANCELLED, Fact.REMOVED} & set(facts)
    if not stopped:
        assert end(facts) == end(data.draw(st.permutations(facts)))


@pytest.mark.parametrize(
    ("number", "settings", "carrier", "link"),
    [
        ("AB123456785SE", {}, "PostNord", "https://tracking.postnord.com/se/?id=AB123456785SE"),
        ("1Z999AA10123456784", {}, "UPS", "https://www.ups.com/track?loc=sv_SE&tracknum=1Z999AA10123456784"),
        ("370123", {}, "", ""),
        ("370123", {"carrier_default": "dhl"}, "DHL", "https://www.dhl.com/se-sv/home/tracking.html?tracking-id=370123"),
        ("37/12 3", {"carrier_default": "Budet", "tracking_links": {"Budet": "https://budet.example/{number}"}},
         "Budet", "https://budet.example/37%2F12%203"),
    ],
)  # fmt: skip
def test_a_parcel_is_known_by_number_or_setting(
    number: str, settings: dict[str, object], carrier: str, link: str
) -> None:
    shown = parcel_of(Shipment(number), an_order(), read(settings))
    assert (shown.carrier, shown.link) == (carrier, link)
