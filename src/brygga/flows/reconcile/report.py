"""What a reconciliation found, as a value: counts, days, differences, how fresh each side is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from brygga.domain.message import Message
from brygga.domain.money import ZERO, plain

KEPT = 200  # differences of one kind that are kept with their words; all are counted


class What(StrEnum):
    """What a difference is about."""

    ORDER = "order"
    REFUND = "refund"
    PRICE = "price"
    STOCK = "stock"
    PRODUCT = "product"  # in the shop, and not in the ERP
    ARTICLE = "article"  # in the ERP, and not in the shop
    MIRROR = "mirror"  # an uploaded export says something else than the feeds have told


class Done(StrEnum):
    """What was done about a difference."""

    PUT_RIGHT = "put_right"  # its work is due, and brings over what the leading side says
    WOULD = "would"  # it would be put right; this run only looks
    WAITS = "waits"  # it is known: it is on its way, or held until a person has answered
    ASKED = "asked"  # a person was asked
    LEFT = "left"  # a setting says that it stays as it is
    LISTED = "listed"  # shown and never touched


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: what it is, both values, the likely cause, what was done."""

    what: What
    key: str
    message: Message
    cause: Message
    done: Done

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "what": self.what.value,
            "key": self.key,
            "message": self.message.as_data(),
            "cause": self.cause.as_data(),
            "done": self.done.value,
        }


@dataclass(slots=True)
class Day:
    """Orders of one day in one currency, by the shop's own calendar. Sums are of their totals as they stand.

    `expected` are those that should be in the ERP, by the flow's settings; `sent` those that are.
    """

    expected: int = 0
    expected_sum: Decimal = ZERO
    sent: int = 0
    sent_sum: Decimal = ZERO

    @property
    def agrees(self) -> bool:
        """Say that the ERP has got what it should have."""
        return (self.expected, self.expected_sum) == (self.sent, self.sent_sum)


@dataclass(slots=True)
class Report:
    """The whole of it. Differences beyond `KEPT` of a kind are counted and not kept."""

    began_at: datetime
    dry_run: bool
    ended_at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)  # what was looked at
    found: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # what, cause, done
    days: dict[tuple[date, str], Day] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)
    fresh: dict[str, datetime | None] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    _kept: Counter[What] = field(default_factory=Counter)

    def add(self, difference: Difference) -> None:
        """Count a difference, and keep its words while there are not too many of its kind."""
        self.found[difference.what.value, difference.cause.code, difference.done.value] += 1
        if self._kept[difference.what] < KEPT:
            self._kept[difference.what] += 1
            self.differences.append(difference)

    def day(self, of: date, currency: str) -> Day:
        """Return the row of one day and currency."""
        return self.days.setdefault((of, currency), Day())

    def total(self, what: What | None = None, done: Done | None = None) -> int:
        """Count differences, all of them or those of a kind and an end."""
        return sum(
            number
            for (kind, _, end), number in self.found.items()
            if (what is None or kind == what) and (done is None or end == done)
        )

    def as_data(self) -> Mapping[str, Any]:
        """Return it as plain data, as it is kept and as scripts read it."""
        return {
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "dry_run": self.dry_run,
            "counts": dict(self.counts),
            "total": self.total(),
            "found": [
                {"what": what, "cause": cause, "done": done, "count": number}
                for (what, cause, done), number in sorted(self.found.items())
            ],
            "days": [
                {
                    "day": day.isoformat(),
                    "currency": currency,
                    "expected": row.expected,
                    "expected_sum": plain(row.expected_sum),
                    "sent": row.sent,
                    "sent_sum": plain(row.sent_sum),
                    "agrees": row.agrees,
                }
                for (day, currency), row in sorted(self.days.items())
            ],
            "differences": [difference.as_data() for difference in self.differences],
            "remarks": [remark.as_data() for remark in self.remarks],
            "fresh": {name: at.isoformat() if at else None for name, at in self.fresh.items()},
            "calls": self.calls,
        }
